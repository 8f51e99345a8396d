"""The body of a PATCH: the fields of a whole model, each of which may be absent (after RFC 7396).

What is sent is checked field by field when it arrives, and the whole once it is merged: rules between fields speak of both.
"""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Generic, TypeVar, get_args

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, ValidationError, create_model
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

M = TypeVar("M", bound=BaseModel)


class Patch(Generic[M]):
    """``Annotated[Patch[OfferInput], Body(…)]``: what the caller wants to be different."""

    def __init__(self, model: type[M], sent: BaseModel) -> None:
        self._model = model
        self._sent = sent
        self.fields = frozenset(sent.model_fields_set)
        """Names of the fields that were sent; one that was sent as null is among them."""

    def applied_to(self, current: Mapping[str, object], *, merging: tuple[str, ...] = ()) -> M:
        """The whole after the change. The objects named in ``merging`` take single members, others are replaced.

        Raises:
            RequestValidationError: the whole breaks a rule; the fields are named as those of the body are.
        """
        values = dict(current)
        for name in self.fields:
            value = getattr(self._sent, name)
            was = values.get(name)
            if name in merging and isinstance(value, BaseModel) and isinstance(was, BaseModel):
                given = {member: getattr(value, member) for member in value.model_fields_set}
                value = was.model_copy(update=given)
            values[name] = value
        try:
            return self._model.model_validate(values)
        except ValidationError as error:
            found = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_input=False)]
            raise RequestValidationError(found) from None

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        model: type[M] = get_args(source)[0]
        return core_schema.no_info_after_validator_function(
            lambda sent: cls(model, sent), handler.generate_schema(_partial(model))
        )


@cache
def _partial(model: type[BaseModel]) -> type[BaseModel]:
    fields: dict[str, Any] = {name: _optional(info) for name, info in model.model_fields.items()}
    config = ConfigDict(extra="forbid", json_schema_extra=_without_defaults)
    made: type[BaseModel] = create_model(
        f"{model.__name__}Patch", __config__=config, __doc__="What to change; absent fields stay.", **fields
    )
    return made


def _optional(info: FieldInfo) -> tuple[Any, Any]:
    annotation: Any = info.annotation
    if info.metadata:
        annotation = Annotated[annotation, *info.metadata]
    said = {name: getattr(info, name) for name in ("description", "examples", "discriminator")}
    return annotation, Field(default=None, **{name: value for name, value in said.items() if value is not None})


def _without_defaults(schema: dict[str, Any]) -> None:
    for part in schema["properties"].values():
        part.pop("default", None)
