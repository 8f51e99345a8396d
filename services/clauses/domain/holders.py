"""Who held a contract when: an amendment may take it from one organisation and give it to another (remplacement du titulaire,
code de la commande publique R2194-6). Each owes the hours of its own months.
"""

from datetime import date

from services.clauses.domain.amounts import first_day, last_day
from services.clauses.domain.contract import Contract
from services.clauses.domain.errors import HoursRefused
from shared.errors import refused_field


def earlier(contract: Contract) -> frozenset[str]:
    """Organisations that an amendment took the contract from."""
    before: frozenset[str] = frozenset().union(*(one.contractors_before or () for one in contract.amendments))
    return before - contract.contractors


def held(contract: Contract, contractor_id: str, first: date, last: date) -> bool:
    """Whether an organisation held, or holds, the contract on a day from one to another. Of whom no amendment speaks, and whoever
    was named again without one, held it throughout: nobody said since when.
    """
    terms = contract.terms
    told = [
        (one.effective_on, one.contractors_before, one.contractors_after)
        for one in contract.amendments
        if None not in (one.contractors_before, one.contractors_after)
        and one.contractors_before != one.contractors_after
    ]
    spoken = any(contractor_id in (*(before or ()), *(after or ())) for _, before, after in told)
    again = bool(told) and contractor_id in terms.contractor_ids and contractor_id not in (told[-1][2] or ())
    if not spoken or again or any(contractor_id in lot.contractor_ids for lot in terms.lots):
        return True
    days = (first, *(day for day, _, _ in told if first < day <= last))
    return any(contractor_id in _holders_on(told, day) for day in days)


def _holders_on(told: list[tuple[date, tuple[str, ...] | None, tuple[str, ...] | None]], day: date) -> tuple[str, ...]:
    """As the amendment says that was recorded last of those in effect; before them all, as it was before the first."""
    said = [after for effective_on, _, after in told if effective_on <= day]
    return (said[-1] if said else told[0][1]) or ()


def check_holder(contract: Contract, contractor_id: str | None, month: str) -> None:
    """Raises HoursRefused: of one that the contract was taken from, hours of a month in which it did not hold it."""
    if contractor_id in earlier(contract) and not held(contract, contractor_id, first_day(month), last_day(month)):
        message = "Ce mois-là, cette organisation n'était pas titulaire du marché."
        raise refused_field(HoursRefused, "contractor_id", "not-a-contractor", message)
