"""Notes of canvassing speak of people: mended, erased when they ask, and forgotten in time."""

from datetime import timedelta
from typing import Any

from services.offers.commands import canvassing
from services.offers.domain.canvassing import MOST_ENTRIES
from shared.clock import HandClock
from shared.store import Work
from tests.service.offers.support import Desk

NOTE = "Mme Zebulonne, 06 12 34 56 78"
VISIT = {"kind": "visit", "on": "2026-03-02", "outcome": "to_call_back", "note": NOTE}


async def logged(desk: Desk, **changes: Any) -> tuple[str, str]:
    """The path of a company's log, and of an entry in it."""
    log = f"/v1/companies/{await desk.company()}/canvassing"
    made = await desk.post(log, desk.manager, VISIT | changes, extra={"Idempotency-Key": "visit"})
    assert (made.status_code, made.headers["etag"]) == (201, '"1"'), made.text
    return log, f"{log}/{made.json()['id']}"


async def test_an_entry_is_mended_by_who_read_it(desk: Desk) -> None:
    log, entry = await logged(desk)
    colleague = desk.stack.token("manager", subject="colleague", territories=["23"])
    note = {"note": "Rappeler l'atelier."}
    without = await desk.client.patch(entry, json=note, headers=colleague)
    assert without.status_code == 428
    mended = await desk.client.patch(entry, json=note, headers=colleague | {"If-Match": '"1"'})
    assert (mended.status_code, mended.headers["etag"]) == (200, '"2"'), mended.text
    late = await desk.client.patch(entry, json={"outcome": "refused"}, headers=desk.manager | {"If-Match": '"1"'})
    assert (late.status_code, late.json()["current_version"]) == (412, 2)
    [read] = (await desk.client.get(log, headers=desk.manager)).json()["items"]
    assert (read["note"], read["outcome"], read["by"], read["mended_by"]) == (
        "Rappeler l'atelier.", "to_call_back", "chief", "colleague",
    )  # fmt: skip
    wrong = await desk.client.patch(entry, json={"by": "x"}, headers=desk.manager | {"If-Match": "*"})
    assert wrong.status_code == 422
    # What it said before is kept nowhere, also not in the answer that a repeated request would get.
    again = await desk.post(log, desk.manager, VISIT, extra={"Idempotency-Key": "visit"})
    assert again.status_code == 409
    assert "Zebulonne" not in str(await desk.everything())


async def test_a_note_shows_in_nothing_that_the_employer_reads_or_changes(desk: Desk) -> None:
    company = f"/v1/companies/{await desk.company()}"

    async def read() -> tuple[Any, ...]:
        one = await desk.client.get(company, headers=desk.employer)
        return one.json(), one.headers["etag"], (await desk.client.get("/v1/companies", headers=desk.employer)).json()

    before = await read()
    log = f"{company}/canvassing"
    entry = f"{log}/{(await desk.post(log, desk.manager, VISIT)).json()['id']}"
    assert await read() == before
    mended = await desk.client.patch(entry, json={"note": "Rappeler."}, headers=desk.manager | {"If-Match": '"1"'})
    assert (mended.status_code, await read()) == (200, before)
    assert (await desk.client.delete(entry, headers=desk.manager)).status_code == 204
    assert await read() == before
    # What was read before still fits, once.
    for status in (200, 412):
        label = {"label": f"Label {status}"}
        changed = await desk.client.patch(company, json=label, headers=desk.employer | {"If-Match": before[1]})
        assert changed.status_code == status, changed.text
    assert (await read())[0]["version"] == before[0]["version"] + 1


async def test_an_erased_entry_leaves_only_that_it_was_there(desk: Desk) -> None:
    log, entry = await logged(desk)
    assert NOTE in str(await desk.everything())
    for who in (desk.employer, desk.counsellor, desk.foreign_manager):
        assert (await desk.client.delete(entry, headers=who)).status_code in (403, 404)
    assert (await desk.client.delete(entry, headers=desk.manager)).status_code == 204
    assert (await desk.client.delete(entry, headers=desk.manager)).status_code == 404
    mended = await desk.client.patch(entry, json={"note": NOTE}, headers=desk.manager | {"If-Match": "*"})
    assert mended.status_code == 404
    # Also the answer that a repeated request would get.
    again = await desk.post(log, desk.manager, VISIT, extra={"Idempotency-Key": "visit"})
    assert again.status_code == 409
    assert "Zebulonne" not in str(await desk.everything())
    read = (await desk.client.get(log, headers=desk.manager)).json()
    assert (read["items"], [(one["by"], entry.endswith(one["id"])) for one in read["erased"]]) == (
        [],
        [("chief", True)],
    )


async def test_notes_and_contact_persons_are_forgotten_in_time(desk: Desk, clock: HandClock) -> None:
    log, _ = await logged(desk)
    path = log.removesuffix("/canvassing")
    person = {"contacts": [{"name": "Mme Zebulonne", "email": "z@scierie.example"}]}
    await desk.client.patch(path, json=person, headers=desk.employer | {"If-Match": "*"})
    context = desk.running.app.state.context
    clock.advance(timedelta(days=1_090))
    assert await canvassing.forget_old(context) == 0
    offer = await desk.offer(path.rsplit("/", 1)[-1])
    clock.advance(timedelta(days=10))
    assert await canvassing.forget_old(context) == 1
    assert NOTE not in str(await desk.store.collection("companies").find({}).to_list(None))
    kept = (await desk.client.get(path, headers=desk.manager)).json()
    assert kept["contacts"], "an employer with an offer is no stranger"
    closed = await desk.post(f"/v1/offers/{offer}/close", desk.employer, {"outcome": "cancelled"})
    assert closed.status_code == 200
    clock.advance(timedelta(days=1_100))
    assert await canvassing.forget_old(context) == 1
    assert (await desk.client.get(path, headers=desk.manager)).json()["contacts"] == []
    assert await canvassing.forget_old(context) == 0


async def test_a_note_does_not_stay_for_a_call_that_never_comes(desk: Desk, clock: HandClock) -> None:
    log, _ = await logged(desk)
    for day in ("2027-06-01", "2099-12-31"):
        assert (await desk.post(log, desk.manager, VISIT | {"call_back_on": day})).status_code == 201
    context = desk.running.app.state.context

    async def left() -> list[str | None]:
        return [one["call_back_on"] for one in (await desk.client.get(log, headers=desk.manager)).json()["items"]]

    clock.advance(timedelta(days=1_096))
    await canvassing.forget_old(context)
    assert await left() == ["2027-06-01", "2099-12-31"]
    clock.advance(timedelta(days=700))
    await canvassing.forget_old(context)
    assert await left() == ["2099-12-31"]
    clock.advance(timedelta(days=400))
    await canvassing.forget_old(context)
    assert await left() == []


async def test_the_log_of_an_employer_has_an_end(desk: Desk, clock: HandClock) -> None:
    log, _ = await logged(desk)
    context = desk.running.app.state.context
    company = await context.companies.load(log.split("/")[3])
    company.canvassing *= MOST_ENTRIES
    company.touch(clock.now())
    work = Work(context.new_id)
    context.companies.save(work, company)
    await context.store.commit(work)
    refused = await desk.post(log, desk.manager, VISIT)
    assert refused.json()["code"] == "log-full", refused.text
