"""Strimzi's resources: the cluster, a topic each of the manifest, and users whose rules are ``deploy.access.acls``'."""

from typing import Any

from deploy.access.acls import Grant, all_grants
from deploy.k8s.shapes import KAFKA_CLUSTER, KAFKA_PORT, PARTNER_PORT, Resource, resource
from shared.kafka.topics import wanted_topics
from shared.settings import Environment, Settings

API = "kafka.strimzi.io/v1"
OWNED = {"strimzi.io/cluster": KAFKA_CLUSTER}
COPIES = 3
IN_SYNC = 2


def cluster() -> list[Resource]:
    """Three nodes, each broker and controller; overlays take one, or set the two apart."""
    scram = {"type": "scram-sha-512"}
    listeners = [
        {
            "name": "tls",
            "port": KAFKA_PORT,
            "type": "internal",
            "tls": True,
            "authentication": scram,
            "networkPolicyPeers": [
                {"podSelector": {"matchLabels": {"app.kubernetes.io/part-of": "bassin"}}},
                {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "keda"}}},
            ],
        },
        # Partners come in here, each with a KafkaUser of its own (docs/partners.md).
        {"name": "partners", "port": PARTNER_PORT, "type": "loadbalancer", "tls": True, "authentication": scram},
    ]
    configuration = {
        "auto.create.topics.enable": False,
        "default.replication.factor": COPIES,
        "min.insync.replicas": IN_SYNC,
        "offsets.topic.replication.factor": COPIES,
        "transaction.state.log.replication.factor": COPIES,
        "transaction.state.log.min.isr": IN_SYNC,
    }
    kafka = {
        "listeners": listeners,
        "authorization": {"type": "simple"},
        "config": configuration,
        "rack": {"topologyKey": "topology.kubernetes.io/zone"},
    }
    operators: dict[str, Any] = {"topicOperator": {}, "userOperator": {}}
    disk = {"type": "persistent-claim", "size": "50Gi", "deleteClaim": False, "id": 0}
    pool = {
        "replicas": COPIES,
        "roles": ["controller", "broker"],
        "storage": {"type": "jbod", "volumes": [{**disk, "kraftMetadata": "shared"}]},
        "resources": {"requests": {"cpu": "250m", "memory": "1Gi"}, "limits": {"memory": "2Gi"}},
        "jvmOptions": {"-Xms": "512m", "-Xmx": "512m"},
    }
    return [
        resource(API, "KafkaNodePool", "dual", pool, labels=OWNED),
        resource(API, "Kafka", KAFKA_CLUSTER, {"kafka": kafka, "entityOperator": operators}),
    ]


def topics() -> list[Resource]:
    """Every topic that the product wants, dead-letter topics included."""
    settings = Settings(
        environment=Environment.TEST, kafka_replication_factor=COPIES, kafka_min_insync_replicas=IN_SYNC
    )
    found = []
    for topic in wanted_topics(settings):
        spec: dict[str, Any] = {
            "partitions": topic.num_partitions,
            "replicas": topic.replication_factor,
            "config": {name: _value(text) for name, text in topic.topic_configs.items()},
        }
        found.append(resource(API, "KafkaTopic", topic.name, spec, labels=OWNED))
    return found


def users() -> list[Resource]:
    """A user for each service and one for operators; Strimzi writes each password into a Secret of the user's name."""
    return [user(name, granted) for name, granted in all_grants().items()]


def user(name: str, granted: list[Grant]) -> Resource:
    """A KafkaUser with these rules; ``python -m deploy.k8s partner NAME`` prints a partner's."""
    rules = [
        {
            "resource": _what(grant),
            "operations": [operation.value for operation in grant.operations],
            "host": "*",
        }
        for grant in granted
    ]
    spec = {
        "authentication": {"type": "scram-sha-512"},
        "authorization": {"type": "simple", "acls": [{"type": "allow", **rule} for rule in rules]},
    }
    return resource(API, "KafkaUser", name, spec, labels=OWNED)


def _what(grant: Grant) -> dict[str, str]:
    if grant.resource.value == "cluster":
        return {"type": "cluster"}
    return {"type": grant.resource.value, "name": grant.name, "patternType": grant.pattern.value}


def _value(text: str) -> int | str:
    return int(text) if text.isdigit() else text
