"""What people read of matching: assembled from the collections, nothing is changed."""
