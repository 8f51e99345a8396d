"""What people say in several words, of themselves and of hours, as they type it; asked of an index without a database."""

import pytest

from services.offers.search.facts import Flag
from services.offers.search.phrases import named_trades
from tests.service.offers.reading import read
from tests.service.offers.searching import Ask, an_entry, asking

OFFERS = (
    an_entry("mechanic", "Mécanicien automobile", "I1604"),
    an_entry("drones", "Opérateur en réparation de drones", description="Vous réparez des drones, voitures exclues."),
    an_entry("driver", "Chauffeur SPL", "N4115", description="Permis CE exigé."),
    an_entry("clerk", "Employé de bureau", "M1602", description="Ce poste demande le permis B."),
    an_entry("drive", "Préparateur drive", "N1103", company="Intermarché"),
    an_entry("shelves", "Employé libre-service", "D1507", company="Super des Champs"),
    an_entry("burgers", "Équipier polyvalent", "G1603", company="Le Comptoir"),
    an_entry("shepherd", "Berger", "A1410"),
    an_entry("waiter", "Serveur en salle", "G1803"),
    an_entry("aided", "Agent polyvalent", "K2205", description="En contrat aidé de dix mois."),
    an_entry("helper", "Aide ménagère", "K1304", description="Contrat à temps plein."),
    an_entry("nurse", "Infirmier", "J1506"),
    an_entry("carer", "Aide-soignant", "J1501"),
    an_entry("carer by night", "Aide-soignante en EHPAD", "J1501", flags=Flag.AT_NIGHT),
    an_entry("baker", "Boulanger", "D1102", flags=Flag.AT_NIGHT, description="De nuit, avec une aide."),
    an_entry("well paid", "Comptable confirmé en cabinet, dossiers variés", "M1203", pay=22.0),
    an_entry("untold pay", "Comptable", "M1203"),
    an_entry("badly paid", "Comptable", "M1203", pay=12.0),
    an_entry("closes early", "Commercial", "D1402", description="Une offre ferme et définitive."),
    an_entry("farm", "Ouvrier d'élevage", "A1403"),
)


@pytest.fixture(scope="module")
def ask() -> Ask:
    return asking(OFFERS)


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
def test_what_is_meant_is_found(ask: Ask, q: str, first: list[str], never: list[str]) -> None:
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
