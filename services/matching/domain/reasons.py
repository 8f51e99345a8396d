"""Why a pair was recommended, and why not: codes with arguments. Sentences are made at the edge."""

from collections.abc import Iterator

from services.matching.domain.affinity import Demanded
from services.matching.domain.bits import mask, names
from services.matching.domain.certificates import A_CACES, CARDS, OF_CARDS
from services.matching.domain.constraints import Failed
from services.matching.domain.facts import ALSO, ALSO_TITLE, ANY_MINUTES, SLOTS, UNKNOWN, OfferFacts, ProfileFacts
from services.matching.domain.geometry import DM_PER_KM, Position, distance_dm
from services.matching.domain.scale import SCALE
from services.matching.domain.scoring import Judgement
from shared.contracts.vocabulary import FrenchLevel, Licence, ReservedPublic
from shared.reference.caces import EVERY, codes_of
from shared.reference.demands import Ask

Reason = dict[str, str]

_LEVELS = tuple(FrenchLevel)
_FRESH = 8_000
_ON_THE_ROAD = mask((Ask.ON_THE_ROAD,), Ask)


def kilometres(one: Position | None, other: Position | None) -> float | None:
    """Straight line in km with one decimal, or None when one side has no place."""
    if one is None or other is None:
        return None
    return round(distance_dm(one, other) / DM_PER_KM, 1)


def _whole(km: float) -> str:
    return str(max(1, round(km)))


