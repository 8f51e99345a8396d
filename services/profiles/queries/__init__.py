"""Reads across aggregates."""
