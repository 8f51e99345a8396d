"""DOCX and ODT: zips of XML. Only what a text with pictures needs; no program, no other file, nothing from elsewhere."""

import io
import re
import struct
import zipfile
from collections.abc import Callable
from xml.parsers import expat

from services.profiles.cv.uploads.kinds import MAX_PIXELS, MAX_TEXT, MEDIA_TYPES, Kind
from shared.bounded_child import Declined
from shared.zips import DAMAGED

_MOST_PARTS = 1_000
_MOST_UNPACKED = 60 * 2**20
_MOST_XML = 30 * 2**20
_MOST_DEPTH = 200
_LOCAL = struct.Struct("<4s5H3I2H")
_PROGRAMS = re.compile(
    r"vbaproject|vbadata|macros?/|(^|/)activex|(^|/)(basic|scripts)/|\.(exe|dll|js|vbs|ps1|bat|cmd|jar|sh|hta)$",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"(^|/)(embeddings|oleobjects?|object ?\d+)(/|$)|\.(bin|ole|docx?|docm|dotm|xls\w?|pptx?|pdf|zip|html?|rtf)$",
    re.IGNORECASE,
)
_PICTURES = re.compile(r"(?i)\.(png|jpe?g|gif|bmp|tiff?|emf|wmf|svg|wdp)$")
_FIELDS = re.compile(r"(?i)\b(dde|ddeauto|includetext|includepicture|import|macrobutton)\b")


def read(content: bytes) -> tuple[Kind, str]:
    """The kind and the words.

    Raises:
        Declined: by the rule.
    """
    if b"%PDF-" in content[:1_024]:
        raise Declined("polyglot")  # readers of PDF look for their mark that far
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = _checked(package, content)
            kind = _kind(package, parts)
            return kind, (_docx if kind is Kind.DOCX else _odt)(package, parts)
    except Declined:
        raise
    except DAMAGED:
        raise Declined("damaged") from None


def _checked(package: zipfile.ZipFile, content: bytes) -> dict[str, zipfile.ZipInfo]:
    infos = package.infolist()
    if len(infos) > _MOST_PARTS or sum(one.file_size for one in infos) > _MOST_UNPACKED:
        raise Declined("too-complex")
    # The list of parts ends the file: what follows it, or stands in its comment, is for another reader.
    if content.rfind(b"PK\x05\x06") + _END != len(content):
        raise Declined("polyglot")
    if package.comment or not infos or min(one.header_offset for one in infos) != 0:
        raise Declined("polyglot")
    parts: dict[str, zipfile.ZipInfo] = {}
    end = 0
    for one in sorted(infos, key=lambda info: info.header_offset):
        # Between the parts there is nothing but their headers: a second file would hide there.
        signature, *_, name_length, extra_length = _LOCAL.unpack_from(content, one.header_offset)
        if signature != b"PK\x03\x04" or one.header_offset < end or one.header_offset > end + _DESCRIPTOR:
            raise Declined("polyglot")
        end = one.header_offset + _LOCAL.size + name_length + extra_length + one.compress_size
        if one.flag_bits & 0x1:
            raise Declined("encrypted")
        name = one.filename.replace("\\", "/")
        if name in parts or name.startswith("/") or ".." in name.split("/"):
            raise Declined("damaged")
        if _PROGRAMS.search(name):
            raise Declined("active-content")
        if _OTHERS.search(name) and not name.startswith("word/printerSettings/"):
            raise Declined("embedded-file")
        parts[name] = one
        _check_picture(package, one)
    if not end <= package.start_dir <= end + _DESCRIPTOR:
        raise Declined("polyglot")
    return parts


_END = 22
"""Bytes of the record that ends a zip."""
_DESCRIPTOR = 24
"""Bytes that may follow a part's data: its sizes, where they were not known before."""


