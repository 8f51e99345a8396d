"""Which bodies a route takes by what they say they are; others are told so, and in what to send instead (415, RFC 9110)."""

import email.message
from collections.abc import Collection, Mapping
from typing import Any, Final

from fastapi import Request
from fastapi.params import Form
from fastapi.routing import APIRoute

from shared.http.refused import HttpRefusal

JSON: Final = "application/json"
_GZIP: Final = "application/gzip"
_TELL = {"POST": "Accept-Post", "PATCH": "Accept-Patch"}


class Kinds:
    """What one route takes.

    A body that the framework reads is JSON, and says so. What an endpoint reads by itself (tables, feeds, forms) is known by its
    content: spreadsheets and browsers give the same file a dozen names.
    """

    def __init__(self, route: APIRoute) -> None:
        self._json = route.body_field is not None and not isinstance(route.body_field.field_info, Form)
        said: Mapping[str, Any] = (route.openapi_extra or {}).get("requestBody", {}).get("content", {})
        self._codings: Collection[str] = ("gzip", "x-gzip") if _GZIP in said else ()

    async def check(self, request: Request) -> None:
        """Look at a request that may have a body.

        Raises:
            HttpRefusal: 415, with what is taken.
        """
        said = request.headers.getlist("content-encoding")
        for one in ",".join(said).lower().split(",") if said else ():
            coding = one.strip()
            if coding not in ("", "identity", *self._codings):
                taken = ", ".join((*self._codings, "identity"))
                raise HttpRefusal(
                    415, "Le contenu est compressé d'une façon qui n'est pas acceptée ici.", {"Accept-Encoding": taken}
                )
        if self._json and not says_json(request.headers.get("content-type")) and await request.body():
            raise not_json(request.method)


def not_json(method: str) -> HttpRefusal:
    """The refusal of a body that does not say that it is JSON."""
    sentence = f"Le contenu doit être du JSON et le dire : Content-Type: {JSON}."
    return HttpRefusal(415, sentence, {_TELL.get(method, "Accept"): JSON})


def says_json(content_type: str | None) -> bool:
    """Whether a Content-Type is JSON's, as the framework reads it."""
    if not content_type:
        return False
    if content_type == JSON:
        return True
    message = email.message.Message()
    message["content-type"] = content_type
    subtype = message.get_content_subtype()
    return message.get_content_maintype() == "application" and (subtype == "json" or subtype.endswith("+json"))
