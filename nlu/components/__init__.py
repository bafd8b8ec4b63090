"""The graph components Rasa trains and the serving process runs (Python 3.10, inside Rasa only)."""
