"""Hours, licences beyond B, learning, volunteering, enlisting and being on the road, where only the text says so."""

import pytest

from shared.reference.demands import Ask, demands

HOURS = {Ask.EARLY, Ask.LATE, Ask.NIGHT}
LICENCES = {Ask.LICENCE_C, Ask.LICENCE_CE, Ask.LICENCE_D, Ask.LICENCE_BE}


def asked(text: str, title: str = "Agent polyvalent") -> frozenset[Ask]:
    return demands(title, text).asks


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("Horaires : 4h30-13h du lundi au samedi.", {Ask.EARLY}),
        ("Prise de poste à 5h du matin.", {Ask.EARLY}),
        ("Vous travaillez de 6h00 à 14h00.", {Ask.EARLY}),
        ("Horaires : 13h30 à 21h00.", {Ask.LATE}),
        ("Fin de service à 22h30.", {Ask.LATE}),
        ("Postes de 21h à 5h.", {Ask.NIGHT, Ask.LATE}),
        ("Horaires en 2x8.", {Ask.EARLY, Ask.LATE}),
        ("Travail en équipes alternantes : 5h-13h / 13h-21h.", {Ask.EARLY, Ask.LATE}),
        ("Une semaine sur deux, travail de 5h à 13h ou de 13h à 21h.", {Ask.EARLY, Ask.LATE}),
        ("Service du midi et du soir.", {Ask.LATE}),
        ("Horaires : 8h-12h / 14h-18h.", set()),
        ("Horaires : 7h à 15h.", set()),
        ("Horaires au choix : 6h-14h ou 9h-17h.", set()),
        ("Le magasin est ouvert de 6h30 à 21h.", set()),
        ("Accueil des enfants de 6h30 à 19h30.", set()),
        ("Poste de 5h par semaine.", set()),
        ("Ménage, pour commencer 5h par semaine.", set()),
        ("Entretiens de recrutement le mardi de 17h30 à 20h30.", set()),
        ("Pas de travail le soir.", set()),
        ("CDI 35h, salaire 12 € à 14 €.", set()),
    ],
)
def test_hours_that_people_cannot_take_are_read(text: str, hours: set[Ask]) -> None:
    assert asked(text) & HOURS == hours


@pytest.mark.parametrize(
    ("text", "licences"),
    [
        ("Vous êtes titulaire du permis PL et de la FIMO.", {Ask.LICENCE_C}),
        ("Permis C obligatoire.", {Ask.LICENCE_C}),
        ("Permis B et C exigés.", {Ask.LICENCE_C}),
        ("Permis poids lourd en cours de validité", {Ask.LICENCE_C}),
        ("Nous recherchons un agent titulaire des permis PL et SPL.", {Ask.LICENCE_C, Ask.LICENCE_CE}),
        ("Permis CE exigé.", {Ask.LICENCE_CE}),
        ("Le permis D est indispensable.", {Ask.LICENCE_D}),
        ("Permis BE exigé (remorque).", {Ask.LICENCE_BE}),
        ("Permis C ou CE exigé.", {Ask.LICENCE_C}),
        ("Permis B ou C exigé.", set()),
        ("Le permis C serait un plus.", set()),
        ("Permis C financé par l'entreprise.", set()),
        ("Vous assistez le chauffeur poids lourd.", set()),
        ("Nos projets ont permis d'acquérir une expertise.", set()),
        ("Vous formez les candidats au permis D.", set()),
    ],
)
def test_licences_beyond_b_are_read(text: str, licences: set[Ask]) -> None:
    assert asked(text) & LICENCES == licences


