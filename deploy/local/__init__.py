"""The local stack: real servers from wheels, the five services beside them, no Docker needed."""
