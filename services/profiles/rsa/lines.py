"""From the rows of the département's list to people that can be looked for, each line with all that is wrong about it. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated

from pydantic import TypeAdapter, ValidationError

from services.profiles.domain.rsa_list import Listed
from shared.ages import YOUNGEST, age_errors, birthday
from shared.errors import FieldError
from shared.nir import names_nir
from shared.reference.text import words_of
from shared.refusals import field_errors
from shared.tables import Cell, Row, Sheet, UnreadableSheet, broken_letters, mended_letters
from shared.tables.days import day_in
from shared.tables.titles import bare_title
from shared.types import Line, Name

COLUMNS = {
    "reference": (
        "reference", "numero", "numero de dossier", "n dossier", "dossier", "reference dossier",
        "numero departemental", "reference departement",
        "matricule", "numero allocataire", "n allocataire", "allocataire",
    ),
    "last_name": ("nom", "nom de famille", "nom d usage", "nom usuel"),
    "first_name": ("prenom", "prenoms", "premier prenom"),
    "birth_date": ("date de naissance", "ne le", "nee le", "ne e le", "naissance", "ddn", "date naissance"),
    "since": ("date d ouverture", "ouverture de droits", "date d ouverture de droits", "depuis", "depuis le", "rsa depuis"),
}  # fmt: skip
"""Titles by field (``bare_title``). The fields' own names are taken too; other columns are not read."""
TITLES = {
    "reference": "Référence",
    "last_name": "Nom",
    "first_name": "Prénom",
    "birth_date": "Date de naissance",
    "since": "Depuis",
}
_NIR_TITLES = re.compile(
    r"\bnir\b|\bnss\b|\bsecu\b|securite sociale|\bn(?:o|um|umero)? (?:de )?(?:ss|insee)\b|immatriculation"
)
"""Not «code INSEE», which is a commune's."""
_ALONE = {
    "reference": ("numero caf", "n caf", "matricule caf", "dossier caf", "n dossier caf", "numero dossier caf"),
    "last_name": ("nom naissance", "nom patronymique", "nom jeune fille"),
    "since": ("date entree rsa", "entree rsa", "date ouverture rsa", "ouverture rsa", "date debut rsa"),
}  # fmt: skip
"""What says it only where no other column does."""
_WHOSE = re.compile(r" (?:beneficiaires?|allocataires?|demandeurs?|personnes?|usagers?|b?rsa)$")
_TOGETHER = re.compile(r"noms? prenoms?|prenoms? noms?")
_SUMS = re.compile(
    r"(?:sous )?(?:total|totaux)\b.*|nombre (?:total )?(?:de |d )?(?:beneficiaires?|personnes?|allocataires?|lignes?)\b.*"
)
_NOTHING = frozenset(("", "-", "--", "/", "–", "—"))
_BY_TITLE = {bare_title(title): name for name, titles in COLUMNS.items() for title in (*titles, name)}
_SEARCHED_ROWS = 20
_TELLING = 3
_NAME: TypeAdapter[str] = TypeAdapter(Annotated[str, Name(100)])
_REFERENCE: TypeAdapter[str] = TypeAdapter(Annotated[str, Line(40)])


@dataclass
class ListedLine:
    """A line: somebody, or why not. No value of the line stands in its errors."""

    number: int
    listed: Listed | None = None
    errors: list[FieldError] = field(default_factory=list)


def read_list(sheet: Sheet, today: date) -> list[ListedLine]:
    """The lines under the titles.

    Raises:
        UnreadableSheet: no line of titles, a column twice, a column of social security numbers, or nothing below.
    """
    header, columns = _header(sheet.rows)
    below = [row for row in sheet.rows if row.number > header.number]
    named = _names(header)
    sums = [row.number for row in below if _is_sum(row, columns)]
    sheet.notes.extend(f"Ligne {number} : un total, qui n'est personne." for number in sums)
    rows = [row for row in below if row.number not in sums and not (_is_header(_names(row)) and _names(row) == named)]
    if not rows:
        raise UnreadableSheet("no-lines", "Aucune ligne sous les titres des colonnes.")
    lines = [_line(row, columns, today) for row in rows]
    if sheet.separated:
        for row, line in zip(rows, lines, strict=True):
            if not line.errors and any(cell.text for cell in row.cells[len(header.cells) :]):
                message = (
                    "Cette ligne a plus de cases que de titres : mettez entre guillemets ce qui contient le séparateur."
                )
                line.errors.append(FieldError("line", "more-cells", message))
                line.listed = None
    _refuse_twice(lines)
    return lines


