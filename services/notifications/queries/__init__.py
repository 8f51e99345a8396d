"""What people read, and what is read before it is decided whom to tell."""
