"""What every resource has in common: names, labels, and how YAML is written."""

from collections.abc import Sequence
from typing import Any

import yaml

Resource = dict[str, Any]

NAMESPACE = "bassin"
IMAGE = "bassin"
"""Replaced by the overlay's ``images:``; a release has a tag or, better, a digest."""
API_PORT = 8000
WORKER_PORT = 8100
USER = 10001
"""The image's numeric user (``deploy/Dockerfile``)."""
KAFKA_CLUSTER = "bassin-kafka"
MONGODB = "bassin-mongodb"
MONGODB_PORT = 27017
KAFKA_PORT = 9093
PARTNER_PORT = 9094

GENERATED = "# Written by `python -m deploy.k8s write` from the code; change it there.\n"


def labels(service: str, half: str) -> dict[str, str]:
    """What selects the pods of one entry point."""
    return {
        "app.kubernetes.io/part-of": "bassin",
        "app.kubernetes.io/name": service,
        "app.kubernetes.io/component": half,
    }


def resource(api_version: str, kind: str, name: str, spec: Any = None, **more: Any) -> Resource:
    """A resource with its name and labels; ``more`` stands beside ``spec``."""
    metadata: dict[str, Any] = {"name": name, "labels": {"app.kubernetes.io/part-of": "bassin"}}
    metadata["labels"] |= more.pop("labels", {})
    if annotations := more.pop("annotations", None):
        metadata["annotations"] = annotations
    made: Resource = {"apiVersion": api_version, "kind": kind, "metadata": metadata, **more}
    if spec is not None:
        made["spec"] = spec
    return made


class _Plain(yaml.SafeDumper):
    """Nothing is abbreviated: an alias (``*id001``) is no help to who reads a manifest."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def as_yaml(resources: Sequence[Resource]) -> str:
    """One file of resources."""
    text = yaml.dump_all(resources, Dumper=_Plain, sort_keys=False, explicit_start=True, allow_unicode=True, width=120)
    return GENERATED + text
