"""What a clerk or a facilitator reads when something is refused: days, months and hours as French is written."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from services.clauses.domain.amounts import in_hours, months_worked
from services.clauses.domain.errors import (
    ContractNotRunning,
    ContractRefused,
    ContractSuspended,
    DatesLeaveHoursOut,
    MonthlyLimitExceeded,
)
from services.clauses.domain.person_month import Declarer, PersonMonth
from services.clauses.domain.terms import ContractTerms, check_terms
from shared.errors import DomainError
from tests.service.clauses.builders import NOW, TODAY, a_contract, author, terms


@pytest.mark.parametrize(
    ("hours", "said"),
    [("0.00", "0 h"), ("7.25", "7,25 h"), ("8.10", "8,10 h"), ("220.00", "220 h"), ("1234.50", "1\u202f234,50 h")],
)
def test_hours_have_a_comma_and_narrow_spaces(hours: str, said: str) -> None:
    assert in_hours(Decimal(hours)) == said


@pytest.mark.parametrize(
    ("months", "said"),
    [
        (("2028-02",), "en février 2028"),
        (("2026-03", "2026-04"), "de mars à avril 2026"),
        (("2026-04", "2026-05", "2026-08"), "d'avril à août 2026"),
        (("2025-10", "2026-03"), "d'octobre 2025 à mars 2026"),
    ],
)
def test_months_are_said_in_words(months: tuple[str, ...], said: str) -> None:
    assert months_worked(months) == said


def refusal(kind: type[DomainError], change: Callable[[], object]) -> str:
    with pytest.raises(kind) as refused:
        change()
    return " ".join((refused.value.detail, *(one.message for one in refused.value.errors)))


def test_a_refusal_is_read_by_people() -> None:
    leap: ContractTerms = terms(starts_on="2024-02-15", ends_on="2028-02-29")
    contract = a_contract(starts_on="2024-02-15", ends_on="2028-02-29")
    outside = refusal(ContractNotRunning, lambda: contract.check_month("2024-01", TODAY))
    assert "Le marché court du 15/02/2024 au 29/02/2028." in outside
    ended = refusal(
        DatesLeaveHoursOut,
        lambda: contract.terminate(date(2026, 3, 1), "Liquidation", ("2026-02", "2026-04"), author(), TODAY),
    )
    assert "jusqu'à avril 2026" in ended
    parts = leap.model_copy(update={"lots": terms(lots=[{"id": "1", "objective_hours": "1200.5"}]).lots})
    assert "1\u202f200,50 h ensemble, le marché 1\u202f000 h." in refusal(
        ContractRefused, lambda: check_terms(parts, Decimal("1000.00"))
    )
    contract.suspend(date(2026, 3, 1), "Chantier arrêté", author())
    rests = refusal(ContractSuspended, lambda: contract.check_month("2026-03", TODAY))
    assert "Le marché est suspendu depuis le 01/03/2026 :" in rests
    contract.resume(date(2026, 6, 15), author())
    rested = refusal(ContractSuspended, lambda: contract.check_month("2026-03", TODAY))
    assert "Le marché est suspendu du 01/03/2026 au 14/06/2026 :" in rested
    month = PersonMonth(
        id="P-1|2028-02", territory="23", created_at=NOW, updated_at=NOW, participant_id="P-1", month="2028-02"
    )
    over = refusal(
        MonthlyLimitExceeded,
        lambda: month.take(Decimal("220.01"), Decimal("220.00"), NOW, Declarer("contractor-1", "23")),
    )
    assert "220 h par mois au plus, vos marchés confondus : il reste 220 h pour février 2028." in over