def _beyond(offer: OfferFacts, profile: ProfileFacts) -> Reason:
    """Distance and range in kilometres so that the one reads as more than the other: «15,3» and «15», never «15» twice."""
    if offer.position is None or profile.position is None:
        return {}
    away, reach = distance_dm(offer.position, profile.position), profile.reach_dm
    whole = max(1, round(away / DM_PER_KM))
    if whole * DM_PER_KM > reach:
        return {"km": str(whole), "range_km": f"{reach / DM_PER_KM:g}"}
    # Rounded up: a distance that is beyond the range is shown as such however little it is.
    tenths = max(-(-away * 10 // DM_PER_KM), reach * 10 // DM_PER_KM + 1)
    return {"km": f"{tenths / 10:g}", "range_km": f"{reach / DM_PER_KM:g}"}


def short_of(offer: OfferFacts, found: Demanded) -> tuple[Reason, ...]:
    """What title and text ask and the profile does not show, which CACES it leaves open, and that one is often on the road, which
    no profile says whether somebody may; nothing where neither is so.

    ``found``: what the judgement of the pair says of the demands.
    """
    unsaid = ({"code": "caces_unsaid", "caces": ", ".join(codes_of(found.unsaid))},) if found.unsaid else ()
    away = offer.asks & ~found.missing & _ON_THE_ROAD
    road = ({"code": "on_the_road", "words": dict(reversed(offer.said)).get(Ask.ON_THE_ROAD, "")},) if away else ()
    return (*_short_of(offer, found, "text_asks"), *unsaid, *road)


def _short_of(offer: OfferFacts, found: Demanded, code: str) -> tuple[Reason, ...]:
    """What is asked and not shown, in one reason with the words of the first."""
    asked = [name for name in ("rung", "level", "months", "either") if getattr(found, name) < SCALE]
    if found.lower and "rung" in asked:
        asked[asked.index("rung")] = "lower"
    asked += names(found.missing, Ask)
    if not asked:
        return ()
    said = dict(reversed(offer.said))
    more = {
        "months": str(offer.months) if "months" in asked else "",
        "level": str(offer.level) if "level" in asked else "",
        "words": next((said[what] for what in asked if what in said), ""),
        "caces": ", ".join(codes_of(found.caces)),
        "one_of": "caces" if offer.caces_any & found.caces else "",
        "run_out": ", ".join(names(_run_out(found) & found.missing, Ask)),
        "by": "" if len(asked) > found.missing.bit_count() or found.missing & offer.asks else "law",
    }
    return ({"code": code, "asked": ", ".join(asked)} | {name: value for name, value in more.items() if value},)


def _run_out(found: Demanded) -> int:
    """The certificates of ``missing`` that were held and are not valid any more, as bits of ``Ask``."""
    gone = found.run_out >> OF_CARDS & CARDS
    return gone | A_CACES if found.caces & found.run_out or (not found.caces and found.run_out & EVERY) else gone


def _occupation(offer: OfferFacts, profile: ProfileFacts, verdict: Judgement) -> tuple[Reason, ...]:
    """What speaks for the work itself. Where it is what stands in the way nothing does: «un métier proche du vôtre» beside
    «trop éloigné de ceux que vous cherchez» leaves people with nothing.
    """
    if verdict.by_text and offer.also is not None and profile.seeks and not verdict.by_practice:
        said = dict(offer.said)
        by = {"by": "title"} if ALSO_TITLE in said else {}
        words = said.get(ALSO_TITLE) or said.get(ALSO, "")
        return ({"code": "occupation_text", "occupation": offer.also, "words": words, **by},)
    if verdict.failed & (Failed.OCCUPATION | Failed.REGULATED):
        return ()
    if verdict.by_skills and offer.occupation is not None:
        return ({"code": "occupation_skills", "occupation": offer.occupation},)
    if not profile.seeks and not verdict.by_practice:
        return ({"code": "occupation_open"},)
    if offer.occupation is None:
        return ({"code": "occupation_unsaid"},)
    if verdict.by_practice:
        code = "occupation_practised"
    else:
        code = "occupation_same" if verdict.terms.occupation == SCALE else "occupation_near"
    return ({"code": code, "occupation": offer.occupation},)


def reasons(offer: OfferFacts, profile: ProfileFacts, verdict: Judgement) -> tuple[Reason, ...]:
    """What speaks for the pair, most telling first, and what the person should know (the gap in skills)."""
    terms = verdict.terms
    found: list[Reason] = [*_occupation(offer, profile, verdict)]
    if offer.doubted and offer.occupation is not None:
        found.append({"code": "occupation_doubted"})
    away = kilometres(offer.position, profile.position)
    if away is not None:
        found.append({"code": "distance", "km": _whole(away)})
    else:
        found.append({"code": "distance_unknown", "whose": "offer" if profile.position is not None else "person"})
    if offer.skills:
        held = set(profile.skills)
        missing = [skill.label for skill in offer.skills if skill.key not in held]
        reason = {"code": "skills", "have": str(len(offer.skills) - len(missing)), "asked": str(len(offer.skills))}
        if missing:
            # Labels have commas of their own: «Entretenir, nettoyer un local».
            reason["missing"] = " ; ".join(missing[:5])
        found.append(reason)
    # Nobody knows whether experience suits an occupation that is not said: only that it is shorter than what is asked.
    short = verdict.practised < offer.months
    if profile.wishes and terms.experience >= SCALE // 2 and (short or (offer.months and offer.occupation is not None)):
        reason = {"code": "experience", "months": str(offer.months)}
        if short:
            reason["short"] = str(verdict.practised)
        if verdict.elsewhere:
            reason["near"] = "yes"
        found.append(reason)
    if profile.wished_contracts & offer.contract:
        found.append({"code": "contract_wished"})
    if profile.wage_floor and offer.wage != UNKNOWN and offer.wage >= profile.wage_floor:
        found.append({"code": "wage_met"})
    if profile.wished_minutes != UNKNOWN and offer.minutes != UNKNOWN:
        near = abs(offer.minutes - profile.wished_minutes) <= 120
        if near:
            found.append({"code": "hours_wished", "hours": f"{offer.minutes / 60:g}"})
    found += _unsaid(offer, profile)
    if terms.freshness >= _FRESH:
        found.append({"code": "fresh"})
    if offer.reply != UNKNOWN and offer.reply >= _FRESH:
        found.append({"code": "employer_answers"})
    return tuple(found)


def _unsaid(offer: OfferFacts, profile: ProfileFacts) -> Iterator[Reason]:
    """What the offer does not say of what the person cares about: shown with that said, never taken for a «no»."""
    if not offer.schedule_known:
        refused = [slot for slot in SLOTS if not getattr(profile, slot)]
        open_to = [slot for slot in refused if slot in offer.unsaid] if offer.unsaid else refused
        # Who refuses nothing is told that it is not said; who refuses something, whether it is that which is not said.
        if open_to or not refused:
            told = {"refused": open_to} if open_to else {}
            if 0 < len(offer.unsaid) < len(SLOTS):
                told["unsaid"] = list(offer.unsaid)
            yield {"code": "schedule_unknown", **{name: ", ".join(slots) for name, slots in told.items()}}
    asks_hours = profile.minutes_min > 0 or profile.minutes_max < ANY_MINUTES or profile.wished_minutes != UNKNOWN
    if offer.minutes == UNKNOWN and asks_hours:
        yield {"code": "hours_unknown"}
    if offer.wage == UNKNOWN and profile.wage_floor:
        yield {"code": "wage_unknown"}


def obstacles(failed: Failed, offer: OfferFacts, profile: ProfileFacts, asked: Demanded) -> tuple[Reason, ...]:
    """Each failed constraint with the two values that meet badly: the answer to «why not». ``asked``: of the pair's judgement."""
    found = [_obstacle(code, offer, profile) for code in (failed & ~Failed.DEMANDS).codes]
    if failed & Failed.DEMANDS:
        found += _short_of(offer, asked, "demands")
    return tuple(found)


def _obstacle(code: str, offer: OfferFacts, profile: ProfileFacts) -> Reason:
    reason = {"code": code}
    match code:
        case "too_far":
            reason |= _beyond(offer, profile)
        case "licence":
            missing = offer.licences & ~profile.licences
            reason["licences"] = ", ".join(names(missing, Licence))
        case "hours":
            reason["hours"] = f"{offer.minutes / 60:g}"
        case "french":
            reason["level"] = _LEVELS[offer.french - 1].value
        case "reserved":
            reason["publics"] = ", ".join(names(offer.reserved, ReservedPublic))
        case _:
            pass
    return reason
