"""The page on which a manager or a counsellor reads what is recommended to whom and why: ``make evaluate``."""