@pytest.mark.parametrize(
    ("title", "text", "ask", "is_asked"),
    [
        ("Alternance - Assistant commercial (H/F)", "", Ask.LEARNER, True),
        ("Secrétaire en apprentissage", "", Ask.LEARNER, True),
        ("Stagiaire communication", "", Ask.LEARNER, True),
        ("Vendeur", "Contrat d'apprentissage de 24 mois.", Ask.LEARNER, True),
        ("Vendeur", "Nous recherchons une personne motivée en alternance.", Ask.LEARNER, True),
        ("Vendeur", "Ce stage se déroule au sein de la direction.", Ask.LEARNER, True),
        ("Vendeur", "Vous préparez un BTS en alternance.", Ask.LEARNER, True),
        ("Formateur d'apprentis", "", Ask.LEARNER, False),
        ("Responsable de l'alternance", "", Ask.LEARNER, False),
        ("Ingénieur apprentissage automatique", "", Ask.LEARNER, False),
        ("Vendeur", "Vous encadrez les apprentis et les stagiaires.", Ask.LEARNER, False),
        ("Vendeur", "Une expérience, stage compris, est appréciée.", Ask.LEARNER, False),
        ("Vendeur", "Poste en CDI ou en alternance.", Ask.LEARNER, False),
        ("Ripeur", "Notre agence : intérim, alternance (contrat apprentissage), conseil.", Ask.LEARNER, False),
        ("Service civique - médiation numérique", "", Ask.VOLUNTEER, True),
        ("Animateur", "Mission de service civique de 8 mois.", Ask.VOLUNTEER, True),
        ("Coordinatrice des bénévoles", "", Ask.VOLUNTEER, False),
        ("Cariste", "Heures supplémentaires sur la base du volontariat.", Ask.VOLUNTEER, False),
        ("Auxiliaire de vie", "", Ask.VOLUNTEER, False),
        (
            "Cuisinier",
            "Vous êtes de nationalité française et en règle avec les obligations du service national.",
            Ask.ENLISTMENT,
            True,
        ),
        ("Cuisinier", "Contrat d'engagement initial de 5 ans.", Ask.ENLISTMENT, True),
        ("Cuisinier", "Dix nationalités travaillent dans notre équipe.", Ask.ENLISTMENT, False),
        ("Technicien itinérant", "", Ask.ON_THE_ROAD, True),
        ("Poseur", "Grands déplacements à la semaine.", Ask.ON_THE_ROAD, True),
        ("Agent", "Déplacements quotidiens sur les sites des clients.", Ask.ON_THE_ROAD, True),
        ("Chauffeur", "Pas de découché.", Ask.ON_THE_ROAD, False),
        ("Agent", "Déplacements ponctuels.", Ask.ON_THE_ROAD, False),
        ("Commercial", "Un bon niveau d'anglais est nécessaire.", Ask.FOREIGN_LANGUAGE, True),
        ("Commercial", "Langues exigées : allemand.", Ask.FOREIGN_LANGUAGE, True),
        ("Commercial", "Un bon niveau d'anglais serait un plus.", Ask.FOREIGN_LANGUAGE, False),
        ("Employé", "Connaissance parfaite de la langue parlée anglais.", Ask.FOREIGN_LANGUAGE, True),
        ("Réceptionniste", "La pratique de la langue anglaise est indispensable.", Ask.FOREIGN_LANGUAGE, True),
        ("Serveuse", "Vous maîtrisez l'anglais et aimez le contact.", Ask.FOREIGN_LANGUAGE, True),
        ("Barman", "Vous êtes à l'aise à l'oral en anglais.", Ask.FOREIGN_LANGUAGE, True),
        ("Vendeuse", "Anglais lu et parlé.", Ask.FOREIGN_LANGUAGE, True),
        ("Hôtesse", "Vous parlez impérativement espagnol.", Ask.FOREIGN_LANGUAGE, True),
        ("Hôte de chalet", "Vous accueillez 6 à 12 clients anglophones par semaine.", Ask.FOREIGN_LANGUAGE, True),
        ("Chauffeur", "Notre clientèle est principalement anglophone.", Ask.FOREIGN_LANGUAGE, True),
        ("Baby-sitter", "Candidature anglophone bienvenue.", Ask.FOREIGN_LANGUAGE, False),
        ("Serveuse", "Maîtrise de l'anglais souhaitée.", Ask.FOREIGN_LANGUAGE, False),
        ("Réceptionniste", "Vous aurez parfois des clients anglophones.", Ask.FOREIGN_LANGUAGE, False),
        ("Technicien", "Lecture de notices en anglais technique.", Ask.FOREIGN_LANGUAGE, False),
        ("Professeur", "Vous enseignez l'anglais à des élèves débutants.", Ask.FOREIGN_LANGUAGE, False),
        ("Garde d'enfants", "Le poste est en Languedoc.", Ask.FOREIGN_LANGUAGE, False),
    ],
)
def test_terms_of_the_work_are_read(title: str, text: str, ask: Ask, is_asked: bool) -> None:
    assert (ask in asked(text, title)) is is_asked
