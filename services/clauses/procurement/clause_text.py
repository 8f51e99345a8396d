"""Volumes of insertion that a clause's text demands, each with the sentence that says so. A person confirms; nothing is set.

«1 200 heures», «mille deux cents heures», «5 % des heures travaillées», «1,5 ETP», «deux personnes»; by lot, by year, by
tranche of the amount. Weekly hours, opening hours, deadlines and telephones are no volumes.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from services.clauses.procurement import cues
from services.clauses.procurement.cues import any_of
from services.clauses.procurement.demanded import demanded
from services.clauses.procurement.lots import Named, lots_in, lots_of
from services.clauses.procurement.measures import Candidate, Unit, candidates_in
from services.clauses.procurement.words import Piece, Token, cleaned, pieces_of, texts_at

LONGEST_TEXT = 50_000
"""Characters: ten times the longest of 192 real clauses."""
MOST_PROPOSALS = 300
_LONGEST_SENTENCE = 400
_CARRIES = 3
"""Pieces after one about the clause in which numbers are still its own: lines of a list, a sentence between."""

_EACH = re.compile(
    r"(?:par|/|chaque|tous les|toutes les|par periode d (?:' )?une?) (?:(an)(?:s|nees?)?|(mois)|(semaine)s?)\b"
    r"|(annuel)|(mensuel)|(hebdomadaire)"
)


class Per(StrEnum):
    """What it is owed for, where that is not the whole contract."""

    YEAR = "year"
    MONTH = "month"
    WEEK = "week"
    AMOUNT = "amount"


_PERIODS = (Per.YEAR, Per.MONTH, Per.WEEK)


class Bound(StrEnum):
    """How the text limits it."""

    MINIMUM = "minimum"
    MAXIMUM = "maximum"


@dataclass(frozen=True)
class Proposal:
    """A number that the text demands. ``per_amount``: euros, with ``Per.AMOUNT``. ``sentence`` is the text's own."""

    number: Decimal
    unit: Unit
    written: str
    sentence: str
    lots: tuple[str, ...] = ()
    per: Per | None = None
    per_amount: Decimal | None = None
    bound: Bound | None = None


def propose(text: str) -> list[Proposal]:
    """What is demanded, in the order of the text; at most ``MOST_PROPOSALS``."""
    plain = cleaned(text[:LONGEST_TEXT])[:LONGEST_TEXT]
    found: list[Proposal] = []
    seen: set[tuple[object, ...]] = set()
    for proposals in _Reading(plain).pieces():
        fresh = [one for one in proposals if (one.number, one.unit, one.lots, one.per) not in seen]
        seen |= {(one.number, one.unit, one.lots, one.per) for one in fresh}
        found += fresh
        if len(found) >= MOST_PROPOSALS:
            break
    return found[:MOST_PROPOSALS]


