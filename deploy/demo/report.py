"""What the demo shows at its end, and the file that it leaves."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.bar import Bar
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from deploy.demo.stage import Json, Stage
from shared.contracts.topics import APPLICATIONS, DELIVERIES, OFFERS
from shared.contracts.vocabulary import ApplicationStatus

RECOMMENDED = "recommendation"


@dataclass(frozen=True)
class Example:
    """A recommendation as its person reads it."""

    person: str
    offer: str
    place: str
    score: float
    reasons: Sequence[str]


@dataclass(frozen=True)
class Report:
    """Figures of a demo. Latencies in milliseconds, from an offer's publication to each person who was told of it."""

    events: dict[str, int]
    recommendations: int
    notifications: int
    applications: int
    hires: int
    dead_letters: int
    latency_ms: dict[str, float]
    imported: Json
    examples: Sequence[Example]
    clause: Json
    retries: int
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """What ``build/demo-report.json`` holds."""
        return {
            "events": self.events,
            "recommendations": self.recommendations,
            "notifications": self.notifications,
            "applications": self.applications,
            "hires": self.hires,
            "dead_letters": self.dead_letters,
            "latency_ms": self.latency_ms,
            "import": {"accepted": self.imported["accepted"], "rejected": self.imported["rejected"]},
        }

    def write(self, path: Path) -> None:
        """Write the file as a whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.part")
        unfinished.write_text(json.dumps(self.as_dict(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        unfinished.replace(path)

    def wrong(self) -> list[str]:
        """Sentences about what should not be; empty when all is well."""
        found = []
        if self.dead_letters:
            found.append(f"{self.dead_letters} events ended in the dead letters.")
        for name in ("recommendations", "notifications", "applications", "hires"):
            if not getattr(self, name):
                found.append(f"There were no {name}.")
        if not self.latency_ms:
            found.append("No notification names the offer that caused it.")
        if not self.examples:
            found.append("No recommendation could be read.")
        return found


def figures(stage: Stage, imported: Json, examples: Sequence[Example], clause: Json, seconds: float) -> Report:
    """The report of what the observer saw."""
    observer = stage.observer
    counts = observer.counts()
    last = {seen.subject: seen.data for seen in observer.of(APPLICATIONS.name) if seen.data is not None}
    return Report(
        events=counts,
        recommendations=len(stage.live_recommendations()),
        notifications=counts.get("notification-sent.v1", 0),
        applications=len(last),
        hires=sum(data["status"] == ApplicationStatus.HIRED for data in last.values()),
        dead_letters=len(observer.dead_letters),
        latency_ms=_latency(stage),
        imported=imported,
        examples=examples,
        clause=clause,
        retries=stage.client.retries,
        seconds=seconds,
    )


def _latency(stage: Stage) -> dict[str, float]:
    published = {seen.id for seen in stage.observer.of(OFFERS.name, "offer-created.v1")}
    waits = sorted(
        (
            datetime.fromisoformat(seen.data["delivered_at"]) - datetime.fromisoformat(seen.data["caused_at"])
        ).total_seconds()
        * 1000
        for seen in stage.observer.of(DELIVERIES.name, "notification-sent.v1")
        if seen.data and seen.data["template"] == RECOMMENDED and seen.data["caused_by"] in published
    )
    if not waits:
        return {}
    return {
        name: round(waits[min(len(waits) - 1, int(len(waits) * q))], 1) for name, q in (("p50", 0.5), ("p95", 0.95))
    }


def show(console: Console, report: Report) -> None:
    """Print the report."""
    table = Table(title="Événements", title_justify="left", box=None, padding=(0, 2, 0, 0))
    table.add_column("type")
    table.add_column("nombre", justify="right")
    for name, count in report.events.items():
        table.add_row(name, str(count))
    console.print(table)
    console.print(_summary(report))
    for example in report.examples:
        console.print(_example(example))
    console.print(_refused(report.imported))
    console.print(_clause(report.clause))


def _summary(report: Report) -> RenderableType:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column()
    table.add_column(justify="right")
    latency = report.latency_ms
    rows = (
        ("recommandations en cours", str(report.recommendations)),
        ("notifications remises", str(report.notifications)),
        ("candidatures", str(report.applications)),
        ("embauches", str(report.hires)),
        ("dépôt → notification", f"p50 {latency.get('p50', '–')} ms, p95 {latency.get('p95', '–')} ms"),
        ("messages en erreur (dead letters)", str(report.dead_letters)),
        ("requêtes répétées", str(report.retries)),
        ("durée", f"{report.seconds:.0f} s"),
    )
    for name, value in rows:
        table.add_row(name, value)
    return Panel(table, title="Bilan", title_align="left")


def _example(example: Example) -> RenderableType:
    lines = Group(
        Text(f"{example.offer} – {example.place}", style="bold"),
        *(Text(f"  • {reason}") for reason in example.reasons),
    )
    return Panel(lines, title=f"Recommandé à {example.person} ({example.score:.2f})", title_align="left")


def _refused(imported: Json) -> RenderableType:
    """Every row that was refused, with its reasons, and how often each rule was broken."""
    refused = [row for row in imported["rows"] if row["status"] == "rejected"]
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for row in refused:
        why = " ".join(error["message"] for error in row["errors"])
        table.add_row(f"ligne {row['row']}", row["external_id"] or "–", why)
    rules = Counter(error["rule"] for row in refused for error in row["errors"])
    told = ", ".join(f"{rule} × {count}" for rule, count in rules.most_common())
    title = f"Flux importé : {imported['accepted']} offres reprises, {imported['rejected']} refusées"
    return Panel(Group(Text(told), table) if refused else Text("Rien n'est refusé."), title=title, title_align="left")


def _clause(clause: Json) -> RenderableType:
    objective, validated = float(clause["objective_hours"]), float(clause["validated_hours"])
    lines = Group(
        Bar(max(objective, 1.0), 0, validated, color="green", bgcolor="grey37"),
        Text(
            f"{clause['validated_hours']} h validées, {clause['declared_hours']} h déclarées "
            f"sur {clause['objective_hours']} h dues; {clause['participants']} participants"
        ),
    )
    return Panel(lines, title=f"Clause sociale : {clause['title']}", title_align="left")
