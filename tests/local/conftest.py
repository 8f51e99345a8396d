"""Fixtures of the local stack's own tests."""

from tests.engines import apache_kafka

__all__ = ["apache_kafka"]