def holds_people(rows: Sequence[Row]) -> bool:
    """Whether a workbook's sheet that begins so is the list: titles, and something below them."""
    return any(_is_header(_names(row)) for row in rows[:-1][:_SEARCHED_ROWS])


def _names(row: Row) -> list[str | None]:
    titles = [bare_title(mended_letters(cell.text)) if cell.text else "" for cell in row.cells]
    names = [_BY_TITLE.get(title) for title in titles]
    for name, alone in _ALONE.items():
        weak = [at for at, title in enumerate(titles) if title in alone]
        if name not in names and weak:
            names[weak[0]] = name
    for at, title in enumerate(titles):
        whose = _BY_TITLE.get(_WHOSE.sub("", title)) or _cut_short(title)
        if names[at] is None and whose not in names:
            names[at] = whose
    return names


def _cut_short(title: str) -> str | None:
    """«Date naiss.», «D. naissance», «Prén.», «Réf. dossier»: each word begins one of a title that is known, and one of them says
    at least three letters of it. None where two fields could be meant.
    """
    words = title.split()
    found = {
        name
        for known, name in _BY_TITLE.items()
        if len(parts := known.split()) == len(words)
        and all(part.startswith(word) for part, word in zip(parts, words, strict=True))
    }
    return next(iter(found)) if len(found) == 1 and max(map(len, words), default=0) >= _TELLING else None


def _is_sum(row: Row, columns: dict[str, int]) -> bool:
    """Whether it is the line that spreadsheets end with, and nobody's: «Total : 212» in front, no first name and no birth."""
    told = [
        row.cells[at].text
        for name, at in columns.items()
        if name in ("first_name", "birth_date") and at < len(row.cells)
    ]
    first = next((cell.text for cell in row.cells if cell.text), "")
    return _SUMS.fullmatch(words_of(first)) is not None and not any(text and not text.isdecimal() for text in told)


def _is_header(names: Sequence[str | None]) -> bool:
    return "last_name" in names and "first_name" in names


def _header(rows: Sequence[Row]) -> tuple[Row, dict[str, int]]:
    for row in rows[:_SEARCHED_ROWS]:
        names = _names(row)
        if not _is_header(names):
            continue
        number = next((cell.text for cell in row.cells if _NIR_TITLES.search(words_of(cell.text))), None)
        if number is not None:
            title = "" if names_nir(number) else f" «{number[:60]}»"
            message = f"Le numéro de sécurité sociale ne se transmet pas : supprimez la colonne{title} du fichier."
            raise UnreadableSheet("nir", message)
        twice = sorted({name for name in names if name is not None and names.count(name) > 1})
        if twice:
            raise UnreadableSheet("column-twice", f"La colonne «{TITLES[twice[0]]}» est là deux fois.")
        hidden = [name for name, cell in zip(names, row.cells, strict=True) if name is not None and cell.hidden]
        if hidden:
            message = f"La colonne «{TITLES[hidden[0]]}» est masquée : affichez-la, ou supprimez-la."
            raise UnreadableSheet("column-hidden", message)
        if "birth_date" not in names and "reference" not in names:
            raise UnreadableSheet("no-key", "Il faut une colonne «Référence» ou «Date de naissance».")
        return row, {name: index for index, name in enumerate(names) if name is not None}
    titles = [bare_title(cell.text) for row in rows[:_SEARCHED_ROWS] for cell in row.cells if cell.text]
    if any(_TOGETHER.fullmatch(title) for title in titles):
        raise UnreadableSheet("no-header", "Le nom et le prénom sont dans une seule colonne : séparez-les en deux.")
    raise UnreadableSheet(
        "no-header",
        f"Les colonnes «Nom» et «Prénom» n'ont pas été trouvées dans les {_SEARCHED_ROWS} premières lignes.",
    )


