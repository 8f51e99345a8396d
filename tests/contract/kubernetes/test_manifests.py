"""The renderings of both overlays: what Kubernetes and the operators would take, and what the code needs."""

import copy
import importlib
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.access.acls import all_grants
from deploy.access.mongo import roles_of
from deploy.access.setting_up import AccessSettings
from deploy.backup.command import app as backup
from deploy.k8s.__main__ import stale
from deploy.k8s.plan import ENTRY_POINTS
from deploy.k8s.rendering import PHASES, NoKustomize, kustomize, path_of
from deploy.k8s.rendering import rendered as render
from deploy.local.mongo import CHANGED_PAGES, TRANSACTION_SECONDS
from shared.cli import make_cli
from shared.contracts.topics import SERVICES, TOPICS, consumer_group
from shared.kafka.topics import wanted_topics
from shared.service import Service
from shared.settings import Settings, load_settings
from tests.contract.kubernetes.cluster import OVERLAY_NAMES, lets_in, may_reach, of_kind, pods, rendered, variables
from tests.contract.kubernetes.schemas import complaints, complaints_of_pods

ROOT = Path(__file__).resolve().parents[3]
OVERLAYS = pytest.mark.parametrize("overlay", OVERLAY_NAMES)
JOBS = {"bassin-init": "init", "bassin-dump": "backup", "bassin-erasures": "backup"}
OURS = {"app.kubernetes.io/part-of": "bassin"}


def service_of(name: str) -> Service:
    service: Service = importlib.import_module(f"services.{name}.app").SERVICE
    return service


def own_pods(overlay: str) -> dict[str, dict[str, Any]]:
    """Those that run our image."""
    return {
        name: pod
        for name, pod in pods(overlay).items()
        if pod["spec"]["containers"][0].get("image", "").startswith("registry.example.org/bassin:")
    }


def test_what_is_generated_is_what_the_code_says() -> None:
    assert [str(path) for path in stale()] == []


@OVERLAYS
@pytest.mark.parametrize("phase", PHASES)
def test_the_rendering_is_what_kustomize_makes(overlay: str, phase: str) -> None:
    try:
        kustomize()
    except NoKustomize as absent:
        pytest.skip(str(absent))
    assert render(overlay, phase) == path_of(overlay, phase).read_text()


@OVERLAYS
def test_kubernetes_and_the_operators_take_every_resource(overlay: str) -> None:
    assert [complaint for resource in rendered(overlay) for complaint in complaints(resource)] == []
    assert [complaint for pod in pods(overlay).values() for complaint in complaints_of_pods(pod)] == []


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("Deployment", ("spec", "template", "spec", "securityContext", "runAsNotRoot")),
        ("ScaledObject", ("spec", "maxReplicas")),
        ("KafkaTopic", ("spec", "partition")),
        ("KafkaUser", ("spec", "acls")),
        ("MongoDBCommunity", ("spec", "replicas")),
        ("NetworkPolicy", ("spec", "outgress")),
        ("PodMonitor", ("spec", "metricsEndpoints")),
    ],
)
def test_a_field_that_nobody_knows_is_refused(kind: str, path: tuple[str, ...]) -> None:
    resource = copy.deepcopy(next(iter(of_kind("small", kind).values())))
    place = resource
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = "x"
    assert any(path[-1] in complaint for complaint in complaints(resource))


@OVERLAYS
def test_mongodb_is_started_as_the_local_stack_does(overlay: str) -> None:
    config = of_kind(overlay, "MongoDBCommunity")["bassin-mongodb"]["spec"]["additionalMongodConfig"]
    assert config["setParameter.transactionLifetimeLimitSeconds"] == TRANSACTION_SECONDS
    # Shares of the cache: in one of many GB the usual limits are plenty, and more would only make checkpoints long.
    small = config["storage.wiredTiger.engineConfig.cacheSizeGB"] <= 2
    assert config.get("storage.wiredTiger.engineConfig.configString") == (CHANGED_PAGES if small else None)


@OVERLAYS
def test_names_are_used_once(overlay: str) -> None:
    names = [(r["kind"], r["metadata"]["name"]) for r in rendered(overlay) if r["kind"] != "ConfigMap"]
    assert len(names) == len(set(names))


