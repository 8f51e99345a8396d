"""Numbers with a unit: hours, shares, full-time equivalents, people; in words or figures, in lists and enumerations."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from services.clauses.procurement.cues import begins
from services.clauses.procurement.words import Token, texts_at
from shared.types import MOST_HOURS


class Unit(StrEnum):
    """What a proposed number counts."""

    HOURS = "hours"
    PERCENT = "percent"
    FTE = "fte"
    PEOPLE = "people"


@dataclass(frozen=True)
class Candidate:
    """A number with a unit: tokens ``first`` to ``last``, the unit's last one included."""

    first: int
    last: int
    number: Decimal
    unit: Unit


def candidates_in(tokens: Sequence[Token], *, column: bool) -> Iterator[Candidate]:
    """Numbers with a unit, and those of a column of hours («Nombre d'heures d'insertion : 250»)."""
    inner: set[int] = set()
    hours_named = column
    for index, token in enumerate(tokens):
        hours_named = hours_named or token.text in ("heures", "dheures")
        if token.number is None or index in inner or token.number > MOST_HOURS or token.number <= 0:
            continue
        at = index + 1
        if texts_at(tokens, at, 1) == ["("] and at + 2 < len(tokens) and tokens[at + 2].text == ")":
            again = tokens[at + 1].number
            # The same in words, or a footnote: «300 (trois cents) heures», «300(1) heures».
            if again is not None and (again == token.number or not tokens[at].spaced):
                inner.add(at + 1)
                at += 3
        elif texts_at(tokens, at, 1) == [")"]:
            at += 1
        unit, length = _unit(tokens, at)
        number = token.number
        if unit is Unit.HOURS:
            clock = _minutes(tokens, at, length)
            if clock is not None:
                if number <= 24:
                    continue  # 8h30 is a time of the day
                number, length = number + clock, length + 1
        if unit is not None:
            yield Candidate(index, at + length - 1, number, unit)
        elif hours_named and _stands_in_column(tokens, index):
            yield Candidate(index, index, number, Unit.HOURS)
        elif (reach := _enumerated(tokens, index)) is not None:
            yield Candidate(index, index, number, reach)


def _unit(tokens: Sequence[Token], at: int) -> tuple[Unit | None, int]:
    """(unit, its number of tokens) that begins at a token."""
    if at >= len(tokens):
        return None, 0
    word, following = tokens[at].text, texts_at(tokens, at + 1, 3)
    if word in ("h", "heure", "heures", "hrs", "hres"):
        return Unit.HOURS, 1
    if word in ("%", "pourcent"):
        return Unit.PERCENT, 1
    if word == "pour" and at + 1 < len(tokens) and tokens[at + 1].spelt and tokens[at + 1].number == 100:
        return Unit.PERCENT, 2
    if word in ("etp", "etpt", "etps"):
        return Unit.FTE, 1
    if word in ("equivalent", "equivalents") and following[:1] == ["temps"]:
        plain = [one for one in following if one != "-"]
        return (Unit.FTE, 3) if plain[1:2] in (["plein"], ["pleins"]) else (None, 0)
    people = (
        "personne",
        "salarie",
        "demandeur",
        "beneficiaire",
        "poste",
        "apprenti",
        "stagiaire",
        "alternant",
        "jeune",
    )
    if begins(tokens[at], people) or (word in ("contrat", "contrats") and following[:1] in (["d"], ["de"])):
        return Unit.PEOPLE, 1
    return None, 0


def _minutes(tokens: Sequence[Token], at: int, length: int) -> Decimal | None:
    """The share of an hour in 140h30."""
    after = at + length
    if after >= len(tokens) or not tokens[after].text.isdecimal() or len(tokens[after].text) != 2:
        return None
    if int(tokens[after].text) > 59 or _unit(tokens, after + 1)[0] is not None:
        return None
    return (Decimal(int(tokens[after].text)) / 60).quantize(Decimal("0.01"))


def _stands_in_column(tokens: Sequence[Token], index: int) -> bool:
    before, after = texts_at(tokens, index - 2, 2), texts_at(tokens, index + 1, 1)
    led = before[-1:] in ([":"], ["="]) or before in (["est", "de"], ["fixe", "a"], ["minimum", "de"])
    return led and (not after or after[0] in (",", ".", ";", ")", "-", "minimum", "mini", "pour", "par", "/", "sur"))


def _enumerated(tokens: Sequence[Token], index: int) -> Unit | None:
    """The unit of a later number of the same enumeration: «100, 200 et 300 heures», «entre 100 et 150 heures»."""
    for at in range(index + 1, min(index + 40, len(tokens) - 1), 2):
        if tokens[at].text not in (",", "et", "a", "ou") or tokens[at + 1].number is None:
            return None
        unit, _ = _unit(tokens, at + 2)
        if unit is not None:
            led = texts_at(tokens, index - 1, 1) in (["entre"], ["de"]) or any(
                token.text == "respectivement" for token in tokens
            )
            return unit if unit is not Unit.PEOPLE and led else None
    return None
