"""What an endpoint is called with, and what its answer becomes: worked out once from the route, not at each request.

FastAPI reads the declarations and remains the judge of every parameter (its own fields validate, so errors are the same). What it
asks anew of each dependency at each request (is it a generator, a coroutine, a form; which scopes, cookies, overrides) is
answered here when a route is first asked. That was a third of the processor time of a small answer. A route that needs what
this does not know has no plan, and FastAPI serves it (``plan_of`` says None).
"""

import inspect
import json
from collections.abc import Callable, Sequence
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from fastapi import Request
from fastapi.datastructures import DefaultPlaceholder
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_body_to_args, request_params_to_args
from fastapi.exceptions import RequestValidationError
from fastapi.params import Body, Form
from fastapi.routing import APIRoute, serialize_response
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from shared.http.kinds import JSON
from shared.http.versions import etag_of, version_of
from shared.numbers import Numbers


class _Told(Response):
    """What an endpoint sets headers and a status on; it is never sent."""

    def __init__(self) -> None:
        self.status_code = 0
        self.background = None
        self.body = b""
        self.raw_headers = []


class _Solving:
    """One request: what was found for it so far."""

    __slots__ = ("_told", "body", "errors", "known", "request")

    def __init__(self, request: Request, body: Any) -> None:
        self.request = request
        self.body = body
        self.errors: list[Any] = []
        self.known: dict[Callable[..., Any], Any] = {}
        self._told: _Told | None = None

    @property
    def told(self) -> _Told:
        if self._told is None:
            self._told = _Told()
        return self._told

    @property
    def said(self) -> _Told | None:
        """What was asked for and may have been written on."""
        return self._told


class _Call:
    """A dependency, or the endpoint itself, and what it is called with."""

    def __init__(self, dependant: Dependant) -> None:
        assert dependant.call is not None
        self.call = dependant.call
        self._above = [(one.name, _Call(one), one.use_cache) for one in dependant.dependencies]
        # A path parameter that is any text is what it is: the route has bounded it.
        plain = [field for field in dependant.path_params if _is_any_text(field.field_info)]
        self._texts = [(field.name, field.alias) for field in plain]
        self._path = [field for field in dependant.path_params if field not in plain]
        self._query = dependant.query_params
        self._unasked = _without_query(dependant)
        self._headers = dependant.header_params
        self._request = dependant.request_param_name or dependant.http_connection_param_name
        self._response = dependant.response_param_name
        self._body = dependant.body_params
        self._numbers = [(field.alias, Numbers(field.field_info.annotation)) for field in self._body]
        self._whole_body = len(self._body) == 1 and _is_whole_body(self._body[0].field_info)

    async def values(self, solving: _Solving) -> dict[str, Any]:
        """By parameter. What is refused is among ``solving.errors``."""
        values: dict[str, Any] = {}
        request = solving.request
        for name, above, kept in self._above:
            call = above.call
            if kept and call in solving.known:
                found = solving.known[call]
            else:
                refused = len(solving.errors)
                given = await above.values(solving)
                if len(solving.errors) > refused:
                    continue
                found = solving.known[call] = await call(**given)
            if name is not None:
                values[name] = found
        for name, alias in self._texts:
            values[name] = request.path_params[alias]
        if self._path:
            self._take(values, request_params_to_args(self._path, request.path_params), solving)
        if self._unasked is not None and not request.scope["query_string"]:
            values.update(self._unasked)
        elif self._query:
            self._take(values, request_params_to_args(self._query, request.query_params), solving)
        if self._headers:
            self._take(values, request_params_to_args(self._headers, request.headers), solving)
        if self._body:
            await self._take_body(values, solving)
        if self._request:
            values[self._request] = request
        if self._response:
            values[self._response] = solving.told
        return values

    def _take(self, values: dict[str, Any], found: tuple[dict[str, Any], list[Any]], solving: _Solving) -> None:
        values.update(found[0])
        solving.errors += found[1]

    async def _take_body(self, values: dict[str, Any], solving: _Solving) -> None:
        refused = len(solving.errors)
        if self._whole_body and solving.body is not PydanticUndefined:
            field = self._body[0]
            value, errors = field.validate(solving.body, values, loc=("body",))
            values[field.name] = value
            solving.errors += errors
        else:
            self._take(values, await request_body_to_args(self._body, solving.body, False), solving)
        if solving.body is not PydanticUndefined and len(solving.errors) == refused:
            raw = await solving.request.body()
            if b"true" not in raw and b"false" not in raw:
                return
            for name, numbers in self._numbers:
                if self._whole_body:
                    solving.errors += numbers.refusals(solving.body, ("body",))
                elif name in solving.body:
                    solving.errors += numbers.refusals(solving.body[name], ("body", name))


