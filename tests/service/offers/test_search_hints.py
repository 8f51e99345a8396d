"""A filter is looked for where one of its hints stands; so each way to say one has to have a hint."""

import pytest

from services.offers.search.chips import ChipKind
from services.offers.search.filters import matches

_SAID = {
    ChipKind.PLACE: (
        "pres de chez moi", "proche de mon domicile", "a cote de la maison", "autour de chez moi", "aux alentours de chez moi",
        "a proximite de chez moi", "pas loin de chez moi", "aux environs de chez nous", "a deux pas de ma maison",
        "dans mon secteur", "sur ma commune", "par ici", "d ici", "dans le coin", "dans les environs", "a proximite",
        "dans les alentours", "pas trop loin", "toute la france", "france entiere", "partout", "n importe ou",
    ),
    ChipKind.LICENCE: ("j ai le permis", "avec ma voiture", "titulaire du permis b", "j ai un vehicule", "vehiculee", "motorise"),
    ChipKind.EXPERIENCE: (
        "j ai 17 ans", "pour senior", "emploi pour mineur", "job retraite", "touche le rsa", "touche l ass", "touche l aah",
        "inscrite a pole emploi", "au chomage", "chomeuse", "demandeur d emploi", "mercredi libre", "vendredi off",
        "lundi de repos", "mardi de conge", "rqth", "poste adapte", "postes amenages", "travailleur handicape", "pas physique",
        "pas trop fatigant", "non penible", "pas dur", "pas difficile", "moins stressant", "pas lourd", "pas complique",
        "sans effort pas d effort physique", "travail assis", "debout", "mal au dos", "probleme de dos",
    ),
    ChipKind.PAY: ("au smic", "bien paye", "1800 euros", "salaire 1800", "30k par an"),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "said"), [(kind, said) for kind, those in _SAID.items() for said in those])
def test_each_way_to_say_a_filter_has_a_hint(kind: ChipKind, said: str) -> None:
    assert kind in {match.kind for match in matches(f"serveur {said}")}


def test_words_that_only_hold_the_letters_of_a_filter_are_none() -> None:
    assert matches("assistant technique de maintenance et soudure municipal") == []
