"""Functions that are compiled for this processor when they are first called, and where their machine code is kept.

Compiling takes some seconds, loading what an earlier process compiled some tenths. What is kept is found again by everything
that it follows from: the sources of this package, the layout of the rows, the versions, the processor. So a name never stands
for two different codes, and several processes may compile and write it at once.
"""

import hashlib
import os
import platform
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import llvmlite.binding
import numba
import numpy as np
from numba.core import config

from services.matching.domain import affinity, bits, certificates, facts, geometry, scale
from services.matching.index.layout import LAYOUT
from shared import geo
from shared.reference import caces

P = ParamSpec("P")
R = TypeVar("R")

_HERE = Path(__file__).parent


BESIDE = (affinity, bits, caces, certificates, facts, geo, geometry, scale)
"""Modules outside this package whose numbers are frozen into the code."""


def _stamp() -> str:
    """Of all that machine code follows from; numba itself would look at one source file only."""
    found = hashlib.sha256()
    beside = (Path(str(one.__file__)) for one in BESIDE)
    for source in (*sorted(_HERE.glob("*.py")), *beside):
        found.update(source.read_bytes())
    processor = llvmlite.binding.get_host_cpu_name(), llvmlite.binding.get_host_cpu_features().flatten()
    found.update(repr((LAYOUT, platform.python_version(), numba.__version__, np.__version__, processor)).encode())
    return found.hexdigest()[:16]


def folder() -> Path | None:
    """Where machine code is kept: in ``NUMBA_CACHE_DIR``, or beside the sources as Python keeps its own; None: nowhere.

    Never in a folder that others may write: what is found there is run.
    """
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    place = (Path(chosen) if chosen else _HERE / "__pycache__") / f"compiled-{_stamp()}"
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place):
            return place
    except OSError:
        return None


whole = cast(Callable[[Any], int], np.int64)
"""A number of a column, wide enough to multiply."""
_FOLDER = folder()
if _FOLDER is not None:
    config.CACHE_DIR = str(_FOLDER)  # type: ignore[attr-defined]  # made when numba is imported


def rule(function: Callable[P, R]) -> Callable[P, R]:
    """A function that compiled functions call: it becomes a part of theirs. Whole numbers, or floats without shortcuts."""
    # Python calls none of them: without the ways to do so they are compiled in three quarters of the time.
    only_inside = numba.njit(  # type: ignore[call-overload]  # its types leave out two of the flags
        error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True
    )
    return cast(Callable[P, R], only_inside(function))


def entry(function: Callable[P, R]) -> Callable[P, R]:
    """A function that Python calls: compiled when it is first called, then kept for later processes."""
    return cast(Callable[P, R], numba.njit(error_model="numpy", cache=_FOLDER is not None)(function))
