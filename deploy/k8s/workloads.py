"""Deployments, Services, disruption budgets and scaling of the services' entry points, and the Job before a rollout."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from deploy.access.acls import OPERATOR, service_user
from deploy.k8s.plan import lag_per_worker, most_workers, size_of
from deploy.k8s.shapes import (
    API_PORT,
    IMAGE,
    KAFKA_CLUSTER,
    KAFKA_PORT,
    NAMESPACE,
    USER,
    WORKER_PORT,
    Resource,
    labels,
    resource,
)
from shared.contracts.topics import consumed_by, consumer_group

SECRETS = "/run/secrets/bassin"
BOOTSTRAP = f"{KAFKA_CLUSTER}-kafka-bootstrap:{KAFKA_PORT}"
SETTINGS = "bassin-settings"
SCALING = "bassin-scaling"
OWN_SECRETS = {
    "link-secret": "BASSIN_LINK_SECRET_FILE",
    "identity-secret": "BASSIN_IDENTITY_SECRET_FILE",
    "smtp-password": "BASSIN_SMTP_PASSWORD_FILE",
}
"""Keys of ``bassin-secrets`` that not every service has, and the setting that reads each."""
SECRETS_OF: Mapping[str, tuple[str, ...]] = defaultdict(
    tuple,
    {
        "offers": ("link-secret",),
        "profiles": ("link-secret", "identity-secret"),
        "notifications": ("smtp-password",),
        "clauses": ("link-secret",),
    },
)

# Longer than the 5 s that a server gives its open requests, and the pause before it.
GRACE_SECONDS = 30
# New connections still arrive for a moment after a pod was taken out of its Service.
LINGER_SECONDS = 5


def deployment(service: str, half: str) -> Resource:
    """One entry point: nobody is stopped before a successor is ready."""
    name = f"{service}-{half}"
    own = labels(service, half)
    template = {
        "metadata": {"labels": own},
        "spec": {
            **pod_basics(),
            "serviceAccountName": "bassin",
            "terminationGracePeriodSeconds": GRACE_SECONDS,
            "topologySpreadConstraints": [
                spread("topology.kubernetes.io/zone", own),
                spread("kubernetes.io/hostname", own),
            ],
            "containers": [_container(service, half)],
            "volumes": volumes(_secrets(service, half), kafka=half == "worker"),
        },
    }
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    spec: dict[str, Any] = {"selector": {"matchLabels": own}, "strategy": rolling, "revisionHistoryLimit": 5}
    spec |= {"progressDeadlineSeconds": 600, "template": template}
    # Who scales says how many there are; a number here would undo that with each apply.
    if half == "worker" and not consumed_by(service):
        spec = {"replicas": 1, **spec}
    return resource("apps/v1", "Deployment", name, spec, labels=own)


def service_resource(service: str) -> Resource:
    """Where the gateway reaches the API's replicas."""
    own = labels(service, "api")
    ports = [{"name": "http", "port": API_PORT, "targetPort": "http"}]
    return resource("v1", "Service", f"{service}-api", {"selector": own, "ports": ports}, labels=own)


def disruption_budget(service: str, half: str) -> Resource:
    """A drained node takes one pod at a time."""
    own = labels(service, half)
    spec = {"maxUnavailable": 1, "selector": {"matchLabels": own}, "unhealthyPodEvictionPolicy": "AlwaysAllow"}
    return resource("policy/v1", "PodDisruptionBudget", f"{service}-{half}", spec, labels=own)


def api_scaler(service: str) -> Resource:
    """By processor: an API waits for MongoDB otherwise, and then more replicas help nobody."""
    utilization = {"type": "Utilization", "averageUtilization": 70}
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": f"{service}-api"},
        "minReplicas": 1,
        "maxReplicas": 3,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": utilization}}],
        "behavior": {"scaleDown": {"stabilizationWindowSeconds": 300}},
    }
    own = labels(service, "api")
    return resource("autoscaling/v2", "HorizontalPodAutoscaler", f"{service}-api", spec, labels=own)


