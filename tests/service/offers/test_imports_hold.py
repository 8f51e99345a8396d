"""What an import must survive: odd rows of every type, damaged and half files, foreign managers, a store that refuses."""

import gzip
import json
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from pymongo.errors import AutoReconnect

from services.offers.commands import import_report
from services.offers.commands import imports as commands
from services.offers.domain.imports import feeds, is_france_travail, read_france_travail, read_own
from services.offers.domain.imports.fields import check_bounded
from services.offers.domain.imports.rows import RowRefused
from shared.reference.communes import Communes
from tests.examples import examples
from tests.service.offers.support import Desk
from tests.service.offers.test_imports import deliver, row
from tests.support import Stack

communes = Communes.load()
ODD = [
    -1, 0, 12.5, 1e300, 2**63, True, False, "", " ", "\x00", "\ud7ff", "x" * 5_000, [], [1], [[]], [None], {}, {"libelle": [1]},
    {"libelle": 12.5}, {"code": {}}, [{"libelle": 1}], [{"exigence": []}], "９９", "12e9", "NaN", {"": ""},
]  # fmt: skip
FIELDS = [
    *sorted(row(1)),
    "appellationlibelle", "alternance", "nombrePostes", "competences", "permis", "contexteTravail", "origineOffre", "contact",
    "experienceLibelle", "dureeTravailLibelleConverti", "code_postal", "code_insee", "nom_commune", "romeLibelle",
]  # fmt: skip
PARTS = [
    ("lieuTravail", name) for name in ("libelle", "commune", "codePostal", "latitude", "longitude")
] + [("salaire", "libelle"), ("salaire", "commentaire"), ("entreprise", "nom"), ("entreprise", "description"),
     ("contexteTravail", "horaires"), ("origineOffre", "urlOrigine"), ("contact", "urlPostulation")]  # fmt: skip


def understood(value: dict[str, Any]) -> bool:
    """Whether the readers make an offer of it; anything but a refusal of the row is an error of ours."""
    try:
        check_bounded(value)
        read = read_france_travail(value, communes) if is_france_travail(value) else read_own(value)
    except RowRefused as refused:
        told = [(error.field, error.rule, error.message) for error in refused.errors]
    else:
        told = []
    if told:
        assert all(all(parts) for parts in told)
        return False
    return bool(read.external_id)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"positions_total": True}, [("positions_total", "number_type")]),
        ({"salary": {"hourly_min": True}}, [("salary.hourly_min", "number_type")]),
        ({"company": {"name": " \u200b "}}, [("company.name", "blank")]),
        (
            {"shifts": [{"weekday": 1, "start": "08:00+02:00", "end": 43_200}]},
            [("shifts.0.start", "clock"), ("shifts.0.end", "clock")],
        ),
        (
            {"shifts": [{"weekday": 1, "start": "24:00", "end": "8h"}]},
            [("shifts.0.start", "clock"), ("shifts.0.end", "clock")],
        ),
        ({"shifts": [{"weekday": 1, "start": "8:30", "end": "24:00"}], "weekly_hours": "35"}, []),
    ],
)
def test_a_row_of_our_own_is_held_to_what_a_deposit_is(changes: dict[str, Any], wrong: list[tuple[str, str]]) -> None:
    own = {
        "external_id": "o1", "company": {"name": "Ferme"}, "title": "Ouvrier agricole (H/F)", "contract_kind": "cdi",
        "place": {"commune_code": "23096"}, **changes,
    }  # fmt: skip
    try:
        read_own(own)
        found = []
    except RowRefused as refused:
        found = [(error.field, error.rule) for error in refused.errors]
    assert found == wrong


@pytest.mark.parametrize("field", FIELDS)
def test_any_type_in_any_field_is_read_or_refused(field: str) -> None:
    assert understood(row(1))
    for odd in ODD:
        understood(row(1, **{field: odd}))


@pytest.mark.parametrize(("outer", "inner"), PARTS)
def test_any_type_in_any_inner_field_is_read_or_refused(outer: str, inner: str) -> None:
    for odd in ODD:
        base = row(1).get(outer) or {}
        understood(row(1, **{outer: {**base, inner: odd}}))


