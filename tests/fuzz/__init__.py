"""Damage packets, feed them to the readers, and ask another implementation whether it agrees."""
