"""Who may speak with whom. Nothing is open but this: everybody is refused first."""

from typing import Any

from deploy.k8s.shapes import (
    API_PORT,
    KAFKA_CLUSTER,
    KAFKA_PORT,
    MONGODB,
    MONGODB_PORT,
    WORKER_PORT,
    Resource,
    resource,
)

API = "networking.k8s.io/v1"
Peers = list[dict[str, Any]]

OURS = {"app.kubernetes.io/part-of": "bassin"}
GATEWAY = OURS | {"app.kubernetes.io/name": "gateway"}
KAFKA_PODS = {"strimzi.io/cluster": KAFKA_CLUSTER}
MONGODB_PODS = {"app": f"{MONGODB}-svc"}
# Addresses of the cloud's own services are no identity or mail provider's.
ANYWHERE: Peers = [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["169.254.0.0/16"]}}]


def platform_policies() -> list[Resource]:
    """For the namespace, Kafka and MongoDB. Strimzi adds what its own pods say to each other."""
    return [
        _policy("default-deny", {}, ingress=[], egress=[]),
        _policy(
            "dns",
            {},
            egress=[_rule("to", _namespace("kube-system"), 53, "UDP"), _tcp("to", _namespace("kube-system"), 53)],
        ),
        _policy("kafka-within", KAFKA_PODS, ingress=[{"from": _pods(KAFKA_PODS)}], egress=[{"to": _pods(KAFKA_PODS)}]),
        # Strimzi's operators and the rack's label, MongoDB's agent: they speak with the cluster's API.
        _policy("kafka-to-cluster-api", KAFKA_PODS, egress=[_tcp("to", ANYWHERE, 443, 6443)]),
        _policy(
            "mongodb",
            MONGODB_PODS,
            ingress=[_tcp("from", [*_pods(OURS), *_pods(MONGODB_PODS)], MONGODB_PORT)],
            egress=[_tcp("to", _pods(MONGODB_PODS), MONGODB_PORT), _tcp("to", ANYWHERE, 443, 6443)],
        ),
    ]


def service_policies() -> list[Resource]:
    """For the product's own pods."""
    monitoring = _namespace("monitoring")
    gateway = _pods(GATEWAY)
    api, worker = _halves("api"), _halves("worker")
    stores = _tcp("to", _pods(MONGODB_PODS), MONGODB_PORT)
    kafka = _tcp("to", _pods(KAFKA_PODS), KAFKA_PORT)
    mail = {"app.kubernetes.io/name": "notifications", "app.kubernetes.io/component": "worker"}
    return [
        # The identity provider's keys; an API has no business with Kafka, its worker publishes.
        _policy(
            "api",
            api,
            ingress=[_tcp("from", [*gateway, *monitoring], API_PORT)],
            egress=[stores, _tcp("to", ANYWHERE, 443)],
        ),
        _policy("worker", worker, ingress=[_tcp("from", monitoring, WORKER_PORT)], egress=[stores, kafka]),
        _policy("gateway", GATEWAY, ingress=[{"ports": _ports(8443, 8080)}], egress=[_tcp("to", _pods(api), API_PORT)]),
        _policy("mail", OURS | mail, egress=[_tcp("to", ANYWHERE, 25, 465, 587)]),
    ]


def init_policies() -> list[Resource]:
    """For the Job before a rollout."""
    stores, kafka = _tcp("to", _pods(MONGODB_PODS), MONGODB_PORT), _tcp("to", _pods(KAFKA_PODS), KAFKA_PORT)
    return [_policy("init", _halves("init"), egress=[stores, kafka])]


def backup_policies() -> list[Resource]:
    """For the jobs that dump."""
    return [_policy("backup", _halves("backup"), egress=[_tcp("to", _pods(MONGODB_PODS), MONGODB_PORT)])]


def _halves(half: str) -> dict[str, str]:
    return OURS | {"app.kubernetes.io/component": half}


def _policy(name: str, pods: dict[str, str], *, ingress: Any = None, egress: Any = None) -> Resource:
    spec: dict[str, Any] = {"podSelector": {"matchLabels": pods} if pods else {}, "policyTypes": []}
    for kind, rules in (("Ingress", ingress), ("Egress", egress)):
        if rules is not None:
            spec["policyTypes"].append(kind)
            if rules:
                spec[kind.lower()] = rules
    return resource(API, "NetworkPolicy", name, spec)


def _pods(matching: dict[str, str]) -> Peers:
    return [{"podSelector": {"matchLabels": matching}}]


def _namespace(name: str) -> Peers:
    return [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}]


def _tcp(direction: str, peers: Peers, *ports: int) -> dict[str, Any]:
    return {direction: list(peers), "ports": _ports(*ports)}


def _ports(*ports: int) -> list[dict[str, Any]]:
    return [{"protocol": "TCP", "port": port} for port in ports]


def _rule(direction: str, peers: Peers, port: int, protocol: str) -> dict[str, Any]:
    return {direction: list(peers), "ports": [{"protocol": protocol, "port": port}]}
