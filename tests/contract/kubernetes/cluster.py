"""What the committed renderings hold, and what a cluster would make of them."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml

from deploy.k8s.rendering import OVERLAYS, PHASES, path_of

Resource = dict[str, Any]
OVERLAY_NAMES = OVERLAYS
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The same in C is ten times faster, where it was built in."""


@cache
def rendered(overlay: str) -> tuple[Resource, ...]:
    """Every resource of an overlay, of all phases."""
    return tuple(
        resource
        for phase in PHASES
        for resource in yaml.load_all(path_of(overlay, phase).read_text(), Loader=LOADER)
        if resource is not None
    )


def of_kind(overlay: str, kind: str) -> dict[str, Resource]:
    """Resources of a kind by name."""
    return {r["metadata"]["name"]: r for r in rendered(overlay) if r["kind"] == kind}


def pods(overlay: str) -> dict[str, Resource]:
    """Pod templates by the name of what makes them."""
    found = {}
    for resource in rendered(overlay):
        if resource["kind"] in ("Deployment", "Job"):
            found[resource["metadata"]["name"]] = resource["spec"]["template"]
        if resource["kind"] == "CronJob":
            found[resource["metadata"]["name"]] = resource["spec"]["jobTemplate"]["spec"]["template"]
        if resource["kind"] == "MongoDBCommunity":
            found[resource["metadata"]["name"]] = resource["spec"]["statefulSet"]["spec"]["template"]
    return found


def variables(overlay: str, pod: Resource) -> dict[str, str]:
    """The environment of a pod's container: the settings' ConfigMap, then its own."""
    container = pod["spec"]["containers"][0]
    found: dict[str, str] = {}
    for source in container["envFrom"]:
        found |= of_kind(overlay, "ConfigMap")[source["configMapRef"]["name"]]["data"]
    return found | {entry["name"]: entry["value"] for entry in container["env"]}


def may_reach(overlay: str, source: Mapping[str, str], target: Mapping[str, str], port: int) -> bool:
    """Whether the policies let a pod with these labels open a connection to another in the namespace."""
    return _allowed(overlay, "Egress", source, target, port) and _allowed(overlay, "Ingress", target, source, port)


def lets_in(overlay: str, target: Mapping[str, str], source: Mapping[str, str], port: int) -> bool:
    """Whether a pod takes connections from somebody whom no policy of ours keeps in (outside of the namespace)."""
    return _allowed(overlay, "Ingress", target, source, port)


def _allowed(overlay: str, way: str, subject: Mapping[str, str], peer: Mapping[str, str], port: int) -> bool:
    policies = of_kind(overlay, "NetworkPolicy").values()
    on = [
        p["spec"] for p in policies if way in p["spec"]["policyTypes"] and _selects(p["spec"]["podSelector"], subject)
    ]
    if not on:
        return True
    end = "to" if way == "Egress" else "from"
    return any(
        _of_peers(rule.get(end), peer) and (not rule.get("ports") or port in [p["port"] for p in rule["ports"]])
        for spec in on
        for rule in spec.get(way.lower(), ())
    )


def _of_peers(peers: Any, pod: Mapping[str, str]) -> bool:
    """No peers are all of the world."""
    return peers is None or any("podSelector" in peer and _selects(peer["podSelector"], pod) for peer in peers)


def _selects(selector: Mapping[str, Any], pod: Mapping[str, str]) -> bool:
    return all(pod.get(key) == value for key, value in selector.get("matchLabels", {}).items())
