"""Bodies of offers and contracts that differ, so that no answer is fast only because the same was asked a moment ago."""

import random
from collections.abc import Mapping
from typing import Any, Final

MANY: Final = 400
_SEED = 8
_JOBS = (
    ("Auxiliaire de vie (H/F)", "K1302"),
    ("Agent d'entretien des locaux (H/F)", "K2204"),
    ("Serveur / Serveuse en salle", "G1803"),
    ("Aide de cuisine (H/F)", "G1602"),
    ("Maçon / Maçonne", "F1703"),
    ("Employé libre-service (H/F)", "D1507"),
    ("Préparateur de commandes (H/F)", "N1103"),
    ("Ouvrier agricole polyvalent (H/F)", "A1416"),
    ("Conducteur d'engins de chantier (H/F)", "F1302"),
    ("Aide-soignant / Aide-soignante", "J1501"),
    ("Secrétaire comptable (H/F)", "M1608"),
    ("Peintre en bâtiment (H/F)", "F1606"),
)
_SENTENCES = (
    "Vous accompagnez des personnes âgées chez elles, pour les repas, la toilette et les courses.",
    "Entretien de bureaux et de salles de classe, en binôme, matériel fourni.",
    "L'équipe compte sept personnes et se retrouve chaque lundi matin au dépôt.",
    "Débutant accepté : une formation de deux semaines est prévue à l'arrivée.",
    "Les chantiers se trouvent dans un rayon de trente kilomètres autour de Guéret.",
    "Vous préparez les commandes, contrôlez les quantités et rangez la réserve.",
    "Salaire selon la convention collective, prime de fin d'année et mutuelle.",
    "Le permis B est apprécié ; un véhicule de service est prêté pour les tournées.",
    "Horaires réguliers du lundi au vendredi, avec un samedi sur trois.",
    "Une première expérience de la vente serait un plus.",
    "Vous savez lire un plan et tenir un carnet de bord.",
    "Port de charges jusqu'à quinze kilos, gants et chaussures fournis.",
    "Nous cherchons quelqu'un de soigneux, à l'aise avec le public.",
    "Le poste est à pourvoir dès que possible, pour six mois renouvelables.",
    "Repas pris sur place, offerts par la maison.",
    "Vous participez à la cueillette, au tri et à la mise en caisse des fruits.",
    "Le bus de 7 h 40 s'arrête devant l'atelier.",
    "Travail en extérieur par tous les temps, dans le respect des consignes de sécurité.",
    "Répondez en quelques lignes : nous rappelons tout le monde dans la semaine.",
    "Diplôme d'État exigé par la convention, ou validation des acquis en cours.",
    "Possibilité d'aménager le temps de travail selon vos contraintes.",
    "La structure est ouverte à toutes et à tous.",
)
_COMMUNES = ("23193", "23096", "23008", "23076", "23013")


def offers(company: str) -> list[dict[str, Any]]:
    """Deposits of one company: titles and texts of one to eight sentences (some 350 characters), hours and places that differ."""
    rnd = random.Random(_SEED)
    found = []
    for number in range(MANY):
        title, occupation = rnd.choice(_JOBS)
        hours = rnd.choice((20, 24, 28, 35))
        begins = rnd.randint(7, 9)
        found.append(
            {
                "company_id": company,
                "title": title,
                "description": " ".join(rnd.sample(_SENTENCES, rnd.randint(1, 8))) + f" Référence {number}.",
                "occupation_code": occupation,
                "place": {"commune_code": rnd.choice(_COMMUNES)},
                "contract_kind": rnd.choice(("cdi", "cdd")),
                "weekly_hours": hours,
                "shifts": [
                    {"weekday": day, "start": f"{begins:02}:00", "end": f"{begins + hours // 5:02}:00"}
                    for day in range(5)
                ],
            }
        )
    return found


def contracts(example: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Contracts that differ in title, amounts and days, of one buyer, as one desk records them."""
    rnd = random.Random(_SEED)
    found = []
    for number in range(MANY):
        year, months = rnd.randint(2025, 2027), rnd.randint(1, 12)
        found.append(
            {
                **example,
                "title": f"{rnd.choice(('Rénovation', 'Construction', 'Entretien', 'Extension'))} "
                f"{rnd.choice(('du collège', 'de la mairie', 'de la piscine', 'des voiries'))}, lot {number}",
                "starts_on": f"{year}-{months:02}-01",
                "ends_on": f"{year + rnd.randint(1, 3)}-{months:02}-28",
            }
        )
    return found
