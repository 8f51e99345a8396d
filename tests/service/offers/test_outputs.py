"""No title breaks a feed, a page or a spreadsheet: not as it is typed, and not as it was stored before."""

import csv
import io
import json
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

import pytest

from shared.outputs import csv_text, script_json, xml_text
from tests.service.offers.support import Desk

ODD = ["\x00", "\x01", "\x0b", "\x0c", "\x1b", "\x1f", "\ufffe", "\uffff", "\ud800"]


@pytest.mark.parametrize("odd", ODD, ids=[f"{ord(one):04x}" for one in ODD])
def test_what_xml_cannot_write_is_left_out(odd: str) -> None:
    read = ElementTree.fromstring(f"<t>{xml_text(f'Maçon{odd} <b>&amp;</b> ]]> (H/F) 🧱')}</t>")
    assert read.text == "Maçon <b>&amp;</b> ]]> (H/F) 🧱"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1+1", "  =1", "\u00a0=1", "\u200b=1", "\ufeff=1", "\u2028=1", "\x00=1",
        "＝1+1", "＋1", "－1", "＠x", "\n＝1", " \n\t＝1", "﹦1", "\tx", "\nx",
    ],
)  # fmt: skip
def test_a_cell_that_a_spreadsheet_would_compute_is_text(text: str) -> None:
    (row,) = csv.reader(
        io.StringIO(csv_text((), [(text, "Maçon; « Poseur »", 3, None)]).removeprefix("\ufeff\r\n")), delimiter=";"
    )
    assert row[0].startswith("'")
    assert row[1:] == ["Maçon; « Poseur »", "3", ""]


@pytest.mark.parametrize("text", ["Maçon", "1,5", "a=b", "Éléveur", "'déjà'", "[x]"])
def test_other_cells_are_as_they_are(text: str) -> None:
    assert csv_text((text,), []) == f"\ufeff{text}\r\n"


@pytest.mark.parametrize(
    "text", ["</script><script>alert(1)</script>", "<!--", "]]>", "&lt;", "a\u2028b\u2029c", 'x"\\</ScRiPt >']
)
def test_json_for_a_page_closes_no_script_and_reads_the_same(text: str) -> None:
    written = script_json({"title": text})
    assert json.loads(written) == {"title": text}
    assert not any(one in written.decode() for one in "<>&\u2028\u2029")


async def test_what_was_stored_before_breaks_no_output(desk: Desk) -> None:
    offer = await desk.offer(await desk.company(), apply_by="2026-03-20")
    odd = "\n=Maçon\x01\u000b </script> ]]>"
    await desk.store.collection("offers").update_one({"_id": offer}, {"$set": {"content.title": odd}})
    await desk.store.collection("listings").update_one({"_id": offer}, {"$set": {"card.title": odd}})
    feed = await desk.client.get("/v1/offers.rss", params={"commune": "23096"})
    titles = [item.findtext("title") or "" for item in ElementTree.fromstring(feed.content).iter("item")]
    assert [title.strip() for title in titles] == ["=Maçon </script> ]]>"]
    posting = await desk.client.get(f"/v1/offers/{offer}/jobposting")
    assert "</script>" not in posting.text
    assert "</script>" in posting.json()["title"]
    # The last second of the last day, where the place is.
    assert datetime.fromisoformat(posting.json()["validThrough"]).isoformat() == "2026-03-20T23:59:59+01:00"
    table = await desk.client.get("/v1/offers.csv", headers=desk.manager)
    rows = list(csv.reader(io.StringIO(table.text), delimiter=";"))
    assert [row[2].startswith("'") for row in rows[1:]] == [True]


@pytest.mark.parametrize(
    ("changes", "types"),
    [
        ({"contract_kind": "cdi", "duration_months": None, "weekly_hours": None}, None),
        ({"contract_kind": "cdi", "duration_months": None, "weekly_hours": 35}, ["FULL_TIME"]),
        ({"contract_kind": "cdi", "duration_months": None, "weekly_hours": 20}, ["PART_TIME"]),
        ({"weekly_hours": None}, ["TEMPORARY"]),
        ({"weekly_hours": 24}, ["TEMPORARY", "PART_TIME"]),
    ],
)
async def test_the_time_of_a_job_is_said_when_it_is_known(desk: Desk, changes: dict[str, Any], types: Any) -> None:
    offer = await desk.offer(await desk.company(), shifts=[], **changes)
    posting = (await desk.client.get(f"/v1/offers/{offer}/jobposting")).json()
    assert posting.get("employmentType") == types


async def test_what_others_show_of_an_offer_leads_to_the_front_ends_page(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = await desk.offer(await desk.company())
    settings = desk.running.app.state.context.settings

    async def links() -> set[str]:
        rss = ElementTree.fromstring((await desk.client.get("/v1/offers.rss")).content)
        feed = (await desk.client.get("/v1/offers.feed.json")).json()
        screen = (await desk.client.get("/v1/stops/nearby", params={"commune": "23096", "radius_km": 50})).json()
        posting = (await desk.client.get(f"/v1/offers/{offer}/jobposting")).json()
        return {
            *(item.findtext("link") or "" for item in rss.iter("item")),
            *(item["url"] for item in feed["items"]),
            *(item["link"] for item in screen["items"]),
            posting["url"],
        }

    assert await links() == {f"{settings.public_url}/v1/offers/{offer}"}
    monkeypatch.setitem(settings.__dict__, "offer_link", "https://emploi.creuse.example/offres/{offer_id}?de=flux")
    assert await links() == {f"https://emploi.creuse.example/offres/{offer}?de=flux"}
