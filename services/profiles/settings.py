"""Settings of the profiles service, read from ``BASSIN_*`` variables: those that all services have."""

from shared.settings import Settings


class ProfilesSettings(Settings):
    """Nothing of its own yet."""
