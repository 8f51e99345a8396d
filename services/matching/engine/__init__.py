"""The worker's engine: the index and the allocation in memory, their effects in MongoDB."""
