"""Published balances of social clauses, made again from entries: ``make report-creuse``, ``make report-correze``."""