def _line(row: Row, columns: dict[str, int], today: date) -> ListedLine:
    line = ListedLine(row.number)
    of = {index: name for name, index in columns.items()}
    for index, cell in enumerate(row.cells):
        if names_nir(cell.text):
            message = "Un numéro de sécurité sociale ne se transmet pas : retirez-le du fichier."
            line.errors.append(FieldError(of.get(index) or f"column-{index + 1}", "nir", message))
        if index in of and cell.merged:
            message = "Cette cellule est fusionnée avec d'autres : séparez-les."
            line.errors.append(FieldError(of[index], "merged", message))
        if index in of and cell.without_result:
            line.errors.append(
                FieldError(of[index], "formula", "Cette formule n'a pas de résultat : collez la valeur.")
            )
    if row.hidden:
        line.errors.append(FieldError("line", "hidden", "Cette ligne est masquée : affichez-la, ou supprimez-la."))
    if line.errors:
        return line
    cells = {name: row.cells[index] if index < len(row.cells) else Cell() for name, index in columns.items()}
    last_name, first_name = (_text(line, name, cells[name], _NAME) for name in ("last_name", "first_name"))
    named = cells.get("reference", Cell())
    if named.abridged:
        message = "Le tableur a abrégé ce numéro : donnez à la colonne le format texte."
        line.errors.append(FieldError("reference", "abridged", message))
    reference = _text(line, "reference", named, _REFERENCE, needed=False)
    # Of the two that «26» may be, the year in which somebody of sixteen was born.
    born = _day(line, "birth_date", cells.get("birth_date", Cell()), birthday(today, -YOUNGEST))
    since = _day(line, "since", cells.get("since", Cell()), today)
    line.errors += age_errors(today, born)
    if since is not None and since > today:
        line.errors.append(FieldError("since", "in-the-future", "Ce jour n'est pas encore venu."))
    if not line.errors and reference is None and born is None:
        line.errors.append(FieldError("birth_date", "required", "Sans référence, il faut la date de naissance."))
    if not line.errors and last_name is not None and first_name is not None:
        kept = None if reference is None else words_of(reference).replace(" ", "") or None
        line.listed = Listed(last_name, first_name, born, kept, since)
    return line


def _text(line: ListedLine, name: str, cell: Cell, kind: TypeAdapter[str], *, needed: bool = True) -> str | None:
    text = replace(cell, value=mended_letters(cell.value)).text if isinstance(cell.value, str) else cell.text
    if broken_letters(text):
        line.errors.append(
            FieldError(name, "encoding", "Les lettres accentuées sont abîmées : enregistrez ce fichier en UTF-8.")
        )
        return None
    if isinstance(cell.value, float) and cell.value.is_integer():
        text = str(int(cell.value))  # a number of a file, as spreadsheets keep it
    if not text:
        if needed:
            line.errors.append(FieldError(name, "required", f"«{TITLES[name]}» manque."))
        return None
    try:
        return kind.validate_python(text)
    except ValidationError as refused:
        line.errors.append(replace(field_errors(refused)[0], field=name))
        return None


def _day(line: ListedLine, name: str, cell: Cell, century_before: date) -> date | None:
    if cell.text in _NOTHING:
        return None
    day = day_in(cell, century_before)
    if day is None:
        message = f"«{TITLES[name]}» n'est pas une date : écrivez par exemple 02/03/1985."
        line.errors.append(FieldError(name, "not-a-date", message))
    return day


def _refuse_twice(lines: Sequence[ListedLine]) -> None:
    keys = Counter(line.listed.key for line in lines if line.listed is not None)
    for line in lines:
        if line.listed is not None and keys[line.listed.key] > 1:
            name = "reference" if line.listed.reference else "line"
            line.errors.append(FieldError(name, "twice", "Cette personne est sur une autre ligne du fichier."))
