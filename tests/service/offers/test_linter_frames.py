"""Who somebody is, in any frame that wants, leaves out or questions whoever applies; and the same words of anybody else."""

import pytest

from services.offers.domain.linter import Draft, lint
from tests.service.offers.test_linter import outcome

_WANTED = (
    "L'idéal serait {un}.",
    "Nous retiendrons {un}.",
    "Agent polyvalent (H/F) : en réalité nous prendrons {un}.",
    "On verrait bien {un} sur ce poste.",
    "Poste qui conviendrait bien à {un}.",
    "Il nous faudrait plutôt {un} pour la saison.",
)
_OUT = (
    "Pas de {plural} dans la brigade.",
    "Les {plural} ne seront pas reçus pour ce poste.",
    "{plural} : inutile de se présenter.",
    "{plural} refusés.",
    "Nous évitons les {plural}.",
)
_PEOPLE = (
    ("un homme", "hommes"),
    ("une femme", "femmes"),
    ("un retraité", "retraités"),
    ("un trentenaire", "trentenaires"),
)
_LEFT_OUT = (
    "élus municipaux",
    "syndicalistes",
    "transgenres",
    "chrétiens",
    "Roumains",
    "malentendants",
    "chômeurs",
    "gens du quartier",
)


def warned_or_refused(text: str) -> bool:
    return outcome(text) in ("warned", "refused")


@pytest.mark.parametrize("frame", _WANTED)
@pytest.mark.parametrize("one", [one for one, _ in _PEOPLE])
def test_whoever_is_wanted_is_found_in_every_frame(frame: str, one: str) -> None:
    assert warned_or_refused(frame.format(un=one))


@pytest.mark.parametrize("frame", _OUT)
@pytest.mark.parametrize("many", [*(many for _, many in _PEOPLE), *_LEFT_OUT])
def test_whoever_is_left_out_is_found_in_every_frame(frame: str, many: str) -> None:
    text = frame.format(plural=many)
    assert warned_or_refused(text[0].upper() + text[1:])


@pytest.mark.parametrize(
    "text",
    [
        "Notre brigade est portugaise, nous ne prenons que des compatriotes.",
        "Pas de candidats hors Union européenne, quel que soit leur titre de séjour.",
        "À compétences égales, préférence aux Français.",
        "Animateur, animatrice pour stages d'anglais, native speaker uniquement.",
        "Priorité absolue aux administrés, les autres candidats ne seront pas reçus.",
        "Vous êtes matinal, savez rendre la monnaie et demeurez dans le canton.",
        "Titulaire du permis B, sérieux et domicilié à Boussac.",
        "Domicile à 10 minutes maximum de l'atelier.",
        "Vous habitez Bourganeuf ou les environs immédiats.",
        "Nous ne voulons pas d'élus dans le personnel.",
        "5 ans d'expérience en maçonnerie, permis B, et 45 ans au grand maximum.",
        "Rech. vendeur/vendeuse, 20/30 a., dispo de suite.",
        "Âge : 20 à 30 an",
        "Trentaine minimum, nous voulons une personne posée.",
        "FEMME UNIQUEMENT - REPASSAGE 6H/SEM",
        "H O M M E uniquement",
        "Il faut avoir fêté ses 28 ans pour intégrer notre cabinet.",
        "On cherche quelqu'un qui n'a pas encore passé la cinquantaine.",
        "Pers. - de 40 ans pour la traite.",
        "Complément de retraite idéal.",
        "Joindre un justificatif de domicile dans le canton.",
        "Le client souhaite un vigile de type européen.",
        "Né en métropole.",
        "Famille catholique cherche aide ménagère de même confession.",
        "Être adhérent à la FDSEA est exigé.",
        "Ne pas être adhérent à la CGT.",
        "Il ne faut jamais avoir été opéré du dos.",
        "En pleine forme, sans reconnaissance MDPH.",
        "Absence de maladie.",
        "Force masculine nécessaire.",
        "Le candidat paiera sa formation initiale.",
        "Veilleur de nuit (un homme)",
        "Critères : femme, 2 ans d'expérience, souriante.",
        "Cherche serveuse souriante.",
        "Civilité : Madame",
        "Belle plante souriante pour l'accueil du salon.",
        "Ne présenter aucune infirmité.",
        "Ne convient pas à quelqu'un en perte d'autonomie, même légère.",
        "Avez-vous des enfants en bas âge ? (réponse obligatoire)",
        "Enfants déjà grands souhaités.",
        "Indiquer le lieu de naissance de vos parents dans le formulaire.",
        "Nombre d'enfants et mode de garde à préciser.",
        "Prise de sang à l'embauche.",
        "Partager les idées de la majorité municipale est indispensable.",
        "Compte ouvert dans une banque du département exigé pour être embauché.",
        "Sans photo, votre candidature sera écartée.",
    ],
)
def test_conditions_in_employers_other_words_are_found(text: str) -> None:
    assert warned_or_refused(text)


