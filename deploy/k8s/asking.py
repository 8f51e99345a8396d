"""What an overlay asks of a cluster at rest, summed up from its renderings, and the rows of the page that say so."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from deploy.k8s.rendering import OVERLAYS, PHASES, path_of
from deploy.k8s.shapes import Resource

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operate-kubernetes.md"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def told(page: str) -> str:
    """The page with its rows as the renderings have them."""
    asked = [at_rest(overlay) for overlay in OVERLAYS]
    for row, cells in {
        "pods at rest": [pods for pods, _ in asked],
        "request at rest (processor, memory)": [requests for _, requests in asked],
    }.items():
        page = re.sub(rf"^\| {re.escape(row)} \|.*$", f"| {row} | {' | '.join(cells)} |", page, flags=re.MULTILINE)
    return page


def at_rest(overlay: str) -> tuple[str, str]:
    """Pods that are there when nothing happens, and what they request together."""
    least = {
        scaler["spec"]["scaleTargetRef"]["name"]: scaler["spec"].get("minReplicas") or scaler["spec"]["minReplicaCount"]
        for kind in ("HorizontalPodAutoscaler", "ScaledObject")
        for scaler in _of_kind(overlay, kind)
    }
    ours = [
        (
            least.get(made["metadata"]["name"]) or made["spec"]["replicas"],
            made["spec"]["template"]["spec"]["containers"],
        )
        for made in _of_kind(overlay, "Deployment")
    ]
    kafka = [(pool["spec"]["replicas"], [pool["spec"]]) for pool in _of_kind(overlay, "KafkaNodePool")]
    mongodb = [
        (server["spec"]["members"], server["spec"]["statefulSet"]["spec"]["template"]["spec"]["containers"])
        for server in _of_kind(overlay, "MongoDBCommunity")
    ]
    requests = [(pods, one["resources"]["requests"]) for pods, asking in ours + kafka + mongodb for one in asking]
    cores = sum(pods * _quantity(str(asked["cpu"])) for pods, asked in requests)
    memory = sum(pods * _quantity(asked["memory"]) for pods, asked in requests) / 2**30
    count = [sum(pods for pods, _ in group) for group in (ours, kafka, mongodb)]
    return "{} of ours, {} Kafka, {} MongoDB".format(*count), f"{cores:.4g} cores, {memory:.1f} GiB"


def _of_kind(overlay: str, kind: str) -> Iterator[Resource]:
    for phase in PHASES:
        found: Any = yaml.load_all(path_of(overlay, phase).read_text(), Loader=_LOADER)
        yield from (resource for resource in found if resource is not None and resource["kind"] == kind)


def _quantity(written: str) -> float:
    """Kubernetes' way of writing amounts, as a number."""
    [(number, unit)] = re.findall(r"^([\d.]+)(m|Mi|Gi|)$", written)
    return float(number) * {"": 1, "m": 0.001, "Mi": 2**20, "Gi": 2**30}[unit]
