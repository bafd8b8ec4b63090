"""Understanding: from a message to what it means, by rules and by a model trained with Rasa."""
