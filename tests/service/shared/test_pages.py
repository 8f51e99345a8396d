"""Cursors belong to the list and the query that gave them, and nobody else can make one."""

import base64
from datetime import UTC, datetime

import orjson
import pytest

from shared.errors import Refused
from shared.http.pages import Cursor, Seal, cursor_key
from shared.settings import Settings, load_settings
from tests.service.shared.sample import make_service
from tests.support import Stack

KEY = b"k" * 32
OLDER = "WyJhIl0.-Y7Th46kzS_K59eh6fQy9w"
"""As the release of 2026-11 sealed ``["a"]`` for ``list``."""


def test_a_cursor_opens_what_was_closed() -> None:
    seal = Seal(KEY, b"list")
    position = (3.5, "Éloïse", None, True, 2**40)
    assert seal.open(seal.close(position)) == position


@pytest.mark.parametrize(
    "forged",
    ["", ".", "..", "%%%", "WyJhIl0", "W10.", "é.é", "\ud800"]
    + [
        base64.urlsafe_b64encode(orjson.dumps(one)).decode().rstrip("=") + ".AAAA"
        for one in (["x"], [1], [{"$ne": 1}], {})
    ],
)
def test_what_we_did_not_give_is_refused_by_name(forged: str) -> None:
    with pytest.raises(Refused) as refused:
        Seal(KEY, b"list").open(forged)
    assert refused.value.errors[0].field == "query.cursor"


def test_a_page_leads_on_while_there_is_more() -> None:
    asked = Cursor(limit=2)
    asked._seal = seal = Seal(KEY, b"list")
    for rows in ([], ["a"], ["a", "b"]):
        page = asked.page(rows, lambda row: (row,))
        assert (page.items, page.next_cursor) == (rows, None)
    page = asked.page(["a", "b", "c"], lambda row: (row,))
    assert (page.items, seal.open(page.next_cursor or "")) == (["a", "b"], ("b",))


@pytest.mark.parametrize("length", range(8))
def test_a_position_of_any_length_is_read_back(length: int) -> None:
    seal = Seal(KEY, b"list")
    assert seal.open(seal.close(["a" * length])) == ("a" * length,)


def test_a_position_of_another_sort_is_refused_by_name() -> None:
    assert Cursor(limit=1, after=("a", "b")).texts(2) == ["a", "b"]
    for after in (None, ("a",), ("a", "b", "c"), ("a", 3)):
        with pytest.raises(Refused):
            Cursor(limit=1, after=after).texts(2)
    at = "2026-03-02T08:00:00+00:00"
    assert Cursor(limit=1, after=(at, "a")).moment() == (datetime(2026, 3, 2, 8, tzinfo=UTC), "a")
    for day in ("", "~", 1, None):
        with pytest.raises(Refused):
            Cursor(limit=1, after=(day, "a")).moment()


def test_another_list_key_or_a_changed_position_does_not_fit() -> None:
    cursor = Seal(KEY, b"list").close(["a"])
    payload, tag = OLDER.split(".")
    for seal, tried in (
        (Seal(KEY, b"other"), cursor),
        (Seal(b"x" * 32, b"list"), cursor),
        (Seal(KEY, b"list"), cursor[1:]),
        (Seal(KEY, b"list"), f"{cursor}AAAA"),
        (Seal(KEY, b"other"), OLDER),
        (Seal(KEY, b"list"), f"{payload}x.{tag}"),
        (Seal(KEY, b"list"), f"{payload}.{tag[:-1]}"),
    ):
        with pytest.raises(Refused):
            seal.open(tried)


def test_a_cursor_that_the_release_before_gave_is_read() -> None:
    assert Seal(KEY, b"list").open(OLDER) == ("a",)


def test_nobody_reads_where_a_list_is() -> None:
    """The list of people to be invited is in the order of their names, that of people without recommendations says who was looked
    at last, whoever accompanies them.
    """
    cursor = Seal(KEY, b"list").close(["LEMOINE NADIA", "p-nadia"])
    shown = base64.urlsafe_b64decode(cursor.replace(".", "") + "=" * (-len(cursor.replace(".", "")) % 4))
    assert b"LEMOINE" not in shown
    assert b"p-nadia" not in shown


