"""The way of an event: envelope, outbox relay, consumers, dead letters."""
