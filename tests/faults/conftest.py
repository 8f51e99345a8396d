"""Fixtures of the services whose workers are killed here."""

from tests.service.notifications.conftest import smtp

__all__ = ["smtp"]
