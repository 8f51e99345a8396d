"""What clauses keeps of people who look for work: those whose profile was put on a contract with their consent."""

from datetime import datetime
from typing import Any

from services.clauses.domain.hire import HireState
from shared.civil import today
from shared.rights.answering import Known
from shared.rights.holdings import KEPT_ANSWERS, Holding, Whose, by
from shared.store import Store

_WHO = by("participant_id")
_MARKS = frozenset({"version", "slot"})


def _own_facts(document: dict[str, Any], whose: Whose) -> Any:
    facts = [one for one in document.get("facts", ()) if one.get("participant_id") == whose.profile_id]
    return {name: document.get(name) for name in ("_id", "contract_id", "kind")} | {"facts": facts}


HOLDINGS = (
    Holding("participants", "Rattachement à un marché", "Compter vos heures d'insertion", _WHO, _MARKS),
    Holding("persons", "Fiche de participant", "Établir les bilans des clauses sociales", _WHO, _MARKS),
    Holding(
        "eligibilities",
        "Décisions d'éligibilité",
        "Vérifier que vous pouvez travailler au titre d'une clause",
        _WHO,
        _MARKS,
    ),
    Holding("employments", "Emplois au titre d'une clause", "Suivre l'emploi et ce qui vient après", _WHO, _MARKS),
    Holding("hours", "Heures déclarées", "Compter vos heures d'insertion", _WHO, _MARKS),
    Holding("ledger", "Écritures du registre des heures", "Prouver les heures comptées", _WHO),
    Holding("presences", "Présence sur un marché", "Compter les participants", _WHO),
    Holding("person_months", "Plafond mensuel d'heures", "Ne pas compter deux fois les mêmes heures", _WHO),
    Holding("hires", "Embauches à confirmer", "Proposer votre emploi à la facilitatrice ou au facilitateur", _WHO),
    Holding(
        "alerts",
        "Signalements qui vous concernent",
        "Prévenir la personne qui suit le marché",
        by("facts.participant_id"),
        shown=_own_facts,
    ),
    KEPT_ANSWERS,
)


async def standing(store: Store, whose: Whose, now: datetime) -> Known:
    """An employment that has not ended, a hire to be recorded. What the desk records is not an act of the person."""
    named = {"participant_id": whose.profile_id}
    running = []
    async for row in store.collection("employments").find(named, {"terms.ends_on": 1, "territory": 1}):
        ends_on = row["terms"].get("ends_on")
        if ends_on is None or ends_on >= today(row["territory"], now).isoformat():
            running.append("employment")
    if await store.first("hires", {**named, "state": HireState.PROPOSED.value}, {"_id": 1}) is not None:
        running.append("hire")
    return Known(tuple(running))
