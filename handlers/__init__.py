"""The channel side of a conversation: events in, plain values to the desk, replies rendered out."""
