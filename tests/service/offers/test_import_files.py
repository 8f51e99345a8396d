"""From bytes to rows: encodings, damage, bombs. Nothing here needs a server."""

import gzip
import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.offers.domain.imports import files
from services.offers.domain.imports.files import MAX_ROW_BYTES, UNREADABLE, UnreadableFile, read_file
from tests.examples import examples

MANY = 10_000
ROWS = [{"id": "1", "intitule": "Maçon, « été » [35h] {H/F}"}, {"id": "2", "intitule": 'a"b\\'}]


def rows(content: bytes) -> tuple[list[object], list[str]]:
    found = read_file(content, 64_000_000, MANY)
    return [value for _, value in found.parsed(0, MANY)], found.flaws


def plain(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


SHAPES = {
    "list": plain(ROWS),
    "indented": json.dumps(ROWS, indent=2, ensure_ascii=False),
    "results": plain({"filtresPossibles": [], "resultats": ROWS, "total": 2}),
    "lines": "\n".join(map(plain, ROWS)),
    "windows lines": "\r\n".join(map(plain, ROWS)) + "\r\n\r\n",
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
@pytest.mark.parametrize("packed", [False, True])
def test_shapes_and_encodings(shape: str, encoding: str, packed: bool) -> None:
    content = SHAPES[shape].encode(encoding)
    assert rows(gzip.compress(content) if packed else content) == (ROWS, [])


def test_marks_within_a_file_and_a_second_packing_lose_no_row() -> None:
    assert rows("\n".join(f"\ufeff{plain(row)}" for row in ROWS).encode()) == (ROWS, [])
    assert rows(f"\ufeff\ufeff{plain(ROWS)}".encode()) == (ROWS, [])
    assert rows(gzip.compress(gzip.compress(plain(ROWS).encode()))) == (ROWS, [])
    # In UTF-16 the same bytes are letters.
    letters = [{"id": "1", "intitule": "\ubbef\u00bf\uefbb\ubf00"}]
    assert rows(plain(letters).encode("utf-16-be")) == (letters, [])


def test_one_object_is_a_row_and_a_row_may_hold_the_word_resultats() -> None:
    assert rows(b'{"id":1}') == ([{"id": 1}], [])
    assert rows(b'{"a":{"resultats":[1]}}\n{"id":2}') == ([{"a": {"resultats": [1]}}, {"id": 2}], [])


@pytest.mark.parametrize(
    ("content", "found", "whole"),
    [
        (b'[{"id":1},{"id":2', [{"id": 1}, UNREADABLE], False),
        (b'[{"id":1},{"id":2}', [{"id": 1}, {"id": 2}], False),
        (b'{"resultats":[{"id":1},{"id":2}]', [{"id": 1}, {"id": 2}], False),
        (b'[{"id":1}] trailing', [{"id": 1}], False),
        (b'[{"id":1},{bad},{"id":3}]', [{"id": 1}, UNREADABLE, {"id": 3}], True),
        (b'[{"id":1},,{"id":3}]', [{"id": 1}, UNREADABLE, {"id": 3}], True),
        (b'{broken\n{"id":2}\n', [UNREADABLE, {"id": 2}], True),
        (b'{"id":1}\n{"id":2', [{"id": 1}, UNREADABLE], True),
        (b'[{"id":1}]\n[{"id":2}]', [{"id": 1}, {"id": 2}], True),
        (b'[{"id":1}\n{"id":2}]', [{"id": 1}, {"id": 2}], True),
        (b'{"id":1}{"id":2}', [{"id": 1}, {"id": 2}], True),
        (b'{\n"id":1\n}\n{\n"id":2\n}\n', [{"id": 1}, {"id": 2}], True),
        (b'{"filtres":[{"a":1}],"resultats":[{"id":1}]}', [{"id": 1}], True),
        (b'{"total":2,"offres":[{"id":1},{"id":2}]}', [{"id": 1}, {"id": 2}], True),
        (b'{"reponse":{"data":[{"id":1}]}}', [{"id": 1}], True),
        (b'{broken\n{"id":2,"data":[{"id":7}]}\n', [UNREADABLE, {"id": 2, "data": [{"id": 7}]}], True),
        (b'[{"id":"a\tb\nc"},{"id":NaN\n}]', [{"id": "a\tb\nc"}, UNREADABLE], True),
        (b'[{"id":"\xe9"},{"id":"\xc3\xa9"}]', [{"id": "é"}, {"id": "é"}], True),
    ],
)
def test_damage_costs_the_row_that_it_hits(content: bytes, found: list[object], whole: bool) -> None:
    read, flaws = rows(content)
    assert (read, not flaws) == (found, whole)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "rows"), (b"[]", "rows"), (b'{"resultats":[]}', "rows"), (b"\xef\xbb\xbf", "rows"),
        (b"nothing", "json"), (b"<offres/>", "json"), (b"{", "json"), (b'"a"', "json"), (b"PK\x03\x04\x00\x00\x01", "json"),
        (b"\xff\xfe[", "encoding"), (gzip.compress(b"[1]", mtime=0)[:-9], "gzip"), (b"\x1f\x8b\x08nonsense", "gzip"),
        (gzip.compress(json.dumps(ROWS * 50).encode(), mtime=0)[:60] + b"\xff" * 40, "gzip"),
    ],
)  # fmt: skip
def test_a_file_of_which_nothing_can_be_used(content: bytes, rule: str) -> None:
    with pytest.raises(UnreadableFile) as problem:
        rows(content)
    assert problem.value.rule == rule


