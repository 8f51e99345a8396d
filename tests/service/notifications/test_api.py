"""Inbox, preferences and deliveries over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from services.notifications.api.views import Target
from services.notifications.domain.matter import TARGETS
from shared.clock import HandClock
from shared.contracts.topics import OFFER_CONTACTS
from shared.store import Work
from tests.service.notifications.builders import application, contact, erased, notice, offer, recommended, withdrawn
from tests.service.notifications.conftest import Rooms
from tests.service.notifications.sink import SmtpSink
from tests.support import Running, Stack


@pytest.fixture
async def api(stack: Stack, clock: HandClock, rooms: Rooms) -> AsyncIterator[Running]:
    async with stack.running("notifications", clock=clock) as running:
        yield running


async def told(rooms: Rooms, number: int = 3) -> None:
    await rooms.hear(contact(), offer(), *(recommended(f"rec-{n}") for n in range(number)))


async def test_a_seeker_reads_their_inbox_page_by_page(api: Running, stack: Stack, rooms: Rooms) -> None:
    await told(rooms)
    who = stack.token("seeker", subject="user-1", territories=())
    first = (await api.client.get("/v1/inbox?limit=2", headers=who)).json()
    assert (len(first["items"]), first["unread"]) == (2, 3)
    assert first["items"][0]["recommendation_id"] == "rec-2"
    assert first["items"][0]["text"].startswith("Creuse Services, à Guéret")
    rest = (await api.client.get(f"/v1/inbox?limit=2&cursor={first['next_cursor']}", headers=who)).json()
    assert [item["recommendation_id"] for item in rest["items"]] == ["rec-0"]
    assert rest["next_cursor"] is None


async def test_an_item_says_what_it_leads_to(api: Running, stack: Stack, rooms: Rooms) -> None:
    """A front end had a title and a text, and nothing that it could open: not the application, not the event."""
    ids = {"application_id": "a-1", "offer_id": "o-1", "session_id": "s-1", "later_id": "x"}
    params = ids | {"offer_title": "Soudeur", "company": "Scierie", "submitted_on": "01/03/2026"}
    await rooms.hear(contact(), notice("application_reminder", "profile-1", params=params))
    who = stack.token("seeker", subject="user-1", territories=())
    [item] = (await api.client.get("/v1/inbox", headers=who)).json()["items"]
    assert item["offer_id"] == "o-1"
    assert {name: id for name, id in item["target"].items() if id} == {"application_id": "a-1", "session_id": "s-1"}
    assert not any(id in f"{item['title']} {item['text']}" for id in ids.values() if len(id) > 1)


def test_no_target_is_a_person() -> None:
    """Who may know whom a message is of ends; the message stays."""
    assert not {name for name in TARGETS if "profile" in name or "participant" in name or "user" in name}
    assert set(Target.model_fields) == TARGETS


async def test_reading_is_kept_and_withdrawn_items_count_no_longer(api: Running, stack: Stack, rooms: Rooms) -> None:
    await told(rooms)
    await rooms.hear(withdrawn("rec-0"))
    who = stack.token("seeker", subject="user-1", territories=())
    page = (await api.client.get("/v1/inbox", headers=who)).json()
    assert page["unread"] == 2
    assert [item["current"] for item in page["items"]] == [True, True, False]
    read = await api.client.post(f"/v1/inbox/{page['items'][0]['id']}/read", headers=who)
    assert read.json()["read"] is True
    again = await api.client.post(f"/v1/inbox/{page['items'][0]['id']}/read", headers=who)
    assert again.json() == read.json()
    left = (await api.client.get("/v1/inbox?unread=true", headers=who)).json()
    assert ([item["recommendation_id"] for item in left["items"]], left["unread"]) == (["rec-1"], 1)


async def test_a_counsellor_reads_the_inboxes_of_their_caseload_only(api: Running, stack: Stack, rooms: Rooms) -> None:
    await told(rooms)
    mine = await api.client.get(
        "/v1/inbox?subject=profile-1", headers=stack.token("counsellor", subject="counsellor-1")
    )
    assert len(mine.json()["items"]) == 3
    [item, *_] = mine.json()["items"]
    for who in (
        stack.token("counsellor", subject="counsellor-2"),
        stack.token("counsellor", subject="counsellor-1", territories=("41",)),
        stack.token("seeker", subject="counsellor-1"),
        stack.token("manager", subject="manager-1"),
        stack.token("operator", subject="operator-1"),
    ):
        refused = await api.client.get("/v1/inbox?subject=profile-1", headers=who)
        assert (refused.status_code, refused.json()["code"]) == (404, "inbox-not-found")
        read = await api.client.post(f"/v1/inbox/{item['id']}/read", headers=who)
        assert (read.status_code, read.json()["code"]) == (404, "inbox-item-not-found")
    unknown = await api.client.get(
        "/v1/inbox?subject=nobody", headers=stack.token("counsellor", subject="counsellor-1")
    )
    assert unknown.json()["code"] == "inbox-not-found"
    assert (await api.client.get("/v1/inbox")).status_code == 401
    done = await api.client.post(
        f"/v1/inbox/{item['id']}/read", headers=stack.token("counsellor", subject="counsellor-1")
    )
    assert done.status_code == 200
    [row] = await rooms.rows("notifications", _id=item["id"])
    assert row["read_by"] == "counsellor-1"


@pytest.mark.parametrize("role", ["seeker", "employer", "counsellor"])
async def test_an_account_that_is_called_as_a_person_reads_nothing_of_theirs(
    api: Running, stack: Stack, rooms: Rooms, role: str
) -> None:
    """Employers know the ids of who applied, and some identity providers let people choose what they are called."""
    await told(rooms)
    [item, *_] = await rooms.rows("notifications", box="profile-1")
    who = stack.token(role, subject="profile-1")
    assert (await api.client.get("/v1/inbox", headers=who)).json() == {"items": [], "next_cursor": None, "unread": 0}
    for path in ("/v1/inbox?subject=profile-1", "/v1/preferences", "/v1/stream?subject=profile-1"):
        refused = await api.client.get(path, headers=who)
        assert (refused.status_code, refused.json()["code"]) == (404, "inbox-not-found")
    read = await api.client.post(f"/v1/inbox/{item['_id']}/read", headers=who)
    assert (read.status_code, read.json()["code"]) == (404, "inbox-item-not-found")


async def test_an_account_that_is_called_as_an_invited_address_reads_no_link_of_theirs(
    api: Running, stack: Stack, rooms: Rooms
) -> None:
    guest = "invitation-019a3f60-5c1e-7a34-9d8f-2f6f0a9c1b7e"
    invited = contact(guest, kind="user", owner_id=None, counsellor_ids=(), topic=OFFER_CONTACTS, channels=("inbox",))
    said = {"place": "Mairie de Guéret", "what": "Vous êtes invité.", "until": "2099-03-16T09:00:00+00:00"}
    await rooms.hear(invited, notice("invited", guest, params=said, link="https://bassin.example/i/secret"))
    assert await rooms.rows("notifications", box=guest)
    who = stack.token("contractor", subject=guest, territories=())
    assert (await api.client.get("/v1/inbox", headers=who)).json()["items"] == []
    refused = await api.client.get(f"/v1/inbox?subject={guest}", headers=who)
    assert (refused.status_code, refused.json()["code"]) == (404, "inbox-not-found")


async def test_what_a_counsellor_is_to_say_lies_in_their_own_inbox(api: Running, stack: Stack, rooms: Rooms) -> None:
    await rooms.hear(contact(owner_id=None, email=None), offer(), recommended())
    page = await api.client.get("/v1/inbox", headers=stack.token("counsellor", subject="counsellor-1"))
    [item] = page.json()["items"]
    assert (item["channel"], item["subject_id"]) == ("counsellor", "profile-1")
    assert item["title"].startswith("À dire à Nadia : ")


async def test_what_happens_across_the_border_is_for_staff_of_where_the_person_is_served(
    api: Running, stack: Stack, rooms: Rooms
) -> None:
    """A counsellor of the Creuse passes on what comes of an application in the Haute-Vienne; who works there alone does not."""
    await rooms.hear(contact(owner_id=None, email=None, channels=("counsellor",)), offer(territory="87"))
    await rooms.hear(application("refused", sequence=1, territory="87"))
    await rooms.hear(notice("counsellor_info", "counsellor-1", params={"profile_id": "profile-1"}, territory="87"))

    async def read(territory: str) -> list[str]:
        who = stack.token("counsellor", subject="counsellor-1", territories=(territory,))
        return [item["title"] for item in (await api.client.get("/v1/inbox", headers=who)).json()["items"]]

    told = await read("23")
    assert len(told) == 2
    assert any(title.startswith("À dire à Nadia : Réponse") for title in told)
    assert await read("87") == []


async def test_preferences_switch_emails_off_by_category(api: Running, stack: Stack, rooms: Rooms) -> None:
    await rooms.hear(contact(), offer())
    who = stack.token("seeker", subject="user-1", territories=())
    before = await api.client.get("/v1/preferences", headers=who)
    assert set(before.json()["email"].values()) == {True}
    assert (before.json()["updated_at"], before.json()["changed_by"]) == (None, None), "nobody chose anything yet"
    missing = await api.client.put("/v1/preferences", json={"email": {"recommendations": False}}, headers=who)
    assert missing.status_code == 428
    chosen = await api.client.put(
        "/v1/preferences",
        json={"email": {"recommendations": False}},
        headers=who | {"If-Match": before.headers["etag"]},
    )
    assert chosen.json()["email"]["recommendations"] is False
    assert chosen.json()["updated_at"] is not None
    lost = await api.client.put(
        "/v1/preferences", json={"email": {"agenda": False}}, headers=who | {"If-Match": before.headers["etag"]}
    )
    assert lost.status_code == 412
    await rooms.hear(recommended())
    assert await rooms.mails() == []
    assert len(await rooms.inbox("profile-1")) == 1
    helper = stack.token("counsellor", subject="counsellor-1") | {"If-Match": chosen.headers["etag"]}
    back = await api.client.put(
        "/v1/preferences?subject=profile-1", json={"email": {"recommendations": True}}, headers=helper
    )
    assert (back.json()["email"]["recommendations"], back.json()["changed_by"]) == (True, "counsellor-1")
    stranger = stack.token("counsellor", subject="counsellor-2")
    assert (await api.client.get("/v1/preferences?subject=profile-1", headers=stranger)).status_code == 404
    wrong = await api.client.put("/v1/preferences", json={"email": {"sms": False}}, headers=who | {"If-Match": "*"})
    assert wrong.json()["errors"][0]["field"].startswith("email.")


async def test_who_chooses_for_the_first_time_at_the_same_moment_is_told_of_a_conflict_and_a_click_is_not(
    api: Running, stack: Stack, rooms: Rooms, smtp: SmtpSink
) -> None:
    await rooms.hear(contact(), offer(), recommended())
    rooms.clock.advance(timedelta(seconds=10))
    await rooms.sender.drain()
    path = urlsplit(str(smtp.messages[0]["List-Unsubscribe"]).strip(" <>")).path
    clicks = await asyncio.gather(*(api.client.post(path, content="List-Unsubscribe=One-Click") for _ in range(4)))
    assert {click.status_code for click in clicks} == {200}
    await api.store.collection("preferences").delete_many({})
    who = stack.token("seeker", subject="user-1", territories=()) | {"If-Match": '"0"'}
    chosen = {"email": {"agenda": False}}
    answers = await asyncio.gather(*(api.client.put("/v1/preferences", json=chosen, headers=who) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]


async def test_what_is_chosen_while_somebody_is_erased_is_not_kept(
    api: Running, stack: Stack, rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rooms.hear(contact())
    commit, erasing = api.store.commit, [erased()]

    async def meanwhile(work: Work) -> bool:
        if erasing:
            await rooms.hear(erasing.pop())
        return await commit(work)

    monkeypatch.setattr(api.store, "commit", meanwhile)
    who = stack.token("seeker", subject="user-1", territories=()) | {"If-Match": '"0"'}
    chosen = await api.client.put("/v1/preferences", json={"email": {"agenda": False}}, headers=who)
    assert chosen.status_code == 412
    assert await rooms.rows("preferences") == []


async def test_opening_the_unsubscribe_link_changes_nothing_and_its_button_does(
    api: Running, stack: Stack, rooms: Rooms, smtp: SmtpSink
) -> None:
    await rooms.hear(contact(), offer(), offer("offer-2"), recommended())
    rooms.clock.advance(timedelta(seconds=10))
    await rooms.sender.drain()
    path = urlsplit(str(smtp.messages[0]["List-Unsubscribe"]).strip(" <>")).path
    page = await api.client.get(path)
    assert (page.status_code, "<form" in page.text) == (200, True)
    # Whoever has its address may press the button: no other site hears it, keeps the page or frames it.
    assert (page.headers["referrer-policy"], page.headers["cache-control"]) == ("no-referrer", "no-store")
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert await rooms.rows("preferences") == []
    pressed = await api.client.post(path, content="List-Unsubscribe=One-Click")
    assert "C’est fait" in pressed.text
    await rooms.hear(recommended("rec-2", offer_id="offer-2"))
    assert len(await rooms.mails()) == 1
    # A link that a mail cut short, or of long ago, is opened by a browser: a page, not JSON.
    for wrong in ("x" * 30, "cut", path.rsplit("/", 1)[-1][:-1]):
        for answer in (
            await api.client.get(f"/v1/unsubscribe/{wrong}"),
            await api.client.post(f"/v1/unsubscribe/{wrong}"),
        ):
            assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
            assert "Ce lien n’est plus valable" in answer.text
            assert "<form" not in answer.text


async def test_deliveries_show_ids_and_codes_to_those_who_run_the_platform(
    api: Running, stack: Stack, rooms: Rooms, smtp: SmtpSink
) -> None:
    smtp.replies["nadia@example.org"] = "550 no"
    await told(rooms, 1)
    await rooms.hear(notice("counsellor_info", "counsellor-1", params={}))
    rooms.clock.advance(timedelta(seconds=10))
    await rooms.sender.drain()
    answer = await api.client.get("/v1/deliveries", headers=stack.token("operator", subject="operator-1"))
    assert len(answer.json()["items"]) == 3
    for personal in ("Nadia", "example.org", "domicile"):
        assert personal not in answer.text
    bounced = await api.client.get(
        "/v1/deliveries?status=bounced&channel=email&subject=profile-1", headers=stack.token("manager")
    )
    assert [(row["reason"], row["template"]) for row in bounced.json()["items"]] == [("smtp-550", "recommendation")]
    elsewhere = await api.client.get("/v1/deliveries", headers=stack.token("manager", territories=("41",)))
    assert elsewhere.json()["items"] == []
    assert (await api.client.get("/v1/deliveries", headers=stack.token("seeker"))).status_code == 403
