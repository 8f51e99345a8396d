"""Job 41's table, funnels, and what the public may not learn."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.offers.domain.statistics import (
    ApplicationFact,
    BackToWork,
    OfferFact,
    Period,
    back_to_work,
    figures,
    hide_small,
    public,
    public_groups,
)
from shared.contracts.vocabulary import ContractKind, OfferSource
from tests.service.offers.support import Desk

NOW = datetime(2026, 6, 1, tzinfo=UTC)
YEAR = Period(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


def hire(number: int, contract: ContractKind, months: float | None = None) -> ApplicationFact:
    when = NOW - timedelta(days=10)
    return ApplicationFact(f"o-{number}", "", when, True, False, True, when, contract, months)


def offer(number: int, positions: int = 1) -> OfferFact:
    start = NOW - timedelta(days=20)
    return OfferFact(
        f"o-{number}", "", f"c-{number % 3}", OfferSource.DEPOSITED, False, start, None, positions, 1, 0, 0
    )


def test_job_41s_table_comes_out_of_the_facts() -> None:
    hires = [
        *(hire(n, ContractKind.CDD, 3) for n in range(242)),
        *(hire(n, ContractKind.CDI) for n in range(68)),
        *(hire(n, ContractKind.CDD, 6) for n in range(47)),
        *(hire(n, ContractKind.TRAINING) for n in range(21)),
        *(hire(n, ContractKind.OTHER) for n in range(10)),
        *(hire(n, ContractKind.PROFESSIONALISATION) for n in range(8)),
        *(hire(n, ContractKind.SELF_EMPLOYED) for n in range(2)),
    ]
    found = figures([offer(n, 2) for n in range(400)], hires, YEAR, NOW)
    assert found.back_to_work_total == 398
    assert found.back_to_work == {
        "cdi": 68, "under_6_months": 242, "six_months_or_more": 47, "training": 21, "professionalisation": 8,
        "business_created": 2, "other": 10,
    }  # fmt: skip
    assert (found.recruiters, found.positions_proposed, found.positions_active) == (3, 800, 400)
    assert found.days_to_first_application == 10.0
    shown = public(found)
    assert shown.back_to_work["business_created"] is None
    # One masked cell among shown ones would be found by subtraction.
    assert shown.back_to_work["professionalisation"] is None
    assert shown.back_to_work_total == 398


@pytest.mark.parametrize(
    ("contract", "months", "kind"),
    [
        (ContractKind.CDD, 5.9, BackToWork.UNDER_6_MONTHS),
        (ContractKind.TEMPORARY, 6, BackToWork.SIX_MONTHS_OR_MORE),
        (ContractKind.CDD, None, BackToWork.OTHER),
        (ContractKind.APPRENTICESHIP, 24, BackToWork.PROFESSIONALISATION),
    ],
)
def test_a_hire_counts_as_one_kind(contract: ContractKind, months: float | None, kind: BackToWork) -> None:
    assert back_to_work(contract, months) is kind


@given(st.dictionaries(st.text("abcdefg", min_size=1, max_size=2), st.integers(0, 12), max_size=8))
def test_masked_cells_cannot_be_found_by_subtraction(cells: dict[str, int]) -> None:
    shown, total = hide_small(cells, sum(cells.values()))
    assert all(count is None or count == 0 or count >= 5 for count in shown.values())
    hidden = [name for name, count in shown.items() if count is None]
    assert all(shown[name] == cells[name] for name in cells if name not in hidden)
    if hidden and total is not None:
        assert len(hidden) >= 2
        assert total - sum(count or 0 for count in shown.values()) >= 5


@given(st.lists(st.lists(st.integers(0, 9), min_size=2, max_size=2), min_size=1, max_size=6))
def test_no_line_of_a_public_split_is_found_from_the_whole(lines: list[list[int]]) -> None:
    groups = []
    for cdi, training in lines:
        hires = [hire(n, ContractKind.CDI) for n in range(cdi)] + [
            hire(n, ContractKind.TRAINING) for n in range(training)
        ]
        groups.append(figures([offer(n) for n in range(9)], hires, YEAR, NOW))
    shown = public_groups(groups)
    for measure in (
        lambda one: one.back_to_work["cdi"],
        lambda one: one.back_to_work_total,
        lambda one: one.introduction_funnel[0].count,
        lambda one: one.offer_funnel[1].count,
    ):
        assert all(value is None or value == 0 or value >= 5 for value in map(measure, shown))
        true, public_ = [measure(one) for one in groups], [measure(one) for one in shown]
        hidden = [value for value, seen in zip(true, public_, strict=True) if seen is None]
        if hidden and len(hidden) < len(true):
            # A lone small line is the whole itself, which is masked too.
            assert len(hidden) >= 2 or sum(hidden) >= 5 or sum(true) < 5


async def test_managers_read_exact_figures_and_the_public_masked_ones(desk: Desk) -> None:
    company = await desk.company()
    offer_id = await desk.offer(company, positions_total=4, hidden=True)
    await desk.offer(company, place={"commune_code": "23176"})
    for number in range(3):
        await desk.person(f"p-{number}", owner=f"s-{number}")
        made = await desk.post(f"/v1/offers/{offer_id}/applications", desk.counsellor, {"profile_id": f"p-{number}"})
        terms: dict[str, Any] = {"to": "hired", "hire": {"contract_kind": "cdi", "starts_on": "2026-03-16"}}
        await desk.post(f"/v1/applications/{made.json()['id']}/advance", desk.employer, terms)

    exact = (await desk.client.get("/v1/statistics", headers=desk.manager)).json()
    assert not exact["masked"]
    assert exact["total"]["back_to_work"]["cdi"] == 3
    assert (exact["total"]["recruiters"], exact["total"]["positions_proposed"]) == (1, 5)
    assert exact["total"]["fill_rate"] == 0.6
    assert exact["total"]["introduction_funnel"][2] == {
        "stage": "hires", "count": 3, "of": "introductions", "denominator": 3, "rate": 1.0,
    }  # fmt: skip

    for headers in ({}, desk.employer, desk.foreign_manager):
        masked = (await desk.client.get("/v1/statistics", headers=headers, params={"territory": "23"})).json()
        assert masked["masked"]
        assert masked["total"]["back_to_work"]["cdi"] is None
        assert masked["total"]["back_to_work_total"] is None
        assert masked["total"]["introduction_funnel"][0]["denominator"] is None

    by_commune = (await desk.client.get("/v1/statistics", headers=desk.manager, params={"group_by": "commune"})).json()
    assert {group["label"]: group["figures"]["offers"] for group in by_commune["groups"]} == {
        "Guéret": 1, "La Souterraine": 1,
    }  # fmt: skip
    by_hidden = (await desk.client.get("/v1/statistics", headers=desk.manager, params={"group_by": "hidden"})).json()
    assert {group["key"]: group["figures"]["positions_proposed"] for group in by_hidden["groups"]} == {
        "hidden": 4, "not_hidden": 1,
    }  # fmt: skip
    for split in ("employment_area", "epci", "source", "territory"):
        answer = await desk.client.get("/v1/statistics", params={"group_by": split})
        assert answer.json()["groups"], split
    table = (await desk.client.get("/v1/statistics.csv", params={"group_by": "epci"})).text
    assert ";Total;back_to_work.cdi;<5;" in table
