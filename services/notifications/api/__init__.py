"""HTTP resources of the notifications service: one module each."""
