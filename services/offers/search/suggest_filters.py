"""Filters that somebody may be about to type, read as the search reads them behind the words before."""

from collections.abc import Sequence
from functools import lru_cache

from services.offers.search.chips import Chip, ChipKind
from services.offers.search.facts import Criteria
from services.offers.search.intent import understand
from services.offers.search.offered import Offered
from services.offers.search.reading import merged
from services.offers.search.sayings import WORDS, begun
from services.offers.search.suggestion import Now, Suggestion, SuggestionKind, Typed
from services.offers.search.words import STOP, words_of
from shared.reference.text import folded


def filters_begun(
    splits: Sequence[Typed], limit: int, now: Now, *, goes_on: bool, nearly: bool = False
) -> list[Suggestion]:
    """Filters that the last words begin; those that leave no offer only where there is no other."""
    for split in splits:
        if split.head and (
            len(split.tail) < 2 or (goes_on and len(split.words) == 1 and split.words[0].folded in STOP)
        ):
            continue
        found: dict[object, tuple[bool, Suggestion]] = {}
        for later, phrase in begun(split.tail, nearly=nearly):
            if split.head and (later or phrase[0].isdigit()) and words_of(split.head)[-1].folded in STOP:
                continue  # «conducteur de train» goes nowhere by train
            if (one := _saying(phrase, split, now)) is not None:
                key = one.label if one.parameters is None else tuple(sorted(one.parameters.items()))
                found.setdefault(key, (folded(phrase) != folded(split.tail), one))
        ranked = [one for _, one in sorted(found.values(), key=lambda one: one[0])]
        if ranked:
            alive = [one for one in ranked if one.offers != 0]
            return (alive or ranked)[:limit] if len(split.tail) > 1 else alive[:limit]
    return []


def as_typed(splits: Sequence[Typed], now: Now) -> list[Suggestion]:
    """A filter with which what was typed ends, however it is said («35h», «1500 euros net», «interrim»): in the usual words where
    it is nearly those."""
    q = splits[0].tail
    chip = _last_chip(q)
    if chip is None:
        return []
    for split in splits:
        for _, phrase in begun(split.tail, nearly=True):
            one = _saying(phrase, split, now)
            if one is not None and one.parameters == chip.parameters:
                return [one]
    offers = left_by(chip, now.offered(q[: chip.start].strip()))
    return [Suggestion(SuggestionKind.FILTER, chip.label, q, None, offers, chip.parameters)]


def _saying(phrase: str, split: Typed, now: Now) -> Suggestion | None:
    """A phrase as a filter behind the head; None where it is read as something else there."""
    q = split.gone_on(phrase)
    label = phrase[0].upper() + phrase[1:]
    if phrase in WORDS:
        if _last_chip(q) is not None:
            return None
        offers = now.offered(split.head).among(now.saying(folded(phrase)))
        return Suggestion(SuggestionKind.FILTER, label, q, None, offers)
    chip = _last_chip(q)
    if chip is None or chip == _last_chip(split.head):
        return None  # «cdi CDI»
    if chip.label != _alone(phrase):
        label = chip.label
    return Suggestion(SuggestionKind.FILTER, label, q, None, left_by(chip, now.offered(split.head)), chip.parameters)


def _last_chip(q: str) -> Chip | None:
    """The filter with which a question ends."""
    return next((chip for chip in understand(q, None).chips if chip.end >= len(q)), None) if q else None


@lru_cache(maxsize=1_024)
def _alone(phrase: str) -> str | None:
    """What a phrase says where nothing stands before it."""
    chip = _last_chip(phrase)
    return None if chip is None else chip.label


def left_by(chip: Chip, offered: Offered) -> int | None:
    """How many offers a filter leaves; None for a circle, which depends on where it is drawn."""
    return None if chip.kind in (ChipKind.PLACE, ChipKind.RADIUS) else offered.left(merged(Criteria(), (chip,)))
