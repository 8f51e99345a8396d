"""Dumps each night, the list of erasures every five minutes (``docs/backup.md``), on a volume of their own."""

from typing import Any

from deploy.k8s.mongodb import BACKUP
from deploy.k8s.shapes import IMAGE, Resource, labels, resource
from deploy.k8s.workloads import SETTINGS, locked, mongodb_environment, mounts, pod_basics, secret_file, volumes

CLAIM = "bassin-backups"
FOLDER = "/backups"
KEPT_DAYS = 30
"""An erasure is complete when the last dump that knows the person is gone."""


def backups() -> list[Resource]:
    """The volume's claim and two timed jobs; both write to it, so it is one that many nodes may mount."""
    claim = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "50Gi"}}}
    dump = ["dump", FOLDER, "--keep-days", str(KEPT_DAYS)]
    return [
        resource("v1", "PersistentVolumeClaim", CLAIM, claim),
        _timed("bassin-dump", "17 2 * * *", dump, seconds=4 * 3600),
        _timed("bassin-erasures", "*/5 * * * *", ["erasures", f"{FOLDER}/erasures.jsonl"], seconds=240),
    ]


def _timed(name: str, schedule: str, arguments: list[str], *, seconds: int) -> Resource:
    own = labels("backup", "backup")
    container: dict[str, Any] = {
        "name": "backup",
        "image": IMAGE,
        "args": ["backup", *arguments],
        "envFrom": [{"configMapRef": {"name": SETTINGS}}],
        "env": mongodb_environment(),
        "resources": {"requests": {"cpu": "100m", "memory": "192Mi"}, "limits": {"memory": "512Mi"}},
        "securityContext": locked(),
        "volumeMounts": [*mounts(kafka=False), {"name": "backups", "mountPath": FOLDER}],
    }
    pod = {
        **pod_basics(),
        "serviceAccountName": "bassin",
        "restartPolicy": "Never",
        "containers": [container],
        "volumes": [
            *volumes([secret_file(f"mongodb-{BACKUP}", "connectionString.standard", "mongodb-url")], kafka=False),
            {"name": "backups", "persistentVolumeClaim": {"claimName": CLAIM}},
        ],
    }
    job = {"backoffLimit": 1, "activeDeadlineSeconds": seconds, "template": {"metadata": {"labels": own}, "spec": pod}}
    spec = {
        "schedule": schedule,
        "timeZone": "Etc/UTC",
        "concurrencyPolicy": "Forbid",
        "successfulJobsHistoryLimit": 1,
        "failedJobsHistoryLimit": 3,
        "jobTemplate": {"spec": job},
    }
    return resource("batch/v1", "CronJob", name, spec, labels=own)
