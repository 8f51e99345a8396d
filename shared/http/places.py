"""``Location``: where the thing that was made, or what became of a request, has its address (RFC 9110 10.2.2)."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import Depends, Response
from fastapi.dependencies.models import Dependant

LOCATION: Final = "Location"
LOCATION_HEADER: Mapping[str, Any] = {
    LOCATION: {
        "description": "Address of what was made or is told of: `/v1/offers/…`, behind a gateway with the service's prefix",
        "schema": {"type": "string", "format": "uri-reference"},
    }
}


class Place:
    """Says in the answer where the thing is."""

    def __init__(self, response: Response) -> None:
        self._response = response

    def __call__(self, path: str) -> None:
        self._response.headers[LOCATION] = path


async def _place(response: Response) -> Place:
    return Place(response)


Located = Annotated[Place, Depends(_place)]
"""Of an endpoint that tells the address of what it made: the document names the header by it."""


def tells_place(dependant: Dependant) -> bool:
    """Whether a route has asked to tell an address."""
    return any(one.call is _place or tells_place(one) for one in dependant.dependencies)
