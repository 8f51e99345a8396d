"""Contracts between the services: the topic manifest, event models, schemas, golden samples."""