@OVERLAYS
def test_every_entry_point_is_deployed_with_a_command_that_exists(overlay: str) -> None:
    deployed = of_kind(overlay, "Deployment")
    assert {f"{service}-{half}" for service, half in ENTRY_POINTS} == set(deployed) - {"gateway"}
    for service, half in ENTRY_POINTS:
        container = deployed[f"{service}-{half}"]["spec"]["template"]["spec"]["containers"][0]
        assert container["args"] == [service, half]
        commands = make_cli(service_of(service)).registered_commands
        assert half in {command.name or getattr(command.callback, "__name__", "") for command in commands}
    entrypoint = (ROOT / "deploy" / "entrypoint.sh").read_text()
    commands = {command.name for command in backup.registered_commands}
    for name, program in JOBS.items():
        arguments = pods(overlay)[name]["spec"]["containers"][0]["args"]
        assert arguments[0] == program
        assert re.search(rf"^  {program}\) ", entrypoint, re.MULTILINE)
        assert program == "init" or arguments[1] in commands


@OVERLAYS
def test_ports_and_probes_are_those_of_the_image_and_the_code(overlay: str) -> None:
    image = (ROOT / "deploy" / "Dockerfile").read_text()
    ports = re.search(r"BASSIN_PORT=(\d+) BASSIN_WORKER_PORT=(\d+)", image)
    assert ports is not None
    paths = re.findall(r'route\("(/health/\w+)"', (ROOT / "shared" / "http" / "app.py").read_text())
    for service, half in ENTRY_POINTS:
        container = of_kind(overlay, "Deployment")[f"{service}-{half}"]["spec"]["template"]["spec"]["containers"][0]
        port = int(ports[1] if half == "api" else ports[2])
        assert container["ports"] == [{"name": "http", "containerPort": port}]
        variable = "BASSIN_PORT" if half == "api" else "BASSIN_WORKER_PORT"
        assert variables(overlay, {"spec": {"containers": [container]}})[variable] == str(port)
        probes = {name: container[name]["httpGet"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
        assert probes["startupProbe"]["path"] == probes["livenessProbe"]["path"] == "/health/live"
        assert probes["readinessProbe"]["path"] == "/health/ready"
        assert {probe["path"] for probe in probes.values()} <= set(paths)
        assert {probe["port"] for probe in probes.values()} == {"http"}
    assert f"USER {pods(overlay)['offers-api']['spec']['securityContext']['runAsUser']}" in image


@OVERLAYS
def test_a_pod_mounts_every_secret_that_compose_hands_the_same_service(overlay: str) -> None:
    composed = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    for name, pod in own_pods(overlay).items():
        if name in JOBS:
            continue
        files = {variable for variable in composed[name]["environment"] if variable.endswith("_FILE")}
        assert {"BASSIN_CURSOR_SECRET_FILE"} <= files
        given = {entry["name"] for entry in pod["spec"]["containers"][0]["env"]}
        # MongoDB's address is a secret with its account in it, and an API has no business with Kafka.
        elsewhere = {"BASSIN_MONGODB_PASSWORD_FILE"} | (
            {"BASSIN_KAFKA_PASSWORD_FILE"} if name.endswith("-api") else set()
        )
        assert files - given == elsewhere, name


@OVERLAYS
def test_services_start_with_the_variables_that_they_are_given(
    overlay: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("mongodb://u:p@mongodb/?x=0123456789012345678901234567890123456789\n")
    for name, pod in own_pods(overlay).items():
        service = AccessSettings if name in JOBS else service_of(name.rsplit("-", 1)[0]).settings
        fields = service.model_fields
        known = {f"BASSIN_{field.upper()}" for field in fields}
        known |= {str(field.validation_alias) for field in fields.values() if field.validation_alias}
        everybody = known | {
            f"BASSIN_{field.upper()}" for one in SERVICES for field in service_of(one).settings.model_fields
        }
        shown = of_kind(overlay, "ConfigMap")
        settings = next(data["data"] for map_name, data in shown.items() if map_name.startswith("bassin-settings"))
        assert set(settings) <= everybody
        own = {entry["name"] for entry in pod["spec"]["containers"][0]["env"]}
        assert {variable if variable in known else variable.removesuffix("_FILE") for variable in own} <= known, name
        with monkeypatch.context() as environment:
            for variable, value in variables(overlay, pod).items():
                # The secrets and certificates that a cluster would mount.
                usual = value.replace("example.org", "departement-23.fr")
                environment.setenv(variable, str(secret) if value.startswith("/run/") else usual)
            loaded = load_settings(service)
            loaded.refuse_what_cannot_work()
            assert loaded.mongodb_url.startswith("mongodb://u:p@")


@OVERLAYS
def test_what_is_mounted_is_what_the_variables_name(overlay: str) -> None:
    for name, pod in own_pods(overlay).items():
        container = pod["spec"]["containers"][0]
        mounted = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
        files = set()
        for volume in pod["spec"]["volumes"]:
            sources = volume.get("projected", {}).get("sources", [])
            items = [item for source in sources for item in source["secret"]["items"]]
            items += volume.get("secret", {}).get("items", [])
            files |= {f"{mounted[volume['name']]}/{item['path']}" for item in items}
        named = {value for value in variables(overlay, pod).values() if value.startswith("/run/")}
        assert named == files, name


@OVERLAYS
def test_the_gateway_is_the_image_of_compose(overlay: str) -> None:
    pod = pods(overlay)["gateway"]
    container = pod["spec"]["containers"][0]
    start = (ROOT / "deploy" / "gateway" / "start.sh").read_text()
    assert set(re.findall(r"GATEWAY_\w+", start)) >= set(variables(overlay, pod))
    image = (ROOT / "deploy" / "Dockerfile").read_text().partition("AS gateway")[2]
    assert f"USER {pod['spec']['securityContext']['runAsUser']}:" in image
    assert "EXPOSE " + " ".join(str(port["containerPort"]) for port in container["ports"]) in image
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["gateway"]
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert container[probe]["exec"]["command"] == compose["healthcheck"]["test"][1:]
    # The upstream that start.sh fills in: each API's Service by its whole name.
    assert {f"{service}-api" for service in SERVICES} <= set(of_kind(overlay, "Service"))
    assert variables(overlay, pod)["GATEWAY_UPSTREAM"] == "$upstream.bassin.svc.cluster.local:8000"
    door = of_kind(overlay, "Service")["gateway"]["spec"]
    assert door["externalTrafficPolicy"] == "Local", "requests are limited by the caller's address"


@OVERLAYS
def test_topics_are_the_manifests(overlay: str) -> None:
    copies = {"small": (1, 1), "national": (3, 2)}[overlay]
    settings = load_settings(
        Settings, environment="test", kafka_replication_factor=copies[0], kafka_min_insync_replicas=copies[1]
    )
    made = {
        name: (t["spec"]["partitions"], t["spec"]["replicas"], {k: str(v) for k, v in t["spec"]["config"].items()})
        for name, t in of_kind(overlay, "KafkaTopic").items()
    }
    wanted = {t.name: (t.num_partitions, t.replication_factor, t.topic_configs) for t in wanted_topics(settings)}
    assert made == wanted


@OVERLAYS
def test_users_may_what_the_manifest_says(overlay: str) -> None:
    made = {}
    for name, user in of_kind(overlay, "KafkaUser").items():
        rules = user["spec"]["authorization"]["acls"]
        assert {rule["type"] for rule in rules} == {"allow"}
        made[name] = sorted(
            (
                rule["resource"]["type"],
                rule["resource"].get("name", "kafka-cluster"),
                rule["resource"].get("patternType", "literal"),
                tuple(rule["operations"]),
            )
            for rule in rules
        )
    wanted = {
        user: sorted((g.resource.value, g.name, g.pattern.value, tuple(o.value for o in g.operations)) for g in granted)
        for user, granted in all_grants().items()
    }
    assert made == wanted


@OVERLAYS
def test_a_service_knows_its_own_database_only(overlay: str) -> None:
    users = {u["name"]: u for u in of_kind(overlay, "MongoDBCommunity")["bassin-mongodb"]["spec"]["users"]}
    for service in SERVICES:
        settings = load_settings(service_of(service).settings, environment="test")
        own = f"{settings.database_prefix}_{service}"
        roles = [{"role": role["name"], "db": role["db"]} for role in users[f"bassin-{service}"]["roles"]]
        assert roles == roles_of(service)
        assert {role["db"] for role in roles} == {own}


@OVERLAYS
def test_workers_scale_by_their_own_lag_up_to_the_partitions(overlay: str) -> None:
    scalers = of_kind(overlay, "ScaledObject")
    reading = {service: [t for t in TOPICS if service in t.consumers] for service in SERVICES}
    assert set(scalers) == {f"{service}-worker" for service, topics in reading.items() if topics}
    for service, topics in reading.items():
        if not topics:
            continue
        spec = scalers[f"{service}-worker"]["spec"]
        assert spec["scaleTargetRef"]["name"] == f"{service}-worker"
        assert spec["maxReplicaCount"] == max(topic.partitions for topic in topics)
        assert 1 <= spec["minReplicaCount"] <= spec["maxReplicaCount"]
        told = {(t["metadata"]["topic"], t["metadata"]["consumerGroup"]) for t in spec["triggers"]}
        assert told == {(topic.name, consumer_group(service, topic)) for topic in topics}
        assert "replicas" not in of_kind(overlay, "Deployment")[f"{service}-worker"]["spec"]
    apis = {scaler["spec"]["scaleTargetRef"]["name"] for scaler in of_kind(overlay, "HorizontalPodAutoscaler").values()}
    assert {f"{service}-api" for service in SERVICES} <= apis


@OVERLAYS
def test_pods_are_restricted(overlay: str) -> None:
    """The profile "restricted" of the Pod Security Standards, field by field, and a root that nobody can write."""
    namespace = of_kind(overlay, "Namespace")["bassin"]["metadata"]["labels"]
    assert namespace["pod-security.kubernetes.io/enforce"] == "restricted"
    for name, pod in pods(overlay).items():
        spec = pod["spec"]
        assert spec["securityContext"]["runAsNonRoot"] is True, name
        assert spec["securityContext"]["runAsUser"] > 0, name
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec), name
        allowed = {"name", "configMap", "emptyDir", "projected", "secret", "persistentVolumeClaim"}
        assert all(set(volume) <= allowed for volume in spec.get("volumes", ())), name
        for container in [*spec["containers"], *spec.get("initContainers", ())]:
            context = container["securityContext"]
            assert context["allowPrivilegeEscalation"] is False, name
            assert context["capabilities"] == {"drop": ["ALL"]}, name
    for name, pod in own_pods(overlay).items():
        container = pod["spec"]["containers"][0]
        assert container["securityContext"]["readOnlyRootFilesystem"] is True, name
        assert pod["spec"]["automountServiceAccountToken"] is False, name
        assert set(container["resources"]["requests"]) == {"cpu", "memory"}, name
        assert "memory" in container["resources"]["limits"], name
        assert {"name": "tmp", "mountPath": "/tmp"} in container["volumeMounts"], name


@OVERLAYS
def test_secrets_are_referred_to_and_never_written_down(overlay: str) -> None:
    assert not of_kind(overlay, "Secret")
    made = set(of_kind(overlay, "KafkaUser")) | {"bassin-kafka-cluster-ca-cert"}
    mongodb = of_kind(overlay, "MongoDBCommunity")["bassin-mongodb"]["spec"]["users"]
    made |= {user["connectionStringSecretName"] for user in mongodb}
    brought = {"bassin-secrets"}
    [certificate] = [v for v in pods(overlay)["gateway"]["spec"]["volumes"] if v["name"] == "certificate"]
    assert certificate["secret"]["secretName"] == "gateway-certificate"
    for name, pod in own_pods(overlay).items():
        for volume in pod["spec"]["volumes"]:
            sources = [source["secret"]["name"] for source in volume.get("projected", {}).get("sources", [])]
            sources += [volume["secret"]["secretName"]] if "secret" in volume else []
            assert set(sources) <= made | brought, name
        for variable, value in variables(overlay, pod).items():
            assert "password" not in variable.lower() or value.startswith("/run/"), variable


@OVERLAYS
def test_a_rollout_stops_nobody_before_a_successor_is_ready(overlay: str) -> None:
    for name, deployment in of_kind(overlay, "Deployment").items():
        rolling = deployment["spec"]["strategy"]["rollingUpdate"]
        assert (rolling["maxUnavailable"], rolling["maxSurge"]) == (0, 1), name
        pod = deployment["spec"]["template"]["spec"]
        pause = pod["containers"][0].get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        assert name.endswith("-worker") or pause > 0, name
        from_stop_to_kill = pod["terminationGracePeriodSeconds"]
        assert from_stop_to_kill >= pause + 10, name
        assert name in of_kind(overlay, "PodDisruptionBudget"), name


@OVERLAYS
def test_the_network_lets_through_what_is_needed_and_nothing_else(overlay: str) -> None:
    mongodb = {"app": "bassin-mongodb-svc"}
    gateway = OURS | {"app.kubernetes.io/name": "gateway", "app.kubernetes.io/component": "gateway"}
    stranger = {"app": "stranger"}
    labels = {name: pod["metadata"]["labels"] for name, pod in own_pods(overlay).items()}
    assert lets_in(overlay, gateway, stranger, 8443)
    assert not lets_in(overlay, gateway, stranger, 8081)
    for name, own in labels.items():
        assert may_reach(overlay, own, mongodb, 27017), name
        assert not may_reach(overlay, stranger, own, 8000), name
        assert not may_reach(overlay, gateway, own, 8100), name
    for service in SERVICES:
        assert may_reach(overlay, gateway, labels[f"{service}-api"], 8000)
        assert not may_reach(overlay, labels["offers-api"], labels[f"{service}-api"], 8000)
    assert not may_reach(overlay, stranger, mongodb, 27017)
    assert not may_reach(overlay, labels["offers-api"], mongodb, 22)
