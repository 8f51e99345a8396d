"""Columns whose titles nobody foresaw: told by what these are like and by what stands below, and said to the sender."""

from datetime import date

import pytest

from services.offers.domain.imports.sheets.contents import Known
from services.offers.domain.imports.sheets.header import SheetColumn
from services.offers.domain.imports.sheets.likeness import likely
from services.offers.domain.imports.sheets.rows import Asked, SheetRows, read_table
from services.offers.domain.imports.sheets.titles import Column
from shared.tables import UnreadableSheet
from tests.service.offers.tabled import as_csv
from tests.service.offers.test_import_rows_whole import communes

_WORK = (
    "maçon",
    "couvreur",
    "aide-soignant",
    "infirmier",
    "vacher",
    "tractoriste",
    "cueilleur",
    "plombier",
    "chauffagiste",
)
KNOWN = Known(communes, lambda text: text.lower() in _WORK, date(2026, 11, 30))


def table(header: list[str], *rows: list[str]) -> SheetRows:
    return read_table(as_csv([header, *rows]), Asked(), 10**7, KNOWN)


def fields(columns: list[SheetColumn]) -> list[str | None]:
    return [one.column and one.column.value for one in columns]


@pytest.mark.parametrize(
    ("header", "rows", "read_as"),
    [
        (
            ["Boulot", "Endroit", "Engagement", "Gages brut", "Ouverture"],
            [
                ["Maçon", "Aubusson", "CDI", "1 900 € brut", "04/01/2027"],
                ["Couvreur", "Felletin", "CDD 6 mois", "13 €/h", "mars"],
            ],
            ["title", "place", "contract", "salary", None],
        ),
        (
            ["Profil recherché", "Base horaire", "Implantation", "Prise en charge"],
            [["Aide-soignant", "35h", "23200 Aubusson", "CPAM"], ["Infirmier", "28h", "23000 Guéret", "CPAM"]],
            ["title", "hours", "place", None],
        ),
        (
            ["Désignation de l'emploi", "Code post.", "Ville", "Tx", "Nat. contrat"],
            [["Serveur", "23000", "Guéret", "12,10", "CDI"]],
            ["title", "postcode", "place", "salary", "contract"],
        ),
        (
            ["Emploi/métier", "Catégorie", "Filière", "Rés. adm.", "Tps travail"],
            [["Adjoint technique", "C", "Technique", "Guéret", "35h"]],
            ["title", None, None, "place", "hours"],
        ),
        (
            ["Vacancy", "City", "Weekly hours", "Gross salary", "Contract type", "Start"],
            [["Plombier", "Limoges", "35", "2100", "CDI", "2027-01-04"]],
            ["title", "place", "hours", "salary", "contract", "starts_on"],
        ),
        (
            ["Que cherche-t-on ?", "Où ça ?", "Combien de monde ?", "Payé comment ?", "À partir de quand ?"],
            [
                ["Vacher", "23600 Boussac", "2", "SMIC", "début mars"],
                ["Tractoriste", "23220 Bonnat", "1", "13 €/h", "mars"],
            ],
            ["title", "place", "positions", "salary", "starts_on"],
        ),
        (
            ["Besoin en personnel", "Ferme", "Période d'emploi", "Hébergement", "Nb"],
            [["Cueilleur", "GAEC du Puy", "juin à août", "oui", "4"]],
            ["title", "employer", "duration", None, "positions"],
        ),
        (
            ["", "Poste", "Lieu", ""],
            [["CDI", "Plombier", "Aubusson", "04/01/2027"], ["CDD", "Chauffagiste", "Guéret", "11/01/2027"]],
            ["contract", "title", "place", "starts_on"],
        ),
    ],
)
def test_a_column_is_told_by_its_title_or_by_its_cells(
    header: list[str], rows: list[list[str]], read_as: list[str | None]
) -> None:
    assert fields(table(header, *rows).columns) == read_as


