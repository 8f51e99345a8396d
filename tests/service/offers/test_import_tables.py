"""Tables of offers: what they bring, what is refused and how it is said, before and after."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from services.offers.domain.imports.feeds import read_feed
from services.offers.domain.imports.files import UnreadableFile
from services.offers.domain.imports.sheets import elsewhere
from services.offers.domain.imports.sheets.contents import Known
from services.offers.domain.imports.sheets.rows import Asked, SheetRow
from services.offers.domain.imports.sheets.titles import Column
from shared.tables import Cell
from tests.service.offers.support import SIRET, Desk
from tests.service.offers.tabled import HEADER, as_csv, as_ods, as_xlsx, line, ods_row


async def send(desk: Desk, content: bytes, status: int = 200, **params: Any) -> dict[str, Any]:
    answer = await desk.client.post("/v1/imports", headers=desk.partner, content=content, params=params)
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


def rules(report: dict[str, Any]) -> list[list[str]]:
    return [[error["rule"] for error in row["errors"]] for row in report["rows"]]


async def test_a_table_is_previewed_imported_and_the_same_again_changes_nothing(desk: Desk) -> None:
    content = as_csv(
        [HEADER, line(1), line(2, Commune="Nulle-Part", Contrat="forfait"), line(3, Salaire="1 850 € brut/mois")]
    )
    seen = await send(desk, content, preview=True)
    assert (seen["preview"], seen["id"], seen["created"], seen["rejected"]) == (True, None, 2, 1)
    assert [(one["column"], one["field"]) for one in seen["columns"]][:4] == [
        ("A", "reference"), ("B", "title"), ("C", "employer"), ("D", "place"),
    ]  # fmt: skip
    first = seen["rows"][0]
    assert (first["row"], first["offer_id"], first["change"]) == (2, None, "created")
    told = first["understood"]
    assert (told["place"], told["contract_kind"], told["weekly_hours"], told["hourly_min"]) == (
        "Guéret",
        "cdi",
        35,
        12.5,
    )
    assert await desk.store.collection("offers").count_documents({}) == 0
    assert await desk.store.collection("imports").count_documents({}) == 0

    report = await send(desk, content)
    assert (report["created"], report["rejected"]) == (2, 1)
    wrong = report["rows"][1]["errors"]
    assert (report["rows"][1]["row"], wrong[0]["field"], wrong[0]["column"]) == (3, "contract", "E (Contrat)")
    logged = (await desk.client.get(f"/v1/imports/{report['id']}", headers=desk.partner)).json()
    assert logged["refused"][0]["errors"][0]["column"] == "E (Contrat)"
    events = len(await desk.events())
    assert (await send(desk, content))["unchanged"] == 2
    assert len(await desk.events()) == events
    again = await send(desk, content, preview=True)
    assert (again["unchanged"], again["rows"][0]["offer_id"]) == (2, report["rows"][0]["offer_id"])


async def test_what_the_table_no_longer_lists_or_calls_filled_is_closed_when_it_is_complete(desk: Desk) -> None:
    header = (*HEADER, "Statut")
    rows = [[*line(number), "à pourvoir"] for number in range(1, 4)]
    await send(desk, as_csv([header, *rows]))
    rows[1][-1] = "POURVU"
    report = await send(desk, as_csv([header, *rows[1:]]), complete=True)
    assert (report["closed"], report["kept_open"], rules(report)) == (2, None, [["over"], []])
    shown = (await desk.client.get("/v1/offers")).json()["items"]
    assert [one["title"] for one in shown] == ["Maçon 3"]


async def test_without_references_an_offer_is_known_again_and_twins_are_told(desk: Desk) -> None:
    header = HEADER[1:]
    first = await send(desk, as_csv([header, line(1)[1:], line(2)[1:], line(1)[1:]]))
    assert rules(first) == [[], [], ["repeated"]]
    assert "ligne 2" in first["rows"][2]["errors"][0]["message"]
    assert any("Sans colonne «Référence»" in note for note in first["notes"])
    # In another order, with another pay.
    second = await send(desk, as_csv([header, line(2)[1:], line(1, Salaire="13 €/h")[1:]]))
    assert (second["updated"], second["unchanged"], second["created"]) == (1, 1, 0)
    assert [row["offer_id"] for row in second["rows"]] == [row["offer_id"] for row in first["rows"][1::-1]]


async def test_the_caller_says_what_a_column_is_and_what_holds_for_all_rows(desk: Desk) -> None:
    unknown = [("Ceci", "Cela", "Autre"), ("7", "bleu", "grand")]
    assert (await send(desk, as_csv(unknown), status=422))["errors"][0]["rule"] == "no-header"
    rows = [("Annonce n°", "Quoi au juste", "Patelin", "Divers"), ("7", "Couvreur", "Felletin", "secret")]
    params = {
        "column": ["B=title", "Patelin=place", "Annonce n°=reference", "D="],
        "default": ["contract=CDD de six mois", "employer=Toits 23", f"siret={SIRET}"],
    }
    (row,) = (await send(desk, as_csv(rows), preview=True, **params))["rows"]
    told = row["understood"]
    assert (row["external_id"], told["title"], told["place"], told["company"]) == (
        "7",
        "Couvreur",
        "Felletin",
        "Toits 23",
    )
    assert (told["contract_kind"], told["duration_months"]) == ("cdd", 6)
    for wrong in ({"column": "B=colour"}, {"column": "title"}, {"default": "=x"}):
        await send(desk, as_csv(rows), status=422, **wrong)


async def test_workbooks_with_several_sheets_hidden_and_merged_cells(desk: Desk) -> None:
    def change(book: Any) -> None:
        sheet = book["Offres"]
        sheet.merge_cells("C2:C3")
        sheet.row_dimensions[4].hidden = True
        sheet["F5"] = "=1+"
        book["Vieilles"].sheet_state = "hidden"

    rows = [HEADER, line(1), line(2, Employeur=None), line(3), line(4, **{"Temps de travail": 35})]
    book = as_xlsx(("Lisez-moi", [["Bonjour"]]), ("Offres", rows), ("Vieilles", [HEADER, line(9)]), change=change)
    report = await send(desk, book, preview=True)
    assert rules(report) == [[], [], ["hidden"], ["formula"]]
    assert [row["understood"]["company"] for row in report["rows"][:2]] == ["Bâti Creuse", "Bâti Creuse"]
    assert report["rows"][3]["errors"][0]["column"] == "F (Temps de travail)"
    two = as_xlsx(("Janvier", [HEADER, line(1)]), ("Février", [HEADER, line(2)]))
    assert (await send(desk, two, status=422))["errors"][0]["rule"] == "several-sheets"
    assert (await send(desk, two, preview=True, sheet="Février"))["rows"][0]["external_id"] == "R2"


async def test_sheets_that_nobody_sees_are_named_in_the_preview(desk: Desk) -> None:
    def change(book: Any) -> None:
        book["Vieilles"].sheet_state = "hidden"
        book["Listes"].sheet_state = "veryHidden"

    book = as_xlsx(("Offres", [HEADER, line(1)]), ("Vieilles", [HEADER, line(9)]), ("Listes", [["CDI"]]), change=change)
    told = "Feuilles masquées, qui ne sont pas lues : «Vieilles», «Listes»."
    report = await send(desk, book, preview=True)
    assert (told in report["notes"], report["created"]) == (True, 1)
    unseen = '<style:style style:name="t1" style:family="table"><style:table-properties table:display="false"/></style:style>'
    tables = (("Offres", ods_row(HEADER) + ods_row(line(1))), ("Vieilles", ods_row(HEADER) + ods_row(line(9))))
    report = await send(desk, as_ods(*tables, styles=unseen), preview=True)
    assert "Feuilles masquées, qui ne sont pas lues : «Vieilles»." in report["notes"]
    assert report["created"] == 1


async def test_an_offer_without_a_contract_is_asked_for_it_and_never_published_as_another(desk: Desk) -> None:
    header = ("Poste", "Employeur", "Commune", "Temps de travail")
    rows = [("Cueillette", "Verger", "Guéret", "35"), ("Serveur (CDI)", "Café", "Guéret", "35")]
    report = await send(desk, as_csv([header, *rows]), preview=True)
    assert rules(report) == [["required"], []]
    assert report["rows"][0]["errors"][0]["field"] == "contract"
    assert "contract_elsewhere" in [one["rule"] for one in report["rows"][1]["warnings"]]
    assert report["rows"][1]["understood"]["contract_kind"] == "cdi"
    # The caller may say it for all that say none.
    report = await send(desk, as_csv([header, *rows]), default="contract=saisonnier")
    assert rules(report) == [[], []]
    assert report["rows"][0]["offer_id"] is not None


async def test_an_ods_file_with_days_is_read_as_a_workbook(desk: Desk) -> None:
    header = [*HEADER, "Début"]
    rows = (
        ods_row(header) + ods_row([*line(1), date(2027, 2, 1)]) + ods_row([None], table_number_rows_repeated=1_000_000)
    )
    (row,) = (await send(desk, as_ods(("Offres", rows)), preview=True))["rows"]
    assert (row["understood"]["starts_on"], row["understood"]["title"]) == ("2027-02-01", "Maçon 1")


async def test_formulas_and_tags_stay_text_and_are_disarmed_in_the_export(desk: Desk) -> None:
    header = (*HEADER, "Description")
    bad = [*line(1, Employeur="=cmd|' /C calc'!A0"), "<p>Vente &amp; <b>conseil</b></p>\n@SUM(1+1)"]
    await send(desk, as_csv([header, bad]))
    export = (await desk.client.get("/v1/offers.csv", headers=desk.manager)).text
    assert "'=cmd" in export
    assert ";=cmd" not in export
    (item,) = (await desk.client.get("/v1/offers")).json()["items"]
    offer = (await desk.client.get(f"/v1/offers/{item['id']}")).json()
    assert offer["description"] == "Vente & conseil\n@SUM(1+1)"


async def test_odd_rows_are_each_refused_by_their_number_and_stop_no_other(desk: Desk) -> None:
    rows = [
        ["Offres de la semaine"], [], HEADER,
        line(1),
        ["SECTEUR GUÉRET"],
        line(2, Poste="Aide (1 85 05 78 006 084)"),
        line(3, Commune="Gu\ufffdret"),
        line(4, Poste="Homme de moins de 30 ans"),
        [*line(5), "de trop"],
        line(6, Poste="Вчитель"),
        line(1),
        HEADER,
        line(7, Salaire="1 400 € net", **{"Temps de travail": "35:00"}),
    ]  # fmt: skip
    report = await send(desk, as_csv(rows))
    assert {row["row"]: [error["rule"] for error in row["errors"]] for row in report["rows"]} == {
        4: [], 6: ["personal-number"], 7: ["encoding"], 8: ["sex", "age_limit"], 9: ["more-cells"], 10: [],
        11: ["repeated"], 13: [],
    }  # fmt: skip
    assert report["rows"][1]["external_id"] is None
    assert any("Ligne 5" in note and "elle dit : lieu" in note for note in report["notes"])
    assert report["rows"][-1]["warnings"][0]["rule"] == "salary_net"
    assert report["rows"][-1]["warnings"][0]["column"] == "G (Salaire)"


async def test_a_manager_of_one_territory_need_not_say_it(desk: Desk) -> None:
    async def deliver(commune: str) -> dict[str, Any]:
        answer = await desk.client.post(
            "/v1/imports",
            headers=desk.manager,
            params={"partner": "mairies", "preview": True},
            content=as_csv([HEADER, line(1, Commune=commune)]),
        )
        row: dict[str, Any] = answer.json()["rows"][0]
        return row

    assert (await deliver("Dun"))["understood"]["place"] == "Dun-le-Palestel"
    assert [error["rule"] for error in (await deliver("Limoges"))["errors"]] == ["territory"]


@pytest.mark.parametrize(
    ("written", "rule", "said"),
    [
        (lambda text: text.replace("Maçon 2", "Ma\x00çon 2"), "null-character", "Ligne 3 "),
        (lambda text: text.replace("\r\n", "\r").replace("Bâti Creuse", "Bâti\x00", 1), "null-character", "Ligne 2 "),
        (lambda text: "\x00" + text, "null-character", "Ligne 1 "),
        (lambda text: text + "\x1a" + "\x00" * 5, "null-character", "Ligne 4 "),
        # No text at all, or one of which a good part is lost.
        (lambda text: "\x01\x00\x02" + text, "format", "ni un CSV"),
        (lambda text: text + "\x00" * 4_096, "format", "ni un CSV"),
    ],
)
def test_a_null_in_a_table_is_named_with_its_line(written: Callable[[str], str], rule: str, said: str) -> None:
    text = as_csv([HEADER, *map(line, (1, 2))]).decode()
    with pytest.raises(UnreadableFile, match=said) as refused:
        read_feed(written(text).encode(), 10**6, 100, Asked())
    assert refused.value.rule == rule


def test_columns_that_nobody_reads_cost_no_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each cell of a column without a title may speak of the post; of a list of offers a handful is so."""
    read: list[str] = []

    def facts_in(text: str, _: Known) -> elsewhere.Said:
        read.append(text)
        return elsewhere.Said({}, whole=True)

    monkeypatch.setattr(elsewhere, "facts_in", facts_in)
    rows = [[*line(number), *(f"vu le {number}.{at}" for at in range(50))] for number in (1, 2)]
    found = read_feed(as_csv([[*HEADER, *[""] * 50], *rows]), 10**6, 100, Asked())
    assert [one.values[Column.TITLE] for _, one in found.parsed(0, 2) if isinstance(one, SheetRow)] == [
        "Maçon 1",
        "Maçon 2",
    ]
    beside = [text for text in read if text.startswith("vu le")]
    assert beside == [f"vu le {number}.{at}" for number in (1, 2) for at in range(12)]


