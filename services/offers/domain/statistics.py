"""Job 41's table, the funnels and the rates, from plain facts; and their public version with small cells masked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from statistics import median

from shared.contracts.vocabulary import ContractKind, OfferSource

SMALL = 5
"""A figure about people below this is not shown to the public."""


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
    """What is counted of an offer. ``open_now``: positions that are open if it is live now, else 0."""

    id: str
    group: str
    company_id: str
    source: OfferSource
    hidden: bool
    published_at: datetime
    ended_at: datetime | None
    positions: int
    open_now: int
    filled: int
    filled_through_us: int


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


def figures(
    offers: Sequence[OfferFact], applications: Sequence[ApplicationFact], period: Period, now: datetime
) -> Figures:
    """Count. ``applications``: all of the same group; those of other offers count as introductions and hires too.

    ``positions_active`` at an end in the past: all positions of offers that had not ended by then.
    """
    published = [offer for offer in offers if period.holds(offer.published_at)]
    if period.end > now:
        active = sum(offer.open_now for offer in offers)
    else:
        active = sum(
            offer.positions
            for offer in offers
            if offer.published_at < period.end and (offer.ended_at is None or offer.ended_at >= period.end)
        )
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
        positions_active=active,
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


# The public version


def hide_small(cells: Mapping[str, int | None], total: int | None) -> tuple[dict[str, int | None], int | None]:
    """Mask cells of 1 to 4, and as many more as it takes that nobody finds them by subtraction from the total.

    Masked cells must add up to 5 or more between them; when no cell is left to hide, the total is masked. Zeros stay:
    they speak of nobody.
    """
    hidden = {name for name, count in cells.items() if count is not None and 0 < count < SMALL}
    if not hidden:
        return dict(cells), None if total is not None and 0 < total < SMALL else total
    rest = sorted((count, name) for name, count in cells.items() if count and name not in hidden)
    while rest and (len(hidden) < 2 or sum(cells[name] or 0 for name in hidden) < SMALL):
        hidden.add(rest.pop(0)[1])
    safe = len(hidden) >= 2 and sum(cells[name] or 0 for name in hidden) >= SMALL
    return {name: None if name in hidden else count for name, count in cells.items()}, total if safe else None


def _mask(stages: Iterable[Stage], people_from: int) -> list[Stage]:
    """Stages that count people lose small figures and the rates that would give them away."""
    masked = []
    for index, stage in enumerate(stages):
        count, whole, rate = stage.count, stage.denominator, stage.rate
        if people_from == 0 and whole is not None and 0 < whole < SMALL:
            whole = rate = None
        if index >= people_from and count is not None and 0 < count < SMALL:
            count = rate = None
        masked.append(Stage(stage.stage, count, stage.of, whole, rate))
    return masked


def public(found: Figures) -> Figures:
    """What may be shown to everybody. Offers, positions and recruiters are public facts; people are not."""
    kinds, total = hide_small(found.back_to_work, found.back_to_work_total)
    few_replies = found.replies_due is not None and 0 < found.replies_due < SMALL
    few_applications = found.offers_with_application is not None and 0 < found.offers_with_application < SMALL
    return Figures(
        recruiters=found.recruiters,
        offers=found.offers,
        positions_proposed=found.positions_proposed,
        positions_active=found.positions_active,
        back_to_work=kinds,
        back_to_work_total=total,
        offer_funnel=_mask(found.offer_funnel, people_from=1),
        introduction_funnel=_mask(found.introduction_funnel, people_from=0),
        follow_ups=_mask(found.follow_ups, people_from=0),
        days_to_first_application=None if few_applications else found.days_to_first_application,
        offers_with_application=None if few_applications else found.offers_with_application,
        reply_rate=None if few_replies else found.reply_rate,
        replies_due=None if few_replies else found.replies_due,
        fill_rate=found.fill_rate,
        fill_rate_through_us=None if total is None else found.fill_rate_through_us,
    )


def public_groups(groups: Sequence[Figures]) -> list[Figures]:
    """Lines that add up to a shown whole: what is masked on one line must not be found from the others.

    Each figure about people is masked over the lines as over the kinds of one line.
    """
    kinds = {kind.value: _over([one.back_to_work[kind.value] for one in groups]) for kind in BackToWork}
    totals = _over([one.back_to_work_total for one in groups])
    offer_funnel = _over_stages([one.offer_funnel for one in groups], people_from=1)
    introductions = _over_stages([one.introduction_funnel for one in groups], people_from=0)
    shown = []
    for index, one in enumerate(groups):
        alone = public(one)
        row = {name: _both(alone.back_to_work[name], kinds[name][index]) for name in kinds}
        total = _both(alone.back_to_work_total, totals[index])
        if sum(count is None for count in row.values()) == 1:
            # Found by subtraction from the line's own total otherwise.
            total = None
        shown.append(
            replace(
                alone,
                back_to_work=row,
                back_to_work_total=total,
                offer_funnel=_strictest(alone.offer_funnel, offer_funnel[index]),
                introduction_funnel=_strictest(alone.introduction_funnel, introductions[index]),
                fill_rate_through_us=None if total is None else alone.fill_rate_through_us,
            )
        )
    return shown


def _over(counts: Sequence[int | None]) -> list[int | None]:
    kept, _ = hide_small({str(index): count for index, count in enumerate(counts)}, None)
    return [kept[str(index)] for index in range(len(counts))]


def _over_stages(funnels: Sequence[Sequence[Stage]], people_from: int) -> list[list[Stage]]:
    kept = [list(funnel) for funnel in funnels]
    for at in range(people_from, len(funnels[0]) if funnels else 0):
        for line, count in enumerate(_over([funnel[at].count for funnel in funnels])):
            if count is None:
                kept[line][at] = replace(kept[line][at], count=None, rate=None)
    if people_from == 0:
        for stages in kept:
            if stages and stages[0].count is None:
                stages[:] = [replace(stage, denominator=None, rate=None) for stage in stages]
    return kept


def _strictest(one: Sequence[Stage], other: Sequence[Stage]) -> list[Stage]:
    return [
        replace(
            first,
            count=_both(first.count, second.count),
            denominator=_both(first.denominator, second.denominator),
            rate=None if first.rate is None or second.rate is None else first.rate,
        )
        for first, second in zip(one, other, strict=True)
    ]


def _both(one: int | None, other: int | None) -> int | None:
    return None if other is None else one
