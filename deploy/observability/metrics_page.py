"""docs/metrics.md: the list of metrics as operators read it."""

from shared.metrics import METRICS


def metrics_page() -> str:
    """The page."""
    lines = [
        "# Metrics",
        "",
        "Generated from `shared/metrics.py`; change it there. Each process answers `GET /metrics` (an API on its port, a",
        "worker on `BASSIN_WORKER_PORT`). Labels are bounded: topics, types, outcomes; never an id. Alerts:",
        "`deploy/observability/alerts/bassin.yml`, with a [runbook](runbooks/README.md) each; dashboard:",
        "`deploy/observability/dashboards/bassin.json`.",
        "",
        "| metric | kind | labels | in | meaning |",
        "|---|---|---|---|---|",
    ]
    for metric in METRICS:
        labels = ", ".join(f"`{label}`" for label in metric.labels) or "—"
        lines.append(f"| `{metric.name}` | {metric.kind} | {labels} | {metric.part} | {metric.meaning} |")
    return "\n".join(lines) + "\n"
