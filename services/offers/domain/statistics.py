"""Job 41's table, the funnels and the rates, from plain facts; and their public version with small cells masked."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from statistics import median

from shared.contracts.vocabulary import ContractKind, OfferSource
from shared.masking import blurred, shown, shown_rate


class BackToWork(StrEnum):
    """Kinds of return to work, as Job 41 counts them."""

    CDI = "cdi"
    UNDER_6_MONTHS = "under_6_months"
    SIX_MONTHS_OR_MORE = "six_months_or_more"
    TRAINING = "training"
    PROFESSIONALISATION = "professionalisation"
    BUSINESS_CREATED = "business_created"
    OTHER = "other"


_BY_CONTRACT = {
    ContractKind.CDI: BackToWork.CDI,
    ContractKind.TRAINING: BackToWork.TRAINING,
    # Both work-study contracts.
    ContractKind.PROFESSIONALISATION: BackToWork.PROFESSIONALISATION,
    ContractKind.APPRENTICESHIP: BackToWork.PROFESSIONALISATION,
    ContractKind.SELF_EMPLOYED: BackToWork.BUSINESS_CREATED,
}
_TIMED = frozenset({ContractKind.CDD, ContractKind.TEMPORARY, ContractKind.SEASONAL, ContractKind.CDDI})


def back_to_work(contract: ContractKind, months: float | None) -> BackToWork:
    """Which kind a hire counts as; a fixed term without a stated length is ``other``."""
    if contract in _TIMED and months is not None:
        return BackToWork.UNDER_6_MONTHS if months < 6 else BackToWork.SIX_MONTHS_OR_MORE
    return _BY_CONTRACT.get(contract, BackToWork.OTHER)


@dataclass(frozen=True)
class Period:
    """From ``start`` (included) to ``end`` (excluded)."""

    start: datetime
    end: datetime

    def holds(self, instant: datetime | None) -> bool:
        """Whether an instant lies inside."""
        return instant is not None and self.start <= instant < self.end


@dataclass(frozen=True)
class OfferFact:
    """What is counted of an offer. ``active``: positions at the end of the period, by the clocks of its place: those open now
    while that has not come there, all of an offer that had not ended by then afterwards.
    """

    id: str
    group: str
    company_id: str
    source: OfferSource
    hidden: bool
    published_at: datetime
    positions: int
    active: int
    filled: int
    filled_through_us: int
    cell: str = ""
    """The smallest cell that any split puts it into."""


@dataclass(frozen=True)
class ApplicationFact:
    """What is counted of an application."""

    offer_id: str
    group: str
    submitted_at: datetime
    answered: bool
    silent: bool
    interviewed: bool
    hired_at: datetime | None
    contract: ContractKind | None
    months: float | None
    still_there: Mapping[int, bool] = field(default_factory=dict)
    cell: str = ""


@dataclass(frozen=True)
class Stage:
    """A step of a funnel: ``count`` of ``denominator`` things called ``of``."""

    stage: str
    count: int | None
    of: str
    denominator: int | None
    rate: float | None


@dataclass(frozen=True)
class Figures:
    """Everything about one group. A count of None is masked; a rate of None is masked or has no denominator."""

    recruiters: int
    offers: int
    positions_proposed: int
    positions_active: int
    back_to_work: dict[str, int | None]
    back_to_work_total: int | None
    offer_funnel: list[Stage]
    introduction_funnel: list[Stage]
    follow_ups: list[Stage]
    days_to_first_application: float | None
    offers_with_application: int | None
    reply_rate: float | None
    replies_due: int | None
    fill_rate: float | None
    fill_rate_through_us: float | None
    answered: int
    filled_through_us: int


def figures(offers: Sequence[OfferFact], applications: Sequence[ApplicationFact], period: Period) -> Figures:
    """Count. ``applications``: all of the same group; those of other offers count as introductions and hires too."""
    published = [offer for offer in offers if period.holds(offer.published_at)]
    hires = [one for one in applications if period.holds(one.hired_at) and one.contract is not None]
    kinds: dict[str, int | None] = {kind.value: 0 for kind in BackToWork}
    for hire in hires:
        assert hire.contract is not None
        kind = back_to_work(hire.contract, hire.months).value
        kinds[kind] = (kinds[kind] or 0) + 1
    positions = sum(offer.positions for offer in published)
    introduced = [one for one in applications if period.holds(one.submitted_at)]
    answered = sum(one.answered for one in introduced)
    due = answered + sum(one.silent for one in introduced)
    waits = _first_waits(published, applications)
    return Figures(
        recruiters=len({offer.company_id for offer in published}),
        offers=len(published),
        positions_proposed=positions,
        positions_active=sum(offer.active for offer in offers),
        back_to_work=kinds,
        back_to_work_total=len(hires),
        offer_funnel=_offer_funnel(published, applications),
        introduction_funnel=_funnel(
            ("introductions", len(introduced)),
            ("interviews", sum(one.interviewed for one in introduced)),
            ("hires", sum(one.hired_at is not None for one in introduced)),
        ),
        follow_ups=_follow_ups(hires),
        days_to_first_application=round(median(waits), 1) if waits else None,
        offers_with_application=len(waits),
        reply_rate=_rate(answered, due),
        replies_due=due,
        fill_rate=_rate(sum(offer.filled for offer in published), positions),
        fill_rate_through_us=_rate(sum(offer.filled_through_us for offer in published), positions),
        answered=answered,
        filled_through_us=sum(offer.filled_through_us for offer in published),
    )


def _first_waits(offers: Iterable[OfferFact], applications: Iterable[ApplicationFact]) -> list[float]:
    first: dict[str, datetime] = {}
    for one in applications:
        known = first.get(one.offer_id)
        first[one.offer_id] = one.submitted_at if known is None else min(known, one.submitted_at)
    return [(first[offer.id] - offer.published_at).total_seconds() / 86_400 for offer in offers if offer.id in first]


def _offer_funnel(offers: Sequence[OfferFact], applications: Iterable[ApplicationFact]) -> list[Stage]:
    introduced: set[str] = set()
    interviewed: set[str] = set()
    hired: set[str] = set()
    for one in applications:
        introduced.add(one.offer_id)
        if one.interviewed:
            interviewed.add(one.offer_id)
        if one.hired_at is not None:
            hired.add(one.offer_id)
    return _funnel(
        ("offers", len(offers)),
        ("offers_with_introduction", sum(offer.id in introduced for offer in offers)),
        ("offers_with_interview", sum(offer.id in interviewed for offer in offers)),
        ("offers_with_hire", sum(offer.id in hired for offer in offers)),
    )


def _funnel(*stages: tuple[str, int]) -> list[Stage]:
    """Each stage against the first one, which is named: no percentage without its denominator."""
    first, whole = stages[0]
    return [Stage(name, count, first, whole, _rate(count, whole)) for name, count in stages]


def _follow_ups(hires: Iterable[ApplicationFact]) -> list[Stage]:
    """Of the hires that somebody asked after at 1, 3, 6 months: how many are still there."""
    asked: dict[int, list[bool]] = {}
    for hire in hires:
        for month, there in hire.still_there.items():
            asked.setdefault(month, []).append(there)
    return [
        Stage(
            f"still_there_after_{month}_months",
            sum(answers),
            "hires_followed_up",
            len(answers),
            _rate(sum(answers), len(answers)),
        )
        for month, answers in sorted(asked.items())
    ]


def _rate(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


# The public version (``shared.masking`` says how figures are made safe, and why)


def public_report(
    offers: Sequence[OfferFact], applications: Sequence[ApplicationFact], period: Period
) -> tuple[Figures, dict[str, Figures]]:
    """The whole and its groups as everybody may read them."""
    cells: defaultdict[tuple[str, str], tuple[list[OfferFact], list[ApplicationFact]]] = defaultdict(lambda: ([], []))
    groups: defaultdict[str, tuple[list[OfferFact], list[ApplicationFact]]] = defaultdict(lambda: ([], []))
    for offer in offers:
        cells[offer.group, offer.cell][0].append(offer)
        groups[offer.group][0].append(offer)
    for one in applications:
        cells[one.group, one.cell][1].append(one)
        groups[one.group][1].append(one)
    counted = {cell: _counts(figures(*facts, period)) for cell, facts in cells.items()}
    sums: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    whole: defaultdict[str, float] = defaultdict(float)
    for name in {name for counts in counted.values() for name in counts}:
        for (group, _), count in blurred({cell: counts.get(name, 0) for cell, counts in counted.items()}).items():
            sums[group][name] += count
            whole[name] += count
    parts = {group: public(figures(*facts, period), sums[group]) for group, facts in groups.items()}
    return public(figures(offers, applications, period), whole), parts


def public(found: Figures, sums: Mapping[str, float]) -> Figures:
    """What may be shown to everybody. Offers, positions and recruiters are public facts; people are not.

    ``sums``: what the figures about people (by their name in ``_counts``) come to, of cells as everybody may add them.
    """
    figure = {name: shown(sums.get(name, 0)) for name in {*_counts(found), *sums}}
    kinds = list(found.back_to_work)
    figure["hires"] = shown(sum(sums.get(_kind(kind), 0) for kind in kinds))
    waits, through_us = found.days_to_first_application, figure["filled_through_us"]
    return replace(
        found,
        back_to_work={kind: figure[_kind(kind)] for kind in kinds},
        back_to_work_total=figure["hires"],
        offer_funnel=_shown(found.offer_funnel, figure),
        introduction_funnel=_shown(found.introduction_funnel, figure),
        follow_ups=_shown(found.follow_ups, figure),
        # A median is the figure of one or two offers: to the day it says little of them.
        days_to_first_application=float(round(waits)) if waits is not None and figure["applied_to"] else None,
        offers_with_application=figure["applied_to"],
        reply_rate=shown_rate(figure["answered"], figure["due"]),
        replies_due=figure["due"],
        fill_rate_through_us=shown_rate(through_us, found.positions_proposed),
        answered=figure["answered"] or 0,
        filled_through_us=through_us or 0,
    )


def _counts(found: Figures) -> dict[str, int]:
    """Every figure about people by a name."""
    counts = {_kind(kind): count or 0 for kind, count in found.back_to_work.items()}
    counts |= {
        "applied_to": found.offers_with_application or 0,
        "due": found.replies_due or 0,
        "answered": found.answered,
        "filled_through_us": found.filled_through_us,
    }
    for stage in (*found.offer_funnel[1:], *found.introduction_funnel, *found.follow_ups):
        counts[f"stage:{stage.stage}"] = stage.count or 0
    counts |= {f"asked:{stage.stage}": stage.denominator or 0 for stage in found.follow_ups}
    return counts


def _kind(kind: str) -> str:
    return f"kind:{kind}"


def _shown(stages: Sequence[Stage], figure: Mapping[str, int | None]) -> list[Stage]:
    """Stages with figures about people made safe; the first stage is what the others are counted against."""
    first = stages[0].stage if stages else ""
    made = []
    for stage in stages:
        count = figure.get(f"stage:{stage.stage}", stage.count)
        whole = figure.get(f"asked:{stage.stage}", figure.get(f"stage:{first}", stage.denominator))
        made.append(Stage(stage.stage, count, stage.of, whole, shown_rate(count, whole)))
    return made
