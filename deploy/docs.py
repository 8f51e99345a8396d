"""Documents generated from the code: OpenAPI, AsyncAPI, topics, settings, metrics, dashboard. ``--check`` fails on drift."""

import argparse
import asyncio
import importlib
import json
import sys
from pathlib import Path
from typing import Any

from deploy.env_example import env_example, variables
from deploy.observability.dashboard import dashboard
from deploy.observability.metrics_page import metrics_page
from deploy.settings_page import Undescribed, settings_page
from shared.contracts.asyncapi import asyncapi
from shared.contracts.topics import SERVICES, TOPICS
from shared.service import Service, build_app
from shared.settings import load_settings
from shared.variables import LIST

DOCS = Path(__file__).resolve().parents[1] / "docs"
DASHBOARD = Path(__file__).resolve().parent / "observability" / "dashboards" / "bassin.json"


def openapi(name: str) -> dict[str, Any]:
    """The OpenAPI document of a service; nothing is connected to build it."""
    service: Service = importlib.import_module(f"services.{name}.app").SERVICE
    settings = load_settings(service.settings, environment="test")
    runtime = service.runtime(settings)
    try:
        return build_app(service, settings, runtime=runtime).openapi()
    finally:
        asyncio.run(runtime.store.close())


def topics_table() -> str:
    """The manifest as people read it."""
    lines = [
        "# Topics",
        "",
        "Generated from `shared/contracts/topics.py`; change it there.",
        "",
        "| topic | key | carries | event types | visibility | consumers | partitions | keeps |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for topic in TOPICS:
        kept = "last state per key" if topic.compacted else f"{topic.retention_ms // 86_400_000} days"
        lines.append(
            f"| `{topic.name}` | {topic.key} | {topic.title} | {', '.join(f'`{name}`' for name in topic.types)} "
            f"| {topic.visibility.value} | {', '.join(topic.consumers) or '—'} | {topic.partitions} | {kept} |"
        )
    return "\n".join(lines) + "\n"


def documents() -> dict[Path, str]:
    """Every generated document by its path."""
    texts = {DOCS / f"openapi-{name}.json": _json(openapi(name)) for name in SERVICES}
    texts[DOCS / "asyncapi.json"] = _json(asyncapi())
    texts[DOCS / "topics.md"] = topics_table()
    texts[DOCS / "settings.md"] = settings_page()
    texts[DOCS / "env.example"] = env_example()
    texts[LIST] = variables()
    texts[DOCS / "metrics.md"] = metrics_page()
    texts[DASHBOARD] = _json(dashboard())
    return texts


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Write, or with ``--check`` compare; exit code 1 on drift."""
    parser = argparse.ArgumentParser(prog="python -m deploy.docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    given = parser.parse_args(arguments)
    try:
        texts = documents()
    except Undescribed as silent:
        print(silent)
        return 1
    stale = [path for path, text in texts.items() if not path.exists() or path.read_text() != text]
    if given.check:
        for path in stale:
            print(f"{path.relative_to(DOCS.parent)} is not what the code says; run `make docs`.")
        return 1 if stale else 0
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    print(f"{len(stale)} documents changed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
