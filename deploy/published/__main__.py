"""``python -m deploy.published creuse|correze``: a published balance out of entries, as text, JSON, XLSX, CSV and PDF."""

import asyncio
import json
import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from deploy.local.engines import mongo_for
from deploy.local.process import LocalStackError
from deploy.published.balances import BALANCES, Balance
from deploy.published.play import Player, year_is_over
from services.clauses.api.reports import ReportView
from services.clauses.app import SERVICE
from services.clauses.context import Context
from services.clauses.documents.figures import Frame, french
from services.clauses.documents.pdf import as_pdf
from services.clauses.documents.tables import as_csv, as_xlsx
from services.clauses.domain.report import GroupBy, Report
from services.clauses.queries.reports import KIND_LABELS, Scope, report_for
from shared import civil
from shared.clock import HandClock
from shared.reference.publics import REFERENTIAL, Category
from shared.settings import load_settings

BUILD = Path("build")
WIDTH = 150
"""Of the table where nobody looks at a terminal: no figure is cut."""
app = typer.Typer(add_completion=False)


@app.command()
def main(name: Annotated[str, typer.Argument(help="creuse or correze")]) -> None:
    """Play the year, print its table, write build/report-NAME.*; exit 1 when a figure is not the published one."""
    balance = BALANCES.get(name)
    if balance is None:
        print(f"There is no balance {name}; there are {', '.join(BALANCES)}.", file=sys.stderr)
        raise typer.Exit(2)
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    try:
        with tempfile.TemporaryDirectory(prefix="bassin-published-") as folder:
            engine = mongo_for(Path(folder))
            engine.start()
            try:
                found = asyncio.run(_made(balance, engine.url, console))
            finally:
                engine.stop()
    except LocalStackError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from None
    _show(console, balance, found)
    wrong = differences(balance, found)
    for one in wrong:
        console.print(f"[red]{one}[/red]", highlight=False)
    if wrong:
        raise typer.Exit(1)
    console.print(f"As published. Also in {BUILD}/report-{name}.json, .csv, .xlsx and .pdf.", highlight=False)


async def _made(balance: Balance, url: str, console: Console) -> Report:
    clock = HandClock(year_is_over(balance))
    unused: dict[str, Any] = {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9", "MONGODB_URL": url}
    settings = load_settings(
        SERVICE.settings, environment="test", database_prefix=f"published_{balance.name}_", **unused
    )
    runtime = SERVICE.runtime(settings, clock=clock)
    await runtime.store.prepare(SERVICE.collections)
    try:
        context: Context = SERVICE.compose(runtime).context
        people = sum(part.people for part in balance.parts)
        with Progress(console=console, transient=True) as progress:
            task = progress.add_task(f"{balance.title}: a year of {people} people", total=people)
            player = Player(context, balance, lambda: progress.advance(task))
            await player.play()
        scope = Scope(territory=balance.territory, first=f"{balance.year}-01", last=f"{balance.year}-12")
        found = await report_for(context, player.facilitator, scope, GroupBy.KIND)
        _write(balance, found, ReportView.of(found, GroupBy.KIND, clock.now()))
    finally:
        await runtime.store.close()
    return found


def _write(balance: Balance, found: Report, view: ReportView) -> None:
    BUILD.mkdir(exist_ok=True)
    made_on = civil.day_in_words(year_is_over(balance).date())
    lines = (
        f"Département {balance.territory}, année {balance.year}",
        "Établi à partir des écritures du registre des heures",
    )
    labels = {one.code: one.label for one in REFERENTIAL}
    frame = Frame(balance.title, lines, GroupBy.KIND, made_on, labels, Decimal(1607))
    kinds = {kind.value: label for kind, label in KIND_LABELS.items()}
    target = BUILD / f"report-{balance.name}"
    shown = {**view.model_dump(mode="json"), "published": balance.published}
    target.with_suffix(".json").write_text(json.dumps(shown, indent=2, ensure_ascii=False) + "\n")
    target.with_suffix(".csv").write_text(as_csv(found), newline="")
    target.with_suffix(".xlsx").write_bytes(as_xlsx(found, frame, kinds))
    target.with_suffix(".pdf").write_bytes(as_pdf(found, frame, kinds))


def _show(console: Console, balance: Balance, found: Report) -> None:
    table = Table(title=f"{balance.title}, {balance.year}", title_justify="left")
    table.add_column("Genre de clause", min_width=30)
    for title in ("Marchés", "Heures", "Participants", "Femmes", "Hommes", "RSA", "Heures RSA", "Maîtres d'ouvrage"):
        table.add_column(title, justify="right")
    for line in (*found.groups, found.total):
        rsa = line.by_category.get(Category.RSA.value) or 0
        hours_of_rsa = french(int(line.rsa_hours or 0))
        counts = (line.participants or 0, line.by_sex["female"] or 0, line.by_sex["male"] or 0, rsa)
        cells = (
            french(line.contracts),
            french(line.validated_whole or 0),
            *map(str, counts),
            hours_of_rsa,
            str(line.authorities),
        )
        table.add_row(
            line.label, *cells, end_section=line is found.groups[-1], style="bold" if line is found.total else ""
        )
    console.print(table)
    console.print(f"Exact: {french(found.total.validated_hours or 0)} h.", highlight=False)


def differences(balance: Balance, found: Report) -> list[str]:
    """What the report says otherwise than was published."""
    of_kind = {line.key: line for line in found.groups}
    lines = [of_kind[part.kind.value] for part in balance.parts]
    total = found.total
    said: dict[str, object] = {
        "contracts": total.contracts,
        "contracts_by_kind": [line.contracts for line in lines],
        "hours": total.validated_whole,
        "exact_hours": str((total.validated_hours or Decimal(0)).quantize(Decimal("0.01"))),
        "hours_by_kind": [line.validated_whole for line in lines],
        "participants": total.participants,
        "participants_by_kind": [line.participants for line in lines],
        "men": total.by_sex["male"],
        "women": total.by_sex["female"],
        "rsa_participants": total.by_category.get(Category.RSA.value),
        "authorities": total.authorities,
    }
    return [
        f"{name}: {said[name]} in the report, {value} published."
        for name, value in balance.published.items()
        if said[name] != value
    ]


if __name__ == "__main__":
    app()
