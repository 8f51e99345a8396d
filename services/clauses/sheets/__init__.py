"""Monthly sheets of contractors: what their spreadsheets and exports look like, read into hours that the ledger can take."""
