"""HTTP: one module per resource; thin: parse, authorise, call, answer."""
