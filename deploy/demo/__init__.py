"""The demo: a département plays its first day on the local stack."""
