"""Which column is what, by the title that stands above it. Pure; a title that says something else is none of ours."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import zip_longest

from services.clauses.sheets.cells import months_named
from shared.reference.text import words_of
from shared.tables import Row
from shared.tables.titles import ASIDE, bare_title

COLUMNS = {
    "participant_id": (
        "participant",
        "reference",
        "reference du participant",
        "numero du participant",
        "dossier",
        "numero de dossier",
        "beneficiaire",
    ),
    "employment_id": ("emploi", "numero d emploi", "identifiant de l emploi", "id emploi"),
    "kind": ("contrat", "nature du contrat", "type de contrat", "contrat de travail"),
    "employer": ("employeur", "employeur legal", "entreprise"),
    "month": ("mois", "periode", "mois travaille", "mois concerne"),
    "hours": ("heures", "nombre d heures", "heures travaillees", "heures realisees", "heures d insertion"),
    "lot_id": ("lot", "numero de lot"),
    "evidence": ("justificatif", "piece", "nature du justificatif"),
    "evidence_dated": ("date du justificatif", "date de la piece"),
}
"""Titles by field, as words without accents and signs. The fields' own names are taken too; so are those of ``_BUILT``."""
TITLES = {
    "participant_id": "Participant",
    "employment_id": "Emploi",
    "kind": "Nature du contrat",
    "employer": "Employeur",
    "month": "Mois",
    "hours": "Heures",
    "lot_id": "Lot",
    "evidence": "Justificatif",
}
"""Of the template."""
_NUMBERED = r"(?:ref|reference|n|no|num|numero|id|identifiant|code|matricule)"
_WHOSE = r"(?:participante?s?|beneficiaires?|salariee?s?|interimaires?|personnes?|candidate?s?|dossiers?|agents?)"
_BUILT = {
    "participant_id": re.compile(rf"{_NUMBERED} {_WHOSE}|{_WHOSE} {_NUMBERED}|participante?s?|beneficiaires?"),
    "employment_id": re.compile(rf"{_NUMBERED} emploi"),
    "kind": re.compile(r"(?:(?:nature|type|forme) )?contrats?(?: (?:travail|nature|type))?"),
    "employer": re.compile(
        r"(?:nom |raison sociale )?(?:employeurs?|entreprise|societe|structure)(?: (?:legale?|employeuse|employeur|juridique))?"
    ),
    "month": re.compile(
        r"(?:mois|periode)(?: (?:annee|travaill?ee?|travail|concernee?|realisation|realisee?|declaration|declaree?"
        r"|execution|insertion|reference|mois|heures))*"
    ),
    "hours": re.compile(
        r"(?:(?:nb|nbr|nbre|nombre|volume|quantite) )?(?:heures?|hrs?|hres?)"
        r"(?: (?:insertion|realisees?|travaillees?|effectuees?|faites?|reelles?|declarees?|executees?|mois|mensuelles?|cours"
        r"|clauses?|sociales?|participante?s?|beneficiaires?|salariee?s?))*"
        r"|(?:nb|nbr|nbre|nombre) h(?: (?:insertion|realisees?|travaillees?|effectuees?))*"
        r"|h (?:insertion|realisees?|travaillees?|effectuees?)(?: (?:insertion|realisees?))?|volume horaire(?: mensuel)?"
    ),
    "lot_id": re.compile(rf"{_NUMBERED} lot|lot {_NUMBERED}"),
}
"""What contractors' tools call the same, as words without those that only bind."""
_ALONE = {
    # «N°» is as often the number of the line.
    "participant_id": re.compile("ref|identifiant|matricule"),
    "kind": re.compile("nature|type"),
    "employer": re.compile("raison sociale|societe|structure"),
}
"""What says it only where no other column does."""
_SOMETHING_ELSE = re.compile(
    r"\b(?:jours?|j|jrs?|journees?|minutes?|min|mn|prev\w*|theor\w*|contractuel\w*|cumul\w*|rest\w*|absen\w*|sup\w*|hs|hebdo\w*"
    r"|semaines?|objectif\w*|engag\w*|attendu\w*|pay\w*|factur\w*|etp|annuel\w*|annees?|ans?|euros?|taux|cout\w*|non|hors|sans|autres?|encadr\w*|permanente?s?)\b"
)
"""Behind hours in brackets: they are other hours, or none."""
_BY_TITLE = {words_of(title): name for name, titles in COLUMNS.items() for title in (*titles, name)}
_OF_MONTHS = re.compile(r"\b(?:mois|periodes?)\b")


