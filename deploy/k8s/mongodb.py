"""MongoDB Community's resource: one replica set, a user for each service that knows its own database only."""

from typing import Any

from deploy.access.mongo import roles_of
from deploy.k8s.shapes import MONGODB, Resource, resource
from deploy.local.mongo import CHANGED_PAGES, TRANSACTION_SECONDS
from shared.contracts.topics import SERVICES

VERSION = "7.0.16"
INIT = "bassin-init"
BACKUP = "bassin-backup"


def rights(user: str) -> list[dict[str, str]]:
    """Roles of a user: its own database (``deploy.access.mongo``), all of them at the init job, which a restore runs as too.

    A backup only reads. MongoDB's role ``restore`` is of no use here: it may neither change nor delete a document.
    """
    if user == BACKUP:
        return [{"name": "backup", "db": "admin"}]
    services = SERVICES if user == INIT else (user.removeprefix("bassin-"),)
    return [{"name": one["role"], "db": one["db"]} for service in services for one in roles_of(service)]


def replica_set() -> Resource:
    """Three members. Passwords are Secrets ``mongodb-<user>-password`` that the installation brings; the operator writes the
    whole address into ``mongodb-<user>``, which the pods mount.
    """
    names = (*(f"bassin-{service}" for service in SERVICES), INIT, BACKUP)
    users = [
        {
            "name": name,
            "db": "admin",
            "passwordSecretRef": {"name": f"mongodb-{name}-password"},
            "scramCredentialsSecretName": f"mongodb-{name}-scram",
            "connectionStringSecretName": f"mongodb-{name}",
            "roles": rights(name),
        }
        for name in names
    ]
    spec = {
        "type": "ReplicaSet",
        "members": 3,
        "version": VERSION,
        "security": {"authentication": {"modes": ["SCRAM-SHA-256"]}},
        "users": users,
        "additionalMongodConfig": {
            # A killed client's open transaction keeps its documents locked until the lifetime ends (60 s by default).
            "setParameter.transactionLifetimeLimitSeconds": TRANSACTION_SECONDS,
            "storage.wiredTiger.engineConfig.cacheSizeGB": 1,
            "storage.wiredTiger.engineConfig.configString": CHANGED_PAGES,
        },
        "statefulSet": {"spec": _stateful_set()},
    }
    return resource("mongodbcommunity.mongodb.com/v1", "MongoDBCommunity", MONGODB, spec)


def _stateful_set() -> dict[str, Any]:
    locked = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    mongod = {"requests": {"cpu": "250m", "memory": "1Gi"}, "limits": {"memory": "2Gi"}}
    agent = {"requests": {"cpu": "50m", "memory": "100Mi"}, "limits": {"memory": "400Mi"}}
    apart = {
        "labelSelector": {"matchLabels": {"app": f"{MONGODB}-svc"}},
        "topologyKey": "kubernetes.io/hostname",
    }
    claim = {
        "metadata": {"name": "data-volume"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "50Gi"}}},
    }
    pod = {
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 2000,
            "fsGroup": 2000,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [
            {"name": "mongod", "resources": mongod, "securityContext": locked},
            {"name": "mongodb-agent", "resources": agent, "securityContext": locked},
        ],
        "initContainers": [
            {"name": name, "securityContext": locked} for name in ("mongod-posthook", "mongodb-agent-readinessprobe")
        ],
        "affinity": {
            "podAntiAffinity": {
                "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "podAffinityTerm": apart}]
            }
        },
    }
    return {"template": {"spec": pod}, "volumeClaimTemplates": [claim]}


def account() -> list[Resource]:
    """What the operator's agent in each member needs of the cluster: its own pod and its Secrets (as the operator's docs say)."""
    name = "mongodb-database"
    rules = [
        {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]},
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["patch", "delete", "get"]},
    ]
    subject = {"kind": "ServiceAccount", "name": name}
    role = {"kind": "Role", "name": name, "apiGroup": "rbac.authorization.k8s.io"}
    rbac = "rbac.authorization.k8s.io/v1"
    return [
        resource("v1", "ServiceAccount", name),
        resource(rbac, "Role", name, rules=rules),
        resource(rbac, "RoleBinding", name, subjects=[subject], roleRef=role),
    ]
