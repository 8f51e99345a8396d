"""A person's CV: made from the profile on one page."""
