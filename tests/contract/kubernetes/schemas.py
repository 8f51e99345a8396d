"""Validation of resources against what Kubernetes and the operators publish (``fetch`` says where it comes from)."""

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from tests.contract.kubernetes.fetch import DATA, KUBERNETES

_METADATA = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"


class Unpublished(Exception):
    """Nobody publishes such a kind."""


def complaints(resource: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a resource, in every release of Kubernetes that counts: unknown fields too."""
    api_version, kind = str(resource["apiVersion"]), str(resource["kind"])
    name = f"{kind} {resource['metadata'].get('name')}"
    own = _document()["resources"].get(f"{api_version}/{kind}")
    if own is not None:
        for error in Draft202012Validator(own).iter_errors({k: v for k, v in resource.items() if k != "metadata"}):
            yield f"{name}: {error.json_path}: {error.message[:200]}"
    for release in KUBERNETES:
        if own is not None:
            found = _validator(release, "", _METADATA).iter_errors(resource["metadata"])
        else:
            found = _validator(release, _kind(api_version, kind), "").iter_errors(resource)
        for error in found:
            yield f"{name} in {release}: {error.json_path}: {error.message[:200]}"


def complaints_of_pods(template: Mapping[str, Any]) -> Iterator[str]:
    """The same for a pod's template that stands where an operator's schema looks no further."""
    for release in KUBERNETES:
        for error in _validator(release, "podtemplatespec-v1", "").iter_errors(template):
            yield f"pod template in {release}: {error.json_path}: {error.message[:200]}"


def _kind(api_version: str, kind: str) -> str:
    group = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", api_version)
    return f"{kind.lower()}-{group}"


@cache
def _validator(release: str, kind: str, definition: str) -> Draft202012Validator:
    known = _document()["kubernetes"][release]
    if kind and kind not in known["kinds"]:
        raise Unpublished(f"{kind} is not in Kubernetes {release}, nor among the operators' kinds")
    schema = known["kinds"][kind] if kind else {"$ref": f"#/$defs/{definition}"}
    return Draft202012Validator({**schema, "$defs": known["definitions"]})


@cache
def _document() -> Any:
    return json.loads(gzip.decompress(DATA.read_bytes()))
