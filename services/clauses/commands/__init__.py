"""What people and time ask for: load, let the domain decide, commit."""
