"""``python -m deploy.demo [--offers FILE]`` (``make demo``): a département's first day on real engines, with a report."""

import asyncio
import os
import shutil
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from deploy.demo.client import DemoFailed
from deploy.demo.feed import SHIPPED, Feed
from deploy.demo.plan import SMALL, Plan
from deploy.demo.play import environment, play, services
from deploy.demo.report import Report, show
from deploy.local.lock import FolderLock
from deploy.local.process import LocalStackError
from deploy.local.runner import LocalStack

REPORT = Path("build/demo-report.json")
RUN_DIR = Path("build/demo")

app = typer.Typer(add_completion=False)


@app.command()
def demo(
    offers: Annotated[Path, typer.Option(help="File of France Travail offers (.json, .jsonl, also .gz)")] = SHIPPED,
    report_file: Annotated[Path, typer.Option("--report", help="Where the figures are written")] = REPORT,
    run_dir: Annotated[Path, typer.Option(help="Folder of the logs and of stack.json")] = RUN_DIR,
    small: Annotated[bool, typer.Option(help="A tenth of it, for a quick look")] = False,
) -> None:
    """Start the local stack, play the way of an offer from deposit to hire, print what happened, stop everything."""
    console = Console()
    data = run_dir / "data"
    # A closed terminal and a supervisor end it like Ctrl-C: through the end of the stack.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        _empty(data, run_dir)
        report = _run(console, Feed.read(offers), SMALL if small else Plan(), data, run_dir)
        report.write(report_file)
        show(console, report)
        wrong = report.wrong()
    except (DemoFailed, LocalStackError) as error:
        wrong = [str(error)]
    except ExceptionGroup as group:
        wrong = [_first_sentence(group)]
    except KeyboardInterrupt:
        wrong = ["The demo was interrupted."]
    for sentence in wrong:
        console.print(f"[red]{sentence}[/red]", highlight=False)
    if wrong:
        console.print(f"The logs are in {run_dir / 'logs'}.", highlight=False)
        raise typer.Exit(1)
    console.print(
        f"Everything is well. The figures are in {report_file}, the mails in {data / 'mail'}.", highlight=False
    )


def _empty(data: Path, run_dir: Path) -> None:
    """Begin without what an earlier demo left, which may have been killed.

    Raises:
        LocalStackError: a demo runs on the folder.
    """
    lock = FolderLock(run_dir, "run folder").acquire()
    try:
        shutil.rmtree(data, ignore_errors=True)
    finally:
        lock.release()


def _run(console: Console, feed: Feed, plan: Plan, data: Path, run_dir: Path) -> Report:
    existing = bool({"MONGODB_URL", "KAFKA_BOOTSTRAP_SERVERS"} & set(os.environ))
    settings = environment(existing_servers=existing)
    stack = LocalStack(data, run_dir, services=services(), environment=settings, say=lambda text: console.print(text))
    columns = (TextColumn("{task.description:<34}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        steps = Steps(progress)
        steps("Moteurs et services", 0, 1)
        with stack:
            steps("Moteurs et services", 1, 1)
            report = asyncio.run(play(stack, plan, feed, steps))
    # The mails stay, to be read; the databases of a demo that ended well are of no more use.
    shutil.rmtree(data / "mongo", ignore_errors=True)
    return report


class Steps:
    """Shows each act as a bar."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, act: str, done: int, total: int) -> None:
        """The act has done so many of its steps."""
        if act not in self._tasks:
            self._tasks[act] = self._progress.add_task(act, total=total)
        self._progress.update(self._tasks[act], completed=done, total=total)


def _first_sentence(group: BaseExceptionGroup[BaseException]) -> str:
    """The demo's own sentence out of a group of parallel steps.

    Raises:
        BaseExceptionGroup: the group, when it holds anything else: that is a defect and wants its trace.
    """
    failed, others = group.split(DemoFailed)
    if failed is None or others is not None:
        raise group
    error: BaseException = failed
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error)


def _interrupt(number: int, frame: FrameType | None) -> None:
    if threading.current_thread() is threading.main_thread():
        raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(app())
