"""Who somebody is beside the name of the job, ages beside an apprenticeship, and the same words of schools and kitchens."""

import pytest

from services.offers.domain.linter import Draft, lint
from services.offers.domain.linter_rules import CRITERIA
from tests.service.offers.test_linter import outcome

_BESIDE = (
    "Magasinier {un}, poste à pourvoir en mai.",
    "Comptable H/F, {un}, pour cabinet familial.",
    "Nous recherchons un vigile {un} pour le week-end.",
    "Gardien d'immeuble : {un}, deux jours par semaine.",
)
_TRAITS = (
    "de confession juive",
    "musulman pratiquant",
    "homosexuel",
    "célibataire",
    "divorcé",
    "antillais",
    "d'origine maghrébine",
)
_WOMEN = (
    "Caissière souriante recherchée pour une supérette.",
    "Assistante commerciale demandée, 35 h, Rennes.",
    "Hôtesse de vente souhaitée pour notre parfumerie.",
    "Secrétaire discrète et expérimentée recherchée pour une étude.",
    "Dame de compagnie recherchée pour des soirées.",
    "Recherche hôtesse d'accueil bilingue pour notre agence.",
    "Cherchons couturière pour l'atelier.",
)
_ELSEWHERE = (
    "Plutôt européenne, pour notre clientèle.",
    "Manœuvres roumains ou bulgares de préférence.",
    "Maçon (H/F), de préférence Portugais.",
    "Cuisinier marocain recherché pour un restaurant.",
    "Réceptionniste H/F, souriante et jolie, anglais courant.",
    "Serveur.se, jolie et souriante, pour le soir.",
    "Technicien SAV 20-30 ans, véhicule fourni.",
    "Caviste H/F, de 25 à 35 ans.",
    "Vendeur/se en prêt-à-porter, 20-28 ans max.",
    "Apprentie coiffeuse de moins de 20 ans.",
    "Apprenti mécanicien, 16-18 ans uniquement.",
    "Votre âge devra s'accorder avec celui de l'équipe.",
    "L'origine du candidat sera un critère.",
    "Couple marié recherché pour le gardiennage d'une propriété.",
    "Retraité recherché pour conduire la navette.",
    "Pas de partisans du Frexit chez nous.",
    "Aucun adhérent d'un parti politique.",
    "Nous n'embauchons pas d'électeurs de ce bord.",
    "Réservé aux personnes disposant d'un compte en métropole.",
    "Réservé aux titulaires d'un compte dans une banque française.",
    "Les surendettés ne sont pas pris.",
    "Pas de personnes au RSA.",
    "Merci de signaler vos contraintes familiales.",
    "Précisez si vous avez des personnes à charge.",
    "Nous ne prenons personne qui vive dans les quartiers nord.",
    "Vous vivez impérativement dans la vallée.",
    "Nous refusons toute personne sous traitement.",
    "Native German speaker required.",
    "Photo de plain-pied à joindre.",
    "Conductrice de ligne seulement, l'atelier est féminin.",
    "Pour ce poste nous préférons une candidate.",
    "Ouvriers des pays de l'Est exclusivement.",
    "Chauffeur né de parents français.",
    "Santé irréprochable, certificat à joindre.",
    "Vie de couple traditionnelle exigée.",
    "Nous évitons les personnes en situation de précarité.",
    "Une photo du visage sera jointe à la candidature.",
    "Merci d'ajouter un portrait récent à votre dossier.",
)


def caught(text: str) -> bool:
    return outcome(text) in ("warned", "refused")


@pytest.mark.parametrize("frame", _BESIDE)
@pytest.mark.parametrize("trait", _TRAITS)
def test_a_trait_beside_the_job_is_said_of_whoever_applies(frame: str, trait: str) -> None:
    assert caught(frame.format(un=trait))


@pytest.mark.parametrize("text", _WOMEN)
def test_a_participle_in_the_feminine_seeks_women_alone(text: str) -> None:
    report = lint(Draft("Employé polyvalent (H/F)", text))
    assert "sex" in [one.rule for one in (*report.refusals, *report.warnings)]


