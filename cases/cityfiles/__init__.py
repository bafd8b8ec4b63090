"""How does a city's description in YAML become plans: read with lines, checked, listed for gaps?"""
