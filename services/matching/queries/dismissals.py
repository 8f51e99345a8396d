"""What people dismissed, by reason and by pair of occupations: a report that people read. No weight follows from it by itself."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.matching.context import Context
from shared.civil import midnight, today
from shared.masking import shown, shown_parts, shown_rate

UNSAID = "unsaid"
"""Dismissed without a kind of reason."""
OTHER_PAIRS = "other"
"""In the place of both occupations: pairs that too few people dismissed to be named."""
_AT_ONCE = 1_000
"""Offers whose recommendations are asked for together."""
Pair = tuple[str | None, str | None]


@dataclass(frozen=True)
class Cell:
    """People who dismissed, as others may read it; None where they are too few."""

    reason: str
    dismissed: int | None


@dataclass(frozen=True)
class PairCell:
    """What somebody sought, what was recommended, and how many of those to whom it was recommended dismissed it.

    ``reasons`` are the kinds that may be shown, most often given first.
    """

    wished: str | None
    offered: str | None
    recommended: int | None
    dismissed: int | None
    rate: float | None
    reasons: list[Cell]


@dataclass(frozen=True)
class Dismissals:
    """All of a territory: counts are of people, not of clicks, so that one who dismisses much does not make a figure."""

    people: int | None
    reasons: list[Cell]
    pairs: list[PairCell]


def last_full_month(territory: str, now: datetime) -> date:
    """The day, there, until which the report counts: the first of the month, itself not included."""
    return today(territory, now).replace(day=1)


async def kept(context: Context, territory: str, until: date) -> Mapping[str, Any] | None:
    """What the first reading of these figures said.

    Every later one says the same: figures made anew would move with each erasure and each change of a wish, and who reads
    every day would see whose it was.
    """
    asked = {"territory": territory, "until": until.isoformat(), "report": "dismissals"}
    found: Mapping[str, Any] | None = await context.store.first("readings", asked, sort=[("at", 1)])
    return found


async def dismissals(context: Context, territory: str, until: date) -> Dismissals:
    """The report of one territory, from what is stored of each decision before a day; who was erased is not in it."""
    before = midnight(territory, until)
    made: list[Mapping[str, Any]] = []
    query = {"territory": territory, "kind": "dismissed", "at": {"$lt": before}}
    fields = {"profile_id": 1, "kind_of_no": 1, "wished": 1, "offered": 1}
    async for row in context.store.collection("overrides").find(query, fields):
        made.append(row)
    return report(made, await _recommended(context, territory, {_pair(row) for row in made}, before))


async def _recommended(context: Context, territory: str, pairs: set[Pair], before: datetime) -> dict[Pair, set[str]]:
    """People by pair of occupations, for the pairs of which something was dismissed."""
    found: dict[Pair, set[str]] = {pair: set() for pair in pairs}
    wished = sorted({code for code, _ in pairs if code})
    offered = sorted({code for _, code in pairs if code})
    if not wished or not offered:
        return found
    people = {
        row["_id"]: row["wishes"]
        async for row in context.store.collection("profiles").find(
            {"territory": territory, "wishes": {"$in": wished}}, {"wishes": 1}
        )
    }
    portion: dict[str, str] = {}
    async for row in context.store.collection("offers").find({"occupation": {"$in": offered}}, {"occupation": 1}):
        portion[row["_id"]] = row["occupation"]
        if len(portion) == _AT_ONCE:
            await _shown(context, territory, portion, people, before, found)
            portion = {}
    await _shown(context, territory, portion, people, before, found)
    return found


async def _shown(
    context: Context,
    territory: str,
    codes: Mapping[str, str],
    people: Mapping[str, list[str]],
    before: datetime,
    found: dict[Pair, set[str]],
) -> None:
    """Add the people to whom some of these offers (id → occupation) were recommended."""
    query = {"offer_id": {"$in": list(codes)}, "territory": territory, "created_at": {"$lt": before}}
    async for row in context.store.collection("recommendations").find(query, {"profile_id": 1, "offer_id": 1}):
        for code in people.get(row["profile_id"], ()):
            if (code, codes[row["offer_id"]]) in found:
                found[code, codes[row["offer_id"]]].add(row["profile_id"])


def _pair(row: Mapping[str, Any]) -> Pair:
    return row.get("wished"), row.get("offered")


def report(made: Iterable[Mapping[str, Any]], recommended: Mapping[Pair, set[str]]) -> Dismissals:
    """Decisions (``profile_id``, ``kind_of_no``, ``wished``, ``offered``) as figures that are safe by ``shared.masking``."""
    everybody: set[str] = set()
    by_pair: dict[Pair, dict[str, set[str]]] = {}
    for row in made:
        everybody.add(row["profile_id"])
        reasons = by_pair.setdefault(_pair(row), {})
        reasons.setdefault(row.get("kind_of_no") or UNSAID, set()).add(row["profile_id"])
    named: list[PairCell] = []
    rest: dict[str, set[str]] = {}
    for pair, reasons in by_pair.items():
        dismissed = set().union(*reasons.values())
        if shown(len(dismissed)) is None:
            # Named with nothing beside it, a pair would still say that somebody of it dismissed.
            for reason, people in reasons.items():
                rest.setdefault(reason, set()).update(people)
            continue
        whole = shown(len(recommended.get(pair, set()) | dismissed))
        count = shown(len(dismissed))
        named.append(PairCell(*pair, whole, count, shown_rate(count, whole), _cells(reasons, len(dismissed))))
    named.sort(key=lambda one: (-(one.dismissed or 0), str(one.wished), str(one.offered)))
    if rest:
        together = set().union(*rest.values())
        count = shown(len(together))
        named.append(PairCell(OTHER_PAIRS, OTHER_PAIRS, None, count, None, _cells(rest, len(together))))
    total: dict[str, set[str]] = {}
    for reasons in by_pair.values():
        for reason, people in reasons.items():
            total.setdefault(reason, set()).update(people)
    return Dismissals(shown(len(everybody)), _cells(total, len(everybody)), named)


def _cells(reasons: Mapping[str, set[str]], whole: int) -> list[Cell]:
    """Reasons with as many people as may be read; who gave two counts in both, so the parts may exceed the whole."""
    counts = Counter({reason: len(people) for reason, people in reasons.items()})
    names = [name for name, _ in sorted(counts.items(), key=lambda one: (-one[1], one[0]))]
    figures = shown_parts([counts[name] for name in names], max(whole, sum(counts.values())))
    cells = [Cell(name, figure) for name, figure in zip(names, figures, strict=True)]
    return [cell for cell in cells if cell.dismissed is not None]
