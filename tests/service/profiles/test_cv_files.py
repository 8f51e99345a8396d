"""CVs that are sent: three kinds are read, hostile ones refused by their rule, nothing of those kept, all of it erased."""

import json
from typing import Any

import pytest

from services.profiles.cv.store import CHUNKS, FILES
from services.profiles.cv.uploads import child
from services.profiles.cv.uploads.kinds import MAX_BYTES, RULES, Kind
from services.profiles.cv.uploads.reading import Read, read_file, safe_name
from services.profiles.domain.errors import CvRefused
from shared.bounded_child import Declined
from tests.service.profiles.builders import a_body
from tests.service.profiles.files import (
    ODT,
    a_docx,
    a_docx_hiding,
    a_pdf,
    a_pdf_packed,
    a_png,
    a_stream,
    a_zip,
    an_odt,
    relation,
)
from tests.support import Running, Stack

NIR = "1 85 05 78 006 084"


@pytest.mark.parametrize(
    ("content", "kind", "pages", "words"),
    [
        (a_pdf(text="Aide \\340 domicile"), Kind.PDF, 1, ["Aide à domicile"]),
        (a_pdf(pages=20), Kind.PDF, 20, ["Macon"]),
        (a_pdf("<</Type/Annot/Subtype/Link/A<</S/URI/URI(https://example.org)>>>>"), Kind.PDF, 1, ["Macon"]),
        (a_pdf(catalog="/OpenAction[3 0 R/XYZ 0 0 0]"), Kind.PDF, 1, ["Macon"]),
        (a_docx("Nadia Lemoine", "Aide à domicile &amp; ménage"), Kind.DOCX, None, ["Nadia Lemoine", "Aide à domicile & ménage"]),
        (a_docx("x", **{"word/media/image1.png": a_png(900, 900)}), Kind.DOCX, None, ["x"]),
        (a_docx("x", **{"word/_rels/document.xml.rels": relation("hyperlink", "https://example.org")}), Kind.DOCX, None, ["x"]),
        (an_odt("Maçon", "Guéret<text:s/>23000"), Kind.ODT, None, ["Maçon", "Guéret 23000"]),
        (an_odt("x", body='<text:p><text:a xlink:href="https://example.org">lien</text:a></text:p>'), Kind.ODT, None, ["lien"]),
    ],
)  # fmt: skip
def test_three_kinds_are_read(content: bytes, kind: Kind, pages: int | None, words: list[str]) -> None:
    found = json.loads(child.work(content))
    assert (found["kind"], found["pages"]) == (kind, pages)
    for one in words:
        assert one in found["text"]


def js(name: str = "/JavaScript") -> str:
    return f"<</S{name}/JS(app.alert\\(1\\))>>"


