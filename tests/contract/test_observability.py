"""The list of metrics is what the code has, what alerts and dashboard ask for is in it, and every alert has its runbook."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.k8s.monitoring import monitors
from deploy.k8s.shapes import labels
from deploy.observability.dashboard import dashboard
from shared import metrics
from shared.contracts.topics import SERVICES
from shared.metrics import METRICS, Kind, Part

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "observability"
ALERTS: list[dict[str, Any]] = yaml.safe_load((FOLDER / "alerts" / "bassin.yml").read_text())["groups"][0]["rules"]
PROMETHEUS: dict[str, Any] = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
RUNBOOKS = ROOT / "docs" / "runbooks"

SERIES = {series: metric for metric in METRICS for series in metric.series}
LABELS_OF_THE_SCRAPE = {"service", "part", "instance", "job", "le"}

NAME = re.compile(r"\b((?:bassin|process)_\w+)\b(\{[^}]*\})?")


def expressions() -> Iterator[tuple[str, str]]:
    for alert in ALERTS:
        yield alert["alert"], alert["expr"]
    for panel in dashboard()["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]


def test_every_metric_in_code_is_listed_and_the_other_way_round() -> None:
    exposed = {family.name: family for family in metrics.REGISTRY.collect()}
    listed = {metric.name.removesuffix("_total") if metric.kind is Kind.COUNTER else metric.name for metric in METRICS}
    assert set(exposed) == listed
    assert len(METRICS) == len(SERIES) - 2 * sum(metric.kind is Kind.HISTOGRAM for metric in METRICS), "listed twice"
    for metric in METRICS:
        family = exposed[metric.name.removesuffix("_total") if metric.kind is Kind.COUNTER else metric.name]
        assert family.type == metric.kind.value, metric.name


def test_nobody_makes_a_metric_beside_the_list() -> None:
    makers = re.compile(r"^\s*from prometheus_client import|^\s*import prometheus_client", re.MULTILINE)
    allowed = {ROOT / "shared/metrics.py", ROOT / "shared/http/app.py"}
    sources = [path for folder in ("services", "shared", "deploy") for path in (ROOT / folder).rglob("*.py")]
    assert [path for path in sources if path not in allowed and makers.search(path.read_text())] == []


def test_every_metric_is_kept_up_by_somebody() -> None:
    """One that no code sets would be a flat line that somebody trusts."""
    sources = "".join(
        path.read_text()
        for folder in ("services", "shared")
        for path in (ROOT / folder).rglob("*.py")
        if path != ROOT / "shared/metrics.py"
    )
    names = [name for name, value in vars(metrics).items() if name.isupper() and hasattr(value, "_labelnames")]
    assert names
    assert [name for name in names if f"metrics.{name}" not in sources] == []


@pytest.mark.parametrize(("where", "expression"), list(expressions()), ids=lambda value: value[:40])
def test_what_is_asked_for_exists_with_its_labels(where: str, expression: str) -> None:
    found = NAME.findall(expression)
    assert found or "up{" in expression, where
    known: set[str] = set(LABELS_OF_THE_SCRAPE)
    for name, selector in found:
        assert name in SERIES, f"{where}: there is no {name}"
        known |= set(SERIES[name].labels)
        for label in re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selector):
            assert label in {*SERIES[name].labels, *LABELS_OF_THE_SCRAPE}, f"{where}: {name} has no label {label}"
    for group in re.findall(r"by \(([^)]*)\)", expression):
        assert {label.strip() for label in group.split(",")} <= known, where


@pytest.mark.parametrize(("where", "expression"), list(expressions()), ids=lambda value: value[:40])
def test_a_moment_is_asked_only_of_processes_that_note_it(where: str, expression: str) -> None:
    """The others expose it as 0, which is a long time ago."""
    for name, selector in NAME.findall(expression):
        if name.startswith("bassin_") and name.endswith("_timestamp_seconds"):
            half = {Part.API: "api", Part.WORKER: "worker"}[SERIES[name].part]
            assert f'part="{half}"' in selector, where


def test_pods_are_scraped_with_the_labels_that_rules_ask_for() -> None:
    [monitor] = monitors()
    [endpoint] = monitor["spec"]["podMetricsEndpoints"]
    told = {one["targetLabel"]: one for one in endpoint["relabelings"]}
    own = labels("offers", "worker")
    values = {re.sub(r"\W", "_", name): value for name, value in own.items()}

    def value(label: str) -> str:
        [source] = told[label]["sourceLabels"]
        found = values[source.removeprefix("__meta_kubernetes_pod_label_")]
        return str(told[label].get("replacement", "$1")).replace("$1", found)

    assert {label: value(label) for label in told} == {"service": "offers", "part": "worker", "job": "bassin-worker"}
    [scraped] = [one for one in PROMETHEUS["scrape_configs"] if "offers-worker" in str(one["dns_sd_configs"])]
    assert scraped["job_name"] == value("job")


def test_no_label_collides_with_those_of_the_scrape() -> None:
    clashing = {metric.name for metric in METRICS if {"job", "part", "instance"} & set(metric.labels)}
    assert clashing == set()


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_every_alert_has_a_runbook_with_its_expression(alert: dict[str, Any]) -> None:
    runbook = RUNBOOKS / f"{alert['alert']}.md"
    assert alert["annotations"]["runbook"] == f"docs/runbooks/{runbook.name}"
    text = runbook.read_text()
    assert alert["expr"] in text, "the runbook says another expression"
    for heading in ("## Look", "## Do"):
        assert len(text.split(heading)[1].split("##")[0].strip()) > 50, heading
    assert alert["labels"]["severity"] in ("page", "ticket")
    assert runbook.name in (RUNBOOKS / "README.md").read_text()
    for label in re.findall(r"\$labels\.(\w+)", alert["annotations"]["summary"]):
        assert label in alert["expr"] or label in LABELS_OF_THE_SCRAPE, f"the summary names {label}"


RULES = {alert["alert"]: alert["expr"] for alert in ALERTS}


def test_a_service_whose_last_process_is_gone_is_told_as_one_that_does_not_answer() -> None:
    """Its name resolves to nobody then, so there is no ``up`` that could be 0: nothing fired when all of a service was dead."""
    assert "unless count by (service, part) (up{" in RULES["BassinTargetDown"]


@pytest.mark.parametrize(
    "alert", [name for name, rule in RULES.items() if re.search(r"increase\(.*\) > 0(?!\.)", rule)]
)
def test_what_is_told_at_once_is_told_of_a_series_that_begins(alert: str) -> None:
    """A counter with labels appears with its first count, of which ``increase`` knows nothing: the first fault told nobody."""
    [name] = set(re.findall(r"increase\((bassin_\w+)\[", RULES[alert]))
    assert re.search(rf"{name} unless {name} offset", RULES[alert])


def test_what_lasts_by_its_nature_makes_no_service_slow() -> None:
    [left_out] = re.findall(r'route!~"([^"]+)"', RULES["BassinHttpSlow"])
    documents = [json.loads((ROOT / "docs" / f"openapi-{name}.json").read_text()) for name in SERVICES]
    routes = {path for document in documents for path in document["paths"]}
    lasting = {path for path in routes if re.fullmatch(left_out, path)}
    streams = {path for d in documents for path, item in d["paths"].items() if "text/event-stream" in json.dumps(item)}
    assert streams
    assert streams <= lasting
    assert {path for path in lasting - streams if "import" not in path} == set()


def test_no_runbook_is_left_that_nothing_fires() -> None:
    assert {path.stem for path in RUNBOOKS.glob("*.md")} - {"README"} == {alert["alert"] for alert in ALERTS}


def test_runbooks_name_commands_and_settings_that_exist() -> None:
    from typer.main import get_command

    from deploy.operate.command import app

    known = set(get_command(app).commands)  # type: ignore[attr-defined]  # a group, since it has several
    for path in RUNBOOKS.glob("*.md"):
        for command in re.findall(r"`bassin ([a-z-]+)", path.read_text()):
            assert command in known, f"{path.name}: bassin {command}"


def test_prometheus_scrapes_every_process() -> None:
    scrapes = PROMETHEUS["scrape_configs"]
    names = {name for scrape in scrapes for config in scrape["dns_sd_configs"] for name in config["names"]}
    for scrape in scrapes:
        assert {one["target_label"] for one in scrape["relabel_configs"]} == {"service", "part"}
    assert names == {f"{name}-{half}" for name in SERVICES for half in ("api", "worker")}
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert names <= set(compose)


def test_the_committed_dashboard_is_that_of_the_code() -> None:
    assert json.loads((FOLDER / "dashboards" / "bassin.json").read_text()) == dashboard()
