"""Trains the model with Rasa (Python 3.10, training environment)."""
