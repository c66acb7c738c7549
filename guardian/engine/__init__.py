"""Decide what to do with one query, without doing any of it."""
