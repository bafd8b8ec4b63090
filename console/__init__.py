"""The public pages and health addresses, a process of their own."""
