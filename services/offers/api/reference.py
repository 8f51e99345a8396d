"""Reference data for front-ends: communes and occupations."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel

from services.offers.context import Ctx
from shared.http import BoundedRoute, resource

router = resource("/v1", "reference", route_class=BoundedRoute)


class CommuneView(BaseModel):
    """A commune that fits what was typed; ``score`` in [0, 1]."""

    code: str
    name: str
    department: str
    postcodes: tuple[str, ...]
    lat: float
    lon: float
    population: int
    score: float


class CommuneList(BaseModel):
    """Best first."""

    items: list[CommuneView]


class OccupationView(BaseModel):
    """An occupation that fits a title; ``score`` in [0, 1]."""

    code: str
    label: str
    score: float


class OccupationList(BaseModel):
    """Best first."""

    items: list[OccupationView]


@router.get("/communes", summary="Communes by name, postcode or INSEE code")
async def search_communes(
    context: Ctx,
    q: Annotated[
        str,
        Query(
            min_length=1,
            max_length=100,
            description="Name, postcode or INSEE code as typed so far",
            examples=["gueret"],
        ),
    ],
    limit: Annotated[int, Query(ge=1, le=50, description="The best so many")] = 10,
    department: Annotated[
        str | None,
        Query(
            max_length=3,
            description="Code of the département that it lies in (`23`, `2A`); of an unknown one there are none",
        ),
    ] = None,
) -> CommuneList:
    """Public. Accents, hyphens and small mistakes do not matter."""
    hits = context.communes.search(q, limit, department)
    return CommuneList(
        items=[
            CommuneView(
                code=hit.commune.code,
                name=hit.commune.name,
                department=hit.commune.department,
                postcodes=hit.commune.postcodes,
                lat=hit.commune.lat,
                lon=hit.commune.lon,
                population=hit.commune.population,
                score=hit.score,
            )
            for hit in hits
        ]
    )


@router.get("/occupations", summary="Occupations for a free title")
async def search_occupations(
    context: Ctx,
    q: Annotated[
        str,
        Query(min_length=1, max_length=200, description="A title in one's own words", examples=["agent d'entretien"]),
    ],
    limit: Annotated[int, Query(ge=1, le=50, description="The best so many")] = 10,
    text: Annotated[
        str,
        Query(
            max_length=2_000,
            description="What the work is: settles a title that may mean several",
            examples=["Vous nettoyez les bureaux et les sanitaires."],
        ),
    ] = "",
) -> OccupationList:
    """Public. Ranked, with scores; the imported ROME referential where there is one, the built-in one otherwise.

    `text` is what is written of the work beside its title: its beginning decides between occupations that fit the title.
    """
    hits = context.occupations.search(q, limit, text)
    return OccupationList(items=[OccupationView(code=hit.code, label=hit.label, score=hit.score) for hit in hits])
