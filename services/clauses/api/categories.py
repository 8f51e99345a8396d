"""The referential of eligible publics, with what a territory adds to it."""

from datetime import date
from typing import Annotated

from fastapi import Body, Depends, Query
from pydantic import Field

from services.clauses.api import examples
from services.clauses.commands import persons as commands
from services.clauses.context import Ctx
from services.clauses.domain.eligibility import CategoryCode, LocalCategoryGiven
from shared.auth import Principal, Role, territory_of
from shared.contracts.events.base import Territory
from shared.contracts.vocabulary import ReservedPublic
from shared.domain import Entity
from shared.http import require, resource
from shared.reference.publics import REFERENTIAL_VERSION, EvidenceOf, Group, PublicCategory
from shared.types import CivilDate

router = resource("/v1/eligibility-categories", "eligibility")

Facilitator = Annotated[Principal, Depends(require(Role.FACILITATOR))]
Staff = Annotated[Principal, Depends(require(Role.FACILITATOR, Role.MANAGER))]


class CategoryView(Entity):
    """A category of eligible publics."""

    code: str
    label: str
    group: Group
    evidence: tuple[EvidenceOf, ...] = Field(description="Papers of which one is asked for")
    under: int | None = Field(description="Younger than this, in years")
    least: int | None = Field(description="At least this old")
    valid_from: date
    valid_until: date | None
    opens: tuple[ReservedPublic, ...] = Field(description="Reserved publics that somebody shown to be of it belongs to")

    @classmethod
    def of(cls, category: PublicCategory) -> "CategoryView":
        sorted_out = {name: tuple(sorted(getattr(category, name))) for name in ("evidence", "opens")}
        return cls(**{**vars(category), **sorted_out})


class ReferentialView(Entity):
    """The categories that a decision of a day may name."""

    version: str
    on: date
    items: tuple[CategoryView, ...]


class CategoryCreate(LocalCategoryGiven):
    """A category of the territory's own."""

    territory: Territory | None = Field(default=None, description="Without it, the token's only one")


class CategoryEnd(Entity):
    """The last day on which a decision may name it."""

    valid_until: CivilDate
    territory: Territory | None = None


@router.get("", summary="The categories of eligible publics that hold on a day")
async def list_categories(
    caller: Staff,
    context: Ctx,
    territory: Annotated[Territory | None, Query(description="Without it, the token's only one")] = None,
    on: Annotated[CivilDate | None, Query(description="Today when absent")] = None,
) -> ReferentialView:
    where = territory_of(caller, territory)
    day = on or context.today(where)
    held = await commands.referential(context, (where,), day)
    return ReferentialView(version=REFERENTIAL_VERSION, on=day, items=tuple(map(CategoryView.of, held)))


@router.post("", status_code=201, summary="Add a category of the territory's own (facilitator)")
async def add_category(
    body: Annotated[CategoryCreate, Body(openapi_examples=examples.CATEGORY)], caller: Facilitator, context: Ctx
) -> CategoryView:
    given = LocalCategoryGiven(**{name: getattr(body, name) for name in LocalCategoryGiven.model_fields})
    made = await commands.add_category(context, caller, territory_of(caller, body.territory), given)
    return CategoryView.of(made.category)


@router.post("/{code}/end", summary="Name the last day of a category of the territory's own (facilitator)")
async def end_category(
    code: CategoryCode,
    body: Annotated[CategoryEnd, Body(openapi_examples=examples.CATEGORY_END)],
    caller: Facilitator,
    context: Ctx,
) -> CategoryView:
    where = territory_of(caller, body.territory)
    ended = await commands.end_category(context, caller, where, code, body.valid_until)
    return CategoryView.of(ended.category)
