"""What an offer may not say, and what it may."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.offers.domain.linter import Draft, lint, same_length_fold

REFUSED = [
    ("age_limit", "Nous recherchons une personne de moins de 30 ans."),
    ("age_limit", "Profil : 25 ans maximum, débutant accepté."),
    ("age_limit", "Vous êtes âgé de 18 à 35 ans."),
    ("age_limit", "Pour ce poste : 30ans maxi."),
    ("age_limit", "Idéal pour un jeune retraité."),
    ("age_limit", "Agé(e) de moins de 40 ans, vous aimez le contact.".replace("(e)", "e")),
    ("sex", "Hommes uniquement en raison du port de charges."),
    ("sex", "Nous recherchons une femme pour l'accueil."),
    ("sex", "Poste réservé aux femmes."),
    ("sex", "Jeune femme souriante pour le service."),
    ("sex", "Profil masculin souhaité."),
    ("origin", "Être de nationalité française."),
    ("origin", "Anglais langue maternelle exigé."),
    ("origin", "Type européen souhaité."),
    ("residence", "Vous habitez impérativement à Guéret."),
    ("residence", "Habiter à proximité de la boulangerie."),
    ("residence", "Il faut résider dans la commune."),
    ("family", "Célibataire de préférence, sans enfants."),
    ("family", "Sans charge de famille, vous êtes mobile."),
    ("health", "Vous êtes en bonne santé et en forme."),
    ("health", "Travailleurs handicapés s'abstenir."),
    ("appearance_religion_union", "Sans tatouage ni piercing, physique agréable."),
    ("payment_asked", "Chèque de 50 euros à joindre au dossier."),
]

ACCEPTED = [
    "Entreprise familiale de plus de 30 ans, recherche un maçon (H/F).",
    "Vous avez plus de 10 ans d'expérience dans le métier.",
    "Vous travaillez dans le rayon homme et femme du magasin.",
    "Accueil d'enfants de moins de 12 ans en centre de loisirs.",
    "Recherche un homme ou une femme de terrain.",
    "Homme/Femme, débutant accepté, formation assurée.",
    "Accompagnement des femmes victimes de violences.",
    "Poste ouvert aux personnes en situation de handicap.",
    "Contrat d'apprentissage ouvert aux moins de 30 ans (apprenti).",
    "Il faut être majeur (18 ans minimum) pour la vente d'alcool.",
    "Entreprise en bonne santé financière, en croissance.",
    "Une connaissance de la langue maternelle ou niveau bilingue en anglais.",
    "Aide à domicile auprès de personnes âgées habitant à proximité du bourg.",
    "Aucune condition de nationalité : tous les profils, sans distinction d'origine.",
]


@pytest.mark.parametrize(("rule", "text"), REFUSED)
def test_forbidden_words_are_quoted_with_a_proposal(rule: str, text: str) -> None:
    found = [one for one in lint(Draft("Employé polyvalent (H/F)", text)).refusals if one.rule == rule]
    assert found, text
    first = found[0]
    assert text[first.start : first.end].strip() == first.words
    assert first.proposal
    assert first.law
    assert first.words in first.as_error().message


@pytest.mark.parametrize("text", ACCEPTED)
def test_lawful_words_pass(text: str) -> None:
    assert lint(Draft("Employé polyvalent (H/F)", text)).refusals == ()


def test_a_law_that_imposes_an_age_turns_the_refusal_into_a_warning() -> None:
    text = "Être âgé d'au moins 20 ans pour exercer en internat."
    assert [one.rule for one in lint(Draft("Surveillant (H/F)", text)).refusals] == ["age_limit"]
    report = lint(Draft("Surveillant (H/F)", text, legal_basis="Décret n° 2003-484, article 3"))
    assert report.refusals == ()
    assert "age_limit" in [one.rule for one in report.warnings]


def test_an_offer_is_written_in_french() -> None:
    english = (
        "We are looking for a sales manager who will be in charge of the team and of our clients in the region. "
        "You have experience with the products that we sell and you will work from our office in the town."
    )
    assert [one.rule for one in lint(Draft("Sales manager", english)).refusals] == ["not_french"]
    both = "Nous cherchons pour notre équipe une personne qui sera en charge de la clientèle et des ventes dans la région. "
    assert lint(Draft("Responsable des ventes (H/F)", both * 3 + english)).refusals == ()


@pytest.mark.parametrize(
    ("title", "text", "rule"),
    [
        ("Femme de ménage", "", "gendered_title"),
        ("Serveuse", "", "gendered_title"),
        ("Commercial (H/F)", "Rejoignez une équipe jeune et dynamique.", "young_stereotype"),
        ("Commercial (H/F)", "Excellente présentation exigée.", "appearance_stereotype"),
        ("Commercial (H/F)", "Bonjour.", "schedule_missing"),
        ("Commercial (H/F)", "Bonjour.", "salary_missing"),
    ],
)
def test_stereotypes_and_gaps_are_warned_of(title: str, text: str, rule: str) -> None:
    report = lint(Draft(title, text))
    assert rule in [one.rule for one in report.warnings]
    assert report.refusals == ()


def test_a_title_in_both_forms_is_fine() -> None:
    for title in ("Serveur / Serveuse", "Femme de chambre / Valet", "Infirmière (H/F)"):
        assert "gendered_title" not in [one.rule for one in lint(Draft(title, "")).warnings], title


@given(st.text(max_size=200))
def test_folding_keeps_every_character_in_its_place(text: str) -> None:
    assert len(same_length_fold(text)) == len(text)