@pytest.mark.parametrize(
    "changes",
    [
        {"permis": -1}, {"competences": 1}, {"salaire": {"libelle": [1]}}, {"salaire": {"libelle": 12.5}}, {"salaire": "1800"},
        {"lieuTravail": "Guéret"}, {"entreprise": [1]}, {"intitule": {"a": 1}}, {"contexteTravail": {"horaires": "35H"}},
        {"competences": [[]]}, {"description": 5}, {"nombrePostes": []}, {"origineOffre": {"urlOrigine": 1}},
    ],
)  # fmt: skip
def test_another_type_is_that_rows_refusal_with_the_fields_name(changes: dict[str, Any]) -> None:
    with pytest.raises(RowRefused) as refused:
        read_france_travail(row(1, **changes), communes)
    assert refused.value.errors[0].rule == "type"
    assert refused.value.errors[0].field.startswith(next(iter(changes)))


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20)
)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=8), inner, max_size=3)
    ),
)


@given(
    st.dictionaries(
        st.sampled_from([*FIELDS, "external_id", "company", "title", "place", "shifts", "salary"]), anything, max_size=6
    )
)
@examples(100)
def test_fuzz_of_single_rows(changes: dict[str, Any]) -> None:
    understood({**row(1), **changes})
    understood(changes)


@given(
    rows=st.lists(
        st.one_of(
            anything, st.builds(lambda c: row(1, **c), st.dictionaries(st.sampled_from(FIELDS), anything, max_size=3))
        ),
        min_size=1,
        max_size=8,
    )
)
@examples(25, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_every_row_of_a_fuzzed_file_is_accounted_for(desk: Desk, rows: list[Any]) -> None:
    body = "\n".join(json.dumps(value) for value in [row(77), *rows]).encode()
    answer = await desk.client.post(
        "/v1/imports", headers={**desk.partner, "Content-Type": "application/x-ndjson"}, content=body
    )
    assert answer.status_code == 200, answer.text
    report = answer.json()
    assert [line["row"] for line in report["rows"]] == list(range(1, len(rows) + 2))
    assert report["accepted"] + report["rejected"] == len(rows) + 1
    assert report["rows"][0]["status"] == "accepted"
    logged = await desk.client.get(f"/v1/imports/{report['id']}", headers=desk.partner)
    assert (logged.status_code, logged.json()["rejected"], logged.json()["state"]) == (200, report["rejected"], "done")


async def test_an_odd_row_in_the_second_hundred_loses_nothing(desk: Desk) -> None:
    rows: list[Any] = [row(number) for number in range(150)]
    rows[120] = row(120, salaire={"libelle": 12.5})
    report = await deliver(desk, rows)
    assert (report["accepted"], report["rejected"]) == (149, 1)
    assert report["rows"][120]["errors"][0]["field"] == "salaire.libelle"
    assert (await desk.client.get("/v1/imports", headers=desk.partner)).json()["items"][0]["accepted"] == 149


async def test_what_no_reader_foresaw_is_one_refusal(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def unforeseen(value: Any, where: Any) -> Any:
        if value["id"] == "FT3":
            raise ZeroDivisionError("a secret of the row")
        return read_france_travail(value, where)

    monkeypatch.setattr(feeds, "read_france_travail", unforeseen)
    report = await deliver(desk, [row(number) for number in range(6)])
    assert [line["status"] for line in report["rows"]].count("accepted") == 5
    assert report["rows"][3]["errors"][0]["rule"] == "unforeseen"
    assert "secret" not in json.dumps(report)


async def test_what_the_store_will_not_take_is_one_refusal(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    apply = commands._apply

    async def picky(context: Any, scope: Any, rows: Any) -> None:
        if any(one.feed.external_id == "FT5" for one in rows):
            raise OverflowError("int too large to convert")
        await apply(context, scope, rows)

    monkeypatch.setattr(commands, "_apply", picky)
    report = await deliver(desk, [row(number) for number in range(8)])
    assert [line["external_id"] for line in report["rows"] if line["status"] == "rejected"] == ["FT5"]
    assert report["rows"][5]["errors"][0]["rule"] == "not_stored"
    assert await desk.store.collection("offers").count_documents({}) == 7


async def test_a_store_that_fails_midway_leaves_the_word_of_how_far_it_came(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply = commands._apply

    async def failing(context: Any, scope: Any, rows: Any) -> None:
        if any(one.feed.external_id == "FT150" for one in rows):
            raise AutoReconnect("the primary is gone")
        await apply(context, scope, rows)

    monkeypatch.setattr(commands, "_apply", failing)
    answer = await desk.client.post("/v1/imports", headers=desk.partner, json=[row(number) for number in range(180)])
    assert answer.status_code >= 500
    logged = (await desk.client.get("/v1/imports", headers=desk.partner)).json()["items"][0]
    assert (logged["state"], logged["done"], logged["accepted"]) == ("interrupted", 100, 100)


async def test_the_report_of_a_hostile_file_is_bounded(desk: Desk) -> None:
    rows = [{"id": f"{number}" + "é" * 4_000, "intitule": 1} for number in range(4_800)]
    answer = await desk.client.post("/v1/imports", headers=desk.partner, json=rows)
    assert answer.status_code == 200
    assert answer.json()["rejected"] == 4_800
    assert len(answer.content) < 4_000_000
    stored = await desk.store.collection("imports").find_one({})
    assert len(json.dumps(stored["refused"])) < 5_000_000

    wide = {"external_id": "w", "title": "Maçon", **{f"f{number}": number for number in range(2_500)}}
    report = await deliver(desk, [wide])
    assert len(report["rows"][0]["errors"]) == import_report.MAX_ERRORS + 1


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b""])
async def test_a_byte_order_mark_is_no_row(desk: Desk, mark: bytes) -> None:
    lines = "\n".join(json.dumps(row(number)) for number in range(3)).encode()
    for content in (lines, mark + lines, gzip.compress(mark + lines)):
        answer = await desk.client.post(
            "/v1/imports", headers={**desk.partner, "Content-Type": "application/octet-stream"}, content=content,
            params={"complete": True},
        )  # fmt: skip
        report = answer.json()
        assert (report["accepted"], report["rejected"], report["closed"], report["kept_open"]) == (3, 0, 0, None)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (json.dumps([row(1), row(2)]).encode()[:-1], "file"),
        (json.dumps([row(1)]).encode() + b"]", "file"),
        (json.dumps(row(1)).encode() + b"\n" + json.dumps(row(2)).encode()[:-40], "rows"),
        (json.dumps([row(1), {**row(2), "id": None}]).encode(), "rows"),
        (json.dumps([row(1), {**row(2), "id": {"$gt": ""}}]).encode(), "rows"),
        (json.dumps([row(1), 17]).encode(), "rows"),
        (json.dumps([row(1, intitule=5), row(2, intitule=5)]).encode(), "rows"),
    ],
)
async def test_a_feed_that_may_not_be_whole_closes_nothing(desk: Desk, content: bytes, why: str) -> None:
    await deliver(desk, [row(1), row(2), row(3)])
    answer = await desk.client.post("/v1/imports", headers=desk.partner, content=content, params={"complete": True})
    assert answer.status_code == 200, answer.text
    assert answer.json()["closed"] == 0
    assert answer.json()["kept_open"].startswith(why)


