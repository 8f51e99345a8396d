"""Finding a structure for a clause's work near its site, and the directories that they come from."""

import asyncio
from typing import Annotated

from fastapi import Depends, Query, Request, Response
from pydantic import Field

from services.clauses.api.sheets import SheetProblem
from services.clauses.commands import suppliers as commands
from services.clauses.context import Ctx
from services.clauses.domain.amounts import CommuneCode
from services.clauses.domain.employment import SupplierKind
from services.clauses.domain.supplier import Fit, Near
from services.clauses.domain.trades import Evidence, Trade, trade_of_cpv
from services.clauses.suppliers.directory import Entry
from shared.auth import Principal, Role, territory_of
from shared.contracts.events.base import Territory
from shared.domain import Entity
from shared.http import ROW_BY_ROW, Caller, require, resource, uploaded_file
from shared.refusals import shaped
from shared.types import Identifier

MOST_LINES = 2_000
router = resource("/v1/suppliers", "suppliers")
imports = resource("/v1/supplier-imports", "suppliers")

Manager = Annotated[Principal, Depends(require(Role.MANAGER))]

_BODY = {
    "requestBody": {
        "required": True,
        "description": "A directory as CSV or JSON, as the body or as the field `file` of a form: the employment platform's list "
        "(siret, type, nom, enseigne, adresse, code_postal, ville, lat, lon, naf, site), FINESS's of ESAT (`kind=esat`), or a "
        "table of the desk with metiers, email, telephone as well. 8 MB and 20,000 lines at most.",
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": "siret,type,nom,code_postal,ville,metiers,telephone\n"
                "34027049500021,EI,Jardins de la Creuse,23000,Guéret,espaces verts,05 55 00 00 00\n",
            },
            "application/json": {
                "schema": {"type": "array", "items": {"type": "object"}},
                "example": [
                    {"siret": "34027049500021", "type": "EI", "nom": "Jardins de la Creuse", "code_postal": "23000"}
                ],
            },
            "multipart/form-data": {
                "schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
            },
        },
    }
}


class SupplierView(Entity):
    """A structure, how far it is and why it is proposed."""

    id: str
    kind: SupplierKind
    name: str
    siret: str | None
    address: str
    postcode: str | None
    town: str
    commune_code: str | None
    distance_km: float = Field(description="As the crow flies, from the town hall of the commune asked")
    fit: Fit
    evidence: Evidence | None = Field(
        description="By what the trade asked is known: declared, its NAF, its network, its name"
    )
    trades: tuple[Trade, ...]
    known_by: dict[Trade, Evidence] = Field(description="By what each trade is known; a name or a network is a guess")
    why: str = Field(description="One sentence in French")
    site: str | None
    email: str | None
    phone: str | None

    @classmethod
    def of(cls, one: Near) -> "SupplierView":
        listed = one.supplier.listed
        same = ("kind", "name", "siret", "address", "postcode", "town", "commune_code", "site", "email", "phone")
        return cls(
            id=one.supplier.id,
            **{name: getattr(listed, name) for name in same},
            distance_km=one.km,
            fit=one.fit,
            evidence=one.evidence,
            trades=tuple(one.supplier.trades),
            known_by=one.supplier.trades,
            why=_why(one),
        )


class SuppliersFound(Entity):
    """The surest trade first, then the nearest. ``widened`` says what was looked for beyond the question."""

    items: list[SupplierView]
    found: int = Field(description="How many there are in all")
    kinds: tuple[SupplierKind, ...] = Field(description="Looked for; empty: every kind")
    trade: Trade | None
    radius_km: float = Field(description="Within which they were found in the end")
    widened: list[str]
    reason: str | None = Field(description="Why there is none")


class DirectoryLine(Entity):
    """A line of the report."""

    line: int
    refused: bool
    name: str | None
    errors: list[SheetProblem]
    notes: list[str]


class DirectoryReport(Entity):
    """One refused line, and nothing of the file is taken over. Lines without anything to say are counted only."""

    applied: bool
    read: int
    created: int
    updated: int
    unchanged: int
    repeated: int
    refused: int
    closed: int = Field(description="Open before, and no longer in the file")
    closed_names: list[str] = Field(description="The first two hundred")
    left_out: int
    lines: list[DirectoryLine]

    @classmethod
    def of(cls, found: commands.DirectoryResult) -> "DirectoryReport":
        said = [entry for entry in found.entries if entry.errors or entry.notes]
        said.sort(key=lambda entry: (not entry.errors, entry.number))
        return cls(
            applied=found.applied,
            read=len(found.entries),
            created=found.created,
            updated=found.updated,
            unchanged=found.unchanged,
            repeated=found.repeated,
            refused=found.refused,
            closed=len(found.closed),
            closed_names=sorted(found.closed)[:200],
            left_out=max(len(said) - MOST_LINES, 0),
            lines=[_line(entry) for entry in said[:MOST_LINES]],
        )


