"""Dumps, restores and the list of erasures."""
