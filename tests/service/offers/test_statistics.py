"""Job 41's table, funnels, and what the public may not learn."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.offers.domain.statistics import (
    ApplicationFact,
    BackToWork,
    Figures,
    OfferFact,
    Period,
    back_to_work,
    figures,
    public_report,
)
from shared.contracts.vocabulary import ContractKind, OfferSource
from tests.examples import examples
from tests.service.offers.support import Desk

NOW = datetime(2026, 6, 1, tzinfo=UTC)
YEAR = Period(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


def hire(number: int, contract: ContractKind, months: float | None = None) -> ApplicationFact:
    when = NOW - timedelta(days=10)
    return ApplicationFact(f"o-{number}", "", when, True, False, True, when, contract, months)


def offer(number: int, positions: int = 1) -> OfferFact:
    start = NOW - timedelta(days=20)
    return OfferFact(f"o-{number}", "", f"c-{number % 3}", OfferSource.DEPOSITED, False, start, positions, 1, 0, 0)


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
    found = figures([offer(n, 2) for n in range(400)], hires, YEAR)
    assert found.back_to_work_total == 398
    assert found.back_to_work == {
        "cdi": 68, "under_6_months": 242, "six_months_or_more": 47, "training": 21, "professionalisation": 8,
        "business_created": 2, "other": 10,
    }  # fmt: skip
    assert (found.recruiters, found.positions_proposed, found.positions_active) == (3, 800, 400)
    assert found.days_to_first_application == 10.0
    shown, _ = public_report([offer(n, 2) for n in range(400)], hires, YEAR)
    assert shown.back_to_work == {
        "cdi": 70, "under_6_months": 240, "six_months_or_more": 45, "training": 20, "professionalisation": 10,
        "business_created": None, "other": 10,
    }  # fmt: skip
    assert shown.back_to_work_total == 400


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


def test_what_lies_outside_the_period_or_has_no_terms_is_no_figure_of_it() -> None:
    april = Period(datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC))
    within, before, after = (datetime(2026, month, day, tzinfo=UTC) for month, day in ((4, 1), (3, 31), (5, 1)))
    offers = [replace(offer(at), published_at=when) for at, when in enumerate((within, before, after))]
    there = {1: True}
    hires = [
        replace(hire(0, ContractKind.CDI), submitted_at=within, hired_at=within, still_there=there),
        *(replace(hire(0, ContractKind.CDI), submitted_at=when, hired_at=when, still_there=there) for when in (before, after)),
        replace(hire(1, ContractKind.CDI), submitted_at=before, hired_at=None),
    ]  # fmt: skip
    # An introduction whose hire was told without terms is one, and no return to work.
    hires.append(replace(hires[0], contract=None, answered=False, silent=True))
    found = figures(offers, hires, april)
    assert (found.offers, found.recruiters, found.positions_proposed, found.positions_active) == (1, 1, 1, 3)
    assert (found.back_to_work_total, found.back_to_work["cdi"]) == (1, 1)
    assert [(stage.stage, stage.count) for stage in found.introduction_funnel] == [
        ("introductions", 2),
        ("interviews", 2),
        ("hires", 2),
    ]
    assert [(stage.count, stage.denominator) for stage in found.follow_ups] == [(1, 1)]
    assert (found.replies_due, found.reply_rate, found.offers_with_application) == (2, 0.5, 1)
    nothing = figures([], [], april)
    assert (nothing.days_to_first_application, nothing.reply_rate, nothing.fill_rate) == (None, None, None)


def people_figures(found: Figures) -> list[int | None]:
    """Every figure about people of a line."""
    return [
        *found.back_to_work.values(),
        found.back_to_work_total,
        found.offers_with_application,
        found.replies_due,
        *(stage.count for stage in (*found.offer_funnel[1:], *found.introduction_funnel)),
    ]


CELLS = (
    "Guéret deposited",
    "Guéret partner",
    "Aubusson deposited",
    "Felletin deposited",
    "Royère deposited",
    "Bourganeuf partner",
)
SPLITS = (lambda cell: "", lambda cell: cell.split()[0], lambda cell: cell.split()[1], lambda cell: cell[0] in "AF")


def answers(hires: list[int]) -> list[Any]:
    """All that everybody may ask of a desk with so many hires in each cell."""
    found = []
    for split in SPLITS:
        offers = [replace(offer(at), group=str(split(cell)), cell=cell) for at, cell in enumerate(CELLS)]
        facts = [
            replace(hire(at, ContractKind.CDI), group=str(split(cell)), cell=cell)
            for at, (cell, count) in enumerate(zip(CELLS, hires, strict=True))
            for _ in range(count)
        ]
        found.append(public_report(offers, facts, YEAR))
    return found


@examples(25)
@given(st.lists(st.integers(0, 12), min_size=6, max_size=6), st.permutations(range(6)))
def test_no_answer_depends_on_what_one_small_figure_is(hires: list[int], order: list[int]) -> None:
    asked = answers(hires)
    for whole, groups in asked:
        for figures_shown in (whole, *groups.values()):
            assert all(count is None or count % 5 == 0 for count in people_figures(figures_shown))
    small = [at for at in range(6) if 0 < hires[at] < 5]
    mixed = [at for at in order if at in small]
    other = list(hires)
    for to, at in zip(small, mixed, strict=True):
        other[to] = hires[at]
    assert answers(other) == asked
    if len(small) < 5:
        # Too few for a mean: whatever they are.
        assert answers([4 if at in small else count for at, count in enumerate(hires)]) == asked


async def test_managers_read_exact_figures_and_the_public_masked_ones(desk: Desk) -> None:
    company = await desk.company()
    offer_id = await desk.offer(company, positions_total=4, hidden=True)
    await desk.offer(company, place={"commune_code": "23176"})
    for number in range(3):
        await desk.person(f"p-{number}", owner=f"s-{number}")
        made = await desk.apply(offer_id, desk.counsellor, profile_id=f"p-{number}")
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
        assert (masked["start"], masked["end"]) == ("2026-01-01", "2026-12-31")
        day = {"territory": "23", "start": "2026-03-02", "end": "2026-03-02"}
        # One day more or less is no other figure.
        assert (await desk.client.get("/v1/statistics", headers=headers, params=day)).json() == masked
        two = {"territory": "23", "start": "2025-12-31", "end": "2026-01-01"}
        refused = await desk.client.get("/v1/statistics", headers=headers, params=two)
        assert (refused.status_code, refused.json()["errors"][0]["rule"]) == (422, "one_year")
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
    assert table.startswith("\ufeffCode;Groupe;Chiffre;Valeur;Rapporté à;Sur;Taux\r\n")
    assert ";Total;Retours à l'emploi : CDI;<5;" in table
    exact = (await desk.client.get("/v1/statistics.csv", headers=desk.manager, params={"group_by": "source"})).text
    read = [line.split(";", 1)[1] for line in exact.splitlines()]
    assert not re.search(r"[a-z]_[a-z]|\d\.\d|False|True|unknown|deposited", "\n".join(read)), (
        "French, but for the code"
    )
    assert re.search(r";\d,\d+\r\n", exact)


async def test_employers_that_registered_are_told_by_place_under_the_one_masking_rule(desk: Desk) -> None:
    async def registers(number: int, commune: str | None, at: datetime, territory: str = "23", **more: Any) -> None:
        places = [{"name": "Siège", "commune_code": commune}, {"name": "Dépôt", "commune_code": "23008"}]
        row = {"_id": f"c-{commune}-{number}", "territory": territory, "created_at": at, "status": "approved", **more}
        details = {"places": places if commune else []}
        await desk.running.store.collection("companies").insert_one({**row, "siret": None, "details": details})

    march = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    for number in range(8):
        await registers(number, "23096", march)
    for number in range(2):
        await registers(number, "23176", march)
    await registers(0, None, march)
    await registers(9, "23096", march, status="pending")
    # 31 December 22:00 UTC: this year already in Réunion, last year still in Guadeloupe.
    eve = datetime(2025, 12, 31, 22, 0, tzinfo=UTC)
    await registers(0, "97411", eve, "974")
    await registers(0, "97105", eve, "971")

    async def asked(by: str | None, **who: Any) -> tuple[int | None, dict[str, int | None]]:
        params = {"territory": ["23"]} | ({"group_by": by} if by else {}) | who.pop("params", {})
        found = (await desk.client.get("/v1/statistics", params=params, **who)).json()
        groups = found["recruiters_registered_by"]
        return found["recruiters_registered"], {one["label"]: one["registered"] for one in groups}

    exact = {"headers": desk.manager}
    assert await asked("commune", **exact) == (11, {"Guéret": 8, "La Souterraine": 2, "unknown": 1})
    assert await asked("territory", **exact) == (11, {"23": 11})
    assert await asked(None, **exact) == (11, {})
    assert await asked("source", **exact) == (11, {})
    # 10 less 10: who is left is a hidden few, in two places, so neither is known.
    assert await asked("commune") == (10, {"Guéret": 10, "La Souterraine": None, "unknown": None})
    params = {"territory": ["971", "974"], "start": "2026-01-01"}
    assert await asked("territory", params=params) == (None, {"974": None})
    table = (await desk.client.get("/v1/statistics.csv", params={"group_by": "commune", "territory": "23"})).text
    assert "23176;La Souterraine;Employeurs inscrits;<5;" in table