def _without_query(dependant: Dependant) -> dict[str, Any] | None:
    """The query parameters of a request that sends none; None where that would be refused, or where a value is made anew or
    could be changed by who gets it.
    """
    found, refused = request_params_to_args(dependant.query_params, QueryParams(""))
    made = any(field.field_info.default_factory is not None for field in dependant.query_params)
    constant = all(isinstance(value, (str, int, float, NoneType)) for value in found.values())
    return found if constant and not refused and not made else None


def _is_any_text(parameter: FieldInfo) -> bool:
    return parameter.annotation is str and not parameter.metadata


def _is_whole_body(only: FieldInfo) -> bool:
    """Whether the only body parameter of an endpoint is the body itself, and not a member of it (``embed``)."""
    return not isinstance(only, Form) and not (isinstance(only, Body) and only.embed)


class Plan:
    """How a route is served."""

    def __init__(self, route: APIRoute) -> None:
        self._call = _Call(route.dependant)
        self._endpoint: Callable[..., Any] = self._call.call
        self._reads_body = route.body_field is not None
        self._field = route.response_field
        self._status = route.status_code
        chosen = route.response_class
        self._made: Callable[[Any, int], Response] = chosen.value if isinstance(chosen, DefaultPlaceholder) else chosen
        # As JSON, and by the model that the document names.
        self._modelled = self._field is not None and isinstance(chosen, DefaultPlaceholder)
        self._shown = _shown(route.response_model) if self._modelled else frozenset()

    async def serve(self, request: Request) -> Response:
        """The answer.

        Raises:
            RequestValidationError: parameters or body were refused.
            HTTPException: the body was.
        """
        solving = _Solving(request, await _body(request) if self._reads_body else PydanticUndefined)
        values = await self._call.values(solving)
        if solving.errors:
            raise RequestValidationError(
                solving.errors, body=None if solving.body is PydanticUndefined else solving.body
            )
        result = await self._endpoint(**values)
        if isinstance(result, Response):
            return result
        return await self._answer(result, solving.said)

    async def _answer(self, result: Any, told: _Told | None) -> Response:
        kind = type(result)
        status = (told.status_code if told is not None else 0) or self._status or 200
        answer: Response
        if kind in self._shown:
            # It is of the very class that the document names, so there is nothing to validate and nothing to leave out.
            answer = Response(kind.__pydantic_serializer__.to_json(result, by_alias=True), status, media_type=JSON)
        else:
            modelled = self._modelled
            content = await serialize_response(field=self._field, response_content=result, dump_json=modelled)
            answer = Response(content, status, media_type=JSON) if modelled else self._made(content, status)
        if status < 200 or status in (204, 205, 304):
            answer.body = b""
        if told is not None:
            answer.raw_headers += told.raw_headers
        version = version_of(result)
        if version is not None:
            answer.headers["ETag"] = etag_of(version)
        return answer


def plan_of(route: APIRoute) -> Plan | None:
    """The plan of a route, or None for one that FastAPI has to serve."""
    if (
        not _known(route.dependant)
        or route.is_sse_stream
        or route.is_json_stream
        or route.stream_item_field is not None
    ):
        return None
    options = (
        route.response_model_include,
        route.response_model_exclude,
        route.response_model_exclude_unset,
        route.response_model_exclude_defaults,
        route.response_model_exclude_none,
    )
    if (
        any(options)
        or not route.response_model_by_alias
        or isinstance(getattr(route.body_field, "field_info", None), Form)
    ):
        return None
    return Plan(route)


def _known(dependant: Dependant) -> bool:
    call = dependant.call
    asks = inspect.iscoroutinefunction(call) or inspect.iscoroutinefunction(type(call).__call__)
    unknown = (
        dependant.cookie_params,
        dependant.background_tasks_param_name,
        dependant.websocket_param_name,
        dependant.security_scopes_param_name,
        dependant.own_oauth_scopes,
        dependant.concurrency,
    )
    return asks and not any(unknown) and all(_known(one) for one in dependant.dependencies)


def _shown(model: Any) -> frozenset[type[BaseModel]]:
    """The classes whose instances are shown as they are. Others, such as a subclass, are cut down to what the document says."""
    alternatives: Sequence[Any] = get_args(model) if get_origin(model) in (Union, UnionType) else (model,)
    return frozenset(one for one in alternatives if isinstance(one, type) and issubclass(one, BaseModel))


async def _body(request: Request) -> Any:
    """The JSON of a body, which says that it is JSON (``kinds``); ``PydanticUndefined`` without one. As FastAPI reads it."""
    try:
        if not await request.body():
            return PydanticUndefined
        return await request.json()
    except json.JSONDecodeError as error:
        where = {"type": "json_invalid", "loc": ("body", error.pos), "msg": "", "input": None}
        raise RequestValidationError([where], body=None) from error
    except (HTTPException, ClientDisconnect):
        raise
    except Exception as error:
        raise HTTPException(400) from error
