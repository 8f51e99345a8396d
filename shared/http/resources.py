"""The router of a resource, made alike for all: refusals documented, operations named after their functions."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute

from shared.http.idempotency import IdempotentRoute
from shared.http.problems import PROBLEMS


def operation_name(route: APIRoute) -> str:
    """The name that a client generated from the document gives the operation."""
    return route.name


def resource(
    prefix: str = "",
    *tags: str,
    route_class: type[APIRoute] = IdempotentRoute,
    dependencies: Sequence[Any] = (),
) -> APIRouter:
    """A router; ``make_app`` takes no other. ``BoundedRoute`` where no request is to be known again by its Idempotency-Key."""
    return APIRouter(
        prefix=prefix,
        tags=[*tags],
        route_class=route_class,
        responses=PROBLEMS,
        dependencies=dependencies,
        generate_unique_id_function=operation_name,
    )
