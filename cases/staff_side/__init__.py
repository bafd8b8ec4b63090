"""What a member of staff sees and does on the channel: lists, a case, and one step after the other."""