def test_limits_of_rows_and_bytes() -> None:
    with pytest.raises(UnreadableFile) as many:
        read_file(b"[" + b"1," * 10 + b"1]", 1_000, 10)
    assert many.value.rule == "too_many_rows"
    with pytest.raises(UnreadableFile) as large:
        read_file(gzip.compress(b"[1]" + b" " * 2_000), 1_000, 10)
    assert large.value.rule == "too_large"
    assert rows(b'[{"a":"' + b"x" * MAX_ROW_BYTES + b'"},{"id":2}]') == ([UNREADABLE, {"id": 2}], [])


@pytest.mark.parametrize("around", [(b"[", b"1]"), (b"[[", b"1]]"), (b'[{"id":1,"competences":[', b"1]}]")])
def test_a_bomb_costs_its_bytes_and_no_more(around: tuple[bytes, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    # A quarter of a feed's limit and of its bomb: memory is traced, which takes ten times as long.
    monkeypatch.setattr(files, "_TOKENS", files._TOKENS // 4)
    size = 6_000_000
    bomb = gzip.compress(around[0] + b"[]," * (size // 3) + around[1])
    assert len(bomb) < 10_000
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableFile) as refused:
            read_file(bomb, 8_000_000, MANY)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert refused.value.rule in ("too_many_rows", "too_many_values")
    # Once unpacked and once more while it was; 20 times as much in values.
    assert peak < 4 * size


def test_deep_nesting_is_a_row_that_cannot_be_read() -> None:
    assert rows(b'[{"a":' + b"[" * 5_000 + b"]" * 5_000 + b'},{"id":2}]') == ([UNREADABLE, {"id": 2}], [])


@given(st.binary(max_size=300))
@examples(100)
def test_any_bytes_are_rows_or_refused(content: bytes) -> None:
    try:
        said: object = rows(content)[0]
    except UnreadableFile as problem:
        said = problem.message
    assert said


@given(
    st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=8), max_size=3), min_size=1, max_size=6), st.data()
)
@examples(100)
def test_every_row_is_found_whatever_its_texts_hold(values: list[dict[str, str]], data: st.DataObject) -> None:
    content = json.dumps(values, ensure_ascii=data.draw(st.booleans())).encode("utf-8", "surrogatepass")
    assert rows(content) == (json.loads(content.decode("utf-8", "surrogatepass")), [])
    assert rows("\n".join(map(json.dumps, values)).encode())[0] == values
