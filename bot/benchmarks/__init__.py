"""How fast is it, beside what in the same run? Nothing here is used by a running instance."""
