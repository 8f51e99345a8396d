"""CVs that people send as files: what they are, whether they may be kept, and their words."""
