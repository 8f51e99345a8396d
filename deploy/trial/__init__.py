"""The compose file run for real on a Docker engine, and measured: ``make compose-trial``."""