MACRO_TYPE = "<Types a='application/vnd.ms-word.document.macroEnabled.main+xml'/>"
DDE = "<w:p><w:r><w:instrText>DDE</w:instrText></w:r><w:r><w:instrText>AUTO c:\\\\x</w:instrText></w:r></w:p>"
LAUGHS = '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><x>&c;</x>'
RELS = "word/_rels"
TEMPLATE = relation("attachedTemplate", "http://x/t.dotm")
HOSTILE: dict[str, tuple[bytes, str]] = {
    # PDF
    "script": (a_pdf(js(), catalog="/OpenAction 6 0 R"), "active-content"),
    "script that nothing leads to": (a_pdf(js()), "active-content"),
    "script with an escaped name": (a_pdf("<</S/J#61vaScript>>"), "active-content"),
    "script in a name tree": (a_pdf(catalog="/Names<</JavaScript<</Names[]>>>>"), "active-content"),
    "action of a page": (a_pdf("<</AA<</O<</S/Named/N/Print>>>>>>"), "active-content"),
    "launch": (a_pdf("<</Type/Action/S/Launch/F(cmd.exe)>>"), "active-content"),
    "form that is sent": (a_pdf("<</S/SubmitForm/F(http://x)>>"), "active-content"),
    "xfa": (a_pdf(catalog="/AcroForm<</XFA[]>>"), "active-content"),
    "rich media": (a_pdf("<</Type/Annot/Subtype/RichMedia>>"), "active-content"),
    "attached file": (a_pdf(catalog="/Names<</EmbeddedFiles<</Names[]>>>>"), "embedded-file"),
    "attached by an annotation": (a_pdf("<</Type/Annot/Subtype/FileAttachment>>"), "embedded-file"),
    "page of another file": (a_pdf("<</S/GoToR/F(//host/x.pdf)>>"), "external-reference"),
    "stream of another file": (a_pdf(b"<</Length 0/F(http://x/y)>>\nstream\n\nendstream"), "external-reference"),
    "ten thousand pages": (a_pdf(pages=10_000), "too-many-pages"),
    "pages uncounted": (a_pdf(pages=50).replace(b"/Count 50", b"/Count 1 "), "too-many-pages"),
    "huge picture": (a_pdf(a_stream("/Type/XObject/Subtype/Image/Width 30000/Height 30000", b"")), "image-too-large"),
    "protected": (a_pdf("<</Filter/Standard/V 1/R 2/O(x)/U(x)/P -4>>", trailer="/Encrypt 6 0 R/ID[(a)(a)]"), "encrypted"),
    "cut off": (a_pdf()[:300], "damaged"),
    "not one": (b"%PDF-1.7\n%%EOF", "damaged"),
    "program behind": (a_pdf() + b"MZ" * 100, "polyglot"),
    "zip behind": (a_pdf() + a_zip({"a": "b"}), "polyglot"),
    "page in front": (b"<script>alert(1)</script>" + a_pdf(), "kind"),
    "script in the trailer": (a_pdf(trailer=f"/Info{js()}"), "active-content"),
    "script in a stream of objects": (a_pdf_packed(js()), "active-content"),
    "form of another file": (a_pdf(a_stream("/Subtype/Form/Ref<</F(x.pdf)/Page 0>>", b"")), "external-reference"),
    # DOCX
    "macro": (a_docx("x", **{"word/vbaProject.bin": b"x"}), "active-content"),
    "macro by its type": (a_docx("x", **{"[Content_Types].xml": MACRO_TYPE}), "active-content"),
    "control": (a_docx("x", **{"word/activeX/activeX1.xml": "<x/>"}), "active-content"),
    "dde": (a_docx("x", body=DDE), "active-content"),
    "simple field": (a_docx("x", body='<w:p><w:fldSimple w:instr="INCLUDEPICTURE http://x"/></w:p>'), "active-content"),
    "object": (a_docx("x", **{"word/embeddings/oleObject1.bin": b"x"}), "embedded-file"),
    "chunk of html": (a_docx("x", body="<w:altChunk/>"), "embedded-file"),
    "template from elsewhere": (a_docx("x", **{f"{RELS}/settings.xml.rels": TEMPLATE}), "external-reference"),
    "picture from elsewhere": (a_docx("x", **{f"{RELS}/document.xml.rels": relation("image", "http://x")}), "external-reference"),
    "bomb": (a_docx("x", **{"word/media/a.png": b"\x00" * (61 * 2**20)}), "too-complex"),
    "bomb of xml": (a_docx(body="<w:p/>" * 6_000_000), "too-complex"),
    "deep xml": (a_docx(body="<w:p>" * 300 + "</w:p>" * 300), "too-complex"),
    "billion laughs": (a_docx("x", **{"word/document.xml": LAUGHS}), "active-content"),
    "many parts": (a_docx("x", **{f"word/{n}.xml": "<x/>" for n in range(1_100)}), "too-complex"),
    "huge picture in it": (a_docx("x", **{"word/media/a.png": a_png(20_000, 20_000)}), "image-too-large"),
    "picture that is none": (a_docx("x", **{"word/media/a.png": a_pdf()}), "embedded-file"),
    "climbing name": (a_docx("x", **{"../../etc/passwd": "x"}), "damaged"),
    "pdf in front": (a_zip({"%PDF-1.7": "x", "[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}), "polyglot"),
    "bytes between the parts": (a_docx_hiding("between"), "polyglot"),
    "bytes before the list": (a_docx_hiding("behind"), "polyglot"),
    "parts in one place": (a_docx_hiding("overlapping"), "polyglot"),
    "part of two names": (a_docx_hiding("twice"), "damaged"),
    "locked part": (a_docx_hiding("locked"), "encrypted"),
    "bytes behind": (a_docx("x") + b"x", "polyglot"),
    "broken xml": (a_docx("x", **{"word/document.xml": "<w:p>"}), "damaged"),
    # ODT
    "basic": (an_odt("x", **{"Basic/Standard/Module1.xml": "<x/>"}), "active-content"),
    "event": (an_odt("x", body='<script:event-listener xlink:href="vnd.sun.star.script:x"/>'), "active-content"),
    "link that runs": (an_odt("x", body='<text:a xlink:href="vnd.sun.star.script:x">y</text:a>'), "active-content"),
    "linked picture": (an_odt("x", body='<draw:image xlink:href="http://x/1.png"/>'), "external-reference"),
    "linked picture of a style": (
        an_odt("x", **{"styles.xml": '<s xmlns:xlink="x"><image xlink:href="//host/1.png"/></s>'}), "external-reference",
    ),
    "object in it": (an_odt("x", **{"Object 1/content.xml": "<x/>"}), "embedded-file"),
    "protected text": (an_odt("x", **{"META-INF/manifest.xml": "<m><encryption-data/></m>"}), "encrypted"),
    # Neither
    "old word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old-or-protected"),
    "sheet": (a_zip({"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>"}), "kind"),
    "presentation": (a_zip({"mimetype": ODT.replace("text", "presentation"), "content.xml": "<x/>"}), "kind"),
    "picture": (a_png(10, 10), "kind"),
    "text": (b"Nadia Lemoine, aide a domicile", "kind"),
    "program": (b"MZ" + b"\x00" * 600, "kind"),
    "page": (b"<html><script>alert(1)</script>", "kind"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_by_its_rule(name: str) -> None:
    content, rule = HOSTILE[name]
    with pytest.raises(Declined) as declined:
        child.work(content)
    assert declined.value.rule == rule
    assert rule in RULES


def test_a_comment_of_a_zip_is_a_place_to_hide_in() -> None:
    hidden = bytearray(a_docx("x"))
    hidden[-2:] = (4).to_bytes(2, "little")
    with pytest.raises(Declined, match="polyglot"):
        child.work(bytes(hidden) + b"evil")


async def test_what_takes_too_long_or_too_much_is_refused_without_harm() -> None:
    # Thousand times larger unpacked, a bomb inside a bomb; and a page tree that leads to itself.
    bomb = a_pdf(a_stream("/Type/ObjStm/N 1/First 4", b" " * (100 * 2**20)))
    for content in (bomb, a_pdf().replace(b"/Kids[3 0 R ]", b"/Kids[2 0 R ]")):
        try:
            found: Read | str = await read_file(content, share="somebody")
        except CvRefused as refused:
            found = refused.errors[0].rule
        assert found in {"too-complex", "damaged", "too-many-pages"} or isinstance(found, Read)
    with pytest.raises(CvRefused) as large:
        await read_file(b"%PDF-" + b"x" * MAX_BYTES, share="somebody")
    assert [(one.field, one.rule) for one in large.value.errors] == [("file", "too-large")]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Mon CV.docx", "Mon CV.pdf"),
        ("..\\..\\C:\\cv.exe", "cv.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("cv\u202efdp.exe", "cvfdp.pdf"),
        ('a"b\r\nSet-Cookie: x=1.pdf', "a b Set-Cookie x 1.pdf"),
        ("", "cv.pdf"),
        ("...", "cv.pdf"),
        ("Éloïse – CV (2026).pdf", "Éloïse CV (2026).pdf"),
        ("履歴書.pdf", "履歴書.pdf"),
        ("x" * 300, "x" * 80 + ".pdf"),
    ],
)
def test_names_are_cleaned(given: str, kept: str) -> None:
    assert safe_name(given, Kind.PDF) == kept


class Sender:
    """A person and whoever else sends or reads their file."""

    def __init__(self, running: Running, stack: Stack) -> None:
        self.running = running
        self.seeker = stack.token("seeker", subject="seeker-1")
        self.counsellor = stack.token("counsellor", subject="counsellor-1")
        self.profile = ""

    async def begin(self) -> None:
        answer = await self.running.client.post("/v1/profiles", json=a_body(), headers=self.seeker)
        self.profile = answer.json()["id"]

    async def send(self, content: bytes, name: str = "cv.pdf", who: dict[str, str] | None = None) -> Any:
        return await self.running.client.post(
            "/v1/cv-files",
            params={"profile_id": self.profile},
            files={"file": (name, content)},
            headers=who or self.seeker,
        )

    async def get(self, path: str = "cv/file") -> Any:
        return await self.running.client.get(f"/v1/profiles/{self.profile}/{path}", headers=self.seeker)

    async def kept(self) -> tuple[int, int]:
        store = self.running.store
        return (
            await store.collection(FILES).count_documents({}),
            await store.collection(CHUNKS).count_documents({}),
        )


@pytest.fixture
async def sender(profiles: Running, stack: Stack) -> Sender:
    one = Sender(profiles, stack)
    await one.begin()
    return one


async def test_a_file_is_kept_given_back_to_be_saved_replaced_and_taken_back(sender: Sender) -> None:
    large = a_pdf(a_stream("/X 1", b"").replace(b"/X 1", b"/X 1 %" + b"x" * 600_000 + b"\n"))
    first = await sender.send(large, "Éloïse «CV».exe")
    assert first.status_code == 201, first.text
    assert [first.json()[name] for name in ("name", "kind", "pages", "words")] == ["Éloïse CV.pdf", "pdf", 1, 1]
    assert await sender.kept() == (1, 3)
    read = await sender.get()
    assert read.content == large
    headers = read.headers
    assert (
        headers["content-disposition"]
        == "attachment; filename=\"eloise cv.pdf\"; filename*=UTF-8''%C3%89lo%C3%AFse%20CV.pdf"
    )
    assert (headers["x-content-type-options"], headers["content-security-policy"]) == (
        "nosniff",
        "default-src 'none'; sandbox",
    )
    assert (headers["content-type"], headers["cache-control"]) == ("application/pdf", "private, no-store")
    second = await sender.send(a_docx("Maçon"), "Nadia.docx", sender.counsellor | {"Idempotency-Key": "cv"})
    assert second.json()["uploaded_by"] == "counsellor-1"
    assert await sender.kept() == (1, 1)
    journal = (await sender.get("journal")).json()["items"]
    assert [line["action"] for line in journal[:2]] == ["cv_file_kept", "cv_file_kept"]
    assert [line["acted_by"] for line in journal[:2]] == ["counsellor-1", "seeker-1"]
    gone = await sender.running.client.delete(f"/v1/profiles/{sender.profile}/cv/file", headers=sender.seeker)
    assert gone.status_code == 204
    assert (await sender.get()).json()["code"] == "cv-unknown"
    assert await sender.kept() == (0, 0)
    assert "Nadia.docx" not in str(await sender.running.store.collection("idempotency").find().to_list(None))


@pytest.mark.parametrize(
    ("content", "name", "field", "rule"),
    [
        (b"", "cv.pdf", "file", "empty"),
        (a_pdf(js()), "cv.pdf", "file", "active-content"),
        (b"%PDF-" + b"x" * MAX_BYTES, "cv.pdf", "file", "too-large"),
        (a_docx(f"Nadia, {NIR}"), "cv.docx", "file", "personal-number"),
        (a_docx("Nadia"), f"{NIR}.docx", "file.name", "personal-number"),
        (a_docx("Nadia").replace(b"word/document.xml", b"word/documenx.xml"), "cv.docx", "file", "kind"),
    ],
    ids=["empty", "script", "large", "number", "number-in-name", "other"],
)  # fmt: skip
async def test_a_refusal_names_field_and_rule_and_keeps_nothing(
    sender: Sender, content: bytes, name: str, field: str, rule: str
) -> None:
    answer = await sender.send(content, name)
    assert answer.status_code == 422, answer.text
    assert [(one["field"], one["rule"]) for one in answer.json()["errors"]] == [(field, rule)]
    assert answer.json()["errors"][0]["message"] == RULES[rule]
    assert await sender.kept() == (0, 0)
    assert len((await sender.get("journal")).json()["items"]) == 1


async def test_what_is_far_too_large_is_not_read(sender: Sender) -> None:
    assert (await sender.send(b"%PDF-" + b"x" * (MAX_BYTES + 100_000))).status_code == 413
    nothing = await sender.running.client.post(
        "/v1/cv-files", params={"profile_id": sender.profile}, json={"file": "x"}, headers=sender.seeker
    )
    assert (nothing.status_code, nothing.json()["errors"][0]["field"]) == (422, "file")


async def test_a_stranger_sends_nothing(sender: Sender, stack: Stack) -> None:
    answer = await sender.send(b"x", who=stack.token("seeker", subject="seeker-2"))
    assert (answer.status_code, answer.json()["code"]) == (404, "profile-unknown")


async def test_an_erasure_leaves_nothing_of_the_file_anywhere(sender: Sender) -> None:
    assert (await sender.send(a_docx("Zébulonne Maçonne"), "Zébulonne.docx")).status_code == 201
    where = f"/v1/profiles/{sender.profile}"
    assert (await sender.running.client.delete(where, headers=sender.seeker)).status_code == 204
    assert await sender.kept() == (0, 0)
    database = sender.running.store.database
    for name in await database.list_collection_names():
        rows = await database[name].find({}).to_list(None)
        assert "bulonne" not in str(rows), name
