"""Understands what a resident wrote: intents, facts and signs; decides nothing."""
