"""What was learnt from employers' titles moves a proposal, never a title of the referential, and holds no text."""

from pathlib import Path

import numpy as np
import pytest

from shared.reference import heard
from shared.reference.heard import Heard, places
from shared.reference.occupations import Occupations
from shared.reference.proposer import Candidate, Proposer

CANDIDATES = (
    Candidate("G1603", "G1603", "Préparateur de burgers", ("Préparateur de burgers",), ()),
    Candidate("D1507", "D1507", "Remplisseur de rayons", ("Remplisseur de rayons",), ()),
)


def table(path: Path, word: str, moved: dict[int, float], codes: tuple[str, ...] = ("D1507", "G1603")) -> Heard:
    """One that says of a word, as the head of a title or not, by how much it moves the belief in some of the codes."""
    values = np.zeros((heard.PLACES, len(codes)))
    for at, value in moved.items():
        values[places([word]), at] = value
    heard.write(path, codes, values, 0.05)
    return Heard.load(path)


def first(proposer: Proposer, title: str) -> str:
    return proposer.codes[proposer.rank(title, 1)[0][0]]


def test_words_of_employers_move_the_belief_by_what_was_learnt(tmp_path: Path) -> None:
    title = "Remplisseur gondolier de burgers"
    before = Proposer(CANDIDATES, {})
    other = {"G1603": 0, "D1507": 1}[first(before, title)]
    learnt = table(tmp_path / "heard.npz", "gondolier", {other: 20.0, 1 - other: -20.0})
    assert first(Proposer(CANDIDATES, {}, heard=learnt), title) != first(before, title)


def test_a_title_of_the_referential_comes_first_for_itself_whatever_was_learnt(tmp_path: Path) -> None:
    learnt = table(tmp_path / "heard.npz", "burger", {0: 50.0, 1: -50.0})
    assert first(Proposer(CANDIDATES, {}, heard=learnt), "Préparateur de burgers") == "G1603"


def test_what_all_other_evidence_is_sure_of_is_not_overturned(tmp_path: Path) -> None:
    sure = "Préparateur de burgers gondolier de burgers préparés"
    learnt = table(tmp_path / "heard.npz", "gondolier", {0: 1.0, 1: -1.0})
    assert first(Proposer(CANDIDATES, {}, heard=learnt), sure) == "G1603"


def test_a_known_title_is_read_as_before() -> None:
    official = Occupations.load()
    without = official.proposer(learnt=False)
    for title in ("Agent d'entretien", "Comptable", "Équipier de collecte"):
        assert [hit.code for hit in official.search(title, 3)] == [
            without.codes[at] for at, _ in without.rank(title, 3)
        ]


def test_a_referential_that_lacks_an_occupation_keeps_what_was_learnt_of_the_others(tmp_path: Path) -> None:
    learnt = table(tmp_path / "heard.npz", "gondolier", {0: 4.0, 1: 2.0, 2: -3.0}, ("A0001", "G1603", "D1507"))
    moved = learnt.within(["D1507", "Z9999", "G1603"]).corrections(["x", "gondolier"])
    assert [round(value, 1) for value in moved.tolist()] == [-6.0, 0.0, 4.0]  # the word and its beginning


def test_what_moves_nothing_is_not_kept(tmp_path: Path) -> None:
    learnt = table(tmp_path / "heard.npz", "gondolier", {0: 4.0, 1: 0.01})
    assert learnt.corrections(["x", "gondolier"]).nonzero()[0].tolist() == [0]
    assert not learnt.corrections(["nobody", "knows"]).any()


def test_the_shipped_table_holds_numbers_and_codes_and_no_word() -> None:
    with np.load(heard.DATA, allow_pickle=False) as file:
        kinds = {name: file[name].dtype for name in file.files}
        codes = file["codes"]
        lengths = file["lengths"]
    assert kinds.pop("codes") == np.dtype("<U5")
    assert all(np.issubdtype(kind, np.number) for kind in kinds.values())
    assert all(code[0].isalpha() and code[1:].isdigit() and len(code) == 5 for code in codes.tolist())
    assert len(lengths) == heard.PLACES
    assert heard.DATA.stat().st_size < 400_000


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("Comptable agence BTP", "M1203"),
        ("Mécanicien poids lourds SAV", "I1613"),
        ("Secrétaire agence TP", "M1607"),
        ("Maçon coffreur agence de Guéret", "F1703"),
    ],
)
def test_one_word_heard_elsewhere_does_not_outweigh_the_head(title: str, code: str) -> None:
    assert Occupations.load().search(title, 1)[0].code == code


@pytest.mark.parametrize("title", ["Vendeur", "Technicien (H/F)", "ouvrier", "Chauffeur CDI"])
def test_a_word_alone_means_what_it_meant_before_anything_was_heard(title: str) -> None:
    official = Occupations.load()
    without = official.proposer(learnt=False)
    assert [hit.code for hit in official.search(title)] == [without.codes[at] for at, _ in without.rank(title, 5)]


@pytest.mark.parametrize("title", ["", "😀", "Candidature spontanée", "qsdfgh xyz", "Poste à pourvoir"])
def test_what_names_no_work_still_gets_no_proposal(title: str) -> None:
    assert Occupations.load().search(title) == []