def test_replicas_share_the_key_and_strangers_do_not_know_it() -> None:
    one = cursor_key(load_settings(Settings, MONGODB_URL="mongodb://u:p@db/"))
    assert one == cursor_key(load_settings(Settings, MONGODB_URL="mongodb://u:p@db/"))
    assert one != cursor_key(load_settings(Settings, MONGODB_URL="mongodb://u:q@db/"))
    assert one != cursor_key(load_settings(Settings, MONGODB_URL="mongodb://u:p@db/", cursor_secret="s" * 32))


async def test_a_cursor_of_another_query_is_refused(stack: Stack) -> None:
    user = stack.token("manager", subject="m1")
    async with stack.running(make_service(consume=False)) as service:
        for title in ("un", "deux", "trois"):
            await service.client.post("/v1/things", json={"title": title}, headers=user)
        first = (await service.client.get("/v1/things?limit=1", headers=user)).json()
        asked = {"cursor": first["next_cursor"]}
        more = await service.client.get("/v1/things", params=asked | {"limit": "2"}, headers=user)
        assert (more.status_code, len(more.json()["items"])) == (200, 2)
        for other in ({"sort": "title"}, {"q": "un"}, {"status": "a"}):
            refused = await service.client.get("/v1/things", params=asked | other, headers=user)
            assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "query.cursor")


@pytest.mark.parametrize(
    "etag",
    [
        *('"²"', '"' + "9" * 5_000 + '"', '"99999999999999999999"', '"-1"', '"2", "3"', '""', '"٣"', "x"),
        # No list of tags, and tags that are compared strongly.
        *('"1" "1"', '"1"x', '"1", *', ",", 'W/"1"', 'W/"1", W/"2"'),
    ],
)
async def test_an_if_match_that_we_never_gave_is_412(etag: str, stack: Stack) -> None:
    user = stack.token("manager", subject="m1")
    async with stack.running(make_service(consume=False)) as service:
        thing = (await service.client.post("/v1/things", json={"title": "un"}, headers=user)).json()
        headers = {**user, "If-Match": etag.encode()}
        answer = await service.client.patch(f"/v1/things/{thing['id']}", json={"title": "x"}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (412, "version-conflict")


async def test_a_weak_tag_is_not_told_that_somebody_was_faster(stack: Stack) -> None:
    user = stack.token("manager", subject="m1")
    async with stack.running(make_service(consume=False)) as service:
        thing = (await service.client.post("/v1/things", json={"title": "un"}, headers=user)).json()
        for tag, said in (
            ('W/"1"', "W/"),
            ('W/"1", W/"2"', "W/"),
            ('"9", W/"1"', "entre-temps"),
            ('"9"', "entre-temps"),
        ):
            changed = await service.client.patch(
                f"/v1/things/{thing['id']}", json={"title": "x"}, headers={**user, "If-Match": tag}
            )
            assert (changed.status_code, said in changed.json()["detail"]) == (412, True), tag


@pytest.mark.parametrize(
    "lines",
    [
        [
            '"1"',
        ],
        ['"1", "999"'],
        ['"999",, W/"1"\t,"1"'],
        ['"999"', '"1"'],
        ['"a,b", "1"'],
        ["1"],
        ["*"],
    ],
)
async def test_one_tag_that_fits_is_enough(lines: list[str], stack: Stack) -> None:
    user = stack.token("manager", subject="m1")
    async with stack.running(make_service(consume=False)) as service:
        thing = (await service.client.post("/v1/things", json={"title": "un"}, headers=user)).json()
        headers = [*user.items(), *(("If-Match", line) for line in lines)]
        answer = await service.client.patch(f"/v1/things/{thing['id']}", json={"title": "x"}, headers=headers)
        assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
