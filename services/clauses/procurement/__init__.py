"""What public buyers publish: contracts in the DECP's formats, and clauses in words."""
