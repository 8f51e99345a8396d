"""What people read where pydantic refuses a value: French, of every kind, and nothing of the value."""

import ast
import json
import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, BaseModel, Field, ValidationError, create_model
from pydantic_core import PydanticKnownError
from pydantic_core._pydantic_core import list_all_errors

from shared import refusals
from shared.http.problems import field_problems, of_validation
from shared.refusals import SENTENCES, field_errors, shaped
from shared.types import CivilDate, Email, Euros, Identifier, Instant, Line
from shared.written import in_french
from tests.documents import ROOT

KINDS: dict[str, dict[str, Any]] = {one["type"]: one["example_context"] or {} for one in list_all_errors()}  # type: ignore[misc]
_ENGLISH = re.compile(r"\b(the|is|should|must|be|input|valid|with|of|to|not|than|have|value|at least|at most)\b", re.I)
SECRET = "2850323096042"


def told(kind: Any, value: Any, name: str = "field") -> str:
    """The sentence of the first refusal of a value in a field of this name."""
    fields: dict[str, Any] = {name: (kind, ...)}
    model = create_model("Asked", **fields)
    with pytest.raises(ValidationError) as refused:
        model.model_validate({name: value})
    errors = field_errors(refused.value)
    assert errors[0].field.startswith(name)
    return errors[0].message


def test_every_kind_of_the_installed_pydantic_has_its_sentence() -> None:
    assert SENTENCES.keys() == KINDS.keys(), "a new pydantic refuses in a new way: say it in French"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_kind_says_french_and_nothing_that_was_sent(kind: str) -> None:
    filled = {name: SECRET if value == "" else 7 if value == 0 else value for name, value in KINDS[kind].items()}
    ours = {"pattern", "expected", "expected_tags", "expected_schemes"}
    filled |= dict.fromkeys(filled.keys() & ours, "'a', 'b' or 'c'")
    error = PydanticKnownError(kind, filled or None)  # type: ignore[arg-type]
    said = refusals.sentence_of({"type": kind, "loc": ("range_km",), "msg": error.message(), "ctx": filled})
    assert said.endswith((".", ")", "https://exemple.fr")), said
    assert said[0].isupper()
    assert not _ENGLISH.search(said.replace("«", " ")), said
    assert SECRET not in said, said


def test_a_kind_that_nobody_translated_says_nothing_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "SENTENCES", {})
    assert told(int, "x") == refusals.OTHERWISE


class Kind(StrEnum):
    CDI = "cdi"
    CDD = "cdd"


Many = StrEnum("Many", {f"V{n}": f"v{n}" for n in range(59)})  # type: ignore[misc]


@pytest.mark.parametrize(
    ("kind", "value", "name", "sentence"),
    [
        (int, "vingt", "field", "Un nombre entier est attendu ici."),
        (int, 1.5, "field", "Un nombre entier est attendu ici, sans virgule."),
        (bool, "peut-être", "field", "Oui ou non est attendu ici."),
        (str, None, "field", "Un texte est attendu ici."),
        (Annotated[float, Field(le=300)], 301, "range_km", "Ce nombre doit être d'au plus 300\u00a0km."),
        (Annotated[float, Field(le=17.5)], 18, "weekly_hours", "Ce nombre doit être d'au plus 17,5\u00a0heures."),
        (Annotated[int, Field(ge=1)], 0, "duration_months", "Ce nombre doit être d'au moins 1\u00a0mois."),
        (Annotated[int, Field(ge=1)], 0, "notice_days", "Ce nombre doit être d'au moins 1\u00a0jour."),
        (Annotated[Decimal, Field(gt=0)], 0, "hourly_min", "Ce nombre doit être supérieur à 0\u00a0€."),
        (Annotated[int, Field(le=10_000)], 10**9, "places", "Ce nombre doit être d'au plus 10\u202f000."),
        (Annotated[int, Field(le=2100)], 2101, "year", "Ce nombre doit être d'au plus 2100."),
        (
            Annotated[date, Field(ge=date(2026, 3, 9))],
            date(2026, 3, 8),
            "on",
            "Cette date doit être au plus tôt le 09/03/2026.",
        ),
        (Annotated[str, Field(min_length=1)], "", "field", "Ce champ ne peut pas être vide."),
        (Annotated[str, Field(max_length=1)], "ab", "field", "Ce texte doit avoir au plus 1 caractère."),
        (Annotated[list[int], Field(max_length=2)], [1, 2, 3], "field", "Cette liste doit avoir au plus 2 éléments."),
        (Euros, "1.005", "amount", "Ce nombre doit avoir au plus 2 chiffres après la virgule."),
        (Kind, "stage", "field", "Valeurs possibles : cdi ou cdd."),
        (Literal["a", "b", "c"], SECRET, "field", "Valeurs possibles : a, b ou c."),
        (Literal[1, 2], 3, "field", "Valeurs possibles : 1 ou 2."),
        (Literal["seul"], "x", "field", "La seule valeur possible est seul."),
        (Identifier, "é", "field", "Un identifiant s'écrit sans espace ni accent."),
        (Annotated[str, Field(pattern="^z$")], SECRET, "field", "Ce texte n'a pas la forme attendue."),
        (Annotated[str, Line(3)], "abcd", "field", "Ce texte doit avoir 3 caractères au plus."),
        (Email, SECRET, "field", "Cette adresse e-mail n'est pas valable. Exemple : camille@exemple.fr"),
        (CivilDate, SECRET, "field", "Une date s'écrit année-mois-jour, par exemple 2026-03-09."),
        (CivilDate, "2026-02-30", "field", "Une date s'écrit année-mois-jour, par exemple 2026-03-09."),
        (Instant, "2026-03-09", "field", "Un instant s'écrit avec son fuseau, par exemple 2026-03-09T14:30:00+01:00."),
    ],
)
def test_what_is_said(kind: Any, value: Any, name: str, sentence: str) -> None:
    assert told(kind, value, name) == sentence


