"""One event on its way: outbox, topic, consumers, dead letters, and what it caused. Ids only, never what an event says."""
