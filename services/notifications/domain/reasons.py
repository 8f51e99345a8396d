"""Reason codes of recommendations as sentences in plain French. A code that we do not know is passed over."""

from collections.abc import Callable, Iterable, Mapping

from services.notifications.domain.french import count

Arguments = Mapping[str, str]


def _skills(reason: Arguments) -> str | None:
    have, asked = int(reason["have"]), int(reason["asked"])
    missing = reason.get("missing")
    if have == 0:
        return f"Compétences demandées : {missing}" if missing else None
    held = "Vous avez la compétence demandée" if asked == 1 else f"Vous avez {have} des {asked} compétences demandées"
    if have == asked:
        held = "Vous avez la compétence demandée" if asked == 1 else "Vous avez toutes les compétences demandées"
    return f"{held} (à compléter : {missing})" if missing else held


def _experience(reason: Arguments) -> str:
    months = int(reason["months"])
    asked = count(months // 12, "an", "ans") if months % 12 == 0 else f"{months} mois"
    return (
        f"Votre expérience correspond ({asked} demandés)" if months > 12 else f"Votre expérience correspond ({asked})"
    )


_SENTENCES: dict[str, Callable[[Arguments], str | None]] = {
    "occupation_same": lambda _: "C’est le métier que vous cherchez",
    "occupation_near": lambda _: "C’est un métier proche du vôtre",
    "occupation_open": lambda _: "Ce poste est ouvert à tous les parcours",
    "distance": lambda reason: f"À {float(reason['km']):g} km de chez vous".replace(".", ","),
    "skills": _skills,
    "experience": _experience,
    "contract_wished": lambda _: "C’est le type de contrat que vous souhaitez",
    "wage_met": lambda _: "Le salaire correspond à votre souhait",
    "hours_wished": lambda reason: (
        f"Le temps de travail vous convient ({reason['hours'].replace('.', ',')} h par semaine)"
    ),
    "fresh": lambda _: "L’employeur vient de confirmer cette offre",
    "employer_answers": lambda _: "Cet employeur répond presque toujours",
}


def sentences(reasons: Iterable[Arguments]) -> list[str]:
    """A sentence for each reason that is known and complete, in the order given (the most telling comes first)."""
    found = []
    for reason in reasons:
        make = _SENTENCES.get(reason.get("code", ""))
        if make is None:
            continue
        try:
            sentence = make(reason)
        except (KeyError, ValueError):  # an argument that another version of matching left out
            continue
        if sentence:
            found.append(sentence)
    return found
