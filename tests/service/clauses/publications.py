"""Publications of contracts as files: the forms and lines that tests of the takeover build on."""

import json
from typing import Any

from services.clauses.procurement.decp import Line, read_row
from services.clauses.procurement.files import rows_of
from shared.reference.communes import Communes
from tests.bench.clause_texts import TEXTS
from tests.service.clauses.builders import TODAY, decp_record

COMMUNES = Communes.load()
HEAD = "id,acheteur_id,acheteur_nom,acheteur_departement_code,montant,dateNotification,dureeMois,titulaire_id,titulaire_nom\n"
ROW = "2025-1,21230096600018,COMMUNE DE GUERET,23,61100,2025-01-01,12,34027049500021,BTP 23\n"
MATERIAL = TEXTS.parent


def lines_of(content: bytes | str, territory: str = "23") -> list[Line]:
    raw = content.encode() if isinstance(content, str) else content
    return [read_row(row, territory, COMMUNES, TODAY) for row in rows_of(raw)]


def rules_of(content: bytes | str) -> list[str]:
    return [error.rule for line in lines_of(content) for error in line.errors]


def wrapped(*records: Any) -> str:
    return json.dumps({"marches": {"marche": list(records)}}, ensure_ascii=False)


RECORD = decp_record()

NONSENSE: list[Any] = [
    None, True, 0, -1, 1.5, 10**25, "", " ", "NaN", "x" * 100_000, "\x00", "𝟙𝟚", "<script>", [], [[]], {}, {"id": {"id": []}},
    [1, "a", None], {"code": ["x"], "typeCode": {}}, "1" * 5_000, "🙂", "\u202e", "2025-13-45", [{"titulaire": "id"}],
]  # fmt: skip
