"""The domain and its database: cases, people, places, clocks; imports no other package of the project."""
