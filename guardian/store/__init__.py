"""Keep what a family has decided, in one SQLite file."""
