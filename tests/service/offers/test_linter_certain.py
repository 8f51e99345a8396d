"""Refused is what is certain: where somebody else may be meant, somebody looks."""

import csv

import pytest

from tests.bench.conditions import SENTENCES
from tests.service.offers.test_linter import PROBES, outcome, probes

SOMEBODY_ELSE = {
    "who is served": [
        "Notre résidence accueille exclusivement des personnes de plus de 60 ans autonomes.",
        "Les bénéficiaires doivent habiter la commune et être âgés d'au moins 65 ans pour prétendre au portage de repas.",
        "Infirmier en gériatrie, unité de vingt-cinq lits, personnes de plus de soixante-quinze ans.",
        "Conseiller en surendettement : accompagnement de ménages interdits bancaires.",
        "Nous livrons les habitants de toute la vallée, permis B nécessaire.",
        "Déplacements chez les particuliers habitant à moins de 20 km de Bourganeuf.",
        "Nos lecteurs ont plus de 55 ans, écrivez pour eux.",
        "Institut à clientèle exclusivement féminine recrute esthéticien ou esthéticienne, CAP exigé.",
    ],
    "what something else is kept for": [
        "L'accueil de jour est réservé aux personnes sans domicile de plus de 25 ans.",
        "Le tarif réduit est réservé aux chômeurs et aux moins de 26 ans, vous contrôlez les justificatifs.",
        "Navette réservée au personnel habitant hors de la ville.",
        "Résidence réservée aux étudiants boursiers, vous en gérez l'accueil.",
        "Le stage de foot est réservé aux filles de 10 à 13 ans.",
    ],
    "who employs and who works there": [
        "Le gérant, un homme de 45 ans passionné, vous formera.",
        "Votre prédécesseur, un homme de 60 ans, part à la retraite après trente ans de maison.",
        "Je suis une femme de 38 ans, maman de deux garçons, et je cherche un maçon pour ma maison.",
        "Nos salariés ont de 19 à 64 ans.",
        "L'équipe compte douze personnes de 19 à 63 ans.",
        "Le lycée protestant recrute un professeur de mathématiques, licence exigée.",
        "La commune loge ses saisonniers s'ils le souhaitent.",
    ],
    "the law, a scheme, a part": [
        "Adulte-relais : avoir 26 ans minimum, être sans emploi et résider en QPV.",
        "Gardien de la paix : être français, avoir entre 17 et 45 ans.",
        "L'emploi est soumis aux limites d'âge de la fonction publique (67 ans).",
        "Poste interdit aux moins de 18 ans (travaux dangereux).",
        "Alternance BTS MCO, moins de 30 ans (loi), sauf RQTH.",
        "Distribution : rôle d'une jeune fille de 16 ans, type méditerranéen.",
        "Silhouettes recherchées : hommes d'apparence 60 ans et plus, crâne rasé.",
    ],
    "what nobody asks, or asked long ago": [
        "Aucun antécédent médical ne vous sera demandé.",
        "Personne ne vous demandera si vous êtes enceinte ou si vous voulez des enfants.",
        "Aucune opinion politique, philosophique ou religieuse ne sera prise en compte lors de la sélection.",
        "Les personnes habitant un quartier prioritaire sont encouragées à postuler, comme toutes les autres.",
        "On nous demande parfois si le métier est réservé aux hommes : la réponse est non.",
        "Cherche homme de confiance ? Non : cherche une personne de confiance, point.",
        "Nous avons longtemps recruté uniquement des hommes, c'est du passé.",
        "Une agence m'a refusé parce que j'étais une femme ; ici ça n'arrivera pas.",
        "« Un homme exigé » : voilà ce que nous n'écrirons jamais.",
        "Adhérer ou non à un syndicat est votre affaire, nous cherchons juste quelqu'un qui sache souder.",
    ],
    "things, places and work": [
        "Porc et volaille d'origine bretonne exclusivement.",
        "Conseiller beauté : maquillage, soin du visage, diagnostics de peau en parfumerie.",
        "Nous cherchons une solution logicielle solide et la personne capable de la garder en bonne santé.",
        "Vous partagez nos convictions sur le logiciel libre.",
        "Conformément à la délibération, le gardien doit loger dans l'enceinte (logement de fonction).",
        "Logement à 5 minutes du chantier, gratuit pour ceux qui viennent de loin.",
        "Vous collectez les certificats de nationalité et les actes de naissance.",
        "Le candidat retenu sera domicilié professionnellement à l'agence de Limoges.",
        "Frais de dossier des vacanciers à saisir dans le logiciel, accueil camping F/H",
        "Vous appelez des numéros surtaxés pour contrôler nos annonceurs.",
        "Culture fit : chez nous, on se tutoie, on documente et on dit quand on s'est trompé.",
    ],
}
NOBODY_ELSE = (
    "Candidats de plus de 50 ans refusés.",
    "Nous ne prenons pas de musulmans.",
    "Pour la garde de nos enfants, nous voulons une femme célibataire.",
    "Aide à domicile : femme exigée par la famille.",
    "Hôtesse d'accueil mince et jolie exigée.",
    "Agent d'accueil, 30 ans maximum.",
    "Notre salon recherche une jeune femme de moins de 25 ans.",
    "Recherche vendeuse de 20 à 30 ans maximum pour notre boutique.",
    "Travailleurs handicapés s'abstenir, l'atelier n'est pas adapté.",
    "Les habitants des cités ne seront pas retenus.",
    "Les bénéficiaires du RSA ne correspondent pas au standing de notre maison.",
    "Vous devez habiter Aubusson, les autres candidatures ne seront pas lues.",
    "Cette opportunité est réservée aux hommes.",
    "Vous réglez 35 € de frais de dossier avant l'entretien.",
    "Sexe : masculin",
    "Nous n'accueillons que des étudiants.",
    "Personnes logeant en QPV s'abstenir.",
    "Nous ne recrutons pas de bénéficiaires du RSA.",
)


@pytest.mark.parametrize("text", [text for kind in SOMEBODY_ELSE.values() for text in kind])
def test_where_somebody_else_may_be_meant_nothing_is_refused(text: str) -> None:
    assert outcome(text, by_rules_alone=False) != "refused"


@pytest.mark.parametrize("text", NOBODY_ELSE)
def test_where_nobody_else_can_be_meant_it_is_refused(text: str) -> None:
    assert outcome(text) == "refused"


def test_of_all_labelled_sentences_hardly_any_lawful_one_is_refused_and_what_is_certain_stays() -> None:
    with SENTENCES.open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE)) + probes(PROBES)
    refused = {
        verdict: sum(outcome(row["sentence"]) == "refused" for row in rows if row["verdict"] == verdict)
        / sum(row["verdict"] == verdict for row in rows)
        for verdict in ("lawful", "illegal")
    }
    # English sentences among them are refused for their language.
    assert refused["lawful"] <= 0.003, refused
    assert refused["illegal"] >= 0.45, refused
