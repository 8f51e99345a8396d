"""``python -m deploy.k8s write|check|render|partner NAME``: the manifests that the code decides, and their renderings."""

import sys
from collections.abc import Sequence
from pathlib import Path

import yaml

from deploy.access.acls import partner_grants, partner_user
from deploy.k8s import asking, backups, gateway, kafka, mongodb, monitoring, network, rendering, workloads
from deploy.k8s.plan import ENTRY_POINTS
from deploy.k8s.rendering import OVERLAYS, PHASES, NoKustomize
from deploy.k8s.shapes import GENERATED, NAMESPACE, Resource, as_yaml, resource
from shared.contracts.topics import SERVICES, consumed_by

BASE = Path(__file__).parent / "base"

RESTRICTED = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}


def resources() -> dict[str, list[Resource]]:
    """Every generated file of the base by its path there."""
    files = {
        "platform/namespace.yaml": [resource("v1", "Namespace", NAMESPACE, labels=RESTRICTED)],
        "platform/kafka.yaml": kafka.cluster(),
        "platform/topics.yaml": kafka.topics(),
        "platform/users.yaml": kafka.users(),
        "platform/mongodb.yaml": [mongodb.replica_set(), *mongodb.account()],
        "platform/network.yaml": network.platform_policies(),
        "platform/account.yaml": [workloads.account()],
        "init/job.yaml": [workloads.init_job()],
        "init/network.yaml": network.init_policies(),
        "services/backups.yaml": [*backups.backups(), *network.backup_policies()],
        "services/gateway.yaml": gateway.gateway(),
        "services/network.yaml": network.service_policies(),
        "services/scaling.yaml": workloads.scaling_access(),
        "services/monitoring.yaml": monitoring.monitors(),
    }
    for service in SERVICES:
        files[f"services/{service}.yaml"] = _service(service)
    return files


def _service(service: str) -> list[Resource]:
    found = []
    for name, half in ENTRY_POINTS:
        if name == service:
            found += [workloads.deployment(service, half), workloads.disruption_budget(service, half)]
    found += [workloads.service_resource(service), workloads.api_scaler(service)]
    return [*found, workloads.worker_scaler(service)] if consumed_by(service) else found


def files() -> dict[Path, str]:
    """Text by path: the resources, and a kustomization for each phase."""
    texts = {BASE / path: as_yaml(found) for path, found in resources().items()}
    for phase in PHASES:
        names = sorted(path.name for path in texts if path.parent.name == phase)
        kustomization = {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "namespace": NAMESPACE,
            "resources": names,
        }
        texts[BASE / phase / "kustomization.yaml"] = GENERATED + yaml.safe_dump(kustomization, sort_keys=False)
    return texts


def stale() -> list[Path]:
    """Files that are not what the code says, renderings of something else, and files that nothing generates any more."""
    wanted = files()
    found = [path for path, text in wanted.items() if not path.exists() or path.read_text() != text]
    found += [path for path in BASE.rglob("*.yaml") if path not in wanted]
    for overlay in OVERLAYS:
        for phase in PHASES:
            path = rendering.path_of(overlay, phase)
            if not path.exists() or not path.read_text().startswith(rendering.header(overlay)):
                found.append(path)
    return found


def write() -> None:
    """Make the base what the code says."""
    wanted = files()
    for path in BASE.rglob("*.yaml"):
        if path not in wanted:
            path.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def render() -> None:
    """Make the renderings, and the page's rows that sum them up.

    Raises:
        NoKustomize: the program is not there.
    """
    rendering.RENDERED.mkdir(exist_ok=True)
    for overlay in OVERLAYS:
        for phase in PHASES:
            rendering.path_of(overlay, phase).write_text(rendering.rendered(overlay, phase))
    asking.PAGE.write_text(asking.told(asking.PAGE.read_text()))


_USAGE = f"usage: python -m deploy.k8s write|check|render|partner NAME. {__doc__}"


def main(arguments: Sequence[str]) -> int:
    """The command; exit code 1 where something is stale, 2 where something was typed wrongly."""
    match list(arguments):
        case ["write"]:
            write()
            try:
                render()
            except NoKustomize as absent:
                print(f"{absent}; the renderings were left as they are.")
            return 0
        case ["render"]:
            render()
            return 0
        case ["check"]:
            found = stale()
            for path in found:
                print(
                    f"{path.relative_to(BASE.parents[2])} is not what the code says; run `python -m deploy.k8s write`."
                )
            return 1 if found else 0
        case ["partner", name]:
            print(as_yaml([kafka.user(partner_user(name), partner_grants(name))]), end="")
            return 0
    if set(arguments) & {"-h", "--help"}:
        print(_USAGE)
        return 0
    print(_USAGE, file=sys.stderr)
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (NoKustomize, RuntimeError, ValueError) as error:
        sys.exit(f"deploy.k8s: {error}")
