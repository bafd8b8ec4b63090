"""What the door answers: pure decisions from what was heard and where the conversation stands."""
