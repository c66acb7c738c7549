"""Say whether bytes may be believed."""
