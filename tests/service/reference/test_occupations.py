"""The shipped occupations: complete, found from what people write, near each other as MATCHING says."""

import gzip
import json
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.reference import occupations as module
from shared.reference.occupations import FORMAT, Move, Occupation, Occupations, ReferentialUnusable
from tests.examples import examples

shipped = Occupations.load()
codes = [occupation.code for occupation in shipped]


def first(title: str) -> str:
    return shipped.search(title, 1)[0].code


def test_the_shipped_referential_is_complete() -> None:
    assert len(shipped) >= 80
    for occupation in shipped:
        assert re.fullmatch(r"[A-Z]\d{4}", occupation.code)
        assert occupation.label
        assert occupation.domain
        assert 4 <= len(occupation.titles) <= 10
        assert 3 <= len(occupation.skills) <= 6
        assert len(set(occupation.skills)) == len(occupation.skills)
    assert len({occupation.label for occupation in shipped}) == len(shipped)


def test_every_occupation_has_a_neighbour_ranked_from_one() -> None:
    alone = [code for code in codes if not shipped.neighbours(code)]
    assert alone == []
    for code in codes:
        targets = shipped.neighbours(code)
        assert code not in targets
        assert sorted(targets.values()) == list(range(1, len(targets) + 1))


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("Aide soignant(e) de nuit EHPAD H/F CDI", "J1501"),
        ("AS", "J1501"),
        ("IDE de nuit (H/F)", "J1506"),
        ("Infirmier·ère", "J1506"),
        ("ASH en maison de retraite", "J1301"),
        ("A.S.H. / agent hôtelier", "J1301"),
        ("Auxiliaire de vie à domicile - Bourganeuf (23)", "K1302"),
        ("AES en foyer de vie H/F", "K1306"),
        ("ATSEM remplacement", "K1308"),
        ("Femme de ménage chez particulier", "K1304"),
        ("Chauffeur-livreur VL", "N4105"),
        ("CHAUFFEUR SPL NATIONAL F/H", "N4115"),
        ("Conductrice de car scolaire", "N4109"),
        ("Cariste CACES 3", "N1101"),
        ("Maçonne", "F1703"),
        ("Manoeuvre bâtiment / TP", "F1704"),
        ("Couvreur zingueur (h/f)", "F1619"),
        ("Plombier-chauffagiste", "F1603"),
        ("bucheron", "A1201"),
        ("Ouvrier agricole polyvalent saisonnier", "A1419"),
        ("Vachère", "A1403"),
        ("Serveur/se H/F", "G1803"),
        ("Second de cuisine", "G1609"),
        ("Vendeuse en boulangerie", "D1106"),
        ("Boulangère", "D1102"),
        ("Caissier(ère) week-end étudiant", "D1505"),
        ("Mécanicien PL", "I1613"),
        ("Technicien de maintenance industrielle CDI 39h", "I1304"),
        ("Soudeur TIG", "H2913"),
        ("Secrétaire de mairie", "K1406"),
        ("RIPEUR intérim", "K2303"),
        ("T.I.S.F. (H/F)", "K1305"),
        ("agent SSIAP2 galerie marchande", "K2503"),
        ("employé(e) L.S.", "D1507"),
        ("aide soignate", "J1501"),
        ("équipier mac do", "G1603"),
        ("A1203", "A1203"),
        (" a1203 ", "A1203"),
    ],
)
def test_a_free_title_finds_its_occupation(title: str, code: str) -> None:
    assert first(title) == code


def test_each_own_title_leads_to_its_occupation_among_the_first() -> None:
    asked = [(occupation.code, title) for occupation in shipped for title in occupation.titles]
    found = Counter(code in [hit.code for hit in shipped.search(title, 3)] for code, title in asked)
    assert found[True] / len(asked) > 0.98


def test_scores_are_shares_of_belief_best_first() -> None:
    hits = shipped.search("agent d'entretien", 170)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 <= hit.score <= 1 for hit in hits)
    assert sum(hit.score for hit in hits) == pytest.approx(1, abs=0.02)
    assert len({hit.code for hit in hits}) == len(hits)


def test_typing_errors_and_gender_do_not_matter() -> None:
    assert first("infirmiere") == first("Infirmier") == first("INFIRMIÈRES") == first("infirmmier") == "J1506"
    assert first("electricien") == first("Éléctricienne") == "F1602"


@pytest.mark.parametrize("title", ["", "   ", "%%%", "1234567890", "😀", "H/F", "\x00"])
def test_a_title_without_a_job_gives_nothing_or_little(title: str) -> None:
    assert all(hit.score < 0.5 for hit in shipped.search(title, 3))


