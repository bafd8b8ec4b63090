"""How is a database filled with a million plausible cases, for measurements?"""
