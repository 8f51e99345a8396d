"""From a full input model to the body of a PATCH: every field may be absent, an unknown one is refused."""

from typing import Any

from pydantic import BaseModel, ConfigDict, create_model


def partial(model: type[BaseModel], name: str, doc: str) -> type[BaseModel]:
    """A model with the same fields, all optional. What a value must be is checked on the whole, after merging."""
    fields: dict[str, Any] = {
        field: (info.annotation | None if info.annotation is not None else None, None)
        for field, info in model.model_fields.items()
    }
    made: type[BaseModel] = create_model(name, __config__=ConfigDict(extra="forbid"), __doc__=doc, **fields)
    return made


def merged(current: dict[str, object], patch: BaseModel) -> dict[str, object]:
    """``current`` with the fields that the caller sent."""
    return current | {name: value for name, value in patch.model_dump().items() if name in patch.model_fields_set}
