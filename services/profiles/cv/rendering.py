"""The typesetter's side, run in a bounded child process (``shared.bounded``): JSON in, PDF and what became of it out.

A character that no font has is printed as a box and said (``shared.typesetting``), rather than that a person with such a name has
no CV.
"""

import json
from pathlib import Path
from typing import Any

import typst

from shared.bounded_child import Declined
from shared.typesetting import set_whole

_TEMPLATE = Path(__file__).with_name("cv.typ")


def work(given: bytes) -> bytes:
    """A line of JSON (``step``, ``missing``), then the PDF.

    Raises:
        Declined: ``too-long``, even at the last step.
    """
    data = json.loads(given)
    (compiler, pdf), missing = set_whole(data["steps"], lambda steps: _set(data | {"steps": steps}))
    [chosen] = json.loads(compiler.query("<chosen>", field="value"))
    if chosen == len(data["steps"]):
        raise Declined("too-long")
    said = {"step": chosen, "missing": missing}
    return json.dumps(said).encode() + b"\n" + pdf


def _set(data: dict[str, Any]) -> tuple[typst.Compiler, bytes]:
    """The document's title is not drawn: it keeps the name as written."""
    compiler = typst.Compiler(str(_TEMPLATE), sys_inputs={"data": json.dumps(data, ensure_ascii=False)})
    pdf = compiler.compile(pdf_standards=["ua-1"])
    assert isinstance(pdf, bytes)
    return compiler, pdf
