"""Which certificates would open more offers: the categories got together, renewed ones apart, each that says something new."""

from dataclasses import replace

import pytest

from services.matching.api.french import change_sentence
from services.matching.domain.bits import mask
from services.matching.domain.certificates import A_CACES, OF_CARDS
from services.matching.domain.counterfactuals import Counterfactual, counterfactuals
from services.matching.domain.facts import OfferFacts, ProfileFacts, Wish
from services.matching.domain.scoring import judge
from shared.reference.caces import WHOLE, bits_of
from shared.reference.demands import Ask
from tests.service.matching.pairs import OFFER, PROFILE, RULES
from tests.service.matching.worlds import AFFINITIES, TODAY

WHO = replace(PROFILE, wishes=(Wish(OFFER.occupation or "", 60),))
ROAD = mask((Ask.ROAD,), Ask)


def asking(
    offer_id: str, *codes: str, one_of: tuple[str, ...] = (), family: str = "", card: int = A_CACES
) -> OfferFacts:
    families = sum(1 << at for at, whole in enumerate(WHOLE) if whole == family)
    return replace(
        OFFER, offer_id=offer_id, asks=card, caces=bits_of(codes), caces_any=bits_of(one_of), caces_families=families
    )


def told(profile: ProfileFacts, *offers: OfferFacts) -> list[Counterfactual]:
    _, found = counterfactuals(profile, offers, RULES, AFFINITIES, TODAY)
    return [one for one in found if one.code.startswith("certificate")]


def test_categories_that_are_asked_together_are_got_together_and_less_is_not_said_beside_more() -> None:
    offers = [asking("a", "R489-3"), asking("b", "R489-1A", "R489-3"), asking("c", "R489-3"), asking("d", "R486-B")]
    first, other = told(WHO, *offers)
    assert (first.argument, first.offer_ids) == ("R489-1A, R489-3", ("a", "b", "c"))
    assert (other.argument, other.offer_ids) == ("R486-B", ("d",))
    text = change_sentence(first.code, first.argument, first.added)
    assert text == "Avec le CACES R489 catégories 1A et 3 : 3 offres"


@pytest.mark.parametrize(
    ("offers", "arguments"),
    [
        # One is enough: either of them, and one that others ask too.
        ([asking("a", one_of=("R489-1A", "R489-3")), asking("b", "R489-3")], ["R489-3"]),
        # A recommendation alone, or none: whichever category stands for it, and those that name one count it as well.
        ([asking("a", family="R482")], ["R482"]),
        ([asking("a")], ["caces"]),
        ([asking("a", family="R489"), asking("b", "R489-1A")], ["R489-1A"]),
        # Nobody gets two recommendations, or two kinds, together.
        ([asking("a", "R489-3", "R486-B")], []),
        ([asking("a", "R489-3", card=A_CACES | ROAD)], []),
        ([asking("a", card=ROAD)], ["road"]),
        # What else is asked stays between them.
        ([replace(asking("a", "R489-3"), months=120)], []),
        ([replace(asking("a", "R489-3"), position=None, territory="75")], []),
    ],
)
def test_what_is_got_is_one_kind_that_lets_somebody_have_the_offer(
    offers: list[OfferFacts], arguments: list[str]
) -> None:
    who = replace(WHO, wishes=(Wish(OFFER.occupation or "", 6),))
    assert [one.argument for one in told(who, *offers)] == arguments


def test_what_has_run_out_is_renewed_and_what_is_held_is_nothing_to_get() -> None:
    gone = replace(WHO, cards=ROAD, runs_out=((TODAY - 1, ROAD << OF_CARDS),))
    lorry = asking("a", card=ROAD)
    (found,) = told(gone, lorry)
    assert (found.code, found.argument, found.added) == ("certificate_renewed", "road", 1)
    assert change_sentence(found.code, found.argument, 1) == "En renouvelant la FIMO, la FCO ou l’ADR : 1 offre"
    three = bits_of(["R489-3"])
    driver = replace(WHO, cards=A_CACES, caces=three, runs_out=((TODAY - 1, three),))
    assert [(one.code, one.argument) for one in told(driver, asking("a", "R489-3"))] == [
        ("certificate_renewed", "R489-3")
    ]
    both = told(driver, asking("a", "R489-1A", "R489-3"))
    assert [(one.code, one.argument) for one in both] == [("certificate", "R489-1A, R489-3")]
    assert told(replace(driver, runs_out=()), asking("a", "R489-3")) == []
    assert judge(asking("a", "R489-3"), replace(driver, runs_out=()), RULES, AFFINITIES, TODAY).recommendable(RULES)
