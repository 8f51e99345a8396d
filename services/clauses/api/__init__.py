"""HTTP: parse, authorise, call, answer. One module per resource."""
