"""Whole questions in other languages: the trade, the town, the hours, and what joins them."""

import pytest

from tests.service.offers.reading import read

FULL, PART = {"working_time": "full_time"}, {"working_time": "part_time"}
MORNING, EVENING, NIGHT = {"moment": "morning"}, {"moment": "evening"}, {"moment": "night"}


@pytest.mark.parametrize(
    ("q", "words", "parameters"),
    [
        ("looking for a job as a waiter, full time", ["waiter"], FULL),
        ("gardener job mornings", ["jardinier"], MORNING),
        ("trabajo de limpieza por la mañana", ["nettoyage"], MORNING),
        ("busco empleo de cocinero a tiempo completo", ["cuisinier"], FULL),
        ("procuro emprego como pedreiro", ["macon"], {}),
        ("limpeza meio período", ["nettoyage"], PART),
        ("suche Arbeit als Koch, Vollzeit", ["cuisinier"], FULL),
        ("Putzstelle Teilzeit", ["nettoyage"], PART),
        ("cerco lavoro cameriere a Nizza", ["serveur"], {"commune": "06088"}),
        ("commessa tempo parziale", ["vendeur"], PART),
        ("أبحث عن عمل كسائق", ["chauffeur"], {}),
        ("عمل دوام جزئي تنظيف", ["nettoyage"], PART),
        ("ищу работу слесарь", ["mecanicien"], {}),
        ("шукаю роботу помічник кухаря вранці", ["aide", "cuisinier"], MORNING),
        ("garson akşam", ["serveur"], EVENING),
        ("caut munca ospatar seara", ["serveur"], EVENING),
        ("Nachtschicht Lagerist", ["magasinier"], NIGHT),
        # French as it is
        ("AS de nuit", ["as"], NIGHT),
    ],
)
def test_whole_questions_of_other_languages_are_read(q: str, words: list[str], parameters: dict[str, object]) -> None:
    assert read(q) == (words, parameters)
