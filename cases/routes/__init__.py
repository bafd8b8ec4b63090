"""Routing from the inside: what it looks at, how it weighs, whom it asks; `cases.routing` is the way in."""
