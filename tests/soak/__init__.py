"""A long run of the real program under mixed load, and the judge of it."""
