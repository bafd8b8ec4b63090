"""What can be read off a message without a model: normal form, facts, signs (Python 3.10 and 3.11)."""
