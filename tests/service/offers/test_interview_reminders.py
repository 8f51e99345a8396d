"""Reminders of interviews: on the eve, once, by the clocks of the place."""

from datetime import UTC, datetime, timedelta

from services.offers.app import SERVICE
from services.offers.commands import interviews
from services.offers.domain.interview import Interview
from shared import metrics
from shared.clock import HandClock
from shared.store.migrate import migrate
from tests.service.offers.interviewing import applied, propose, told
from tests.service.offers.support import Desk
from tests.service.offers.test_applications import apply


async def test_the_reminder_goes_out_on_the_eve_once_and_for_what_stands(desk: Desk, clock: HandClock) -> None:
    id = await applied(desk)
    await propose(desk, id)
    await propose(desk, id, at="2026-03-11T09:00:00+01:00")
    context = desk.running.app.state.context
    diary = []
    for _ in range(10 * 24):
        clock.advance(timedelta(hours=1))
        if await interviews.remind(context):
            diary.append(clock.now())
    # Eight o'clock in Guéret, on the eve of the day that it was moved to.
    assert diary == [datetime(2026, 3, 10, 7, 0, tzinfo=UTC)]
    last = (await told(desk))[-1]
    assert (last["template"], last["recipients"]) == ("interview_reminder", ["p-sam", "coach"])
    assert last["appointment"]["sequence"] == 1


async def test_times_are_those_of_the_place(desk: Desk, clock: HandClock) -> None:
    """An offer in Saint-Denis de La Réunion: four hours before Greenwich, and the eve begins there."""
    id = await applied(desk, place={"commune_code": "97411"})
    await propose(desk, id, at="2026-03-09T05:30:00Z")
    [notice] = await told(desk)
    assert (notice["params"]["date"], notice["params"]["time"]) == ("09/03/2026", "09:30")
    text = (await desk.client.get(f"/v1/applications/{id}/interview.ics", headers=desk.seeker)).text
    assert "DTSTART;TZID=Indian/Reunion:20260309T093000" in text
    # Held in the mainland all the same: another clock counts.
    await propose(desk, id, at="2026-03-09T05:30:00Z", commune_code="23096")
    assert (await told(desk))[-1]["params"]["time"] == "06:30"
    clock.set(datetime(2026, 3, 8, 6, 59, tzinfo=UTC))
    assert await interviews.remind(desk.running.app.state.context) == 0
    clock.set(datetime(2026, 3, 8, 7, 0, tzinfo=UTC))
    assert await interviews.remind(desk.running.app.state.context) == 1


def test_the_eve_is_counted_across_the_change_of_clocks() -> None:
    told_at = datetime(2026, 3, 1, tzinfo=UTC)
    monday = Interview(at=datetime(2026, 3, 30, 7, 0, tzinfo=UTC), zone="Europe/Paris")
    assert monday.reminder(told_at) == datetime(2026, 3, 29, 6, 0, tzinfo=UTC)
    # Told on the eve itself, the message is the reminder.
    assert monday.reminder(datetime(2026, 3, 29, 9, 0, tzinfo=UTC)) is None


async def test_one_reminder_that_fails_stops_no_other(desk: Desk, clock: HandClock) -> None:
    await desk.person()
    company = await desk.company()
    ids = []
    for number in range(3):
        made = await apply(desk, await desk.offer(company, title=f"Poste numéro {number} (H/F)"))
        await propose(desk, made["id"])
        ids.append(made["id"])
    await desk.store.collection("applications").update_one({"_id": ids[0]}, {"$set": {"interviews.0.minutes": "x"}})
    clock.set(datetime(2026, 3, 8, 8, 0, tzinfo=UTC))
    failed = metrics.JOB_ITEMS_FAILED.labels("interview-reminders")
    before = failed._value.get()
    assert await interviews.remind(desk.running.app.state.context) == 2
    assert failed._value.get() == before + 1


FORMER = {
    "_id": "a-former",
    "version": 3,
    "territory": "974",
    "created_at": datetime(2026, 3, 1, 8, tzinfo=UTC),
    "updated_at": datetime(2026, 3, 2, 8, tzinfo=UTC),
    "offer_id": "o-1",
    "company_id": "c-1",
    "profile_id": "p-sam",
    "offer_title": "Cuisinier",
    "origin": "seeker",
    "status": "interview",
    "submitted_at": datetime(2026, 3, 1, 8, tzinfo=UTC),
    "interviews": [
        {"at": datetime(2026, 3, 3, 5, 30, tzinfo=UTC), "place": "Saint-Denis"},
        {"at": datetime(2026, 3, 9, 5, 30, tzinfo=UTC), "place": "Saint-Denis"},
    ],
}
"""As the release before interviews had clocks stored an application."""


async def test_a_former_interview_overseas_is_told_by_its_clocks(desk: Desk, clock: HandClock) -> None:
    await desk.person(territory="974")
    applications = desk.store.collection("applications")
    await applications.insert_one(dict(FORMER))
    hired = {"_id": "a-over", "profile_id": "p-other", "status": "hired"}
    await applications.insert_one(FORMER | hired)
    [_ async for _ in migrate(desk.store, SERVICE.collections)]
    row = await applications.find_one({"_id": "a-former"})
    assert row is not None
    assert [(one["zone"], one["id"]) for one in row["interviews"]] == [("Indian/Reunion", "1"), ("Indian/Reunion", "2")]
    # Eight o'clock on the eve, in Saint-Denis.
    assert row["remind_at"] == datetime(2026, 3, 8, 4, 0, tzinfo=UTC)
    over = await applications.find_one({"_id": "a-over"})
    assert over is not None
    assert over.get("remind_at") is None
    context = desk.running.app.state.context
    clock.set(datetime(2026, 3, 8, 3, 59, tzinfo=UTC))
    assert await interviews.remind(context) == 0
    clock.set(datetime(2026, 3, 8, 4, 0, tzinfo=UTC))
    assert await interviews.remind(context) == 1
    [notice] = await told(desk)
    assert (notice["template"], notice["params"]["time"]) == ("interview_reminder", "09:30")
    assert notice["appointment"]["uid"] == "2@a-former.bassin"
