"""What the domains read of the communes: they are handed a gazetteer, and know neither its file nor its index."""

from typing import Protocol

AGREEMENT_KM = 40.0
"""A point farther than this from its commune's town hall is a mistake (Arles, the widest commune, reaches 37 km)."""


class CommuneFacts(Protocol):
    """What is read of a commune: ``code`` is INSEE's (five characters), ``lat`` and ``lon`` are degrees (WGS 84) of its point."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def department(self) -> str: ...
    @property
    def postcodes(self) -> tuple[str, ...]: ...
    @property
    def lat(self) -> float: ...
    @property
    def lon(self) -> float: ...


class Gazetteer(Protocol):
    """The communes of France. ``get`` gives None for a code that none has; ``nearest`` the one whose point is nearest to a
    place in degrees (WGS 84).
    """

    def get(self, code: str) -> CommuneFacts | None: ...
    def nearest(self, lat: float, lon: float) -> CommuneFacts: ...
