"""Refusals of HTTP itself: what is no business of a domain (a method, a media type, a length)."""

from collections.abc import Sequence

from starlette.exceptions import HTTPException

from shared.written import in_french


class HttpRefusal(HTTPException):
    """One whose ``detail`` is a French sentence of ours, and shown. Sentences of the framework and its parts are not: they are
    English, and some repeat what was sent. An HTTPException, because the framework lets no other through while it reads a body.
    """


def too_large(limit: int) -> HttpRefusal:
    """The refusal of a body of more than ``limit`` bytes."""
    return HttpRefusal(413, f"Ce contenu est trop volumineux : {in_french(limit)} octets au plus.")


def too_slow() -> HttpRefusal:
    """The refusal of a body that was announced and does not come."""
    sentence = "Le contenu annoncé n'est pas arrivé à temps : réessayez."
    return HttpRefusal(408, sentence, headers={"Connection": "close"})


def not_allowed(methods: Sequence[str]) -> HttpRefusal:
    """The refusal of a method that an address does not have (RFC 9110 15.5.6); it has ``methods``."""
    allowed = ", ".join(methods)
    return HttpRefusal(
        405, f"Cette adresse ne permet pas cette opération, mais : {allowed}.", headers={"Allow": allowed}
    )
