"""Turn the text of lists into one compiled set that every child shares."""
