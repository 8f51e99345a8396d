"""An employer who was a person and was erased: no message names them, whatever it is about, and those that matter stay."""

from dataclasses import replace
from typing import Any

import pytest

from services.notifications.commands.nameless import without_name
from services.notifications.domain.living import Stand
from shared.contracts.events.offers import OfferCompany
from shared.employers import NO_NAME, NO_TITLE, names
from tests.service.notifications.builders import application, contact, notice, offer, recommended
from tests.service.notifications.conftest import Rooms
from tests.service.notifications.test_texts import a_matter

NAME = "Mme Zebulonne Aubrun"
WHERE = {"way": "on_site", "place": "impasse des Lilas", "phone": "", "video_url": "", "contact": "", "to_bring": ""}
INTERVIEW = {"offer_id": "offer-1", "offer_title": "Aide", "date": "09/03/2099", "time": "14:30", "company": NAME}
OF_NADIA = INTERVIEW | {"side": "person", "profile_id": "profile-1"}
CANCELLED = OF_NADIA | {"ended": "refused", "suspended": ""}
ALERT = {
    "count": "2", "name": "Aide", "offers": f"Aide – {NAME} – Guéret\nMaçon – Creuse Services – Guéret", "others": "0",
    "offer_ids": "offer-1\noffer-2",
}  # fmt: skip


def household(number: int, sequence: int = 1) -> Any:
    return offer(f"offer-{number}", company=OfferCompany(id="company-9", name=NAME), sequence=sequence)


async def test_the_name_goes_out_of_every_message(rooms: Rooms) -> None:
    await rooms.hear(contact(), household(1), household(3), offer("offer-2"))
    await rooms.hear(recommended(), recommended("rec-2", offer_id="offer-2"), application("refused", sequence=1))
    await rooms.hear(
        notice("interview_proposed", "profile-1", "counsellor-1", id="n-1", params=OF_NADIA | WHERE, about="profile-1")
    )
    await rooms.hear(notice("search_alert", "profile-1", id="n-2", params=ALERT))
    await rooms.hear(
        notice("interview_cancelled", "profile-1", "counsellor-1", id="n-3", params=CANCELLED, about="profile-1")
    )
    before = await rooms.rows("notifications")
    assert {row["template"] for row in before if NAME in str(row)} >= {
        "recommendation",
        "interview_proposed",
        "search_alert",
    }
    assert "impasse des Lilas" in str(before)

    said = f'{{"params": {{"offer_id": "offer-1", "company": "{NAME}"}}'
    letter = {"_id": "l-1", "topic": "offers.notices.v1", "wire_topic": "offers.notices.v1", "key": b"n-9"}
    letter |= {"partition": 0, "offset": 1, "timestamp": 1, "value": said.encode(), "headers": [], "cut": False}
    of_another = letter | {"_id": "l-2", "value": b'{"params": {"offer_id": "offer-2"}'}
    await rooms.store.collection("dead_letters").insert_many([letter, of_another])

    for number in (1, 3):
        await rooms.hear(replace(household(number, 2), data=None))
    assert [row["_id"] for row in await rooms.rows("dead_letters")] == ["l-2"]
    after = await rooms.rows("notifications")
    assert "Zebulonne" not in str(after)
    assert "Lilas" not in str(after)
    left = {row["template"] for row in after}
    assert left >= {"recommendation", "search_alert", "interview_cancelled", "application_refused"}
    assert not left & {"interview_proposed"}
    [alert, *_] = [row["items"][0]["text"] for row in after if row["template"] == "search_alert"]
    assert f"Aide – {NO_NAME} – Guéret\nMaçon – Creuse Services" in alert
    # Nobody else's message is another one now.
    others = [row for row in after if all(item["offer_id"] == "offer-2" for item in row["items"])]
    assert others
    assert others == [row for row in before if row["_id"] in {one["_id"] for one in others}]

    # What was asked to be told before, and comes behind it: another topic has its own order.
    await rooms.hear(notice("interview_cancelled", "profile-1", id="n-4", params=CANCELLED, about="profile-1"))
    late = [row for row in await rooms.rows("notifications") if row["template"] == "interview_cancelled"]
    assert any(NO_NAME in row["items"][0]["text"] for row in late)
    assert "Zebulonne" not in str(await rooms.rows("notifications"))


def test_a_matter_of_an_offer_that_lives_is_told_as_it_is() -> None:
    matter = a_matter("interview_cancelled", params=dict(OF_NADIA))
    assert without_name(matter, {"offer-1": Stand("filled")}) is matter
    assert without_name(matter, {}) is matter
    assert NAME not in str(without_name(matter, {"offer-1": Stand(None)}).params)


@pytest.mark.parametrize(
    ("name", "read", "left"),
    [
        (
            "Li",
            "Li, à Limoges : Lise – Li-Anne, d'Élise, chez Li.",
            "{}, à Limoges : Lise – Li-Anne, d'Élise, chez {}.",
        ),
        ("É", "É. Émile\nl'É (É)", "{}. Émile\nl'{} ({})"),
        ("M. (A+)", "😀 M. (A+), M. (A+)x et M. A+", "😀 {}, {}x et M. A+"),
    ],
)
async def test_a_short_name_goes_where_it_stands_by_itself(rooms: Rooms, name: str, read: str, left: str) -> None:
    told = offer("offer-1", company=OfferCompany(id="company-9", name=name))
    await rooms.hear(contact(), told)
    await rooms.hear(recommended())
    await rooms.store.collection("notifications").update_many({}, {"$set": {"items.$[].text": read}})
    await rooms.hear(replace(told, data=None, sequence=2))
    [row] = await rooms.rows("notifications", box="profile-1")
    assert row["items"][0]["text"] == left.replace("{}", NO_NAME)


