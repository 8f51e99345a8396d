"""What each service is asked about when callers of every kind try every operation."""
