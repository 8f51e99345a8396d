"""From a full input model to the body of a PATCH: every field may be absent, an unknown one is refused."""

from typing import Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, ValidationError, create_model

M = TypeVar("M", bound=BaseModel)


def partial(model: type[BaseModel], name: str, doc: str) -> type[BaseModel]:
    """A model with the same fields, all optional. What a value must be is checked on the whole, after merging."""
    fields: dict[str, Any] = {
        field: (info.annotation | None if info.annotation is not None else None, None)
        for field, info in model.model_fields.items()
    }
    made: type[BaseModel] = create_model(name, __config__=ConfigDict(extra="forbid"), __doc__=doc, **fields)
    return made


def validated(model: type[M], fields: dict[str, object]) -> M:
    """The whole after merging; a refusal names the fields as one of the body itself would."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in error.errors()]) from None


def merged(current: dict[str, object], patch: BaseModel) -> dict[str, object]:
    """``current`` with the fields that the caller sent."""
    return current | {name: value for name, value in patch.model_dump().items() if name in patch.model_fields_set}
