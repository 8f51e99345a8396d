"""What a text says of the pay («2 300 € brut par mois»), as the field holds it: gross euros an hour, by the hours known."""

from services.offers.domain.content import OfferContent
from services.offers.domain.imports.salary import Work, read_salary
from shared.contracts.events.offers import Salary
from shared.contracts.vocabulary import ContractKind

_LEARNERS = frozenset({ContractKind.APPRENTICESHIP, ContractKind.PROFESSIONALISATION})


def pay_said(content: OfferContent, said: str, hours: float | None, *, part_time: bool) -> Salary | None:
    """None where an hour's pay does not follow (a month's of part time without its hours), or is no likely one.

    Args:
        said: as people write it.
        hours: a week's, as the text says them; those of the field win.
        part_time: the text says so.
    """
    work = Work(content.weekly_hours or hours, part_time, content.contract_kind in _LEARNERS)
    found, _ = read_salary(said, work=work)
    return found if found.hourly_min is not None or found.hourly_max is not None else None
