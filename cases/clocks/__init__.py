"""Until when is each step of a case owed, what follows when it is late, and why that day?"""