@pytest.mark.parametrize(
    ("title", "left"),
    [
        ("Aide à domicile chez Zebulonne", NO_TITLE),
        ("Aide (H/F) pour M. AUBRUN, 2 h par jour", NO_TITLE),
        ("Aide chez madame, famille de deux enfants", "Aide chez madame, famille de deux enfants"),
        ("Jardinier à Aubrunac", "Jardinier à Aubrunac"),
    ],
)
async def test_a_title_that_says_a_part_of_the_name_goes_with_it(rooms: Rooms, title: str, left: str) -> None:
    told = offer("offer-1", title=title, company=OfferCompany(id="company-9", name=NAME))
    await rooms.hear(contact(), told, offer("offer-2", title="Maçon"))
    await rooms.hear(recommended(), recommended("rec-2", offer_id="offer-2"))
    cancelled = CANCELLED | {"offer_title": title}
    await rooms.hear(notice("interview_cancelled", "profile-1", id="n-1", params=cancelled, about="profile-1"))
    assert any(title in str(row["items"]) for row in await rooms.rows("notifications"))
    await rooms.hear(replace(told, data=None, sequence=2))
    await rooms.hear(notice("interview_cancelled", "profile-1", id="n-2", params=cancelled, about="profile-1"))
    rows = await rooms.rows("notifications", box="profile-1")
    for template, count in (("recommendation", 2), ("interview_cancelled", 2)):
        titles = [row["items"][0]["title"] for row in rows if row["template"] == template]
        assert len(titles) == count
        assert all(left in one or "Maçon" in one for one in titles)
    assert NAME not in str(rows)
    assert left == title or title not in str(rows)


@pytest.mark.parametrize(
    ("name", "title", "told"),
    [
        ("Mme Li", "Aide à domicile chez Li", True),
        ("Bo Ly", "Garde d'enfants chez LY", True),
        ("王芳", "王芳的家政", True),
        ("Иван", "Садовник, Иван", True),
        ("M. de la O", "Aide de la maison", False),
        ("Mme Li", "Aide à Limoges", False),
        ("Mme Li Aubrun", "Aide, li.", False),
        ("🙂", "Aide 🙂", False),
    ],
)
def test_whoever_has_short_names_only_is_named_by_them(name: str, title: str, told: bool) -> None:
    assert names(title, name) is told


@pytest.mark.parametrize(
    ("name", "title", "line"),
    [
        ("Aide", "Aide", f"{NO_TITLE} – {NO_NAME} – Guéret"),
        ("Guéret", "Aide", f"Aide – {NO_NAME} – Guéret"),
        ("offres", "Aide", f"Aide – {NO_NAME} – Guéret"),
        ("Maçon", "Maçon", f"{NO_TITLE} – {NO_NAME} – Guéret"),
        ("Creuse", "Aide", f"Aide – {NO_NAME} – Guéret"),
        ("Li (A+)", "Chez Li", f"{NO_TITLE} – {NO_NAME} – Guéret"),
    ],
)
async def test_who_a_household_is_called_changes_no_line_of_others_in_an_alert(
    rooms: Rooms, name: str, title: str, line: str
) -> None:
    """Whatever was called as somebody who is erased lost its words in everybody's alerts: places, titles, other employers."""
    others = [
        "Maçon – Creuse Services – Guéret",
        "Aide – Aide et services, offres – Aubusson",
        "Aide – Maçon, Creuse – Guéret",
    ]
    told = offer("offer-1", title=title, company=OfferCompany(id="company-9", name=name))
    await rooms.hear(contact(), told, offer("offer-2"))
    for id, theirs in (("n-1", [f"{title} – {name} – Guéret", *others]), ("n-2", others)):
        params = ALERT | {"name": "Aide à Guéret", "count": "4", "offers": "\n".join(theirs), "offer_ids": "offer-2"}
        await rooms.hear(notice("search_alert", "profile-1", id=id, params=params))
    before = [row["items"] for row in await rooms.rows("notifications")]
    await rooms.hear(replace(told, data=None, sequence=2))
    after = [row["items"] for row in await rooms.rows("notifications")]
    assert [one[0]["text"] for one in after] == [
        one[0]["text"].replace(f"{title} – {name} – Guéret", line) for one in before
    ]
    assert [one[0]["title"] for one in after] == [one[0]["title"] for one in before]
    # Each is an item of the inbox and an e-mail.
    assert [one == two for one, two in zip(after, before, strict=True)].count(True) == 2, "of others' offers only"


@pytest.mark.parametrize("name", ["", " ", "\u2007"])
async def test_an_employer_without_a_name_takes_nothing_out_of_anybody_s_messages(rooms: Rooms, name: str) -> None:
    nobody = offer("offer-9", company=OfferCompany(id="company-9", name=name))
    await rooms.hear(contact(), nobody, household(1))
    await rooms.hear(notice("search_alert", "profile-1", id="n-2", params=ALERT))
    before = [row["items"] for row in await rooms.rows("notifications")]
    await rooms.hear(replace(nobody, data=None, sequence=2))
    assert [row["items"] for row in await rooms.rows("notifications")] == before