async def test_a_refused_row_with_its_identifier_is_still_in_the_feed(desk: Desk) -> None:
    await deliver(desk, [row(1), row(2), row(3)])
    report = await deliver(desk, [row(1), row(2, salaire=5)], complete=True)
    assert (report["accepted"], report["closed"], report["kept_open"]) == (1, 1, None)
    status = {one["feed"]["external_id"]: one["status"] async for one in desk.store.collection("offers").find({})}
    assert status == {"FT1": "published", "FT2": "published", "FT3": "closed"}


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"resultats":[]}', gzip.compress(json.dumps([row(1)]).encode(), mtime=0)[:-6]]
)
async def test_an_empty_or_cut_file_is_refused_as_a_whole(desk: Desk, content: bytes) -> None:
    await deliver(desk, [row(1)])
    answer = await desk.client.post("/v1/imports", headers=desk.partner, content=content, params={"complete": True})
    assert answer.status_code == 422
    assert await desk.store.collection("offers").count_documents({"status": "published"}) == 1


class TestTerritory:
    """A manager acts for a partner in its own territories only; a partner for itself."""

    LIMOGES: ClassVar = {"libelle": "87 - LIMOGES", "commune": "87085", "codePostal": "87000"}

    async def test_a_foreign_manager_neither_delivers_nor_closes_nor_reads(self, desk: Desk, stack: Stack) -> None:
        far = stack.token("manager", subject="far", territories=["87"])
        first = await deliver(desk, [row(1), row(2)])
        answer = await desk.client.post(
            "/v1/imports", headers=far, params={"partner": "feed-one", "complete": True},
            json=[row(1, intitule="Pris (H/F)"), row(3), row(4, lieuTravail=self.LIMOGES)],
        )  # fmt: skip
        report = answer.json()
        assert [line["status"] for line in report["rows"]] == ["rejected", "rejected", "accepted"]
        assert {line["errors"][0]["rule"] for line in report["rows"][:2]} == {"territory"}
        assert report["closed"] == 0
        titles = {item["title"] for item in (await desk.client.get("/v1/offers")).json()["items"]}
        assert "Pris (H/F)" not in titles
        assert len(titles) == 3

        assert (await desk.client.get(f"/v1/imports/{first['id']}", headers=far)).status_code == 404
        listed = await desk.client.get("/v1/imports", headers=far, params={"partner": "feed-one"})
        assert [item["id"] for item in listed.json()["items"]] == [report["id"]]
        assert (await desk.client.get(f"/v1/imports/{first['id']}", headers=desk.manager)).status_code == 200
        assert (await desk.client.get(f"/v1/imports/{report['id']}", headers=desk.manager)).status_code == 404

    async def test_a_manager_of_none_may_do_nothing(self, desk: Desk, stack: Stack) -> None:
        none = stack.token("manager", subject="lost", territories=[])
        first = await deliver(desk, [row(1)])
        for answer in (
            await desk.client.post("/v1/imports", headers=none, params={"partner": "feed-one"}, json=[row(2)]),
            await desk.client.get("/v1/imports", headers=none, params={"partner": "feed-one"}),
            await desk.client.get(f"/v1/imports/{first['id']}", headers=none),
        ):
            assert answer.status_code == 403

    async def test_a_manager_closes_what_vanished_in_its_own_territory(self, desk: Desk) -> None:
        await deliver(desk, [row(1), row(2), row(3, lieuTravail=self.LIMOGES)])
        answer = await desk.client.post(
            "/v1/imports", headers=desk.manager, params={"partner": "feed-one", "complete": True}, json=[row(1)]
        )
        assert answer.json()["closed"] == 1
        open_ones = {
            one["feed"]["external_id"] async for one in desk.store.collection("offers").find({"status": "published"})
        }
        assert open_ones == {"FT1", "FT3"}

    async def test_a_partner_is_who_its_token_says(self, desk: Desk, stack: Stack) -> None:
        first = await deliver(desk, [row(1)])
        other = stack.token("partner", subject="feed-two")
        answer = await desk.client.post(
            "/v1/imports", headers=other, params={"partner": "feed-one", "complete": True}, json=[row(2)]
        )
        assert (answer.json()["partner"], answer.json()["closed"]) == ("feed-two", 0)
        assert (await desk.client.get(f"/v1/imports/{first['id']}", headers=other)).status_code == 404
        assert (await desk.client.get("/v1/imports", headers=other, params={"partner": "feed-one"})).json()["items"][0][
            "partner"
        ] == "feed-two"

    async def test_a_manager_reads_the_refused_rows_of_its_territory(self, desk: Desk, stack: Stack) -> None:
        report = await deliver(desk, [row(1), row(2, lieuTravail=self.LIMOGES), row(3, intitule=None)])
        for territory in ("23", "87"):
            manager = stack.token("manager", subject="m", territories=[territory])
            logged = await desk.client.get(f"/v1/imports/{report['id']}", headers=manager)
            assert [one["row"] for one in logged.json()["refused"]] == [3]


async def test_an_import_may_go_on_behind_the_answer(desk: Desk) -> None:
    answer = await desk.client.post(
        "/v1/imports", headers={**desk.partner, "Prefer": "respond-async"}, json=[row(number) for number in range(120)]
    )
    assert answer.status_code == 202
    assert (answer.json()["state"], answer.json()["rows"]) == ("running", 120)
    # The test's client waits for the whole application, so it is over when the answer is here.
    logged = (await desk.client.get(answer.headers["location"], headers=desk.partner)).json()
    assert (logged["state"], logged["done"], logged["accepted"]) == ("done", 120, 120)


def test_a_caces_that_is_required_among_the_skills_is_one_that_the_offer_needs() -> None:
    def skill(label: str, exigence: str = "E") -> dict[str, str]:
        return {"libelle": label, "exigence": exigence}

    named = "PEMP du groupe B (CACES R 486-B) - Depuis le 01/01/2020"
    skills = [skill(named), skill("CACES R489-3", "S"), skill("Conduite de transpalettes CACES R485"), skill("Trier")]
    assert read_france_travail(row(1, competences=skills), communes).given.caces == ("R485", "R486-B")