def names_of(row: Row) -> list[str | None]:
    """The field that each cell of a row of titles names, or None."""
    names = [_field(cell.text) for cell in row.cells]
    for name, alone in _ALONE.items():
        if name not in names:
            weak = [at for at, cell in enumerate(row.cells) if alone.fullmatch(bare_title(cell.text))]
            names = [name if at in weak else one for at, one in enumerate(names)]
    return names


def names_hours(title: str) -> bool:
    """Whether it is the title of the hours."""
    return title[:1].isalpha() and _field(title) == "hours"


def _field(title: str) -> str | None:
    if not title:
        return None
    aside = ASIDE.search(title)
    if aside is not None and aside[1] and _SOMETHING_ELSE.search(words_of(aside[1])):
        return None
    found = _BY_TITLE.get(words_of(ASIDE.sub("", title)))
    bare = bare_title(title)
    return found or next((name for name, built in _BUILT.items() if built.fullmatch(bare)), None)


def is_header(names: Sequence[str | None]) -> bool:
    """Whether hours of people can be read below."""
    return "participant_id" in names and "hours" in names


_OF_A_LINE = ("participant_id", "employment_id", "kind", "employer")


def titles_in(rows: Sequence[Row]) -> Iterator[Row]:
    """Each row as titles; with the one below it as one row where that says what each column under a title is: «Heures» over
    «Prévues» and «Réalisées», «Mois» over «mm/aaaa».
    """
    for row, under in zip_longest(rows, rows[1:]):
        yield row if under is None else _whole(row, under)


def _whole(row: Row, under: Row) -> Row:
    names = names_of(row)
    if is_header(names):
        said = {name: _said(under, at) for at, name in enumerate(names) if name is not None}
        hours = said["hours"]
        # Of somebody, or of an employment: a line, whatever is wrong about its hours.
        if not hours or any(map(str.isdigit, hours)) or any(said.get(name) for name in _OF_A_LINE):
            return row
    elif is_header(names_of(under)):
        return row
    titles = _titles(row, under)
    joint = replace(
        under,
        cells=[replace(cell, value=title, merged=False) for cell, title in zip(under.cells, titles, strict=True)],
    )
    return joint if is_header(names_of(joint)) or spread(joint) else row


def _titles(row: Row, under: Row) -> list[str]:
    """Of each column its title by itself, by what stands over it, or with it as its unit or hint. «Jour» and «Nuit» are parts of
    «Heures», and neither is all of them: where one is read by its hint only, so is each other that nothing else is said by.
    """
    titles, hinted = [], set()
    above = over = ""
    for at, cell in enumerate(under.cells):
        # What stands over several columns is written in the first of them.
        over = _said(row, at)
        above = over or above
        hint = f"{above} ({cell.text})"
        ways = (cell.text, f"{above} {cell.text}", hint) if cell.text else (over,)
        titles.append((above, next((way for way in ways if _field(way)), ways[min(1, len(ways) - 1)])))
        if titles[-1][1] == hint:
            hinted.add(above)
    return [above if above in hinted and not _field(title) and title else title for above, title in titles]


def _said(row: Row, at: int) -> str:
    return row.cells[at].text if at < len(row.cells) else ""


def spread(row: Row) -> bool:
    """Whether it has people and a column for each of several months."""
    months = [months_named(f"{cell.value:%m/%Y}" if isinstance(cell.value, date) else cell.text) for cell in row.cells]
    return "participant_id" in names_of(row) and sum(len(named) == 1 for named in months) > 1


def unread(row: Row, names: Sequence[str | None]) -> list[str]:
    """Titles of the columns that are passed over."""
    return [cell.text for cell, name in zip(row.cells, names, strict=True) if name is None and cell.text]


_OF_NAMES = re.compile(
    r"(?:noms?|prenoms?|identite)(?: (?:noms?|prenoms?|famille|usage))*(?: (?:participante?|beneficiaire|salariee?|interimaire"
    r"|agent|personne|candidate?)s?)?|(?:salariee?|interimaire|agent|personne|candidate?|stagiaire)s?"
)


def named_by(row: Row) -> str | None:
    """The title under which people stand by their names, where hours stand beside it."""
    if "hours" not in names_of(row):
        return None
    return next((cell.text for cell in row.cells if _OF_NAMES.fullmatch(bare_title(cell.text))), None)


def speaks_of_months(title: str) -> bool:
    """Whether a title that nobody knows may be that of the month worked."""
    return bool(_OF_MONTHS.search(words_of(title)))
