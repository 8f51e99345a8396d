"""What the people who run it need: one command, ``bassin``, for all services together."""
