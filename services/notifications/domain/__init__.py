"""What is told to whom, over which channel, and what becomes of it."""
