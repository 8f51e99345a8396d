"""Directories of structures that can do a clause's work: read, and searched near a site."""
