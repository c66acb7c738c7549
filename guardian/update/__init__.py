"""Bring lists from where they lie to the published set."""
