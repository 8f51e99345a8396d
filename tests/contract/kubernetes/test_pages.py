"""The commands of docs/operate-kubernetes.md, run with a kubectl that only notes what it is asked.

It answers from the renderings, and what it is asked must exist: overlays, resources by kind and name, commands in pods.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.k8s.asking import told
from deploy.k8s.rendering import HERE, OVERLAYS, PHASES
from shared.contracts.topics import SERVICES
from tests.contract.kubernetes.cluster import of_kind, rendered
from tests.documents import DOCS, ROOT, block

_KUBECTL = """
import json, sys
piped = "" if sys.stdin.isatty() or "-" not in sys.argv[1:] else sys.stdin.read()
with open({record!r}, "a") as file:
    file.write(json.dumps([sys.argv[1:], piped]) + "\\n")
words = [word for before, word in zip(sys.argv, sys.argv[1:]) if word[0] != "-" and before not in ("-n", "-o", "-f", "-k")]
named = ["/" in word for word in words[1:]]
if words and words[0] in ("delete", "get", "scale", "wait") and any(named) and not all(named):
    sys.exit("error: there is no need to specify a resource type as a separate argument in resource/name form")
if "--from=cronjob/bassin-dump" in sys.argv:
    print(open({job!r}).read())
elif "-o" in sys.argv and "yaml" in sys.argv:
    print("apiVersion: v1\\nkind: Namespace\\nmetadata: {{name: bassin}}")
"""

KINDS = {
    "deployment": "Deployment",
    "deploy": "Deployment",
    "job": "Job",
    "kafka": "Kafka",
    "kafkatopic": "KafkaTopic",
    "mongodbcommunity": "MongoDBCommunity",
    "service": "Service",
    "scaledobject": "ScaledObject",
    "horizontalpodautoscaler": "HorizontalPodAutoscaler",
}


@pytest.mark.parametrize("name", ["secrets", "install", "upgrade", "partner", "commands", "restore"])
def test_the_commands_name_what_is_there(name: str, tmp_path: Path) -> None:
    asked = run(block("operate-kubernetes", name), tmp_path)
    assert asked, "nothing was asked"
    for arguments, piped in asked:
        check(arguments, piped)


def test_the_secrets_of_the_page_are_those_that_pods_need(tmp_path: Path) -> None:
    made: dict[str, set[str]] = {}
    for arguments, _ in run(block("operate-kubernetes", "secrets"), tmp_path):
        if "secret" in arguments:
            kind, name = arguments[arguments.index("secret") + 1 :][:2]
            keys = {match[1] for match in map(re.compile(r"--from-literal=([\w-]+)=.+").fullmatch, arguments) if match}
            made[name] = {"tls.crt", "tls.key"} if kind == "tls" else keys
    for overlay in OVERLAYS:
        needed: dict[str, set[str]] = {}
        for resource in rendered(overlay):
            for secret, keys in secrets_of(resource):
                needed.setdefault(secret, set()).update(keys)
        by_operators = set(of_kind(overlay, "KafkaUser")) | {"bassin-kafka-cluster-ca-cert"}
        users = of_kind(overlay, "MongoDBCommunity")["bassin-mongodb"]["spec"]["users"]
        by_operators |= {user["connectionStringSecretName"] for user in users}
        needed |= {user["passwordSecretRef"]["name"]: {"password"} for user in users}
        assert {name: keys for name, keys in needed.items() if name not in by_operators} == made


def test_names_and_kinds_in_one_question_are_refused_as_kubectl_does(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="error: there is no need"):
        run("kubectl -n bassin wait --for=condition=Ready kafka/bassin-kafka kafkatopic --all --timeout=15m", tmp_path)


def test_the_page_says_what_the_overlays_ask_for() -> None:
    page = (DOCS / "operate-kubernetes.md").read_text()
    assert told(page) == page, "run `python -m deploy.k8s render`"
    assert re.search(
        r"^\| pods at rest \| \d+ of ours, 1 Kafka, 1 MongoDB \| \d+ of ours, 6 Kafka, 3 MongoDB \|$", page, re.M
    )
    broken = page.replace("| pods at rest | ", "| pods at rest | 9", 1)
    assert told(broken) == page


def run(text: str, folder: Path) -> list[tuple[list[str], str]]:
    """What kubectl was asked by a block, and what was piped to it."""
    record, job = folder / "asked.jsonl", folder / "job.json"
    made = of_kind("small", "CronJob")["bassin-dump"]["spec"]["jobTemplate"]
    job.write_text(json.dumps({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "restore"}, **made}))
    tool, program = folder / "kubectl", folder / "kubectl.py"
    program.write_text(_KUBECTL.format(record=str(record), job=str(job)))
    # A shell in between: the first line of a program takes no path with a space in it.
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{program}" "$@"\n')
    tool.chmod(0o755)
    environment = {
        "PATH": f"{folder}:{Path(sys.executable).parent}:/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "SMTP_PASSWORD": "x",
        "TLS_CERTIFICATE": "c",
        "TLS_KEY": "k",
        "DUMP": "bassin-20261128T020000Z.dump",
    }
    command = ["bash", "-euo", "pipefail", "-c", text]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [(arguments, piped) for arguments, piped in map(json.loads, record.read_text().splitlines())]


def check(arguments: list[str], piped: str) -> None:
    """That a question of kubectl's names what is there."""
    words = [word for word in arguments if not word.startswith("-")]
    if "-k" in arguments:
        folder = ROOT / arguments[arguments.index("-k") + 1]
        assert folder.parent.parent == HERE / "overlays"
        assert folder.parent.name in OVERLAYS
        assert folder.name in PHASES
        return
    if piped:
        for resource in yaml.safe_load_all(piped):
            assert resource["kind"] in ("Namespace", "KafkaUser", "Job")
            if resource["kind"] == "Job":
                container = resource["spec"]["template"]["spec"]["containers"][0]
                assert container["args"][:2] == ["backup", "restore"]
                # What dumps may only read.
                assert {name for name, _ in secrets_of(resource)} == {"mongodb-bassin-init"}
        return
    for word in words:
        kind, _, name = word.partition("/")
        if name and kind in KINDS and name != "restore":
            assert name in of_kind("small", KINDS[kind]), word
    if "exec" in words:
        where, program, service = words[words.index("exec") + 1], *arguments[arguments.index("--") + 1 :][:2]
        assert program == "bassin"
        assert service in SERVICES
        assert where == f"deploy/{service}-worker"


def secrets_of(value: Any) -> list[tuple[str, set[str]]]:
    """Secrets that a resource mounts, with the keys that it names."""
    if isinstance(value, list):
        return [found for part in value for found in secrets_of(part)]
    if not isinstance(value, dict):
        return []
    found = [found for part in value.values() for found in secrets_of(part)]
    name = value.get("secretName") or (value.get("name") if "items" in value else None)
    if isinstance(name, str) and "items" in value:
        found.append((name, {item["key"] for item in value["items"]}))
    return found
