"""The overlays as ``kustomize`` makes them, committed, so that people and tests see the whole without it.

Each file begins with a hash of all that it is made of: whether it is stale shows without kustomize.
"""

import hashlib
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
RENDERED = HERE / "rendered"
OVERLAYS = ("small", "national")
PHASES = ("platform", "init", "services")
"""In the order in which they are applied."""

KUSTOMIZE = "sigs.k8s.io/kustomize/kustomize/v5@v5.8.1"


class NoKustomize(Exception):
    """The program is not on this machine; the message says how it gets there."""


def kustomize() -> str:
    """The program: on the path, where Go installs it, or in ``build/tools`` (``make k8s`` puts it there).

    Raises:
        NoKustomize: it is in neither place.
    """
    here = HERE.parents[1] / "build" / "tools" / "kustomize"
    found = shutil.which("kustomize") or (str(here) if here.exists() else None)
    if found is None:
        raise NoKustomize(f"kustomize is not on this machine (make k8s installs {KUSTOMIZE} where there is Go)")
    return found


def rendered(overlay: str, phase: str) -> str:
    """What would be applied.

    Raises:
        NoKustomize: the program is not there.
        RuntimeError: it refuses the files; the message is its own.
    """
    command = [kustomize(), "build", str(HERE / "overlays" / overlay / phase)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        raise RuntimeError(run.stderr.strip())
    return header(overlay) + run.stdout


def header(overlay: str) -> str:
    """Says what the file was made of."""
    return f"# Made by `python -m deploy.k8s render`; sources {_digest(overlay)}\n"


def path_of(overlay: str, phase: str) -> Path:
    """Where the rendering is committed."""
    return RENDERED / f"{overlay}-{phase}.yaml"


def _digest(overlay: str) -> str:
    digest = hashlib.sha256()
    for folder in (HERE / "base", HERE / "overlays" / overlay):
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            digest.update(f"{file.relative_to(HERE)}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:32]
