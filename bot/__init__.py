"""The running process: assembles the parts and runs them; decides nothing."""
