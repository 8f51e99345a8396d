"""The compose file's profiles, each where its images are to be had: started beside what runs, and asked what they are for."""

import json
import re
import time
from collections.abc import Callable
from typing import Any

import httpx

from deploy.access.vault import Vault
from deploy.trial.engine import ROOT, Failed, Project, has_or_pulls, run, state
from deploy.trial.people import Visitors
from shared.contracts.topics import SERVICES

PATIENCE = 300.0
SETTLING = 100.0
"""Three evaluations of Prometheus and some."""
ENTRY_POINTS = 2 * len(SERVICES)
PORTS = {
    "mail": "BASSIN_MAIL_PORT",
    "prometheus": "BASSIN_PROMETHEUS_PORT",
    "grafana": "BASSIN_GRAFANA_PORT",
    "identity": "BASSIN_IDENTITY_PORT",
}
"""Of loopback, by container: variables of the compose file."""
PROFILES = (*PORTS, "otel", "identity-db")


async def profiles(project: Project, vault: Vault, visitors: Visitors, origin: str) -> dict[str, Any]:
    """By container: what was seen, or why it was not run. ``wrong`` names those that are not as they should be."""
    found: dict[str, Any] = {}
    ports = {name: int(project.environment[variable]) for name, variable in PORTS.items()}
    for name, check in (
        ("mail", lambda: _answers(ports["mail"], "/")),
        ("prometheus", lambda: _prometheus(ports["prometheus"])),
        ("grafana", lambda: _grafana(ports["grafana"], vault)),
        ("otel", lambda: _runs(project, "otel")),
    ):
        found[name] = _tried(project, (name,), check)
    reason = _identity_image(project)
    found["identity"] = reason or _tried(project, ("identity-db", "identity"), dict)
    if found["identity"] == {}:
        found["identity"] = await _identity(project, visitors, origin)
    wrong = [name for name, seen in found.items() if isinstance(seen, dict) and seen.get("wrong")]
    return found | {"wrong": wrong}


def _tried(project: Project, services: tuple[str, ...], check: Callable[[], dict[str, Any]]) -> Any:
    known = json.loads(project.compose("--profile", "*", "config", "--format", "json"))["services"]
    for service in services:
        if not has_or_pulls(known[service]["image"]):
            return f"not run: the image {known[service]['image']} is not here and cannot be pulled"
    try:
        project.compose("--profile", "*", "up", "-d", "--no-build", "--no-deps", "--wait", *services)
        return check()
    except (Failed, httpx.HTTPError, KeyError, ValueError) as error:
        return {"wrong": f"{type(error).__name__}: {str(error)[-300:]}"}


def _until(what: str, holds: Callable[[], dict[str, Any] | None]) -> dict[str, Any]:
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        try:
            seen = holds()
        except httpx.TransportError:
            seen = None
        if seen is not None:
            return seen | {"seconds": round(time.monotonic() - began, 1)}
        time.sleep(1)
    raise Failed(f"{what} after {PATIENCE:.0f} s")


def _answers(port: int, path: str) -> dict[str, Any]:
    def holds() -> dict[str, Any] | None:
        return {} if httpx.get(f"http://127.0.0.1:{port}{path}").status_code == 200 else None

    return _until(f"{path} does not answer", holds)


def _prometheus(port: int) -> dict[str, Any]:
    """Every process is scraped, every rule can be evaluated, and a healthy installation calls nobody."""

    def told(path: str) -> Any:
        return httpx.get(f"http://127.0.0.1:{port}/api/v1/{path}").json()["data"]

    def holds() -> dict[str, Any] | None:
        up = [one for one in told("targets")["activeTargets"] if one["health"] == "up"]
        rules = [rule for group in told("rules")["groups"] for rule in group["rules"]]
        known = all(rule["health"] != "unknown" for rule in rules)
        return {"targets_up": len(up), "rules": len(rules)} if len(up) == ENTRY_POINTS and rules and known else None

    seen = _until("not every process is scraped", holds)
    broken = [rule["name"] for group in told("rules")["groups"] for rule in group["rules"] if rule["health"] != "ok"]
    # What came of a look while some were not scraped yet is gone at the next one; what waits for its time is not.
    ends = time.monotonic() + SETTLING
    while (
        raised := sorted({alert["labels"]["alertname"] for alert in told("alerts")["alerts"]})
    ) and time.monotonic() < ends:
        time.sleep(2)
    return seen | {"rules_broken": broken, "alerts": raised, "wrong": bool(broken or raised)}


def _grafana(port: int, vault: Vault) -> dict[str, Any]:
    auth = ("admin", vault.read("grafana_admin"))

    def holds() -> dict[str, Any] | None:
        boards = httpx.get(f"http://127.0.0.1:{port}/api/search?type=dash-db", auth=auth)
        return {"dashboards": len(boards.json())} if boards.status_code == 200 and boards.json() else None

    return _until("no dashboard", holds)


def _runs(project: Project, service: str) -> dict[str, Any]:
    time.sleep(10)
    (container,) = project.containers(service, all=True)
    return {"wrong": not state(container)["Running"]}


def _identity_image(project: Project) -> str | None:
    folder = ROOT / "deploy" / "identity"
    for base in set(re.findall(r"^FROM (\S+)", (folder / "Dockerfile").read_text(), re.MULTILINE)):
        if not has_or_pulls(base):
            return f"not run: the image {base} is not here and cannot be pulled"
    run("docker", "build", "-q", "-t", project.environment["BASSIN_IDENTITY_IMAGE"], str(folder), seconds=900)
    return None


async def _identity(project: Project, visitors: Visitors, origin: str) -> dict[str, Any]:
    """The realm is reached by the gateway under the public name, its administration is not."""
    realm = "/identity/realms/bassin"
    async with visitors.client() as client:
        told = (await client.get(f"{realm}/.well-known/openid-configuration")).json()
        closed = [
            path
            for path in ("/identity/admin/", "/identity/realms/master/", "/identity/metrics", "/identity/health")
            if (await client.get(path)).status_code != 404
        ]
    (container,) = project.containers("identity")
    warnings = [line for line in run("docker", "logs", container).splitlines() if " ERROR " in line]
    wrong = told.get("issuer") != f"{origin}{realm}" or closed or warnings
    return {"issuer": told.get("issuer"), "open": closed, "errors": warnings[:3], "wrong": bool(wrong)}
