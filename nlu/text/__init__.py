"""What can be read off a message without a model: its normal form, facts and signs (Python 3.10 and 3.11, no Rasa)."""
