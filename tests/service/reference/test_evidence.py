"""What a proposal takes into account beside the words of a title: younger codes, and the text of the offer."""

import pytest

from shared.reference.occupations import Occupation, Occupations
from shared.reference.proposer import Candidate, Proposer

OLDER = Occupation("A0001", "Trieur de pommes", "d", (), ("Trieur de pommes", "Trieur de poires"), "A0001")
YOUNGER = Occupation("A0002", "Trieur de fruits rouges", "d", (), ("Trieur de fruits rouges",), "A0001")
BY_HAND = {"A0001": ("Trieuse de mûres",), "A0002": ("Trieuse de mûres",)}


def first(occupations: Occupations, title: str) -> str:
    return occupations.search(title, 1)[0].code


def test_an_everyday_title_of_a_younger_code_is_no_longer_the_older_ones() -> None:
    assert first(Occupations([OLDER], {}, BY_HAND), "Trieuse de mûres") == "A0001"
    both = Occupations([OLDER, YOUNGER], {}, BY_HAND)
    alone = Occupations([OLDER, YOUNGER], {}, {"A0002": BY_HAND["A0002"]})
    assert both.search("Trieuse de mûres") == alone.search("Trieuse de mûres")
    assert first(both, "Trieuse de mûres") == "A0002"


def test_what_a_younger_code_took_over_stays_the_older_ones_where_a_referential_lacks_it() -> None:
    older = Occupation("N1103", "Préparateur de commandes", "d", (), ("Préparateur de commandes",), "N1103")
    younger = Occupation("N1110", "Magasinier", "d", (), ("Magasinier",), "N1103")
    everyday = {"N1103": ("Magasinier cariste",)}
    assert first(Occupations([older], {}, everyday), "Magasinier cariste") == "N1103"
    assert first(Occupations([older, younger], {}, everyday), "Magasinier cariste") == "N1110"


KITCHEN = Candidate(
    "G0001", "G0001", "Aide de cuisine", ("Aide de cuisine",), ("Éplucher des légumes", "Nettoyer la vaisselle")
)
WORKSHOP = Candidate("H0001", "H0001", "Aide d'atelier", ("Aide d'atelier",), ("Usiner une pièce", "Régler un tour"))
PROPOSER = Proposer((KITCHEN, WORKSHOP), {})


def ranked(title: str, text: str = "") -> list[str]:
    return [PROPOSER.codes[at] for at, _ in PROPOSER.rank(title, 2, text)]


@pytest.mark.parametrize(
    ("text", "code"),
    [("Vous épluchez les légumes, nettoyez la vaisselle.", "G0001"), ("Usiner des pièces, régler le tour.", "H0001")],
)
def test_the_text_decides_where_the_title_does_not(text: str, code: str) -> None:
    assert ranked("Aide", text)[0] == code


def test_a_title_that_names_no_work_is_proposed_by_its_text_only() -> None:
    assert ranked("Candidature spontanée") == []
    assert ranked("Candidature spontanée", "xyz qsdf") == []
    assert ranked("Candidature spontanée", "Régler un tour, usiner une pièce")[0] == "H0001"


def test_no_text_overturns_a_title_of_the_referential() -> None:
    assert ranked("Aide de cuisine", "usiner pièce régler tour " * 30)[0] == "G0001"


def test_only_the_beginning_of_a_text_is_read() -> None:
    text = "Éplucher des légumes. " + "x " * 600
    assert PROPOSER.rank("Aide", 2, text) == PROPOSER.rank("Aide", 2, text + "usiner une pièce, régler un tour " * 50)
