"""What a line says of whoever applies without a verb: their sex, height, looks, origin, kin, faith; and what need not be told."""

import pytest

from services.offers.domain.linter import Draft, lint
from tests.service.offers.test_linter import outcome

_SAID = {
    "sex": (
        "Cuisinier homme, service du soir.",
        "Aide à domicile femme, secteur rural.",
        "Conducteur de travaux homme, expérience BTP.",
        "Père de famille avec ados, pour une place d'éducateur.",
    ),
    "age_limit": (
        "Serveur H/F, pas en dessous de 25 ans.",
        "Livreur H/F, ne dépassant pas 35 ans.",
        "Standardiste H/F : sous les 30 ans.",
        "Le poste en CDD s'adresse uniquement à la génération Y.",
    ),
    "origin": (
        "Plongeur H/F, originaire du Mali.",
        "Ouvrier viticole, né au Maroc ou en Tunisie.",
        "Téléconseiller H/F : uniquement des hispanophones natifs.",
        "Portugais natif requis, pas de bilingues.",
        "Pas de Noirs à l'accueil, demande des clients.",
        "Pas de gens de couleur, souhait de la clientèle.",
    ),
    "family": (
        "Seules les familles de nos employés peuvent postuler.",
        "Frère ou sœur de collaborateur seulement.",
    ),
    "appearance_religion_union": (
        "Réceptionniste H/F avec un visage agréable.",
        "Serveur H/F avec de belles jambes.",
        "Serveur H/F, pas de maigres.",
        "Hôte H/F, 1,75 m au moins.",
        "Agent de sûreté H/F mesurant au moins 185 cm.",
        "Technicien de maintenance H/F de confession orthodoxe.",
        "Assistant H/F, partageant nos idées de gauche.",
        "Comptable H/F, acquis à nos opinions de droite.",
        "Carte CFDT = corbeille.",
        "Les familles préfèrent une nounou catholique pratiquante.",
    ),
    "health": (
        "Les candidats ayant fait une dépression ne sauraient convenir.",
        "Toute personne ayant subi un AVC ne peut postuler.",
        "RQTH = refus.",
    ),
}
_LAWFUL = (
    "Jeunes, anciens : pas d'âge pour postuler chez nous.",
    "N'indiquez ni votre âge ni votre situation de famille.",
    "Ne précisez pas votre nationalité dans le CV.",
    "Merci de ne pas mentionner votre date de naissance.",
    "Vous n'avez pas à indiquer vos opinions ni votre religion.",
    "Français ou étranger, seule la compétence compte.",
    "Senior ou débutant, femme ou homme, seule la motivation compte.",
    "Chef de rayon homme, expérience textile.",
    "Entraîneur équipe homme, club de handball.",
    "Agent d'entretien, homme ou femme.",
    "Pas de gros travaux, entretien courant.",
    "Monteur d'échelles de 1m80 à 3 m.",
    "Barrière de 1,20 m minimum à installer.",
    "Anglais courant ou natif.",
    "Crèche réservée aux enfants du personnel.",
    "Nos clients attendent un accueil souriant.",
    "Fromager H/F, avec le sourire.",
    "Esthéticien H/F avec soins du visage.",
    "Les personnes sans le permis ne peuvent postuler.",
    "Sacristain H/F de confession catholique.",
)
_NO_LIFTING = (
    "N'envoyez pas votre CV si vous êtes enceinte.",
    "Ne joignez pas de candidature, femmes exclues.",
)


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in _SAID.items() for text in texts])
def test_what_a_line_says_of_whoever_applies_is_told(rule: str, text: str) -> None:
    report = lint(Draft("Employé polyvalent (H/F)", text))
    assert rule in {one.rule for one in (*report.refusals, *report.warnings)}


@pytest.mark.parametrize("text", _LAWFUL)
def test_what_says_nothing_of_them_or_need_not_be_told_passes(text: str) -> None:
    assert outcome(text) == "nothing"


@pytest.mark.parametrize("text", _NO_LIFTING)
def test_who_may_not_write_is_still_told(text: str) -> None:
    assert outcome(text) != "nothing"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Le badge vous sera facturé 25 € à la prise de poste.", "payment_asked"),
        ("Nous prélevons 8 % de votre premier salaire pour le placement.", "payment_asked"),
        ("Un apport personnel de 900 € est attendu du vendeur.", "payment_asked"),
        ("Dépôt de 60 € pour les clés du local, rendu en fin de contrat.", "payment_asked"),
        ("Nos annonces sont réservées aux membres Premium, 9 € par mois.", "payment_asked"),
        ("Votre dossier : lettre, diplômes et deux photographies d'identité.", "photo_asked"),
        ("Profil Instagram public exigé avant l'entretien.", "photo_asked"),
        ("Gardien, sa femme aidera en cuisine.", "sex"),
        ("Vos projets bébé attendront la fin de la saison.", "family"),
        ("Fourchette d'âge visée : 28-38.", "age_limit"),
        ("Nous étudions les profils installés à Ussel même.", "residence"),
    ],
)
def test_what_is_taken_of_them_or_told_in_other_words_is_looked_at(text: str, rule: str) -> None:
    report = lint(Draft("Employé polyvalent (H/F)", text), by_rules_alone=True)
    assert rule in {one.rule for one in (*report.refusals, *report.warnings)}


@pytest.mark.parametrize(
    "text",
    [
        "Rien ne vous sera facturé : la tenue et le badge sont fournis.",
        "Franchise : apport personnel de 10 000 € pour ouvrir votre agence.",
        "Vous développez nos offres d'abonnement premium pour la presse.",
        "Le kit est à la charge de l'entreprise.",
        "Vous tirez des photographies d'identité pour les clients.",
        "Vous animez le compte Instagram de la boutique.",
        "Le logiciel est installé à Ussel et à Tulle.",
    ],
)
def test_what_is_nobodys_to_pay_or_the_work_itself_passes(text: str) -> None:
    report = lint(Draft("Employé polyvalent (H/F)", text), by_rules_alone=True)
    assert not {one.rule for one in (*report.refusals, *report.warnings)} & {
        "payment_asked",
        "photo_asked",
        "residence",
    }
