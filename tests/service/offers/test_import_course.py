"""An import that meets another one, or the end of what its sender may; what it leaves open and what it closes."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from services.offers.commands import imports as commands
from services.offers.commands import life
from shared.clock import HandClock
from tests.service.offers.support import Desk
from tests.service.offers.tabled import HEADER, as_csv, as_ods, as_xlsx, line, ods_row
from tests.service.offers.test_imports import row
from tests.service.offers.test_own_tables import HEADER as OWN
from tests.service.offers.test_own_tables import post, send, states
from tests.support import Stack


async def deliver(
    desk: Desk, content: bytes, status: int = 200, who: dict[str, str] | None = None, **params: Any
) -> dict[str, Any]:
    answer = await desk.client.post("/v1/imports", headers=who or desk.partner, content=content, params=params)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def by_reference(desk: Desk) -> dict[str, tuple[str, float | None]]:
    """Status and pay of each offer of a feed."""
    rows = desk.store.collection("offers").find({"feed": {"$ne": None}})
    return {one["feed"]["external_id"]: (one["status"], one["content"]["salary"]["hourly_min"]) async for one in rows}


TABLE = [list(HEADER), *(line(number) for number in range(4))]


def _hidden(book: Any) -> None:
    book.active.row_dimensions[3].hidden = True


def _uncalculated(book: Any) -> None:
    book.active["C3"] = "=A1"


def _failed(book: Any) -> None:
    book.active["F3"] = "#REF!"
    book.active["F3"].data_type = "e"


def _with(second: list[Any]) -> bytes:
    return as_csv([*TABLE[:2], second, *TABLE[3:]])


UNREAD = {
    "hidden": (as_xlsx(("A", TABLE), change=_hidden), "hidden"),
    "formula": (as_xlsx(("A", TABLE), change=_uncalculated), "formula"),
    "error": (as_xlsx(("A", TABLE), change=_failed), "formula"),
    "error in a text": (_with(line(1, Commune="#N/A")), "formula"),
    "more cells": (_with([*line(1), "de plus"]), "more-cells"),
    "letters": (_with(line(1, Poste="Ma\ufffdon")), "encoding"),
    "only its reference": (_with(["R1", *[""] * 6]), "one-cell"),
}


@pytest.mark.parametrize(("content", "rule"), UNREAD.values(), ids=UNREAD)
async def test_a_row_that_stands_there_keeps_its_offer_open_though_nobody_could_read_it(
    desk: Desk, content: bytes, rule: str
) -> None:
    await deliver(desk, as_csv([*TABLE, line(9)]))
    report = await deliver(desk, content, complete=True)
    assert report["rows"][1]["errors"][0]["rule"] == rule
    # What is not there is closed all the same.
    assert (report["closed"], report["kept_open"]) == (1, None)
    assert Counter(status for status, _ in (await by_reference(desk)).values()) == {"published": 4, "closed": 1}


@pytest.mark.parametrize("odd", [{"deep": json.loads("[" * 20 + "]" * 20)}, {"many": list(range(4_000))}])
async def test_an_object_that_is_too_much_keeps_its_offer_open(desk: Desk, odd: dict[str, Any]) -> None:
    await deliver(desk, json.dumps([row(1), row(2), row(3)]).encode())
    report = await deliver(desk, json.dumps([row(1), row(2, **odd)]).encode(), complete=True)
    assert (report["rejected"], report["closed"]) == (1, 1)
    assert {id: status for id, (status, _) in (await by_reference(desk)).items()} == {
        "FT1": "published", "FT2": "published", "FT3": "closed"
    }  # fmt: skip


@pytest.mark.parametrize("content", [UNREAD["hidden"][0], UNREAD["more cells"][0], UNREAD["letters"][0]])
async def test_of_a_row_without_a_reference_nobody_knows_which_offer_it_keeps_open(desk: Desk, content: bytes) -> None:
    await deliver(desk, as_csv([one[1:] for one in TABLE]), column="Référence=")
    report = await deliver(desk, content, complete=True, column="Référence=")
    assert (report["closed"], (report["kept_open"] or "")[:5]) == (0, "rows:")
    # What is no offer in any reading holds up nothing.
    with_total = as_csv([one[1:] for one in [*TABLE[:4], ["", "Total", "", "", "", "105", ""], ["", "Fin", *[""] * 5]]])
    report = await deliver(desk, with_total, complete=True)
    assert (report["closed"], report["kept_open"], report["rejected"]) == (1, None, 2)


async def test_a_number_of_which_the_program_kept_the_beginning_is_no_reference(desk: Desk) -> None:
    table = [list(HEADER), line(1, Référence=999_999_999_999_999), line(2, Référence=12_345_678_901_234_567)]
    cells = "".join(ods_row(one) for one in table)
    for content in (as_xlsx(("A", table)), as_ods(("A", cells))):
        report = await deliver(desk, content, complete=True)
        assert [one["errors"][0]["rule"] if one["errors"] else None for one in report["rows"]] == [None, "abridged"]
        assert report["kept_open"]


@pytest.mark.parametrize("error", ["#VALEUR!", "#N/A", "#NOM?", "#DIV/0!", "Err:502", " #REF! "])
async def test_what_a_formula_came_to_nothing_with_is_no_value(desk: Desk, error: str) -> None:
    table = [list(HEADER), line(1, Poste=error), line(2, Référence=error), line(3, Poste="Agent Err:5022 #REF!")]
    report = await deliver(desk, as_csv(table))
    assert [[one["rule"] for one in each["errors"]] for each in report["rows"]] == [["formula"], ["formula"], []]


async def _rivals(desk: Desk, monkeypatch: pytest.MonkeyPatch, between: Any) -> None:
    """Have ``between`` happen once the next import has taken its first hundred rows."""
    note, done = commands._note, []

    async def noting(context: Any, report: Any, *, state: str) -> None:
        await note(context, report, state=state)
        if not done:
            done.append(report.id)
            await between()

    monkeypatch.setattr(commands, "_note", noting)


def _posts(first: int, last: int, pay: str = "12,50 €/h") -> bytes:
    return as_csv([OWN, *(post(number, Salaire=pay) for number in range(first, last))])


async def test_who_is_taken_off_halfway_changes_and_closes_nothing_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    company = await desk.company()
    await send(desk, company, _posts(0, 240))

    async def taken_off() -> None:
        await desk.store.collection("companies").update_one(
            {"_id": company}, {"$set": {"users": ["colleague"]}, "$inc": {"version": 1}}
        )

    await _rivals(desk, monkeypatch, taken_off)
    report = await send(desk, company, _posts(0, 210, "14 €/h"), complete=True)
    assert (report["accepted"], report["rejected"], report["closed"]) == (100, 110, 0)
    assert {one["errors"][0]["rule"] for one in report["rows"][100:]} == {"acts_no_more"}
    assert "n'agissez plus" in report["kept_open"]
    assert "n'agissez plus" in report["summary"]
    assert Counter((await by_reference(desk)).values()) == {("published", 14): 100, ("published", 12.5): 140}
    log = await desk.client.get(f"/v1/companies/{company}/imports/{report['id']}", headers=desk.manager)
    assert (log.json()["state"], log.json()["done"]) == ("interrupted", 210)
    assert caplog.text.count("import_row_not_stored") == 0


async def test_an_employer_that_goes_while_its_table_is_stored_gets_no_offer_after(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = await desk.company()
    many = desk.running.app.state.context.offers.many

    async def gone(query: Any) -> Any:
        await desk.store.collection("companies").delete_one({"_id": company})
        return await many(query)

    monkeypatch.setattr(desk.running.app.state.context.offers, "many", gone)
    report = await send(desk, company, _posts(0, 120))
    assert (report["accepted"], await by_reference(desk)) == (0, {})
    assert {one["errors"][0]["rule"] for one in report["rows"][100:]} == {"acts_no_more"}


async def test_a_table_that_is_still_coming_ends_where_a_later_complete_one_begins(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = await desk.company()
    later: list[dict[str, Any]] = []

    async def colleague() -> None:
        later.append(await send(desk, company, _posts(50, 300, "14 €/h"), complete=True))

    await _rivals(desk, monkeypatch, colleague)
    report = await send(desk, company, _posts(0, 250), complete=True)
    assert (later[0]["accepted"], later[0]["closed"], later[0]["kept_open"]) == (250, 50, None)
    assert (report["accepted"], report["closed"]) == (100, 0)
    assert {one["errors"][0]["rule"] for one in report["rows"][100:]} == {"replaced"}
    assert Counter((await by_reference(desk)).values()) == {("published", 14): 250, ("closed", 12.5): 50}
    path = f"/v1/companies/{company}/imports"
    listed = (await desk.client.get(path, headers=desk.employer)).json()["items"]
    assert [one["state"] for one in listed] == ["done", "replaced"]
    # The same once more, when nobody else sends: what it no longer lists is closed.
    assert (await send(desk, company, _posts(0, 250), complete=True))["closed"] == 50


@pytest.mark.parametrize("second", ["part", "flawed", "elsewhere", "of a territory", "of another feed"])
async def test_what_does_not_say_all_there_is_ends_no_other_import(
    desk: Desk, stack: Stack, monkeypatch: pytest.MonkeyPatch, second: str
) -> None:
    one = json.dumps([row(900)]).encode()
    far = stack.token("manager", subject="far", territories=["87"])
    sent: dict[str, tuple[bytes, dict[str, str], dict[str, Any]]] = {
        "part": (one, desk.partner, {}),
        "flawed": (one[:-1], desk.partner, {"complete": True}),
        "elsewhere": (one, far, {"complete": True, "partner": "feed-one"}),
        "of a territory": (one, desk.manager, {"complete": True, "partner": "feed-one"}),
        "of another feed": (one, stack.token("partner", subject="feed-two"), {"complete": True}),
    }
    content, who, params = sent[second]

    async def meanwhile() -> None:
        await deliver(desk, content, 200, who, **params)

    await _rivals(desk, monkeypatch, meanwhile)
    report = await deliver(desk, json.dumps([row(number) for number in range(150)]).encode())
    assert (report["accepted"], report["rejected"]) == (150, 0)


async def test_the_whole_feed_ends_what_a_manager_sends_of_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def meanwhile() -> None:
        await deliver(desk, json.dumps([row(900)]).encode(), complete=True)

    await _rivals(desk, monkeypatch, meanwhile)
    rows = json.dumps([row(number) for number in range(150)]).encode()
    report = await deliver(desk, rows, 200, desk.manager, partner="feed-one", complete=True)
    assert (report["accepted"], report["rejected"], report["closed"]) == (100, 50, 0)


async def test_an_import_that_was_killed_is_not_running_for_ever(desk: Desk, clock: HandClock) -> None:
    report = await deliver(desk, json.dumps([row(1)]).encode())
    imports = desk.store.collection("imports")
    await imports.update_one({"_id": report["id"]}, {"$set": {"state": "running"}})

    async def told() -> tuple[str, str]:
        one = await desk.client.get(f"/v1/imports/{report['id']}", headers=desk.partner)
        every = await desk.client.get("/v1/imports", headers=desk.partner)
        return one.json()["state"], every.json()["items"][0]["state"]

    assert await told() == ("running", "running")
    clock.advance(timedelta(minutes=11))
    assert await told() == ("interrupted", "interrupted")
    # Killed before its first hundred.
    await imports.update_one({"_id": report["id"]}, {"$unset": {"updated_at": ""}})
    assert await told() == ("interrupted", "interrupted")


async def test_a_text_that_came_while_its_offer_could_not_be_shown_is_taken_when_it_may(desk: Desk) -> None:
    company = await desk.company()
    await send(desk, company, _posts(1, 2))
    await desk.post(f"/v1/companies/{company}/suspend", desk.manager)
    kept = await send(desk, company, _posts(1, 2, "14 €/h"))
    assert (kept["rows"][0]["change"], await by_reference(desk)) == ("kept", {"R1": ("suspended", 12.5)})
    await desk.post(f"/v1/companies/{company}/approve", desk.manager)
    assert (await send(desk, company, _posts(1, 2, "14 €/h")))["updated"] == 1
    assert await by_reference(desk) == {"R1": ("published", 14)}


async def test_a_table_to_which_references_were_given_has_the_offers_that_it_had(desk: Desk) -> None:
    company = await desk.company()
    table = [OWN, *(post(number) for number in range(1, 4))]
    before = await send(desk, company, as_csv([one[1:] for one in table]))
    twin = post(4, Poste="Cariste 3", Salaire="15 €/h")
    report = await send(desk, company, as_csv([*table, twin]), complete=True)
    assert (report["created"], report["rejected"], report["closed"]) == (1, 0, 0)
    assert [one["offer_id"] for one in report["rows"][:3]] == [one["offer_id"] for one in before["rows"]]
    assert set(await by_reference(desk)) == {"R1", "R2", "R3", "R4"}
    again = await send(desk, company, as_csv([OWN, twin, *table[:0:-1]]), complete=True)
    assert (again["unchanged"], again["closed"]) == (4, 0)
    # A reference that two rows have is one offer, whatever a row was known by.
    twice = await send(desk, company, as_csv([*table, post(3, Poste="Cariste 1")]))
    assert twice["rows"][3]["errors"][0]["rule"] == "repeated"


async def test_a_last_day_that_has_passed_opens_nothing_and_ends_what_is_open(desk: Desk, clock: HandClock) -> None:
    def table(day: str) -> bytes:
        return as_csv([[*HEADER, "Date limite"], [*line(1), day]])

    refused = (await deliver(desk, table("28/02/2026")))["rows"][0]
    assert refused["errors"][0] | {"message": ""} == {
        "field": "apply_by", "rule": "in_the_past", "message": "", "column": "H (Date limite)"
    }  # fmt: skip
    await deliver(desk, table("31/12/2026"))
    assert (await deliver(desk, table("01/03/2026")))["updated"] == 1
    context = desk.running.app.state.context
    await life.run(context)
    assert await states(desk) == {"Maçon 1": "closed"}
    events = len(await desk.events("offers.offers.v1"))
    for _ in range(3):
        # A feed that lists it for weeks brought it back with each delivery, for ten minutes each time.
        clock.advance(timedelta(days=2))
        await deliver(desk, table("01/03/2026"), complete=True)
        await life.run(context)
    assert (len(await desk.events("offers.offers.v1")), await states(desk)) == (events, {"Maçon 1": "closed"})
    assert (await deliver(desk, table("31/12/2026")))["updated"] == 1
    assert await states(desk) == {"Maçon 1": "published"}


@pytest.mark.parametrize("day", ["01/01/9999", "01/02/0226", "31/12/9999", "15 février 0027", "9999-12-31"])
async def test_a_year_that_nobody_means_is_told_and_published_nowhere(desk: Desk, day: str) -> None:
    offer, warned = await _starting(desk, day)
    assert (offer["starts_on"], day in offer["description"], "day_unread" in warned) == (None, False, True)


async def test_a_span_of_years_that_nobody_means_is_a_line_of_the_text(desk: Desk) -> None:
    offer, warned = await _starting(desk, "du 01/01/0001 au 31/12/9999")
    assert offer["starts_on"] is None
    assert offer["description"].endswith("Début : du 01/01/0001 au 31/12/9999")
    assert "day_unread" not in warned


async def _starting(desk: Desk, day: str) -> tuple[dict[str, Any], set[str]]:
    """The offer of a row with this under «Début», and the rules of its warnings."""
    content = as_csv([[*HEADER, "Début"], [*line(1), day]])
    assert (await deliver(desk, content, preview=True))["accepted"] == 1
    [taken] = (await deliver(desk, content))["rows"]
    offer = (await desk.client.get(f"/v1/offers/{taken['offer_id']}")).json()
    return offer, {warning["rule"] for warning in taken["warnings"]}


@pytest.mark.parametrize("workbook", [False, True])
async def test_what_stands_right_of_the_columns_that_are_read_is_said_to_be_there(desk: Desk, workbook: bool) -> None:
    def file(table: list[list[Any]]) -> bytes:
        return as_xlsx(("A", table)) if workbook else as_csv(table)

    wide = [one[:3] + [f"x{at}" for at in range(60)] + one[3:] for one in TABLE]
    report = await deliver(desk, file(wide))
    assert (report["accepted"], [note for note in report["notes"] if "BH" in note] != []) == (0, True)
    beside = [
        [f"Champ {at}" for at in range(60)] + list(HEADER),
        *([""] * 59 + ["x"] + line(number) for number in range(3)),
    ]
    assert "BH" in (await deliver(desk, file(beside), 422))["detail"]
    ends = [one + [""] * 53 for one in TABLE]
    assert not any("BH" in note for note in (await deliver(desk, file(ends)))["notes"])


async def test_of_an_ods_too(desk: Desk) -> None:
    rows = "".join(ods_row(one[:3] + ["x"] * 60 + one[3:]) for one in TABLE)
    assert any("BH" in note for note in (await deliver(desk, as_ods(("A", rows))))["notes"])
