"""What somebody who types a search may mean."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from services.offers.api.search import TerritoryCode, degrees_of
from services.offers.context import Ctx
from services.offers.search.suggestion import SuggestionKind
from shared.http import BoundedRoute, OptionalCaller, resource

router = resource("", "search", route_class=BoundedRoute)


class SuggestionView(BaseModel):
    """Something that may be meant. Ask again with `q`; an occupation's `code` is also a value of `occupation`."""

    kind: SuggestionKind
    label: str
    q: str = Field(description="The whole question with the suggestion in it: what was typed before stays in front")
    code: str | None = Field(
        default=None, description="ROME code of an occupation; INSEE code of a commune or département"
    )
    offers: int | None = Field(
        default=None, description="How many offers there are now, of those that the words before ask; null: not known"
    )
    parameters: dict[str, str | tuple[str, ...]] | None = Field(
        default=None,
        description="Of a filter or a place: the parameters of the search that say the same; of a filter null: offers must "
        "have the words",
        examples=[{"working_time": "part_time"}],
    )


class SuggestionList(BaseModel):
    """Occupations, titles of offers, filters, places, each kind best first; a filter or a place that was typed to its end
    comes before all."""

    items: list[SuggestionView]


@router.get("/v1/suggestions", summary="What somebody who types may mean")
async def suggestions(
    context: Ctx,
    caller: OptionalCaller,
    q: Annotated[str, Query(max_length=200, description="What was typed so far", examples=["serveuse mi-t"])],
    limit: Annotated[int, Query(ge=1, le=20, description="At most so many of each kind")] = 5,
    here: Annotated[
        str | None,
        Query(
            max_length=60,
            description="Where the caller is (lat,lon): what is offered near there comes first",
            examples=["46.171,1.871"],
        ),
    ] = None,
    territory: Annotated[
        list[TerritoryCode] | None,
        Query(max_length=20, description="The same, as départements; absent: those of the caller's token"),
    ] = None,
) -> SuggestionList:
    """Public. By the beginning of the last words, behind whatever was typed before («serveuse cdi ann»); accents, signs and
    typing errors are seen through. What there are offers of comes first, near the caller before elsewhere; a filter or a place
    is suggested in words that the search reads as just that.
    """
    point = None if here is None else degrees_of(here, "query.here")
    departments = territory or (() if caller is None else sorted(caller.territories))
    found = await context.finder.suggest(q, limit, point, tuple(dict.fromkeys(departments)))
    return SuggestionList(
        items=[
            SuggestionView(
                kind=one.kind,
                label=one.label,
                q=one.q,
                code=one.code,
                offers=one.offers,
                parameters=None if one.parameters is None else dict(one.parameters),
            )
            for one in found
        ]
    )
