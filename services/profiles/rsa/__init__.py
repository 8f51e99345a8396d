"""The list of RSA recipients that the département sends: read, matched with people of the platform, and what is left to do."""