def test_the_text_of_a_cell_is_made_once() -> None:
    one = Cell(" Maçon\u200b ")
    assert one.text is one.text == "Maçon"


CALLED_OVER = (*HEADER, "Nombre de postes", "Statut")


async def called(desk: Desk, *said: str, posts: str = "1", **asked: Any) -> dict[str, Any]:
    rows = [[*line(number), posts, word] for number, word in enumerate(said, 1)]
    return await send(desk, as_csv([CALLED_OVER, *rows]), **asked)


async def live(desk: Desk) -> list[str]:
    return sorted(one["title"] for one in (await desk.client.get("/v1/offers")).json()["items"])


async def test_a_row_that_says_that_its_post_is_filled_closes_its_offer(desk: Desk) -> None:
    await called(desk, "à pourvoir", "à pourvoir", "à pourvoir")
    seen = await called(desk, "Pourvu", "Poste pourvu.", "à pourvoir", preview=True)
    assert ([row["change"] for row in seen["rows"]], seen["closed"]) == (["closed", "closed", "unchanged"], 0)
    assert "2 offres dites pourvues seraient fermées" in seen["summary"]
    assert len(await live(desk)) == 3
    report = await called(desk, "Pourvu", "Poste pourvu.", "à pourvoir")
    assert (report["closed"], report["rejected"], await live(desk)) == (2, 2, ["Maçon 3"])
    assert report["summary"].startswith(
        "Sur 3 lignes, 1 offre est prise (1 inchangée) ; 2 offres dites pourvues sont fermées."
    )
    assert "elle est fermée" in report["rows"][0]["errors"][0]["message"]
    logged = (await desk.client.get(f"/v1/imports/{report['id']}", headers=desk.partner)).json()
    assert (logged["closed"], "elle est fermée" in str(logged["refused"])) == (2, True)
    # The same again closes nothing, a mistake is taken back by the next table.
    assert (await called(desk, "Pourvu", "Poste pourvu.", "à pourvoir"))["closed"] == 0
    await called(desk, "à pourvoir", "clos", "à pourvoir")
    assert await live(desk) == ["Maçon 1", "Maçon 3"]


