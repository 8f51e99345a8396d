"""``python -m deploy.sbom``: what the image is made of, as CycloneDX 1.6 JSON, from the lock alone and without a network.

Components are the locked packages that an interpreter of the image's version installs on Linux, with the hashes that pip
checks, and what requires what. Licences are those that the packages declare where they are installed beside this.
"""

import argparse
import importlib.metadata
import json
import re
import sys
import uuid
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "runtime.txt"
PYTHON = "3.12"
_ENVIRONMENT = {
    "python_version": PYTHON,
    "python_full_version": f"{PYTHON}.0",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "os_name": "posix",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
    "platform_machine": "x86_64",
}
_CAUSE = re.compile(r"^\s+#\s+(?:via\s+)?(\S.*?)\s*$")


def sbom(lock: str) -> dict[str, Any]:
    """The bill of a lock as ``uv pip compile --generate-hashes`` writes it.

    Raises:
        ValueError: a line is no pinned requirement, or one without hashes.
    """
    components: dict[str, dict[str, Any]] = {}
    needs: dict[str, set[str]] = {}
    for block in re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"^#.*\n", "", lock, flags=re.MULTILINE)):
        head, _, rest = block.partition("\n")
        if not head.strip():
            continue
        requirement = Requirement(head.rstrip("\\ "))
        (pin,) = requirement.specifier
        if pin.operator != "==":
            raise ValueError(f"{requirement.name} is not pinned.")
        if requirement.marker is not None and not requirement.marker.evaluate(_ENVIRONMENT):
            continue
        hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})", rest)
        if not hashes:
            raise ValueError(f"{requirement.name} has no hash.")
        name = canonicalize_name(requirement.name)
        purl = f"pkg:pypi/{name}@{pin.version}"
        components[name] = {
            "type": "library",
            "bom-ref": purl,
            "name": name,
            "version": pin.version,
            "purl": purl,
            "hashes": [{"alg": "SHA-256", "content": one} for one in sorted(hashes)],
            **_licence(name),
        }
        needs[name] = {canonicalize_name(cause) for line in rest.splitlines() for cause in _causes(line)}
    return _document(components, needs)


def _causes(line: str) -> list[str]:
    found = _CAUSE.match(line)
    if found is None or found[1] == "via":
        return []
    return ["bassin" if found[1].startswith("bassin ") else found[1]]


def _document(components: dict[str, dict[str, Any]], needs: dict[str, set[str]]) -> dict[str, Any]:
    ours = "pkg:generic/bassin"
    refs = {name: component["bom-ref"] for name, component in components.items()} | {"bassin": ours}
    wanted: dict[str, list[str]] = {ref: [] for ref in refs.values()}
    for name, causes in needs.items():
        for cause in causes & refs.keys():
            wanted[refs[cause]].append(refs[name])
    # The same lock is the same bill: its number is made of what it lists.
    number = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(sorted(refs.values())))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{number}",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": ours, "name": "bassin"}},
        "components": [components[name] for name in sorted(components)],
        "dependencies": [{"ref": ref, "dependsOn": sorted(wanted[ref])} for ref in sorted(wanted)],
    }


def _licence(name: str) -> dict[str, Any]:
    try:
        metadata = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return {}
    if "License-Expression" in metadata:
        return {"licenses": [{"expression": metadata["License-Expression"]}]}
    classifiers = metadata.get_all("Classifier") or []
    classified = [one.rsplit(" :: ", 1)[-1] for one in classifiers if one.startswith("License ::")]
    return {"licenses": [{"license": {"name": one}} for one in classified]} if classified else {}


if __name__ == "__main__":
    argparse.ArgumentParser(prog="python -m deploy.sbom", description=__doc__).parse_args()
    json.dump(sbom(LOCK.read_text()), sys.stdout, indent=1, sort_keys=True)
    print()
