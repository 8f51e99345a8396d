"""What examples of requests are written with, so that they are taken years from now as they are today."""

NEXT_WEEK = "2099-03-09"
"""The day to come of an example. A running service shows the one in a week in its stead, since several rules take a year ahead
at most; documents that are kept in files show this one, and so never change by themselves."""
