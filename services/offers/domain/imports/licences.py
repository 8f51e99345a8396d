"""Driving licences as feeds name them, brought to those that people hold here."""

import re
from collections.abc import Iterable

from services.offers.domain.imports.fields import Fields
from services.offers.domain.imports.rows import Warned
from shared.contracts.vocabulary import Licence
from shared.reference.text import unaccented

# (licence that is kept, whether it is the very one that is asked for). Sources: road code R221-4 and directive
# 2006/126/EC, article 4. Where the very one is not among ours, the next that allows the same work is kept and said.
_KEPT: dict[str, tuple[Licence, bool]] = {
    "AM": (Licence.AM, True), "BSR": (Licence.AM, True),
    "A": (Licence.A, True), "A1": (Licence.A, False), "A2": (Licence.A, False),
    "B": (Licence.B, True), "B1": (Licence.B, False), "B78": (Licence.B, False),
    "B96": (Licence.B, False), "BE": (Licence.BE, True), "EB": (Licence.BE, True),
    "C": (Licence.C, True), "PL": (Licence.C, True), "C1": (Licence.C, False),
    "CE": (Licence.CE, True), "EC": (Licence.CE, True), "SPL": (Licence.CE, True),
    "C1E": (Licence.CE, False), "EC1": (Licence.CE, False),
    "D": (Licence.D, True), "D1": (Licence.D, False),
    "DE": (Licence.D, False), "ED": (Licence.D, False), "D1E": (Licence.D, False), "ED1": (Licence.D, False),
}  # fmt: skip
_CODE = re.compile(r"^(?:permis\s+)?([a-z]{1,3}\d{0,2}e?)\b(?!')")
_MENTION_79 = re.compile(r"\b79[.,]0?6\b|\(= ?eb\)|(?:\bet|\+|,) ?(?:be|eb)\b")
_WORDS = (
    (re.compile(r"\bsuper ?(?:poids )?lourds?\b"), "CE"),
    (re.compile(r"\bpoids lourds?\b"), "C"),
    (re.compile(r"\bremorque\b"), "EB"),
    (re.compile(r"\bvehicule leger\b|\bvl\b|\bvoiture\b"), "B"),
)


def read_licences(permits: Iterable[Fields]) -> tuple[list[Licence], list[Warned]]:
    """The licences that a row demands (``exigence`` E), and what could not be kept as it is."""
    needed: dict[Licence, None] = {}
    warnings: list[Warned] = []
    for permit in permits:
        label = permit.line("libelle")
        if permit.line("exigence").upper() != "E" or not label:
            continue
        code = _code(unaccented(label))
        if code is None:
            warnings.append(
                Warned(
                    "permis", "licence_unknown", f"Le permis « {label[:60]} » n'est pas connu : il n'est pas retenu."
                )
            )
            continue
        licence, exact = _KEPT[code]
        needed[licence] = None
        if not exact:
            warnings.append(
                Warned(
                    "permis",
                    "licence_nearest",
                    f"Le permis {code} est demandé : {licence.value} est retenu à sa place.",
                )
            )
    return list(needed), warnings


def licence_named(words: str) -> Licence | None:
    """The licence that words without accents name («b», «poids lourd»); the nearest of ours."""
    code = _code(words)
    return _KEPT[code][0] if code else None


def _code(plain: str) -> str | None:
    found = _CODE.match(plain)
    code = found[1].upper() if found else ""
    # «B mention 79.06 (= EB)»: the mention of a trailer, not the plain licence; who holds BE holds B.
    if code == "B" and _MENTION_79.search(plain):
        return "EB"
    if code in _KEPT:
        return code
    return next((kept for pattern, kept in _WORDS if pattern.search(plain)), None)
