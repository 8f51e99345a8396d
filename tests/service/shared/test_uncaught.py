"""What nobody catches, and what Python itself warns of, goes the way of all logs: told by type and place, never by its words."""

import gc
import json
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from tests.logs import logs_of

NAME = "Zébulonne"


class Person(BaseModel):
    first_name: int


class Breaking:
    def __del__(self) -> None:
        raise ValueError(NAME)


def breaking() -> None:
    raise ValueError(NAME)


def in_a_thread() -> None:
    thread = threading.Thread(target=breaking, name=NAME)
    thread.start()
    thread.join()


def in_a_finalizer() -> None:
    Breaking()
    gc.collect()


def written(capsys: pytest.CaptureFixture[str], what: Callable[[], object]) -> dict[str, Any]:
    capsys.readouterr()
    with warnings.catch_warnings(), logs_of("offers", "INFO"):
        warnings.simplefilter("always")
        what()
    out, err = capsys.readouterr()
    assert err == ""
    assert NAME not in out
    assert json.dumps(NAME)[1:-1] not in out
    (line,) = [json.loads(one) for one in out.splitlines()]
    return dict(line)


@pytest.mark.parametrize("what", [in_a_thread, in_a_finalizer])
def test_what_breaks_beside_the_process_tells_no_message(
    capsys: pytest.CaptureFixture[str], what: Callable[[], None]
) -> None:
    line = written(capsys, what)
    assert (line["event"], line["level"], line["exception"]["type"]) == ("uncaught", "critical", "ValueError")
    assert any("test_uncaught.py" in place for place in line["exception"]["at"])


@pytest.mark.parametrize(
    "what",
    [
        Person.model_construct(first_name=NAME).model_dump_json,  # type: ignore[arg-type]  # as an older release may have stored it
        lambda: warnings.warn(NAME, stacklevel=1),
        lambda: warnings.warn(f"{NAME}\n{NAME}", DeprecationWarning, stacklevel=1),
        lambda: warnings.warn_explicit(NAME, ResourceWarning, "/srv/code.py", 3),
    ],
    ids=["serializer", "plain", "lines", "explicit"],
)
def test_a_warning_tells_no_message(capsys: pytest.CaptureFixture[str], what: Callable[[], object]) -> None:
    line = written(capsys, what)
    assert (line["event"], line["level"]) == ("warned", "warning")
    assert line["category"].endswith("Warning")


def refused() -> BaseException:
    with pytest.raises(ValidationError) as found:
        Person(first_name=NAME)  # type: ignore[arg-type]  # a document that no model takes
    found.value.add_note(NAME)
    return found.value


@pytest.mark.parametrize(
    "error", [refused(), KeyError(NAME), ExceptionGroup(NAME, [ValueError(NAME)]), UnicodeEncodeError("utf-8", NAME, 1, 2, NAME)]
)  # fmt: skip
def test_what_ends_a_process_tells_no_message(capsys: pytest.CaptureFixture[str], error: BaseException) -> None:
    line = written(capsys, lambda: sys.excepthook(type(error), error, error.__traceback__))
    assert (line["event"], line["exception"]["type"]) == ("uncaught", type(error).__name__)


def test_the_last_words_of_a_process_are_a_line_and_its_exit_code_stays() -> None:
    program = (
        "import asyncio\nfrom shared.logs import configure_logs\nconfigure_logs('offers')\n"
        f"async def main():\n    try:\n        int({NAME!r})\n"
        f"    except ValueError as error:\n        raise LookupError({NAME!r}) from error\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    line = json.loads(done.stdout)
    assert (done.returncode, done.stderr, line["exception"]["type"], line["exception"]["after"]) == (
        1,
        "",
        "LookupError",
        ["ValueError"],
    )
    assert NAME not in json.dumps(line, ensure_ascii=False)


def test_whoever_interrupts_a_process_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    with logs_of("offers", "INFO"):
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    out, err = capsys.readouterr()
    assert (out, err.strip()) == ("", "KeyboardInterrupt")
