"""What people decide: about recommendations, and about how they are made."""
