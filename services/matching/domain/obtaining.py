"""Which certificates would open more offers to somebody: got anew, or renewed where they have run out."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from services.matching.domain.bits import names
from services.matching.domain.certificates import A_CACES, CARDS, OF_CARDS
from services.matching.domain.constraints import Failed
from services.matching.domain.facts import OfferFacts, ProfileFacts
from services.matching.domain.scoring import Judgement
from shared.reference import caces
from shared.reference.demands import Ask

_MOST = 8
"""Certificates that are tried, those that most offers lack first: each costs a judgement of all that lack any."""


@dataclass(frozen=True, slots=True)
class Obtained:
    """``argument``: of ``Card``, or of ``Caces`` those that are got together; ``renewed``: all of it was held and has run out."""

    argument: str
    renewed: bool
    profile: ProfileFacts


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One kind of certificate; of CACES the categories, ``some`` where the offers name a recommendation alone, or none."""

    card: int
    categories: int = 0
    some: str = ""


def lacking_only_certificates(verdict: Judgement) -> bool:
    """Whether certificates are all that stands between the two, as far as constraints tell."""
    missing = verdict.asked.missing
    return verdict.failed == Failed.DEMANDS and bool(missing) and not missing & ~CARDS


def obtainable(
    profile: ProfileFacts, lacking: Iterable[tuple[OfferFacts, Judgement]], today: int
) -> Iterator[Obtained]:
    """The certificates that these offers lack, one kind at a time, and the profile with each. Of several recommendations or
    kinds that an offer needs at once nothing is said: nobody gets them together.
    """
    run_out = profile.run_out(today)
    counted: Counter[_Wanted] = Counter()
    asked = 0
    for offer, verdict in lacking:
        asked |= offer.caces | offer.caces_any
        counted.update(_wanted(offer, verdict, profile.caces & ~run_out))
    for wanted, _ in sorted(counted.items(), key=lambda one: (-one[1], one[0].card, one[0].categories))[:_MOST]:
        got = _any_of(wanted.some, asked) if wanted.some else wanted.categories
        bits = wanted.card << OF_CARDS | got
        yield Obtained(
            wanted.some or ", ".join(caces.codes_of(got) or names(wanted.card, Ask)),
            not wanted.some and not (wanted.categories or wanted.card << OF_CARDS) & ~run_out,
            replace(
                profile,
                cards=profile.cards | wanted.card,
                caces=profile.caces | got,
                runs_out=tuple((day, left) for day, held in profile.runs_out if (left := held & ~bits)),
            ),
        )


def _wanted(offer: OfferFacts, verdict: Judgement, held: int) -> Iterator[_Wanted]:
    kinds = verdict.asked.missing
    if kinds.bit_count() != 1:
        return
    if kinds != A_CACES:
        yield _Wanted(kinds)
        return
    all_of = offer.caces & ~held
    one_of = 0 if offer.caces_any & held else offer.caces_any
    families = [at for at, family in enumerate(caces.FAMILIES) if offer.caces_families >> at & 1 and not family & held]
    if not families and (all_of or one_of):
        together = [all_of | 1 << at for at in range(one_of.bit_length()) if one_of >> at & 1] or [all_of]
        yield from (_Wanted(A_CACES, each) for each in together if _of_one_recommendation(each))
    elif not all_of and not one_of and len(families) < 2:
        yield _Wanted(A_CACES, some=caces.WHOLE[families[0]] if families else Ask.CACES.value)


def _of_one_recommendation(categories: int) -> bool:
    return len({code.partition("-")[0] for code in caces.codes_of(categories)}) == 1


def _any_of(some: str, asked: int) -> int:
    """A category of a recommendation, that no offer names if there is one: it stands for whichever they will have."""
    within = caces.bits_of((some,)) or caces.EVERY
    free = within & ~asked or within
    return free & -free