def _line(entry: Entry) -> DirectoryLine:
    return DirectoryLine(
        line=entry.number,
        refused=bool(entry.errors),
        name=None if entry.listed is None else entry.listed.name,
        errors=[SheetProblem(**vars(error)) for error in entry.errors],
        notes=entry.notes,
    )


_BY = {
    Evidence.DECLARED: "elle le déclare",
    Evidence.ACTIVITY: "d'après son code d'activité",
    Evidence.NETWORK: "d'après son réseau",
    Evidence.NAME: "d'après son nom",
}


def _why(one: Near) -> str:
    away = f"à {one.km:g} km".replace(".", ",")
    match one.fit:
        case Fit.TRADE:
            assert one.evidence is not None
            return f"A ce métier ({_BY[one.evidence]}), {away}."
        case Fit.TRADE_LIKELY:
            assert one.evidence is not None
            return f"A sans doute ce métier ({_BY[one.evidence]}) : à demander, {away}."
        case Fit.LENDS_PEOPLE:
            return f"Met des personnes à disposition, quel que soit le métier, {away}."
        case Fit.TRADE_UNKNOWN:
            return f"Métier inconnu de l'annuaire : à demander, {away}."
        case Fit.OTHER_TRADE:
            return f"A un autre métier, {away}."
        case Fit.ANY_TRADE:
            return f"{away[0].upper()}{away[1:]}."


@router.get("", summary="Structures able to do a clause's work near its site: ordered, and each says why")
async def find_suppliers(
    caller: Caller,
    context: Ctx,
    contract_id: Annotated[
        Identifier | None, Query(description="Its commune, and the kinds to which its clause is reserved")
    ] = None,
    territory: Annotated[
        Territory | None, Query(description="Whose directory; without it, the caller's only one")
    ] = None,
    commune_code: Annotated[CommuneCode | None, Query(description="INSEE code of the site")] = None,
    kind: Annotated[
        tuple[SupplierKind, ...],
        Query(
            max_length=9, description="Only structures of one of these kinds; absent: those that the clause asks for"
        ),
    ] = (),
    trade: Annotated[Trade | None, Query(description="What is to be done; before `cpv` where both are given")] = None,
    cpv: Annotated[
        str | None,
        Query(
            pattern=shaped(r"^[0-9]{2,8}(-[0-9])?$", "Un code CPV a jusqu'à huit chiffres, par exemple 77310000-6."),
            description="The trade by the contract's CPV",
        ),
    ] = None,
    radius_km: Annotated[float, Query(gt=0, le=200, allow_inf_nan=False, description="Around the site, in km")] = 30,
    limit: Annotated[int, Query(ge=1, le=200, description="The best so many; `found` counts all")] = 20,
) -> SuppliersFound:
    """Facilitators and managers of the territory, and who acts there for a buyer or a contractor."""
    meant = trade if trade is not None or cpv is None else trade_of_cpv(cpv)
    question = commands.Question(contract_id, territory, commune_code, kind, meant, radius_km)
    answer, asked = await commands.find_suppliers(context, caller, question)
    return SuppliersFound(
        items=[SupplierView.of(one) for one in answer.items[:limit]],
        found=len(answer.items),
        kinds=asked.kinds,
        trade=asked.trade,
        radius_km=answer.radius_km,
        widened=answer.widened,
        reason=answer.reason,
    )


@imports.post(
    "",
    summary="Take over a directory of structures, whole or not at all; who vanished from it is closed (manager)",
    openapi_extra=_BODY | ROW_BY_ROW,
    response_model=DirectoryReport,
)
async def import_directory(
    request: Request,
    caller: Manager,
    context: Ctx,
    source: Annotated[
        Identifier, Query(description="Name of the directory, e.g. les-emplois: each is a list of its own")
    ],
    territory: Annotated[Territory | None, Query(description="Without it, the token's only one")] = None,
    kind: Annotated[SupplierKind | None, Query(description="Of a list that holds one kind only")] = None,
    preview: Annotated[bool, Query(description="Say what would come of it, and keep nothing")] = False,
    closes_most: Annotated[bool, Query(description="It is right that most of the known ones are gone")] = False,
) -> Response:
    where = territory_of(caller, territory)
    form = request.headers.get("content-type", "").startswith("multipart/form-data")
    content = await uploaded_file(request, "file") if form else await request.body()
    found = await commands.import_directory(
        context, where, source, content, kind, preview=preview, closes_most=closes_most
    )
    body = await asyncio.to_thread(lambda: DirectoryReport.of(found).model_dump_json())
    return Response(body, media_type="application/json")
