"""Social clauses: contracts and grants that owe hours of work to people far from employment, and the ledger of those."""
