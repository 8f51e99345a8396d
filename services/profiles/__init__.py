"""Job seekers: who they are, what they look for and can do, who accompanies them, how they are reached."""