class _Reading:
    """Piece after piece, with what the ones before have said."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._carries = 0
        self._column = 0
        self._lots: tuple[str, ...] = ()
        self._lots_used = False

    def pieces(self) -> Iterator[list[Proposal]]:
        for piece in pieces_of(self._text):
            yield self._piece(piece)

    def _piece(self, piece: Piece) -> list[Proposal]:
        tokens = piece.tokens
        candidates = list(candidates_in(tokens, column=self._column > 0))
        about, other = cues.speaks_of_clause(tokens), cues.speaks_of_another(tokens)
        if about:
            self._carries = _CARRIES + 1
        elif other:
            self._carries = 0
        self._carries = max(self._carries - 1, 0)
        self._column = _CARRIES if _heads_column(tokens) else max(self._column - 1, 0)
        measured = frozenset(one.first for one in candidates)
        named = lots_in(tokens, self._text, measured)
        taken = {index for one in named for index in range(one.first, one.after)}
        kept = [
            one
            for one in candidates
            if one.first not in taken and (about or self._carries) and demanded(tokens, one, other=other)
        ]
        kept = _without_replaced(tokens, kept)
        respectively = any(token.text == "respectivement" for token in tokens)
        lots = lots_of(tokens, [(one.first, one.last) for one in kept], named, respectively=respectively)
        self._forget_lots(piece, named)
        proposals = []
        for index, one in enumerate(kept):
            own = lots[index]
            end = next((other.first for other in candidates if other.first > one.last), len(tokens))
            proposals.append(self._proposal(piece, one, end, self._lots if own is None else own.lots))
        if kept:
            self._carries, self._lots_used = _CARRIES, True
            if self._column or any(_bare(tokens, one) for one in kept):
                self._column = _CARRIES
        elif named:
            self._lots, self._lots_used = named[-1].lots, False
        return proposals

    def _forget_lots(self, piece: Piece, named: Sequence[Named]) -> None:
        """A lot that was named before holds for one sentence, or for the lines of a list under it; no sum is its."""
        over = self._lots_used and not piece.own_line
        if named or over or any_of(piece.tokens, ("total", "ensemble", "globa")):
            self._lots = ()

    def _proposal(self, piece: Piece, one: Candidate, end: int, lots: tuple[str, ...]) -> Proposal:
        tokens = piece.tokens
        per, amount = _per(tokens, one.first, one.last + 1, end)
        return Proposal(
            number=one.number,
            unit=one.unit,
            written=self._text[tokens[one.first].start : tokens[one.last].end],
            sentence=self._sentence(piece, tokens[one.first]),
            lots=lots,
            per=per,
            per_amount=amount,
            bound=_bound(tokens, one),
        )

    def _sentence(self, piece: Piece, token: Token) -> str:
        """The piece, or what stands around the number in a long one."""
        start, end = piece.start, piece.end
        if end - start > _LONGEST_SENTENCE:
            start = max(start, token.start - _LONGEST_SENTENCE * 2 // 3)
            end = min(end, start + _LONGEST_SENTENCE)
        return self._text[start:end].strip()


def _without_replaced(tokens: Sequence[Token], kept: Sequence[Candidate]) -> list[Candidate]:
    """Without what the text says it was before: «passe de 1 000 à 600 heures», «au lieu de 1 000 heures»; or says twice."""
    moved = any(token.text in cues.REPLACED for token in tokens)
    found: list[Candidate] = []
    for index, one in enumerate(kept):
        words = texts_at(tokens, one.first - 3, 3)
        following = kept[index + 1] if index + 1 < len(kept) else None
        to_next = following is not None and texts_at(tokens, following.first - 1, 1) == ["a"]
        if words[-3:] == ["au", "lieu", "de"] or words[-2:] == ["et", "non"]:
            continue
        if moved and words[-1:] == ["de"] and to_next:
            continue
        again = found[-1:] and (found[-1].number, found[-1].unit) == (one.number, one.unit)
        if again and words[-1:] == ["("]:
            continue  # the same in words: «2 500 h (deux mille cinq cents heures)»
        found.append(one)
    return found


def _heads_column(tokens: Sequence[Token]) -> bool:
    """«Nombre d'heures d'insertion par lot :», the head of a list of bare numbers."""
    return len(tokens) > 1 and tokens[-1].text == ":" and any(token.text in ("heures", "dheures") for token in tokens)


def _bare(tokens: Sequence[Token], one: Candidate) -> bool:
    """«Nombre d'heures d'insertion : lot 1 = 500 ; lot 2 = 250»: the unit stands once, in front."""
    return one.first == one.last and texts_at(tokens, one.first - 1, 1) in ([":"], ["="])


def _per(tokens: Sequence[Token], first: int, at: int, end: int) -> tuple[Per | None, Decimal | None]:
    """What the number is owed for; up to the next number of its kind."""
    words = texts_at(tokens, at, min(end, at + 12) - at)
    if "chaque annee" in " ".join(texts_at(tokens, first - 14, 14)):
        return Per.YEAR, None
    for index, word in enumerate(words):
        if word in ("soit", "sur"):
            break
        each = _EACH.match(" ".join(words[index : index + 6]))
        if each is not None:
            return next(per for per, said in zip(_PERIODS * 2, each.groups(), strict=True) if said), None
        if word in ("tranche", "tranches", "pour", "par"):
            euros = _euros(tokens, at + index + 1)
            if euros is not None:
                return Per.AMOUNT, euros
    return None, None


def _euros(tokens: Sequence[Token], at: int) -> Decimal | None:
    """«de 10 000 euros», «2 000 € HT»."""
    if texts_at(tokens, at, 1) in (["de"], ["chaque"]):
        at += 1
    if at + 1 >= len(tokens):
        return None
    return tokens[at].number if tokens[at + 1].text in ("euro", "euros", "eur", "€", "keuros") else None


def _bound(tokens: Sequence[Token], one: Candidate) -> Bound | None:
    before, after = tokens[max(one.first - 6, 0) : one.first], tokens[one.last + 1 : one.last + 4]
    words = [token.text for token in before]
    if any_of(before, ("maxim", "plafon")) or any_of(after, ("maxim",)) or words[-2:] == ["au", "plus"]:
        return Bound.MAXIMUM
    if (
        any_of(before, ("minim",))
        or any_of(after, ("mini",))
        or words[-2:] == ["au", "moins"]
        or words[-3:-1] == ["pas", "moins"]
    ):
        return Bound.MINIMUM
    return None
