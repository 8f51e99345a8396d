"""Tables of offers that people keep: which column is what, and each row as a feed would have sent it."""
