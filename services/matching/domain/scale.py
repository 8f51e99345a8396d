"""The whole numbers that shares and scores are, so that they are the same digits everywhere."""

SCALE = 10_000
"""One, as basis points."""
SCORE_SCALE = SCALE * SCALE
"""Scores are the product of two shares in basis points: whole numbers of 0 to this."""
