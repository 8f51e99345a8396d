"""Versions of weights and parameters: read, propose, try, activate."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Body, Depends, Path
from pydantic import BaseModel, Field

from services.matching.commands import configurations
from services.matching.context import Ctx
from services.matching.domain.configuration import Configuration
from shared.auth import Principal, Role
from shared.http import require, resource

router = resource("/v1/configurations", "configurations")

Manager = Annotated[Principal, Depends(require(Role.MANAGER))]
# MongoDB keeps whole numbers of 64 bits; no installation has two thousand million configurations.
Version = Annotated[int, Path(ge=1, le=2**31 - 1, description="Number of the configuration")]


class ConfigurationView(BaseModel):
    """One version."""

    version: int
    active: bool
    values: Configuration
    created_by: str | None
    created_at: datetime | None
    activated_by: str | None
    activated_at: datetime | None


class Configurations(BaseModel):
    """All versions, newest first."""

    items: list[ConfigurationView]


class PairView(BaseModel):
    """A person and an offer."""

    profile_id: str
    offer_id: str


class DryRunView(BaseModel):
    """What would change if the version were activated now; nothing was stored or told."""

    version: int
    profiles: int
    offers: int
    live: int = Field(description="Recommendations that would stand")
    kept: int
    added: int
    withdrawn: int
    people_with_none_before: int
    people_with_none_after: int
    examples_added: list[PairView]
    examples_withdrawn: list[PairView]


def _view(document: dict[str, Any]) -> ConfigurationView:
    return ConfigurationView.model_validate({**document, "version": document["_id"]})


@router.get("")
async def list_configurations(context: Ctx, principal: Manager) -> Configurations:
    """All versions; one is in force."""
    return Configurations(items=[_view(document) for document in await configurations.listed(context)])


@router.post("", status_code=201)
async def propose_configuration(
    body: Annotated[dict[str, Any], Body(examples=[{"live_per_profile": 15}])], context: Ctx, principal: Manager
) -> ConfigurationView:
    """Store a new version of the values sent (the others keep their defaults). Nothing follows it yet."""
    body.pop("version", None)
    return _view(await configurations.propose(context, principal, body))


@router.post("/{version}/dry-run")
async def dry_run(version: Version, context: Ctx, principal: Manager) -> DryRunView:
    """Allocate today's offers and people as if the version were in force, and compare for those of your territories."""
    found = await configurations.dry_run(context, principal, version)
    pairs = {
        name: [PairView(profile_id=profile_id, offer_id=offer_id) for profile_id, offer_id in getattr(found, name)]
        for name in ("examples_added", "examples_withdrawn")
    }
    return DryRunView.model_validate({"version": version, **vars(found), **pairs})


@router.post("/{version}/activate")
async def activate(version: Version, context: Ctx, principal: Manager) -> ConfigurationView:
    """Make the version the one in force; recommendations follow within moments. For who works for every territory served."""
    return _view(await configurations.activate(context, principal, version))
