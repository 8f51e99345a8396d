"""The notifications service: contacts, preferences, channels, inbox, live stream."""