def _check_picture(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    if not _PICTURES.search(info.filename):
        return
    with package.open(info) as file:
        head = file.read(2**16)
    if head.startswith((b"%PDF", b"PK\x03\x04", b"MZ", b"\x7fELF", b"\xd0\xcf\x11\xe0")):
        raise Declined("embedded-file")
    width, height = _size(head)
    if width * height > MAX_PIXELS:
        raise Declined("image-too-large")


def _size(head: bytes) -> tuple[int, int]:
    """Points across and down of a PNG, GIF, BMP or JPEG; nothing of what is none or tells it later."""
    if head.startswith(b"\x89PNG") and len(head) >= 24:
        width, height = struct.unpack(">II", head[16:24])
    elif head.startswith(b"GIF8") and len(head) >= 10:
        width, height = struct.unpack("<HH", head[6:10])
    elif head.startswith(b"BM") and len(head) >= 26:
        width, height = (abs(side) for side in struct.unpack("<ii", head[18:26]))
    elif head.startswith(b"\xff\xd8"):
        return _size_of_jpeg(head)
    else:
        return 0, 0
    return width, height


def _size_of_jpeg(head: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 < len(head) and head[at] == 0xFF:
        marker, length = head[at + 1], int.from_bytes(head[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", head[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return 0, 0


def _kind(package: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]) -> Kind:
    if "mimetype" in parts:
        if parts["mimetype"].file_size < 200 and package.read("mimetype").strip() == MEDIA_TYPES[Kind.ODT].encode():
            return Kind.ODT
        raise Declined("kind")
    if "[Content_Types].xml" in parts and "word/document.xml" in parts:
        types = _xml(package, "[Content_Types].xml", lambda *_: None, raw=True)
        if "macroenabled" in types.lower():
            raise Declined("active-content")
        return Kind.DOCX
    raise Declined("kind")


def _docx(package: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]) -> str:
    def relation(name: str, attributes: dict[str, str]) -> None:
        kind = attributes.get("Type", "").rsplit("/", 1)[-1].lower()
        if name != "Relationship":
            return
        if kind in ("afchunk", "oleobject", "package", "control", "vbaproject", "attachedtemplate", "subdocument"):
            raise Declined("external-reference" if attributes.get("TargetMode") == "External" else "embedded-file")
        if attributes.get("TargetMode", "").lower() == "external" and kind != "hyperlink":
            raise Declined("external-reference")

    for part in parts:
        if part.endswith(".rels"):
            _xml(package, part, relation)
    words = _Words()
    for part in sorted(
        one for one in parts if re.fullmatch(r"word/(document|header\d*|footer\d*|footnotes)\.xml", one)
    ):
        _xml(package, part, words.begin_docx, words.end_docx, words.text)
    if _FIELDS.search("".join(words.instructions)):
        raise Declined("active-content")
    return words.joined()


def _odt(package: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]) -> str:
    def reference(name: str, attributes: dict[str, str]) -> None:
        local = name.rsplit(":", 1)[-1]
        if local in ("script", "event-listener", "plugin", "applet", "dde-source", "dde-connection-decl"):
            raise Declined("active-content")
        if local in ("object", "object-ole", "floating-frame"):
            raise Declined("embedded-file")
        target = attributes.get("xlink:href", "")
        if local != "a" and re.match(r"(?i)[a-z][a-z0-9+.-]*:|//|\.\./|/", target):
            raise Declined("external-reference")
        if local == "a" and re.match(r"(?i)\s*(javascript|vnd\.sun\.star\.script|macro|vbscript|data):", target):
            raise Declined("active-content")

    words = _Words()

    def begin(name: str, attributes: dict[str, str]) -> None:
        reference(name, attributes)
        words.begin_odt(name, attributes)

    for part in ("content.xml", "styles.xml"):
        if part in parts:
            shown = part == "content.xml"
            _xml(
                package,
                part,
                begin if shown else reference,
                words.end_odt if shown else None,
                words.text if shown else None,
            )
    if "content.xml" not in parts:
        raise Declined("damaged")
    if "META-INF/manifest.xml" in parts:
        manifest = _xml(package, "META-INF/manifest.xml", lambda *_: None, raw=True)
        if "encryption-data" in manifest:
            raise Declined("encrypted")
    return words.joined()


class _Words:
    """Collects the words of a text; ``instructions`` are those of Word's fields."""

    def __init__(self) -> None:
        self.instructions: list[str] = []
        self._found: list[str] = []
        self._length = 0
        self._open = ""
        self._paragraphs = 0

    def joined(self) -> str:
        """The text, a paragraph on a line."""
        return "".join(self._found).strip()

    def text(self, data: str) -> None:
        """Characters between tags."""
        if self._open == "instruction":
            self.instructions.append(data)
        elif self._open or self._paragraphs:
            self._add(data)

    def begin_docx(self, name: str, attributes: dict[str, str]) -> None:
        """A tag of WordprocessingML, whatever its prefix."""
        local = name.rsplit(":", 1)[-1]
        if local == "t":
            self._open = "text"
        elif local == "instrText":
            self._open = "instruction"
        elif local == "fldSimple":
            self.instructions.append(next((v for k, v in attributes.items() if k.endswith("instr")), ""))
        elif local in ("altChunk", "object", "control"):
            raise Declined("embedded-file")
        elif local in ("tab", "br", "cr"):
            self._add("\t" if local == "tab" else "\n")

    def end_docx(self, name: str) -> None:
        """The end of a tag."""
        local = name.rsplit(":", 1)[-1]
        if local in ("t", "instrText"):
            self._open = ""
        elif local == "p":
            self._add("\n")

    def begin_odt(self, name: str, attributes: dict[str, str]) -> None:
        """A tag of OpenDocument."""
        if name in ("text:p", "text:h"):
            self._paragraphs += 1
        elif name in ("text:tab", "text:line-break"):
            self._add("\t" if name == "text:tab" else "\n")
        elif name == "text:s":
            self._add(" ")

    def end_odt(self, name: str) -> None:
        """The end of a tag."""
        if name in ("text:p", "text:h"):
            self._paragraphs -= 1
            self._add("\n")

    def _add(self, data: str) -> None:
        if self._length < MAX_TEXT:
            self._found.append(data)
            self._length += len(data)


def _xml(
    package: zipfile.ZipFile,
    part: str,
    begin: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
    *,
    raw: bool = False,
) -> str:
    """Read a part. No part of these formats has a document type: one that has is an attack on its reader."""
    with package.open(part) as file:
        content = file.read(_MOST_XML + 1)
    if len(content) > _MOST_XML:
        raise Declined("too-complex")
    parser = expat.ParserCreate()
    depth = 0

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MOST_DEPTH:
            raise Declined("too-complex")
        begin(name, attributes)

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(name)

    def typed(*_: object) -> None:
        raise Declined("active-content")

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.StartDoctypeDeclHandler = typed
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        parser.Parse(content, True)
    except expat.ExpatError:
        raise Declined("damaged") from None
    return content.decode("utf-8", "replace") if raw else ""
