"""Who may do what: a world of things that belong to somebody, callers of every kind, and the rules."""