def test_of_a_long_enumeration_some_are_named_and_the_rest_is_counted() -> None:
    said = told(Many, "x")
    assert said.startswith("Valeurs possibles : v0, v1,")
    assert said.endswith("v19, et 39 autres.")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"), (35.0, "35"), (17.5, "17,5"), (Decimal("0.0100"), "0,01"), (1_000_000, "1\u202f000\u202f000"),
        (1e7, "10\u202f000\u202f000"), (date(2026, 3, 9), "09/03/2026"), (-12345.5, "-12\u202f345,5"),
    ],
)  # fmt: skip
def test_limits_are_written_as_the_french_do(value: object, written: str) -> None:
    assert in_french(value) == written


def test_a_shape_says_one_thing() -> None:
    pattern = shaped(r"^of this test$", "Ceci.")
    assert shaped(pattern, "Ceci.") == pattern
    with pytest.raises(ValueError, match="something else"):
        shaped(pattern, "Cela.")


def test_a_text_of_an_exception_is_not_shown() -> None:
    """``int(value)`` of somebody's validator would repeat the value."""

    def careless(value: str) -> str:
        raise ValueError(f"invalid literal for int() with base 10: {value!r}")

    assert told(Annotated[str, AfterValidator(careless)], SECRET) == refusals.OTHERWISE


def _validators(module: Path) -> list[ast.FunctionDef]:
    return [
        node
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.FunctionDef)
        and any("_validator" in ast.unparse(decorator) for decorator in node.decorator_list)
    ]


def test_validators_say_their_own_sentence() -> None:
    """The text of a plain ValueError is shown to nobody: a validator that has something to say raises PydanticCustomError."""
    seen, mute = 0, []
    for folder in ("services", "shared"):
        for module in (ROOT / folder).rglob("*.py"):
            if module.name in {"settings.py", "connections.py"}:  # told to operators, in English
                continue
            for function in _validators(module):
                seen += 1
                mute += [
                    f"{module.relative_to(ROOT)}: {function.name}"
                    for node in ast.walk(function)
                    if isinstance(node, ast.Raise)
                    and node.exc is not None
                    and ast.unparse(node.exc).startswith(("ValueError", "AssertionError"))
                ]
    assert seen > 10
    assert mute == []


@pytest.mark.parametrize(
    ("location", "sent", "path"),
    [
        (("body", "value", "int", "int_type"), {"value": "x"}, "value"),
        (("body", "value", "bool", "bool_type"), {"value": {}}, "value"),
        (("body", "objective", "manual", "reason"), {"objective": {"rule": "manual"}}, "objective.reason"),
        (("body", "shifts", 1, "end", "function-wrap[check()]"), {"shifts": [{}, {"end": 7}]}, "shifts.1.end"),
        (("body", "place", "commune_code"), {"place": {}}, "place.commune_code"),
        (("body", "place"), {}, "place"),
        (("body",), None, "(body)"),
        (("body", "items", 3), {"items": [1]}, "items.3"),
        (("query", "limit"), None, "query.limit"),
        (("body", "Camille Martin"), {"Camille Martin": 1}, "(unknown)"),
    ],
)
def test_a_path_leads_through_what_was_sent(location: tuple[str | int, ...], sent: Any, path: str) -> None:
    """Not through the alternatives that pydantic tried, which nobody wrote."""
    kind = str(location[-1]) if str(location[-1]).endswith("_type") else "missing"
    [told] = field_problems([{"type": kind, "loc": location[:-1] if kind != "missing" else location}], sent)
    assert told["field"] == path


def test_a_parameter_that_two_parts_of_an_operation_declare_is_refused_once() -> None:
    """«2 champs sont refusés» and the same sentence twice: `limit` is the page's and the search's."""
    limit = {"type": "greater_than_equal", "loc": ("query", "limit"), "ctx": {"ge": 1}}
    beyond = {"type": "missing", "loc": ("query", "limit")}
    answered = json.loads(of_validation([limit, dict(limit), beyond]).body)
    assert [one["rule"] for one in answered["errors"]] == ["greater-than-equal", "missing"]
    assert answered["detail"] == "2 champs sont refusés."
    assert json.loads(of_validation([limit, dict(limit)]).body)["detail"] == "Un champ est refusé."


class _Session(BaseModel):
    starts_at: Instant


class _Sessions(BaseModel):
    sessions: tuple[_Session, ...] = Field(min_length=1)


def test_a_list_whose_item_is_refused_is_not_said_to_lack_it() -> None:
    def refused(sent: dict[str, Any]) -> list[str]:
        with pytest.raises(ValidationError) as found:
            _Sessions.model_validate(sent)
        errors = json.loads(bytes(of_validation(found.value.errors(), sent).body))["errors"]
        assert [one.field for one in field_errors(found.value)] == [one["field"] for one in errors]
        return [one["rule"] for one in errors]

    assert len(refused({"sessions": [{"starts_at": "2027-03-28T02:30:00"}]})) == 1
    assert refused({"sessions": []}) == ["too-short"]
