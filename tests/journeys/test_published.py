"""``make report-creuse``: a year played through the ledger ends in the table that was published, in every format."""

import json
from pathlib import Path

import pypdfium2
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from deploy.published import __main__ as published
from deploy.published.balances import CREUSE


def test_the_creuse_comes_out_of_entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "BUILD", tmp_path)
    made = CliRunner().invoke(published.app, ["creuse"])
    assert made.exit_code == 0, made.output
    assert "23\u202f128" in made.output
    said = json.loads((tmp_path / "report-creuse.json").read_text())
    assert [line["validated_whole_hours"] for line in said["groups"]] == [6_716, 4_088, 12_322]
    assert said["total"]["by_sex"] == {"female": 16, "male": 132, "unstated": 0}
    rows = list(load_workbook(tmp_path / "report-creuse.xlsx")["Bilan"].iter_rows(values_only=True))
    assert rows[-1][:3] == ("Total", 74, 10)
    assert 23_128 in rows[-1]
    pdf = pypdfium2.PdfDocument(tmp_path / "report-creuse.pdf")
    words = "".join(page.get_textpage().get_text_bounded() for page in pdf)
    assert all(figure in words for figure in ("23\u202f128", "12\u202f322", "6\u202f716", "4\u202f088", "148"))
    assert sum(part.people for part in CREUSE.parts) == said["total"]["participants"]


def test_another_name_is_a_sentence() -> None:
    assert CliRunner().invoke(published.app, ["cantal"]).exit_code == 2
