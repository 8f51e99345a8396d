"""What people say in several words, of themselves and of hours, as they type it; asked of an index without a database."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.offers.queries.search import Wanted
from services.offers.search.facts import Entry, Flag
from services.offers.search.finder import Finder
from services.offers.search.index import OfferIndex
from services.offers.search.phrases import named_trades
from shared.clock import HandClock
from shared.reference.communes import Communes
from shared.reference.occupations import Occupations
from tests.bench.search_quality import nowhere
from tests.service.offers.reading import read

_NOW = 1_772_000_000.0
_PLAIN = Entry(
    id="", lat=46.17, lon=1.87, territory="23", commune="23096", occupation=None, kind="job", contract="cdi", source="partner",
    flags=Flag(0), hours=None, experience=0, confirmed=_NOW, crowd=0, title="", label="", company="", place="Guéret",
    skills="", description="",
)  # fmt: skip


def _offer(id: str, title: str, occupation: str | None = None, **more: object) -> Entry:
    return replace(_PLAIN, id=id, title=title, occupation=occupation, **more)  # type: ignore[arg-type]  # fields by name


OFFERS = (
    _offer("mechanic", "Mécanicien automobile", "I1604"),
    _offer("drones", "Opérateur en réparation de drones", description="Vous réparez des drones, voitures exclues."),
    _offer("driver", "Chauffeur SPL", "N4115", description="Permis CE exigé."),
    _offer("clerk", "Employé de bureau", "M1602", description="Ce poste demande le permis B."),
    _offer("drive", "Préparateur drive", "N1103", company="Intermarché"),
    _offer("shelves", "Employé libre-service", "D1507", company="Super des Champs"),
    _offer("burgers", "Équipier polyvalent", "G1603", company="Le Comptoir"),
    _offer("shepherd", "Berger", "A1410"),
    _offer("waiter", "Serveur en salle", "G1803"),
    _offer("aided", "Agent polyvalent", "K2205", description="En contrat aidé de dix mois."),
    _offer("helper", "Aide ménagère", "K1304", description="Contrat à temps plein."),
    _offer("nurse", "Infirmier", "J1506"),
    _offer("carer", "Aide-soignant", "J1501"),
    _offer("carer by night", "Aide-soignante en EHPAD", "J1501", flags=Flag.AT_NIGHT),
    _offer("baker", "Boulanger", "D1102", flags=Flag.AT_NIGHT, description="De nuit, avec une aide."),
    _offer("well paid", "Comptable confirmé en cabinet, dossiers variés", "M1203", pay=22.0),
    _offer("untold pay", "Comptable", "M1203"),
    _offer("badly paid", "Comptable", "M1203", pay=12.0),
    _offer("closes early", "Commercial", "D1402", description="Une offre ferme et définitive."),
    _offer("farm", "Ouvrier d'élevage", "A1403"),
)


@pytest.fixture(scope="module")
def ask() -> object:
    """Ids that answer a question, the best first."""
    finder = Finder(nowhere(), HandClock(datetime.fromtimestamp(_NOW, UTC)), Communes.load(), Occupations.load())
    index = OfferIndex(finder.trades, _NOW)
    index.add(OFFERS)
    snapshot = index.commit()
    return lambda q: finder.look_up(snapshot, Wanted(q=q)).ids


@pytest.mark.parametrize(
    ("q", "first", "never"),
    [
        # A task is the trade that does it.
        ("réparer des voitures", ["mechanic"], []),
        # Words that mean something only together.
        ("permis ce", ["driver"], ["clerk"]),
        ("contrat aidé", ["aided"], ["helper"]),
        # A chain: the work counts, and whose it is; like work where nothing is the chain's.
        ("leclerc drive", ["drive"], []),
        ("lidl", ["shelves"], ["shepherd"]),
        ("burger king", ["burgers"], ["shepherd"]),
        # Places of work, and a group of the referential.
        ("un resto", ["burgers", "waiter"], []),
        ("ferme", ["farm"], ["closes early"]),
        ("K13", ["helper"], ["nurse"]),
        ("code rome K1304", ["helper"], ["nurse"]),
        # What is left out is left out as a field of work.
        ("tout sauf la restauration", [], ["waiter", "burgers"]),
        # Who holds no diploma is shown nothing that the law keeps for who does.
        ("sans diplôme", [], ["nurse", "carer"]),
        # Most offers say nothing of their hours: of the trade those that do, then those that do not, and no other trade.
        ("aide soignante de nuit", ["carer by night", "carer"], ["baker"]),
        # Pay that is said comes before pay that is not.
        ("comptable 2500 euros net", ["well paid", "untold pay"], ["badly paid"]),
    ],
)  # fmt: skip
def test_what_is_meant_is_found(ask: object, q: str, first: list[str], never: list[str]) -> None:
    assert callable(ask)
    found = ask(q)
    assert sorted(found[: len(first)]) == sorted(first) if q == "un resto" else found[: len(first)] == first
    assert not set(never) & set(found)


@pytest.mark.parametrize(
    ("q", "words", "parameters"),
    [
        ("je suis reconnue travailleur handicapé, emploi de bureau", ["bureau"], {}),
        ("RQTH secrétaire", ["secretaire"], {}),
        ("j'ai 55 ans, vendeuse", ["vendeuse"], {}),
        ("maçon 10 ans d'expérience", ["macon"], {"experience_months_max": "120"}),
        ("aide aux personnes handicapées", ["aide", "personnes", "handicapees"], {}),
        ("vendeuse pas trop physique", ["vendeuse"], {}),
        ("ménage pas fatigant", ["menage"], {}),
        ("cap petite enfance", ["petite", "enfance"], {}),
        ("vendeuse petite boutique", ["vendeuse", "boutique"], {}),
        ("du lundi au vendredi vendeuse", ["vendeuse"], {"no_weekend": "true"}),
        ("cantine horaires scolaires", ["cantine"],
         {"no_early": "true", "no_late": "true", "no_night": "true", "no_weekend": "true"}),
        ("30k comptable", ["comptable"], {"hourly_min": "16.48"}),
        ("je cherch 1 taf ds la vente", ["vente"], {}),
        ("vendeuse à vélo", ["vendeuse"], {"accessible_without_car": "true"}),
        ("je me déplace en bus, vendeuse", ["vendeuse"], {"accessible_without_car": "true"}),
        ("secrétaire mi-temps thérapeutique", ["secretaire"], {"working_time": "part_time"}),
        ("gagner 1800 net par mois magasinier", ["magasinier"], {"hourly_min": "15.19"}),
        # Who has a licence beyond B looks for work that needs it.
        ("titulaire du permis C", ["permis", "c"], {}),
        ("j'ai le permis, vendeuse", ["vendeuse"], {}),
    ],
)  # fmt: skip
def test_what_people_say_of_themselves_and_of_hours_is_no_word(
    q: str, words: list[str], parameters: dict[str, object]
) -> None:
    assert read(q) == (words, parameters)


def test_a_task_is_named_by_its_trade_in_any_number() -> None:
    assert named_trades(["reparer", "voiture", "gueret"]) == ["mecanicien", "automobile", "gueret"]
    assert named_trades(["vendeur", "voitures"]) == ["vendeur", "voitures"]