def worker_scaler(service: str) -> Resource:
    """By lag, one trigger for each group that the service has; never more than there are partitions to read."""
    triggers = [
        {
            "type": "kafka",
            "metadata": {
                "bootstrapServers": f"{KAFKA_CLUSTER}-kafka-bootstrap.{NAMESPACE}.svc:{KAFKA_PORT}",
                "consumerGroup": consumer_group(service, topic),
                "topic": topic.name,
                "lagThreshold": str(lag_per_worker(service)),
                "offsetResetPolicy": "earliest",
                "tls": "enable",
                "sasl": "scram_sha512",
            },
            "authenticationRef": {"name": SCALING},
        }
        for topic in consumed_by(service)
    ]
    # Each change is a rebalance, in which the shard's new owner restores what it holds in memory: seldom downwards.
    behaviour = {
        "scaleUp": {"stabilizationWindowSeconds": 30, "policies": [{"type": "Pods", "value": 2, "periodSeconds": 60}]},
        "scaleDown": {
            "stabilizationWindowSeconds": 600,
            "policies": [{"type": "Pods", "value": 1, "periodSeconds": 120}],
        },
    }
    spec = {
        "scaleTargetRef": {"name": f"{service}-worker"},
        "pollingInterval": 15,
        "minReplicaCount": 1,
        "maxReplicaCount": most_workers(service),
        "advanced": {"horizontalPodAutoscalerConfig": {"behavior": behaviour}},
        "triggers": triggers,
    }
    return resource("keda.sh/v1alpha1", "ScaledObject", f"{service}-worker", spec, labels=labels(service, "worker"))


def scaling_access() -> list[Resource]:
    """How KEDA looks at lags: as the operators' user, who sees no content."""
    spec = {
        "configMapTargetRef": [{"parameter": "username", "name": SCALING, "key": "username"}],
        "secretTargetRef": [
            {"parameter": "password", "name": OPERATOR, "key": "password"},
            {"parameter": "ca", "name": f"{KAFKA_CLUSTER}-cluster-ca-cert", "key": "ca.crt"},
        ],
    }
    return [
        resource("v1", "ConfigMap", SCALING, data={"username": OPERATOR}),
        resource("keda.sh/v1alpha1", "TriggerAuthentication", SCALING, spec),
    ]


def account() -> Resource:
    """No pod of ours speaks with the cluster's API."""
    return resource("v1", "ServiceAccount", "bassin", automountServiceAccountToken=False)


def init_job() -> Resource:
    """Collections, indexes and migrations before a release serves. Strimzi makes the topics; this only sees they are there."""
    own = labels("init", "init")
    secrets = [
        secret_file("mongodb-bassin-init", "connectionString.standard", "mongodb-url"),
        secret_file(OPERATOR, "password", "kafka-password"),
    ]
    environment = [*mongodb_environment(), *_kafka(OPERATOR)]
    container = {
        "name": "init",
        "image": IMAGE,
        "args": ["init"],
        "envFrom": [{"configMapRef": {"name": SETTINGS}}],
        "env": environment,
        "resources": {"requests": {"cpu": "100m", "memory": "192Mi"}, "limits": {"memory": "512Mi"}},
        "securityContext": locked(),
        "volumeMounts": mounts(kafka=True),
    }
    pod = {
        **pod_basics(),
        "serviceAccountName": "bassin",
        "restartPolicy": "Never",
        "containers": [container],
        "volumes": volumes(secrets, kafka=True),
    }
    spec = {
        "backoffLimit": 4,
        "activeDeadlineSeconds": 7200,
        "template": {"metadata": {"labels": own}, "spec": pod},
    }
    return resource("batch/v1", "Job", "bassin-init", spec, labels=own)


def _container(service: str, half: str) -> dict[str, Any]:
    port = API_PORT if half == "api" else WORKER_PORT
    size = size_of(service, half)
    container: dict[str, Any] = {
        "name": half,
        "image": IMAGE,
        "args": [service, half],
        "ports": [{"name": "http", "containerPort": port}],
        "envFrom": [{"configMapRef": {"name": SETTINGS}}],
        "env": _environment(service, half),
        "resources": {
            "requests": {"cpu": size.cpu, "memory": size.memory},
            "limits": {"memory": size.memory_most},
        },
        # The port opens once MongoDB has answered, however long that takes: five minutes before a restart is tried.
        "startupProbe": _probe("/health/live", 5, 60),
        # The process turns: whether others are there is no reason to restart it.
        "livenessProbe": _probe("/health/live", 15, 4),
        # It can do its work now: MongoDB, keys, Kafka, no halted consumer.
        "readinessProbe": _probe("/health/ready", 10, 2),
        "securityContext": locked(),
        "volumeMounts": mounts(kafka=half == "worker"),
    }
    if half == "api":
        container["lifecycle"] = {"preStop": {"sleep": {"seconds": LINGER_SECONDS}}}
    return container