@pytest.mark.parametrize(
    "word",
    [
        "pourvu ?", "pourvu sous réserve", "bientôt pourvu", "pourvu à 50 %", "1 pourvu sur 2", "pourvu en interne si accord",
        "suspendu", "terminé", "pas encore pourvu", "non pourvu", "pourvu ; à pourvoir", "clos le 31/12/2026", "à clôturer",
    ],
)  # fmt: skip
async def test_no_doubtful_word_closes_an_offer(desk: Desk, word: str) -> None:
    await called(desk, "à pourvoir")
    assert (await called(desk, word))["closed"] == 0
    assert await live(desk) == ["Maçon 1"]


async def test_of_several_posts_only_a_word_of_all_of_them_closes_the_offer(desk: Desk) -> None:
    await called(desk, "à pourvoir", "à pourvoir", "à pourvoir", posts="3")
    report = await called(desk, "Pourvu", "postes pourvus", "Offre clôturée", posts="3")
    assert (report["closed"], await live(desk)) == (2, ["Maçon 1"])


async def test_what_another_row_still_offers_or_somebody_else_delivers_stays(desk: Desk) -> None:
    await called(desk, "à pourvoir", "à pourvoir")
    rows = [[*line(1), "1", "pourvu"], [*line(1), "1", "à pourvoir"]]
    assert (await send(desk, as_csv([CALLED_OVER, *rows])))["closed"] == 0
    # Without a reference another row may be like it, and another partner's references are others.
    bare = [title for title in CALLED_OVER if title != "Référence"]
    assert (await send(desk, as_csv([bare, [*line(1)[1:], "1", "pourvu"]])))["closed"] == 0
    other = desk.stack.token("partner", subject="other-feed", territories=["23"])
    content = as_csv([CALLED_OVER, [*line(2), "1", "pourvu"]])
    answer = await desk.client.post("/v1/imports", headers=other, content=content)
    assert (answer.status_code, answer.json()["closed"]) == (200, 0), answer.text
    assert await live(desk) == ["Maçon 1", "Maçon 2"]
