"""Backup and restore of all five databases at one moment (``docs/backup.md``); Kafka is made anew from them."""
