"""People without recommendations: page by page, whoever accompanies them, and at no cost for who changes."""

from typing import Any

import pytest

from services.matching.queries import overviews
from services.matching.store import COLLECTIONS
from tests.service.matching.house import House
from tests.service.matching.rooms import profile_state

PATH = "/v1/profiles-without-recommendations"


async def read(house: House, role: str, subject: str, **asked: Any) -> list[list[str]]:
    """The ids on each page, to the last one."""
    pages: list[list[str]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = (await house.get(PATH, role=role, subject=subject, **asked, **cursor)).json()
        pages.append([one["profile_id"] for one in answer["items"]])
        if answer["next_cursor"] is None:
            return pages
        cursor = {"cursor": answer["next_cursor"]}


async def test_pages_look_at_few_people_and_leave_nobody_out(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = [profile_state(f"mine-{n}", counsellor_ids=("counsellor-7", f"c{n}")) for n in range(3)]
    others = [profile_state(f"other-{n}") for n in range(5)]
    left = profile_state("left", counsellor_ids=("counsellor-7",), active=False)
    abroad = profile_state("abroad", counsellor_ids=("counsellor-7",), territory="87")
    await house.rooms.hear(*map(house.rooms.profile, (*mine, *others, left, abroad)))
    ids, everybody = ([one.profile_id for one in some] for some in (mine, [*mine, *others]))
    assert await read(house, "counsellor", "counsellor-7") == [sorted(ids)]
    assert await read(house, "manager", "boss", limit=4) == [sorted(everybody)[:4], sorted(everybody)[4:]]
    monkeypatch.setattr(overviews, "MOST_LOOKED_AT", 3)
    assert await read(house, "counsellor", "counsellor-7") == [sorted(ids)]
    monkeypatch.setattr(overviews, "MOST_READ", 3)
    for who, found in (("counsellor", ids), ("manager", everybody)):
        for limit in (1, 2, 20):
            pages = await read(house, who, "counsellor-7", limit=limit)
            assert [one for page in pages for one in page] == sorted(found)
            assert len(pages) >= len(everybody) / 3


async def test_how_far_a_page_looks_is_found_without_reading_anybody(house: House) -> None:
    profiles = house.rooms.store.collection("profiles")
    await house.rooms.hear(
        *[house.rooms.profile(profile_state(str(n), territory=("23", "87")[n % 2])) for n in range(20)]
    )
    asked = {"territory": {"$in": ["23"]}, "active": True, "_id": {"$gt": ""}}
    found = await profiles.find(asked, {"_id": 1}).sort("_id", 1).skip(4).limit(1).explain()
    assert (found["executionStats"]["totalDocsExamined"], found["executionStats"]["totalKeysExamined"]) == (0, 5)


def test_no_index_knows_who_accompanies_somebody() -> None:
    """Who does changes most often: an update that touches none is half as dear as one that touches any."""
    (spec,) = (spec for spec in COLLECTIONS if spec.name == "profiles")
    keys = {key for index in spec.indexes for key in index.document["key"]}
    assert not keys & {"counsellor_ids", "version", "visible_to_employers"}
