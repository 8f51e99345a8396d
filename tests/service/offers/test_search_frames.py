"""Questions read by how they are built: what was and what is wished, shifts and the clock, verbs, names as names."""

import pytest

from services.offers.search.areas import AREAS
from shared.reference.communes import Communes
from shared.reference.occupations import Occupations
from tests.service.offers.reading import read, trades

NO_NIGHT, MORNING = {"no_night": "true"}, {"moment": "morning"}


@pytest.mark.parametrize(
    ("q", "words", "parameters"),
    [
        # shifts are no numbers that an offer has, and hours of the clock none of a week
        ("technicien de maintenance en deux huit", ["technicien", "maintenance"], {}),
        ("opérateur 3*8", ["operateur"], {}),
        ("cariste en trois fois huit", ["cariste"], {}),
        ("soudeur en équipes alternantes", ["soudeur"], {}),
        ("mise en rayon 5h du mat", ["mise", "rayon"], MORNING),
        ("boulanger à partir de 4 heures du matin", ["boulanger"], MORNING),
        ("ménage vers 19h le soir", ["menage"], {"moment": "evening"}),
        ("ménage 8 heures par semaine", ["menage"], {"weekly_hours": "8"}),
        # who is on duty guards nobody
        ("pharmacien sans garde de nuit", ["pharmacien"], NO_NIGHT),
        ("vétérinaire pas d'astreinte de nuit", ["veterinaire"], NO_NIGHT),
        ("agent d'entretien non qualifié", ["agent", "entretien"], {"beginner": "true"}),
        ("contrat durable opticien", ["opticien"], {"contract_kind": "cdi"}),
        ("conseiller développement durable", ["conseiller", "developpement", "durable"], {}),
        ("job dété serveur", ["serveur"], {"contract_kind": "seasonal"}),
        ("summer job serveur", ["serveur"], {"contract_kind": "seasonal"}),
        ("menage ss diplome", ["menage"], {"no_diploma": "true"}),
        # what was is not what is sought
        ("ancienne aide soignante cherche poste assis", [], {}),
        ("opérateur laiterie, reconversion conducteur de travaux", ["conducteur", "travaux"], {}),
        ("boulanger en reconversion", ["boulanger"], {}),
        # what was done, as what is done
        ("moi soudé fer", ["souder", "fer"], {}),
        ("j'ai travaillé comme maçon", ["macon"], {}),
        ("contrat aidé", ["contrat", "aide"], {}),
        ("chargé de recrutement", ["charge", "recrutement"], {}),
        # other languages
        ("butcher annecy", ["boucher"], {"commune": "74010"}),
        ("shepherd summer", ["berger"], {"contract_kind": "seasonal"}),
        # resorts, and what is called for short
        ("dameur Avoriaz", ["dameur"], {"commune": "74191"}),
        ("barman Cham", ["barman"], {"commune": "74056"}),
        ("perchiste val thorens", ["perchiste"], {"commune": "73257"}),
        ("tâcheron pour les foins", ["tacheron", "foins"], {}),
    ],
)
def test_a_question_is_read_by_how_it_is_built(q: str, words: list[str], parameters: dict[str, object]) -> None:
    assert read(q) == (words, parameters)


@pytest.mark.parametrize(
    ("q", "words", "parameters"),
    [
        ("serveur La Roche-Blanche", ["serveur"], {"commune": "63302"}),
        ("serveur Moulins", ["serveur"], {"commune": "03190"}),
        ("serveur Mâcon", ["serveur"], {"commune": "71270"}),
        ("serveur moulins", ["serveur", "moulins"], {}),
        ("Plombier Maçon", ["plombier", "macon"], {}),
        ("aide maçon", ["aide", "macon"], {}),
        ("opérateur à la machine", ["operateur", "machine"], {}),
    ],
)
def test_a_town_written_as_a_name_is_one_though_trades_have_its_word(
    q: str, words: list[str], parameters: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with the official referential, whose titles have «souterraine», «roche», «moulins»."""
    known = type(trades).known
    monkeypatch.setattr(
        type(trades), "known", lambda self, term: term in ("roche", "blanche", "blanc", "moulin") or known(self, term)
    )
    assert read(q) == (words, parameters)


def test_each_area_lies_around_a_commune() -> None:
    communes = Communes.load()
    assert all(communes.get(code) is not None for code in AREAS.values())


@pytest.mark.parametrize("title", ["Remplacement congé parental", "Remplacement longue maladie"])
def test_whom_somebody_replaces_names_no_work(title: str) -> None:
    assert Occupations.load().search(title) == []
