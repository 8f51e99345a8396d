"""Licences that somebody says they hold: no offer has to say so, and whoever told it sees that it was understood."""

import re
from collections.abc import Iterator

from services.offers.search.asides import HAS
from services.offers.search.chips import ChipKind, Meaning, Said

HELD_HINTS = ("permis",)
_ASKED = r"(?: (?:n est )?(?:pas|non) |(?: est)? (?:exige|obligatoire|demande|requis|souhaite|necessaire|facultatif))"
_JOTTED = re.compile(
    rf"(?<!\S)(?<!sans )(?<!pas )(?<!pas de )(?<!pas le )(?<!pas mon )(?<!ni )(?<!aucun )(?:(?:a )?(?:le |mon |son |un ))?"
    rf"permis b(?!\S)(?!{_ASKED})"
    r"(?: (?:ok|valide|en poche|en cours de validite))?"
    r"(?: (?:(?:et|avec|plus|ou) )?(?:(?:un|une|mon|ma|la|le) )?(?:vehicule|voiture)(?: personnel(?:le)?)?)?(?!\S)"
)
"""«Permis B + véhicule»: told in short."""
_HEAVY = r"(?:c1?e?|d1?e?|ec)(?!\S)"
_DRIVES = re.compile(r"(?<!\S)(?:chauffeu|conduct|routier|routiere|camion)")
_HEAVY_HELD = re.compile(
    rf"(?<!\S)(?:(?:j ai|avec|titulaire|possede|(?:il|elle) a)(?: (?:de|du|d|le|les|un|des|mes|mon|ses|son))*|mes|mon) permis"
    rf"(?: (?:le |les |b )?(?:(?:et|plus|ou) )?(?:le )?(?:permis )?{_HEAVY})+"
)
_NAMES = re.compile(r"(?<= )(?:be?|c1?e?|d1?e?|ec)(?!\S)")
_CARS = "B"


def held(joined: str) -> Iterator[Said]:
    """Stretches of joined words that say a licence which somebody has. One of lorries or coaches is told beside the work of
    who drives them; alone («permis CE, Mende») it names the work."""
    for match in (*HAS.finditer(joined), *_JOTTED.finditer(joined)):
        if "permis" in match.group():
            yield _said(match)
    if _DRIVES.search(joined):
        yield from map(_said, _HEAVY_HELD.finditer(joined))


def _said(match: re.Match[str]) -> Said:
    names = dict.fromkeys(name.upper().replace("EC", "CE") for name in _NAMES.findall(match.group())) or [_CARS]
    return Said(ChipKind.LICENCE, Meaning(", ".join(f"Permis {name}" for name in names), {}), None, *match.span())
