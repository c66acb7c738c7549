"""Decide what one child's rules say of a name: family, set and time in, one immutable Policy out."""
