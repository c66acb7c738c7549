"""Hold what the API has, one resource a file."""
