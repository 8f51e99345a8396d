"""What people are told of searches that they keep, and of offers that they went to apply to elsewhere."""

import pytest

from tests.service.notifications.builders import contact, notice
from tests.service.notifications.conftest import Rooms

OFFERS = "Agent d'entretien – Creuse Services – Guéret\nAgent de ménage – Mairie – Aubusson"


@pytest.mark.parametrize(
    ("count", "others", "title", "end"),
    [
        ("1", "0", "Une nouvelle offre : Ménage", "Aubusson\n\n"),
        ("14", "4", "14 nouvelles offres : Ménage", "… et 4 de plus."),
    ],
)
async def test_new_offers_are_named_and_the_rest_counted(
    rooms: Rooms, count: str, others: str, title: str, end: str
) -> None:
    params = {"name": "Ménage", "count": count, "others": others, "offers": OFFERS, "search_id": "s-1"}
    await rooms.hear(contact(), notice("search_alert", "profile-1", params=params))
    [row] = await rooms.rows("notifications", channel="inbox")
    [item] = row["items"]
    assert item["title"] == title
    assert OFFERS in item["text"]
    assert end in item["text"]
    assert "recherches enregistrées" in item["text"]


async def test_the_outcome_is_asked_in_plain_words(rooms: Rooms) -> None:
    params = {"offer_title": "Soudeur (H/F)", "click_id": "c-1"}
    await rooms.hear(contact(), notice("outcome_asked", "profile-1", params=params))
    [row] = await rooms.rows("notifications", channel="inbox")
    assert row["items"][0]["title"] == "Vous avez postulé ailleurs ? Soudeur (H/F)"
    assert "pas de réponse" in row["items"][0]["text"]
