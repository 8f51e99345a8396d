"""Who may do what at the servers: Kafka's users and ACLs and MongoDB's users, derived from the manifest of topics."""
