"""Serve the family's API over HTTP: who may ask, what may be asked, and in what form."""