@given(st.text(max_size=200), st.integers(-2, 400))
@examples(60)
def test_any_text_is_answered(title: str, limit: int) -> None:
    hits = shipped.search(title, limit)
    assert len(hits) <= max(0, min(limit, len(shipped)))
    assert all(hit.code in shipped and 0 <= hit.score <= 1 for hit in hits)
    assert hits == shipped.search(title, limit)


def test_a_whole_page_pasted_as_a_title_takes_no_longer() -> None:
    started = time.perf_counter()
    shipped.search("aide soignant " * 50_000, 5)
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize(
    "title",
    [
        "Remplacement congé maternité",
        "Remplacement arrêt maladie (H/F)",
        "Candidature spontanée",
        "Poste à pourvoir",
        "Mission intérim",
        "Nouvelle opportunité",
        "URGENT CDI 35h",
        "Renfort saison",
        "qsdfgh xyz",
    ],
)
def test_a_title_that_names_no_job_gets_no_proposal(title: str) -> None:
    assert shipped.search(title) == []


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("Chef de chantier VRD", "F1202"),
        ("Chauffeur SPL", "N4115"),
        ("Chauffeur SPL citerne de nuit", "N4115"),
        ("Chauffeur PL", "N4101"),
        ("Agent de service intérieur", "K2205"),
        ("Mécanicien SAV poids lourd", "I1613"),
        ("Secrétaire BTP", "M1607"),
        ("Cantinière", "G1607"),
        ("Pion", "K2104"),
        ("Mécanicien tondeuses (H/F)", "I1603"),
        ("Secrétaire d'accueil en cabinet dentaire", "M1609"),
        ("Remplaçant agricole", "A1419"),
        ("Employé de mairie (H/F)", "M1602"),
        ("Comptable agence TP", "M1203"),
        ("AS", "J1501"),
        ("ASHQ", "J1301"),
    ],
)
def test_an_abbreviation_never_outweighs_the_head_of_the_title(title: str, code: str) -> None:
    assert first(title) == code


def test_get_knows_codes_only() -> None:
    found = shipped.get("j1501")
    assert found is not None
    assert found.code == "J1501"
    assert shipped.get("aide-soignant") is None
    assert shipped.get("") is None


def test_an_unknown_occupation_has_no_neighbours() -> None:
    assert shipped.neighbours("Z9999") == {}
    assert (shipped.rank("Z9999", "J1501"), shipped.move("Z9999", "J1501")) == (0, None)


def test_the_shipped_referential_says_what_a_move_is_and_who_is_managerial() -> None:
    moves = {(code, target): shipped.move(code, target) for code in codes for target in shipped.neighbours(code)}
    assert moves["A1101", "F1302"] is Move.EVOLUTION
    assert moves["N1101", "N1103"] is Move.CLOSE
    assert set(moves.values()) == {Move.CLOSE, Move.EVOLUTION, None}
    managerial = {occupation.code for occupation in shipped if occupation.managerial}
    assert {"F1201", "M1205"} <= managerial
    assert not managerial & {"J1501", "N1101", "G1609"}


def test_neighbours_that_the_referential_lacks_are_left_out() -> None:
    few = Occupations([Occupation("A1101", "x", "d", (), (), "A1101")], {"A1101": {"A9999": 1}, "A9999": {"A1101": 1}})
    assert few.neighbours("A1101") == {}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"{}",
        gzip.compress(b"{}", mtime=0),
        gzip.compress(b"[1]", mtime=0),
        gzip.compress(b"no", mtime=0),
        gzip.compress(b"{}", mtime=0)[:-9],
    ],
)
def test_a_file_that_the_importer_did_not_write_is_refused_with_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "rome.json.gz"
    path.write_bytes(content)
    with pytest.raises(ReferentialUnusable, match="make it with"):
        Occupations.load(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReferentialUnusable, match=r"nowhere\.json\.gz cannot be read"):
        Occupations.load(tmp_path / "nowhere.json.gz")


def test_an_imported_file_keeps_the_everyday_titles(tmp_path: Path) -> None:
    path = tmp_path / "rome.json.gz"
    entries = [["J1501", "J1501", "Un", ["Titre officiel"], [0]], ["M1805", "M1805", "Deux", ["Autre titre"], []]]
    document = {"format": FORMAT, "domains": {}, "skills": [["7", "Sept"]], "occupations": entries, "neighbours": {}}
    path.write_bytes(gzip.compress(json.dumps(document).encode()))
    loaded = Occupations.load(path)
    assert loaded.search("AS de nuit", 1)[0].code == "J1501"
    found = loaded.get("J1501")
    assert found is not None
    assert (found.titles, found.skills, found.domain) == (("Titre officiel",), (("7", "Sept"),), "J")


