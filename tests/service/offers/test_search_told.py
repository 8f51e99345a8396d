"""Questions in which people tell more than what they look for: for whom, what they did, how they speak, where about."""

import pytest

from tests.service.offers.reading import read
from tests.service.offers.searching import Ask, an_entry, asking

OFFERS = (
    an_entry("waiter", "Serveur", occupation="G1803"),
    an_entry("network", "Technicien réseau", occupation="M1801", description="Il administre un serveur et des serveurs."),
    an_entry("cleaner", "Femme de ménage", occupation="K1304"),
    an_entry("forks", "Cariste", occupation="N1101"),
    an_entry("truck", "Chauffeur PL", occupation="N4101"),
    an_entry("taxi", "Chauffeur de taxi", occupation="N4102"),
    an_entry("developer", "Ingénieur logiciel", occupation="M1805"),
    an_entry("support", "Technicien informatique", occupation="I1401"),
    an_entry("ambulance", "Ambulancier", occupation="J1305"),
    an_entry("dosage", "Agent de production", occupation="H2102", description="De nombreux dosages de produits."),
    an_entry("gardens", "Jardinier", occupation="A1203"),
    an_entry("clerk", "Analyste", occupation="M1403", description="Il ne travaille pas dehors, de nature calme."),
    an_entry("nanny near Paris", "Garde d'enfants", "K1303", lat=48.89, lon=2.2, territory="92", commune="92050", place=""),
    an_entry("educator", "Éducateur spécialisé", occupation="K1207"),
)  # fmt: skip


@pytest.fixture(scope="module")
def ask() -> Ask:
    return asking(OFFERS)


@pytest.mark.parametrize(
    ("q", "words", "parameters"),
    [
        # for whom, and who somebody is
        ("pour mon fils de 17 ans", [], {}),
        ("ma fille cherche un stage de 3ème coiffure", ["coiffure"], {}),
        ("mon mari cherche un poste de soudeur", ["soudeur"], {}),
        ("femme de ménage", ["menage"], {}),
        ("reconversion professionnelle boulanger", ["boulanger"], {}),
        ("suite à un licenciement économique cariste", ["cariste"], {}),
        ("licenciée en droit", ["licenciee", "droit"], {}),
        ("étudiante en droit cherche job", [], {}),
        (
            "étudiante en droit cherche alternance",
            ["etudiante", "droit"],
            {"contract_kind": ("apprenticeship", "professionalisation")},
        ),
        ("complément de retraite chauffeur scolaire", ["chauffeur", "scolaire"], {}),
        ("mère de famille 3 enfants travail de bureau", ["bureau"], {}),
        ("sans mode de garde ménage", ["menage"], {}),
        ("garde d'enfants", ["garde", "enfants"], {}),
        ("bonjour je m'appelle Samira couture", ["couture"], {}),
        # what they did, and what they wish
        ("j'ai travaillé en restauration je voudrais un poste dans la vente", ["vente"], {}),
        ("j'ai travaillé comme femme de ménage je cherche un travail", ["menage"], {}),
        # how they speak
        ("je ne parle pas bien le français ménage", ["menage"], {}),
        ("warehouse worker no french", ["warehouse", "worker"], {}),
        ("nanny english speaking", ["nounou"], {}),
        ("i am looking for a job as a cook", ["cook"], {}),
        ("professeur de français", ["professeur", "francais"], {}),
        # what a telephone was told
        ("aide soignante point", ["aide", "soignante"], {}),
        ("serveuse virgule annecy merci d'avance", ["serveuse"], {"commune": "74010"}),
        ("responsable point de vente", ["responsable", "point", "vente"], {}),
        ("tof ds le 07", [], {"territory": "07"}),
        ("taff sans dipl", [], {"no_diploma": "true"}),
        ("chrch taf menage", ["menage"], {}),
        # how long, when, how
        ("mission longue durée cariste", ["cariste"], {}),
        ("remplacement congé mat secrétaire", ["secretaire"], {}),
        ("à partir de janvier aide comptable", ["aide", "comptable"], {}),
        ("cdic maçon", ["macon"], {"contract_kind": "cdi"}),
        ("cdi de chantier maçon", ["macon"], {"contract_kind": "cdi"}),
        ("offres du jour", [], {}),
        ("petits boulots", [], {}),
        ("petite enfance", ["petite", "enfance"], {}),
        ("boulot tranquille", [], {}),
        ("travail physique", [], {}),
        ("serveuse nourrie logée", ["serveuse"], {}),
        ("castration du maïs", ["castration", "mais"], {}),
        ("ferme mais pas loin de privas", ["ferme"], {"commune": "07186"}),
        ("sans permis mais avec un scooter ménage", ["menage"], {"no_licence": "true"}),
    ],
)
def test_what_people_tell_of_themselves_is_no_word_of_offers(
    q: str, words: list[str], parameters: dict[str, object]
) -> None:
    found, said = read(q)
    assert (found, said) == (words, parameters)


@pytest.mark.parametrize(
    ("q", "words", "parameters"),
    [
        ("région nantaise magasinier", ["magasinier"], {"commune": "44109"}),
        ("bassin annécien", [], {"commune": "74010"}),
        ("entreprise nantaise", ["entreprise", "nantaise"], {}),
        ("dans le coin d'annonay", [], {"commune": "07010"}),
        ("paris ménage", ["menage"], {"commune": "75056"}),
        ("71 ou 01 cariste", ["cariste"], {"territory": "01"}),
        ("74 serveur", ["serveur"], {"territory": "74"}),
        ("emploi 74 serveur", ["serveur"], {"territory": "74"}),
        ("12 serveurs", ["serveurs"], {}),
        ("12 mois serveur", ["serveur"], {}),
    ],
)  # fmt: skip
def test_where_about_is_a_place(q: str, words: list[str], parameters: dict[str, object]) -> None:
    assert read(q) == (words, parameters)


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("nounou paris", "nanny near Paris"),
        ("éducateurices spécialisé·es", "educator"),
        ("kelkoun menage", "cleaner"),
        ("offre réf. 12ZXCV cariste", "forks"),
        ("travailler dehors", "gardens"),
        ("licenciement après 20 ans de textile j'ai conduit des chariots des camions des bennes cariste caces 1 3", "forks"),
    ],
)  # fmt: skip
def test_what_is_meant_comes_first(ask: Ask, q: str, first: str) -> None:
    assert ask(q)[:1] == [first]


@pytest.mark.parametrize(
    ("q", "wrong"),
    [
        ("serveur", "network"),
        ("ambulancier DEA", "dosage"),
        ("travailler dehors", "clerk"),
        ("dans la nature", "clerk"),
        ("chauffeur pas poids lourd", "truck"),
        ("informatique sauf développeur", "developer"),
    ],
)
def test_what_only_has_the_letters_is_no_answer(ask: Ask, q: str, wrong: str) -> None:
    found = ask(q)
    assert found
    assert wrong not in found


def test_a_word_alone_that_nobody_knows_finds_nothing(ask: Ask) -> None:
    assert ask("kelkoun") == []
    assert ask("frigoriste") == []
