"""Reads that are more than an aggregate by its id: the search on listings, the facts of the figures, the export."""
