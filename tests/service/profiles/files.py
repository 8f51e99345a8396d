"""Files that people send as their CV, good ones and others, written byte by byte."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
RELATIONS = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
ODT = "application/vnd.oasis.opendocument.text"


def a_zip(parts: Mapping[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these parts, in their order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as package:
        for name, content in parts.items():
            kept = zipfile.ZIP_STORED if name == "mimetype" else compression
            package.writestr(zipfile.ZipInfo(name, (2026, 3, 2, 8, 0, 0)), content, kept)
    return out.getvalue()


def a_docx(*paragraphs: str, body: str = "", **parts: bytes | str) -> bytes:
    """A Word document of these paragraphs; ``parts`` by name with ``__`` for a slash."""
    said = "".join(f"<w:p><w:r><w:t>{one}</w:t></w:r></w:p>" for one in paragraphs)
    document = f'<?xml version="1.0"?><w:document xmlns:w="{WORD}"><w:body>{said}{body}</w:body></w:document>'
    usual = {
        "[Content_Types].xml": TYPES,
        "word/document.xml": document,
        "word/_rels/document.xml.rels": RELATIONS.format(""),
    }
    return a_zip(usual | {name.replace("__", "/"): content for name, content in parts.items()})


def a_docx_hiding(where: str) -> bytes:
    """A Word document whose zip holds something that its list of parts does not tell of, or tells twice."""
    out = io.BytesIO(a_docx("x", **{"word/last.xml": "<x/>"}))
    with zipfile.ZipFile(out, "a") as package:
        infos = package.infolist()
        if where == "overlapping":
            infos[-1].header_offset = infos[-2].header_offset
        elif where == "twice":
            infos[-1].filename = "word\\document.xml"
        elif where == "locked":
            infos[-1].flag_bits |= 1
        assert package.fp is not None
        package.fp.seek(package.start_dir)
        package.fp.write(b"evil" * 20 if where in ("between", "behind") else b"")
        package.start_dir = package.fp.tell()
        if where == "between":
            package.writestr("word/more.xml", "<x/>")
        package._didModify = True  # type: ignore[attr-defined]  # the list of parts is written anew
    return out.getvalue()


def relation(kind: str, target: str, *, external: bool = True) -> str:
    """The relations of a Word document with one of this kind."""
    mode = ' TargetMode="External"' if external else ""
    return RELATIONS.format(f'<Relationship Id="r1" Type="http://x/relationships/{kind}" Target="{target}"{mode}/>')


def an_odt(*paragraphs: str, body: str = "", **parts: bytes | str) -> bytes:
    """An OpenDocument text."""
    said = "".join(f"<text:p>{one}</text:p>" for one in paragraphs)
    spaces = 'xmlns:office="o" xmlns:text="t" xmlns:draw="d" xmlns:xlink="x" xmlns:script="s"'
    content = f'<?xml version="1.0"?><office:document-content {spaces}>{said}{body}</office:document-content>'
    return a_zip(
        {"mimetype": ODT, "content.xml": content} | {name.replace("__", "/"): one for name, one in parts.items()}
    )


def a_pdf(*objects: str | bytes, text: str = "Macon", catalog: str = "", pages: int = 1, trailer: str = "") -> bytes:
    """A PDF of one page or more; ``objects`` are added as they are, from number 6."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode("latin-1")
    body: list[bytes] = [
        f"<</Type/Catalog/Pages 2 0 R {catalog}>>".encode("latin-1"),
        f"<</Type/Pages/Kids[{'3 0 R ' * pages}]/Count {pages}>>".encode(),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        *(one if isinstance(one, bytes) else one.encode("latin-1") for one in objects),
    ]
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, one in enumerate(body, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(body) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += f"trailer\n<</Size {len(body) + 1}/Root 1 0 R{trailer}>>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)


def a_pdf_packed(inner: str) -> bytes:
    """A PDF with an object in a stream of objects, which only its table of places (a stream as well) tells of."""
    out = bytearray(a_pdf())
    places = [0, *(out.index(b"\n%d 0 obj" % number) + 1 for number in range(1, 6))]
    out = out[: out.index(b"xref")]
    places.append(len(out))
    out += b"6 0 obj\n%s\nendobj\n" % a_stream("/Type/ObjStm/N 1/First 4", b"7 0 " + inner.encode())
    places.append(len(out))
    rows = [b"\x00\x00\x00\xff", *(struct.pack(">BHB", 1, place, 0) for place in places[1:7])]
    rows += [struct.pack(">BHB", 2, 6, 0), struct.pack(">BHB", 1, places[7], 0)]
    out += b"8 0 obj\n%s\nendobj\n" % a_stream("/Type/XRef/Size 9/W[1 2 1]/Root 1 0 R", b"".join(rows))
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % places[7]


def a_stream(dictionary: str, content: bytes) -> bytes:
    """An object that is a compressed stream."""
    packed = zlib.compress(content, 9)
    return b"<<%s/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream" % (dictionary.encode(), len(packed), packed)


def a_png(width: int, height: int) -> bytes:
    """The beginning of a picture of that size."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head)) + b"\x00" * 100
