"""One card for each chosen person: who it is, their list with reasons, the map, what was left out and why, the baselines."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.matching.api.french import change_sentence, sentence, told
from services.matching.domain.configuration import Configuration
from services.matching.domain.counterfactuals import counterfactuals
from services.matching.domain.facts import OfferFacts, ProfileFacts
from services.matching.domain.facts_told import offer_facts, profile_facts
from services.matching.domain.reasons import obstacles, reasons, short_of
from services.matching.domain.scoring import as_share, judge
from shared.contracts.events.offers import OfferState
from tests.bench.evaluation.french import NOES, TERMS, facts, number, terms_of
from tests.bench.evaluation.map import Mark, svg
from tests.bench.real.comparing import Lists, Market
from tests.bench.real.former import away_km, reach_km, within_reach
from tests.bench.real.judging import FIRST
from tests.bench.real.people import Person
from tests.bench.recommending import Recommended

LISTED = 10
_LEFT_OUT = 8
_WIDER = 5
_EXCERPT = 420
_WIDER_KM = 21.0
"""Counterfactuals look up to 20 km beyond the range."""


@dataclass(frozen=True)
class Line:
    """An offer in a list; ``read`` is what the reader said: «oui», «non : …» or nothing."""

    offer_id: str
    title: str
    place: str
    terms: str
    text: str
    read: str
    right: bool | None
    reasons: list[str] = field(default_factory=list)
    why_not: list[str] = field(default_factory=list)
    score: str = ""
    parts: list[tuple[str, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Card:
    """All about one person."""

    person_id: str
    who: str
    home: str
    half: str
    facts: list[tuple[str, str]]
    lines: list[Line]
    wider: list[Line]
    map: str
    left_out: list[Line]
    changes: list[str]
    possible_now: int
    baselines: list[tuple[str, list[Line]]]


class Cards:
    """Makes cards of a market under one configuration."""

    def __init__(
        self,
        on: Market,
        configuration: Configuration,
        engine: Mapping[str, Sequence[Recommended]],
        baselines: Mapping[str, Lists],
    ) -> None:
        self._on, self._configuration, self._engine, self._baselines = on, configuration, engine, baselines
        self._facts: dict[str, OfferFacts] = {one.offer_id: offer_facts(one) for one in on.offers.values()}
        self._today = on.day.toordinal()
        self._affinities = on.referential.structure.under(configuration)

    def card(self, person_id: str) -> Card:
        """The card of one person."""
        person = self._on.people[person_id]
        profile = profile_facts(person.state)
        listed = [self._recommended(person, profile, one) for one in self._engine.get(person_id, ()) if not one.wider]
        lines = listed[:LISTED]
        beyond = [self._recommended(person, profile, one) for one in self._engine.get(person_id, ()) if one.wider]
        shown = {one.offer_id for one in self._engine.get(person_id, ())}
        left_out = self._left_out(person, profile, shown)
        now, changes = self._changes(person, profile)
        return Card(
            person_id=person_id,
            who=person.who,
            home=person.home,
            half=person.half,
            facts=facts(person.state, self._on.referential.occupations),
            lines=lines,
            wider=beyond[:_WIDER],
            map=self._map(person, [line.offer_id for line in lines], [line.offer_id for line in left_out]),
            left_out=left_out,
            changes=changes,
            possible_now=now,
            baselines=[
                (name, [self._line(person, offer_id) for offer_id in lists.get(person_id, [])[:FIRST]])
                for name, lists in self._baselines.items()
            ],
        )

    def _line(self, person: Person, offer_id: str) -> Line:
        offer = self._on.offers[offer_id]
        label = self._on.said.get((person.state.profile_id, offer_id))
        read = (
            "non lue" if label is None else "oui" if label.grade else f"non : {NOES[label.no]}" if label.no else "non"
        )
        return Line(
            offer_id=offer_id,
            title=offer.title,
            place=_where(offer, person),
            terms=terms_of(offer),
            text=_excerpt(offer.description),
            read=read,
            right=None if label is None else label.grade > 0,
        )

    def _recommended(self, person: Person, profile: ProfileFacts, one: Recommended) -> Line:
        plain = self._line(person, one.offer_id)
        offer = self._facts[one.offer_id]
        found = (
            *reasons(offer, profile, one.judgement),
            *short_of(offer, one.judgement.asked),
        )
        parts = one.judgement.named_contributions().items()
        most = max((value for _, value in parts), default=1.0) or 1.0
        return Line(
            **{name: getattr(plain, name) for name in ("offer_id", "title", "place", "terms", "text", "read", "right")},
            reasons=[reason["text"] for reason in told(found)],
            score=number(round(as_share(one.judgement.score) * 100, 1)),
            parts=[(TERMS[name], round(100 * value / most)) for name, value in parts if value],
        )

    def _left_out(self, person: Person, profile: ProfileFacts, shown: set[str]) -> list[Line]:
        """What a simpler platform shows first and the engine does not: the near ones before the far."""
        votes = Counter(
            offer_id
            for lists in self._baselines.values()
            for offer_id in lists.get(person.state.profile_id, [])[:FIRST]
            if offer_id not in shown
        )
        chosen = sorted(votes, key=lambda offer_id: (-votes[offer_id], offer_id))[:_LEFT_OUT]
        return [self._why_not(person, profile, offer_id) for offer_id in chosen]

    def _why_not(self, person: Person, profile: ProfileFacts, offer_id: str) -> Line:
        plain = self._line(person, offer_id)
        offer = self._facts[offer_id]
        verdict = judge(offer, profile, self._configuration, self._affinities, self._today)
        found = list(obstacles(verdict.failed, offer, profile, verdict.asked))
        if not found:
            low = verdict.score < self._configuration.minimum
            found = [{"code": "score_too_low" if low else "better_ones"}]
        return Line(
            **{name: getattr(plain, name) for name in ("offer_id", "title", "place", "terms", "text", "read", "right")},
            why_not=[sentence(reason) for reason in found],
        )

    def _changes(self, person: Person, profile: ProfileFacts) -> tuple[int, list[str]]:
        around = [
            self._facts[offer.offer_id]
            for offer in self._on.offers.values()
            if within_reach(offer, person.state, _WIDER_KM)
        ]
        now, found = counterfactuals(profile, around, self._configuration, self._affinities, self._today)
        return now, [change_sentence(one.code, one.argument, one.added) for one in found[:5]]

    def _map(self, person: Person, listed: Sequence[str], left_out: Sequence[str]) -> str:
        home = person.state.point
        if home is None:
            return ""
        marks = []
        for number_, offer_id in [*enumerate(listed, 1), *((None, offer_id) for offer_id in left_out)]:
            offer = self._on.offers[offer_id]
            if offer.place and offer.place.point:
                marks.append(Mark(offer.place.point, number_, f"{offer.title} ({offer.place.name})"))
        alt = f"Carte autour de {person.home} : {len(listed)} offres proposées, {len(left_out)} écartées"
        return svg(home, reach_km(person.state), marks, alt)


def _where(offer: OfferState, person: Person) -> str:
    away = away_km(offer, person.state)
    name = offer.place.name if offer.place else "lieu inconnu"
    return name if away is None else f"{name}, {max(1, round(away))} km"


def _excerpt(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _EXCERPT else flat[:_EXCERPT].rsplit(" ", 1)[0] + " …"
