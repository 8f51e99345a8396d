"""Hours a week that only the text of an offer states."""

import pytest

from shared.reference.said_hours import weekly_hours_said


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("Un contrat 10h/semaine à pourvoir en CDI.", 10.0),
        ("Mi-temps 17 h 30.", 17.5),
        ("Contrat de 28 heures 45 hebdomadaires.", 28.75),
        ("Temps partiel : 20 h 15 km de Guéret.", 20.0),
        ("CDI 35h 13 mois.", 35.0),
        ("Contrat CDI temps partiel 30h.", 30.0),
        ("Horaires : 36h30/semaine réparties du lundi au vendredi.", 36.5),
        ("Vous ferez le ménage 5 h par semaine toute l'année.", 5.0),
        ("Niveau d'études : non diplômé\nTemps de travail : Temps plein\nStatut : non cadre", 35.0),
        ("Type d'emploi : Temps plein, CDI", 35.0),
        # Two figures, a span, both, what is to be agreed on, hours of the clock, a day, a month: nothing is stated.
        ("Contrat 24h/semaine ou 30h/semaine.", None),
        ("Contrat de 24 à 35h par semaine.", None),
        ("Un CDI à temps partiel ou à temps plein, c'est vous qui choisissez !", None),
        ("Poste à temps plein. Temps partiel accepté.", None),
        ("Type d'emploi : Temps plein, Temps partiel, CDD", None),
        ("Contrat CDI adapté au nombre d'heures que vous souhaitez, jusqu'à 35h par semaine.", None),
        ("Du lundi au vendredi, de 8h à 16h.", None),
        ("Contrat : 7h par jour.", None),
        ("Temps de travail de 100 heures par mois.", None),
        ("Nous prenons le temps de vous former.", None),
    ],
)
def test_only_what_is_stated_once_and_outright_is_read(text: str, hours: float | None) -> None:
    assert weekly_hours_said("Agent polyvalent (H/F)", text) == hours
