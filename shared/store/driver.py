"""The seam at which the MongoDB driver is exchanged: the only module that imports motor.

Motor is deprecated in favour of PyMongo's own async API; everything else of the project knows only the names below.
"""

from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection, AsyncIOMotorDatabase

Client = AsyncIOMotorClient[dict[str, Any]]
Database = AsyncIOMotorDatabase[dict[str, Any]]
Collection = AsyncIOMotorCollection[dict[str, Any]]
Session = Any  # AsyncIOMotorClientSession; its stubs are incomplete


def connect(url: str) -> Client:
    """A client whose reads and writes are durable: majority on both sides, aware datetimes.

    Server selection ends after 5 s, so that a request gets an answer while MongoDB is away.
    """
    return AsyncIOMotorClient(
        url,
        tz_aware=True,
        w="majority",
        readConcernLevel="majority",
        retryWrites=True,
        serverSelectionTimeoutMS=5_000,
        appname="bassin",
    )
