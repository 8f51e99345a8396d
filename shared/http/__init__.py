"""HTTP as every service speaks it: problems, pages, versions, idempotency, callers."""

from shared.http.bodies import named_file, uploaded_file
from shared.http.callers import Caller, OptionalCaller, require
from shared.http.idempotency import (
    IdempotentRoute,
    because_accompanied,
    because_shown,
    forget_answers,
    forget_answers_at,
    forget_answers_in,
    forget_answers_that_show,
    forget_answers_to,
    forget_answers_with,
)
from shared.http.limits import COSTLY
from shared.http.pages import Cursor, Page, PageQuery
from shared.http.patches import Patch
from shared.http.personal import ROW_BY_ROW
from shared.http.places import Located
from shared.http.problems import PROBLEMS, Problem
from shared.http.resources import resource
from shared.http.routes import BoundedRoute
from shared.http.versions import (
    VERSIONED,
    Expected,
    IfMatch,
    IfNoneMatch,
    Version,
    check_version,
    set_etag,
    telling_version,
    versioned,
)

__all__ = [
    "COSTLY",
    "PROBLEMS",
    "ROW_BY_ROW",
    "VERSIONED",
    "BoundedRoute",
    "Caller",
    "Cursor",
    "Expected",
    "IdempotentRoute",
    "IfMatch",
    "IfNoneMatch",
    "Located",
    "OptionalCaller",
    "Page",
    "PageQuery",
    "Patch",
    "Problem",
    "Version",
    "because_accompanied",
    "because_shown",
    "check_version",
    "forget_answers",
    "forget_answers_at",
    "forget_answers_in",
    "forget_answers_that_show",
    "forget_answers_to",
    "forget_answers_with",
    "named_file",
    "require",
    "resource",
    "set_etag",
    "telling_version",
    "uploaded_file",
    "versioned",
]