@pytest.mark.parametrize(
    "text",
    [
        "Votre situation de famille ne nous regarde pas.",
        "Célibataire, en couple, parent isolé : aucune incidence sur votre candidature.",
        "Le handicap n'est pas un obstacle à ce poste.",
        "La grossesse n'est pas un motif de refus chez nous.",
        "Ce n'est pas un métier d'homme : tout le monde peut l'apprendre.",
        "La maçonnerie n'est pas réservée aux hommes.",
        "Pas besoin d'être un homme fort, il y a un palan.",
        "Pas d'obligation de résider dans la commune.",
        "Votre accent ne nous pose aucun problème.",
        "De 18 à 67 ans, tout le monde peut postuler.",
        "Agents titulaires : Français ou Européens. Agents contractuels : pas de condition de nationalité.",
        "Gardien de police municipale, titulaire du concours ; nationalité française (art. du CGFP).",
        "Poste adulte-relais : la loi impose de résider en quartier prioritaire (art. L5134-102).",
        "Être de nationalité française, ressortissant de l'UE ou en situation régulière.",
        "Emploi aidé : jeunes de 16 à 25 ans éligibles.",
        "Équipe de 12 personnes, moyenne d'âge 38 ans.",
        "Maman de jumeaux cherche assistant(e) maternel(le).",
        "Entreprise adaptée : RQTH exigée par l'agrément.",
        "Priorité aux bénéficiaires du RSA dans le cadre de la clause sociale.",
        "Traitement des demandes et des incidents souhaité.",
        "La connaissance du handicap serait appréciée.",
        "Une vocation pour s'occuper de la personne âgée est demandée.",
        "Une expérience de la garde d'enfants en bas âge est requise.",
        "Plan d'épargne retraite obligatoire.",
        "Vous irez chercher les filles à l'école et les conduirez à la danse.",
        "Vous vivez le métier et transpirez l'excellence.",
        "Vous tenez à jour le fichier des enfants inscrits et l'âge de chacun.",
        "Interventions chez l'habitant dans un rayon de 15 km.",
        "Locaux non fumeurs.",
        "Vous assurez le suivi médical des femmes enceintes.",
        "Vous contrôlez la date de naissance et l'identité des voyageurs.",
        "Licence d'anglais exigée.",
        "Vendeuse ou vendeur souriant recherché.",
        "Animation d'un groupe de retraités le jeudi.",
        "Vous serez logé à Aubusson pendant la saison.",
        "Vérifier l'origine des lots et la nationalité du transporteur sur la lettre de voiture.",
        "Notre coopérative a fêté ses 50 ans.",
        "Vous accompagnez des résidents qui ont passé la cinquantaine.",
        "Enfants de - de 3 ans.",
        "Aumônerie : accompagnement des familles de même confession.",
        "Vous recevez les adhérents de la FDSEA et suivez leurs dossiers.",
        "Vous accueillez des patients qui viennent d'être opérés du dos.",
        "Poste ouvert avec ou sans reconnaissance MDPH.",
        "L'absence de maladie des plants est contrôlée.",
        "Né en 1950, notre atelier emploie 12 personnes.",
        "Gestion des machines et des hommes nécessaires au chantier.",
        "Vous vérifiez le justificatif de domicile des usagers.",
    ],
)
def test_the_same_words_of_others_or_taken_back_are_no_condition(text: str) -> None:
    assert outcome(text) == "nothing"


def test_a_hard_demand_for_one_sex_is_refused_and_a_wish_is_doubted() -> None:
    assert outcome("HOMME UNIQUEMENT POUR CHANTIER 6H/JOUR") == "refused"
    assert outcome("Être une femme serait un plus auprès de notre clientèle.") == "warned"


def test_an_age_that_an_apprentice_must_have_is_no_condition_in_any_frame() -> None:
    report = lint(
        Draft("Apprenti vendeur (H/F)", "On verrait bien un trentenaire sur ce poste.", kind="apprenticeship")
    )
    assert not report.refusals
    assert not any(one.rule == "age_limit" for one in report.warnings)