def _probe(path: str, every: int, failures: int) -> dict[str, Any]:
    request = {"path": path, "port": "http"}
    return {"httpGet": request, "periodSeconds": every, "timeoutSeconds": 5, "failureThreshold": failures}


def pod_basics(user: int = USER) -> dict[str, Any]:
    """What every pod of ours has: no account at the cluster's API, no privilege, a numeric user."""
    return {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": user,
            "runAsGroup": user,
            "fsGroup": user,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
    }


def locked() -> dict[str, Any]:
    """A container that can write to what is mounted and nowhere else."""
    return {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}


def spread(key: str, own: dict[str, str]) -> dict[str, Any]:
    """Pods of one release of one entry point apart, as far as there are places."""
    return {
        "maxSkew": 1,
        "topologyKey": key,
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": own},
        "matchLabelKeys": ["pod-template-hash"],
    }


def _environment(service: str, half: str) -> list[dict[str, Any]]:
    port = {"api": ("BASSIN_PORT", API_PORT), "worker": ("BASSIN_WORKER_PORT", WORKER_PORT)}[half]
    found = [{"name": "BASSIN_HOST", "value": "0.0.0.0"}, {"name": port[0], "value": str(port[1])}]
    found += [*mongodb_environment(), {"name": "BASSIN_CURSOR_SECRET_FILE", "value": f"{SECRETS}/cursor-secret"}]
    found += [{"name": OWN_SECRETS[key], "value": f"{SECRETS}/{key}"} for key in SECRETS_OF[service]]
    if half == "worker":
        found += _kafka(service_user(service))
    return found


def mongodb_environment() -> list[dict[str, Any]]:
    """Where MongoDB is, and as whom."""
    return [{"name": "MONGODB_URL_FILE", "value": f"{SECRETS}/mongodb-url"}]


def _kafka(user: str) -> list[dict[str, Any]]:
    values = {
        "KAFKA_BOOTSTRAP_SERVERS": BOOTSTRAP,
        "BASSIN_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "BASSIN_KAFKA_USERNAME": user,
        "BASSIN_KAFKA_PASSWORD_FILE": f"{SECRETS}/kafka-password",
        "BASSIN_KAFKA_CA_FILE": "/run/kafka-ca/ca.crt",
    }
    return [{"name": name, "value": value} for name, value in values.items()]


def _secrets(service: str, half: str) -> list[dict[str, Any]]:
    """Secrets by reference: those that the two operators write, and ``bassin-secrets``, which the installation brings."""
    found = [
        secret_file(f"mongodb-bassin-{service}", "connectionString.standard", "mongodb-url"),
        secret_file("bassin-secrets", "cursor-secret", "cursor-secret"),
    ]
    found += [secret_file("bassin-secrets", key, key) for key in SECRETS_OF[service]]
    if half == "worker":
        found.append(secret_file(service_user(service), "password", "kafka-password"))
    return found


def secret_file(secret: str, key: str, path: str) -> dict[str, Any]:
    """One key of a Secret as a file."""
    return {"secret": {"name": secret, "items": [{"key": key, "path": path}]}}


def volumes(secrets: list[dict[str, Any]], *, kafka: bool) -> list[dict[str, Any]]:
    """Room for temporary files, secrets, and the authority of Kafka's certificates."""
    found: list[dict[str, Any]] = [
        # Imports and spreadsheets are spooled there; nothing else is writable.
        {"name": "tmp", "emptyDir": {"sizeLimit": "256Mi"}},
        {"name": "secrets", "projected": {"defaultMode": 0o440, "sources": secrets}},
    ]
    if kafka:
        items = [{"key": "ca.crt", "path": "ca.crt"}]
        found.append({"name": "kafka-ca", "secret": {"secretName": f"{KAFKA_CLUSTER}-cluster-ca-cert", "items": items}})
    return found


def mounts(*, kafka: bool) -> list[dict[str, Any]]:
    """Where ``volumes`` are in a container."""
    found: list[dict[str, Any]] = [
        {"name": "tmp", "mountPath": "/tmp"},
        {"name": "secrets", "mountPath": SECRETS, "readOnly": True},
    ]
    if kafka:
        found.append({"name": "kafka-ca", "mountPath": "/run/kafka-ca", "readOnly": True})
    return found