def test_whoever_sends_it_is_told_why() -> None:
    notes = " ".join(table(["Boulot", "Endroit", "Typ. contrt", "Divers"], ["Maçon", "Aubusson", "CDI", "x"]).notes)
    assert "A (Boulot) est lue comme «intitulé», d'après ce qui y est écrit" in notes
    assert "C (Typ. contrt) est lue comme «contrat»" in notes
    assert "D (Divers)" in notes


@pytest.mark.parametrize(
    ("title", "cell"),
    [
        ("Prime", "100 €"), ("Loyer", "350 € par mois de caution"), ("Catégorie", "C"), ("Date de la demande", "12/01/2027"),
        ("Date", "12/01/2025"), ("Ouverture", "12/01/2027"), ("Tuteur", "Aubusson"), ("Téléphone", "05 55 00 00 00"),
        ("Cde", "4512"), ("Qui prévenir", "Léa le soir"),
       
        ("Permanence", "4512"), ("Prise", "secteur"), ("Remarques", "CDI"), ("Prise en charge", "CPAM"),
        ("Prime de fin d'année", "oui"), ("Date de naissance", "01/02/2003"),
    ],
)  # fmt: skip
def test_what_is_no_offers_or_its_keepers_own_is_not_read(title: str, cell: str) -> None:
    assert table(["Poste", "Contrat", title], ["Maçon", "CDD", cell]).columns[2].column is None


@pytest.mark.parametrize("cells", [["01/04/2027", "asap"], ["mi-mars", "dès que possible"]])
def test_a_bare_date_that_lies_ahead_is_the_start(cells: list[str]) -> None:
    rows = [["Maçon", "CDD", "Aubusson", cell] for cell in cells]
    assert table(["Poste", "Contrat", "Ville", "Date"], *rows).columns[3].column is Column.STARTS_ON


def test_questions_are_titles() -> None:
    header = ["Quel poste ?", "Combien ?", "Quel salaire ?", "Dans quelle ville ?", "Quel contrat ?"]
    found = table(header, ["Maçon", "2", "1 900 €", "Aubusson", "CDI"])
    assert fields(found.columns) == ["title", "positions", "salary", "place", "contract"]


def test_a_field_has_one_column_by_its_title_before_another_by_its_cells() -> None:
    found = table(["Poste", "Ville", "Siège", "Contrat"], ["Maçon", "Aubusson", "Felletin", "CDI"])
    assert fields(found.columns) == ["title", "place", None, "contract"]


def test_what_the_caller_says_is_not_doubted() -> None:
    asked = Asked({"Endroit": None, "A": Column.TITLE})
    found = read_table(as_csv([["Boulot", "Endroit", "Contrat"], ["xyz", "Aubusson", "CDI"]]), asked, 10**7, KNOWN)
    assert fields(found.columns) == ["title", None, "contract"]


@pytest.mark.parametrize(
    "rows",
    [
        [["Bonjour", "voici", "la liste"], ["xyz", "abc", "def"]],
        [["1", "2", "3"], ["Maçon", "CDI", "Aubusson"]],
        [["Courses", "Prix", "Magasin"], ["Pain", "1,20 €", "Guéret"]],
    ],
)
def test_a_table_of_something_else_is_refused(rows: list[list[str]]) -> None:
    with pytest.raises(UnreadableSheet) as refused:
        read_table(as_csv(rows), Asked(), 10**7, KNOWN)
    assert refused.value.rule == "no-header"


@pytest.mark.parametrize(
    ("title", "column"),
    [
        ("Renumération", "salary"), ("Intitullé", "title"), ("Localitée", "place"), ("Quotitée", "hours"),
        ("Expér.", "experience"), ("Etabl.", "employer"), ("Brut mensuel max", "salary_max"),
        ("On commence quand ?", "starts_on"), ("Niv. requis", "diploma"),
        ("Nbr", "positions"), ("Hourly pay", "salary"), ("Période d'essai", None),
        ("Maxi", None), ("Nom", None), ("Visa", None), ("٣", None), ("", None), ("x" * 61, None), ("Type", None),
    ],
)  # fmt: skip
def test_words_cut_short_or_misspelt(title: str, column: str | None) -> None:
    found = likely(title)
    assert (found and found.value) == column