@pytest.mark.parametrize("text", _ELSEWHERE)
def test_conditions_of_other_builds_are_found(text: str) -> None:
    assert caught(text)


@pytest.mark.parametrize(
    "text",
    [
        "Enseignant(e) en école catholique sous contrat.",
        "Sacristain pour la paroisse Saint-Jean, de confession catholique.",
        "Cuisinier pour restaurant marocain, service du midi.",
        "Cuisinier asiatique H/F pour notre brasserie.",
        "Guide conférencier, anglais et italien courants.",
        "Chef de rang, belle carte des vins, terrasse de 80 places.",
        "Animateur H/F, jolie commune du littoral.",
        "Aide-soignant(e), soins palliatifs, établissement protestant.",
        "Conseiller clientèle espagnol/anglais H/F.",
        "Notre marché : de préférence européen.",
        "Langue : anglais ou, de préférence, espagnol.",
        "Personne motivée recherchée pour la plonge.",
        "Première expérience exigée.",
        "Sérieuse expérience demandée.",
        "Caissier/caissière recherché(e), 24 h.",
        "Équipe soignante recherchée pour ouvrir un service.",
        "Matière grise recherchée !",
        "Les métiers de la recherche pétrolière et des énergies.",
        "Apprenti cuisinier H/F de 16 à 29 ans révolus.",
        "Contrat d'apprentissage : avoir moins de 30 ans.",
        "Maître d'apprentissage, plus de 20 ans de métier.",
        "Avoir plus de 18 ans pour manipuler les produits.",
        "Animateur pour colonie, groupes de 15-17 ans.",
        "Stage réservé aux étudiants en master 2 avec convention.",
        "Comédienne pour le rôle d'une grand-mère, 60-70 ans.",
        "Jeune retraité recherche jardinier une matinée par semaine.",
        "Couple âgé recherche pour sa maison une aide ménagère.",
        "Aucune différence n'est faite selon l'âge ou l'origine.",
        "Sans exclure personne, nous encourageons les candidatures féminines.",
        "Vous vendez des tenues de grossesse et de la lingerie de maternité.",
        "Vous suivez les grossesses à risque avec l'équipe.",
        "Jeune diplômé(e) ou profil confirmé, venez comme vous êtes.",
        "Un travail compatible avec vos obligations personnelles ?",
        "Vous signalez les modifications de l'état de santé de l'enfant.",
        "Les retraités ne sont pas exclus.",
        "Votre âge ne doit pas vous arrêter.",
        "Équipe jeune public de la médiathèque.",
        "Logement réservé aux saisonniers célibataires ou en couple.",
        "Nous cherchons un candidat ou une candidate.",
        "Des horaires de nuit exclusivement.",
        "Photos des chantiers à joindre chaque soir.",
        "Vous vivez pour le service et le travail bien fait.",
    ],
)
def test_the_same_words_of_somebody_or_something_else_are_nothing(text: str) -> None:
    assert outcome(text) == "nothing"


@pytest.mark.parametrize("text", ["", "é" * 50, "Серве́р, красивая", "服务员 女", "a" + "\u0301" * 400, "homme " * 3000])
def test_other_scripts_and_long_repetitions_are_read_in_bounds(text: str) -> None:
    assert len(lint(Draft("Employé polyvalent (H/F)", text)).warnings) < 60


@pytest.mark.parametrize("name", CRITERIA)
def test_who_is_refused_is_told_what_to_write_instead(name: str) -> None:
    told = CRITERIA[name]
    assert told.proposal.startswith(("Retirez", "Écrivez", "Dites"))
    assert any(
        word in told.proposal for word in ("dites", "décrivez", "indiquez", "demandez", "donnez", "choisissez", "Dites")
    )
    # A narrow rule of French typography: a colon and a semicolon stand behind a blank.
    assert not any(f"{letter}{sign}" in f"{told.message} {told.proposal}" for letter in "aeiortsn" for sign in ":;")
