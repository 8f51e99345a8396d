"""The full-text search of offers: what a question means, the index that answers it, and how the index follows MongoDB."""
