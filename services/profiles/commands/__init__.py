"""What people ask for: load, let the domain decide, commit."""
