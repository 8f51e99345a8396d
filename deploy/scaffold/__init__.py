"""Begins what is begun often: an event type, a notice, a service. What it writes passes the checks."""