def test_looking_up_codes_needs_no_numpy() -> None:
    # Profiles, notifications and clauses are installed without it.
    program = (
        "import sys; sys.modules['numpy'] = None\n"
        "from shared.reference.occupations import Occupations\n"
        "from shared.reference.communes import Communes\n"
        "assert Occupations.load().neighbours('J1501') and Communes.load().get('23096')\n"
    )
    root = Path(module.__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("Comtable", "M1203"),
        ("Aide-soiganant de nuit", "J1501"),
        ("PLOMBEIR CHAUFFAGISTE H/F", "F1603"),
        ("Chauffer poids lourd", "N4101"),
        ("Maçno", "F1703"),
        ("Tech. maintenance industrielle", "I1304"),
        ("Cond. PL", "N4101"),
    ],
)
def test_typing_errors_and_clipped_words_are_seen_through(title: str, code: str) -> None:
    assert shipped.search(title, 1)[0].code == code


@pytest.mark.parametrize(
    ("title", "codes"),
    [
        ("Employé polyvalent (H/F)", {"G1603", "D1507", "G1607"}),
        ("Opératrice polyvalente", {"H2909", "H3302"}),
        ("Agent de quai", {"N1105", "N1103"}),
        ("Manœuvre BTP", {"F1704"}),
        ("Éboueuse", {"K2303"}),
    ],
)
def test_a_vague_title_proposes_what_employers_mean_by_it(title: str, codes: set[str]) -> None:
    known = {code for code in codes if code in Occupations.load()}
    assert known
    assert known <= {hit.code for hit in Occupations.load().search(title, 5)}


@pytest.mark.parametrize(
    "title", ["Candidature spontanée", "Contrat en renfort", "Poste à pourvoir", "Membre permanent"]
)
def test_words_of_any_post_still_propose_nothing(title: str) -> None:
    assert Occupations.load().search(title) == []


@pytest.mark.parametrize("title", ["Cuisinier / Cuisinière", "Maçon", "Aide-soignant", "Vendeur", "Réceptionniste"])
@pytest.mark.parametrize(
    "around",
    [
        "{} à Jarnages",
        "{} - Vitrac-sur-Montane (23)",
        "{} CDD 6 mois renouvelable, permis B exigé",
        "{} logé nourri, 13e mois",
        "ENTREPRISE FAMILIALE RECRUTE : {} H/F",
    ],
)
def test_a_place_and_an_offer_s_terms_make_no_other_title(title: str, around: str) -> None:
    assert first(around.format(title)) == first(title)


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("Carrelage", "F1608"),
        ("Maçonnerie", "F1703"),
        ("Plomberie", "F1603"),
        ("Nettoyage de bureaux", "K2204"),
        ("Conduite de bus", "N4103"),
    ],
)
def test_a_title_that_says_what_is_done_means_who_does_it(title: str, code: str) -> None:
    assert first(title) == code


@pytest.mark.parametrize(
    ("title", "code"),
    [("Op. prod. agro", "H2909"), ("Auxiliaire ambu.", "J1305"), ("Conducteur semi", "N4115"), ("Cuistot", "G1609")],
)
def test_clipped_words_and_trade_abbreviations_are_known(title: str, code: str) -> None:
    assert code in [hit.code for hit in shipped.search(title, 3)]


@pytest.mark.parametrize(
    "title", ["Job d'été étudiant", "Recrutement équipe", "Service civique", "Personnel de renfort Guéret", "Bénévole"]
)
def test_an_engagement_and_a_place_name_no_work(title: str) -> None:
    assert shipped.search(title) == []


@pytest.mark.parametrize(
    "title", ["Technicien", "OPÉRATEUR H/F", "Agent CDI", "Responsable", "Assistant(e)", "Ouvrier"]
)
def test_a_rank_alone_names_no_work(title: str) -> None:
    assert shipped.search(title) == []


@pytest.mark.parametrize(
    "title", ["Opérateur de production", "Agent technique", "Technicien polyvalent", "Chef d'équipe"]
)
def test_ranks_together_are_proposed_with_little_belief(title: str) -> None:
    hits = shipped.search(title)
    assert len(hits) >= 2
    assert hits[0].score < 0.8
