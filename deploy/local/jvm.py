"""Servers on the JVM from Maven Central's artifacts: the ``java`` to run and the folder that Maven filled."""

import hashlib
import os
import re
import shutil
import subprocess
import uuid
from collections.abc import Callable
from pathlib import Path

from deploy.local.engine import EngineMissing

LEAST_JAVA = 17

# Started and killed often, in tests: a small heap, the cheap collector, the first compiler only (Kafka starts in 1.4 s).
FAST_START = ("-Xms64m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")


def java_binary(setting: str, alternatives: str) -> str:
    """The ``java`` to run. ``setting`` is what asked for it, ``alternatives`` a sentence for who has none.

    Raises:
        EngineMissing: when there is none, or it is older than 17, the least that Kafka 4 and Keycloak 26 run on.
    """
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    if java is None:
        raise EngineMissing(f"{setting} needs Java {LEAST_JAVA} or later, and no java was found. {alternatives}")
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', told)
    if version is None or int(version[1]) < LEAST_JAVA:
        first_line = told.strip().splitlines()[0] if told.strip() else "no version"
        raise EngineMissing(f"{setting} needs Java {LEAST_JAVA} or later; {java} says {first_line}. {alternatives}")
    return java


def from_maven(
    pom: Path, name: str, goal: str, setting: str, alternatives: str, finish: Callable[[Path], None] | None = None
) -> Path:
    """Folder of what ``goal`` of Maven's dependency plugin fetches, once per content of ``pom``, in the user's cache.

    ``finish`` prepares what was fetched, before anybody sees the folder.

    Raises:
        EngineMissing: when Maven is missing or cannot fetch it.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bassin"
    folder = cache / f"{name}-{hashlib.sha256(pom.read_bytes()).hexdigest()[:12]}"
    if folder.is_dir():
        return folder
    maven = shutil.which("mvn")
    if maven is None:
        raise EngineMissing(f"{setting} fetches {name} with Maven, and no mvn was found. {alternatives}")
    cache.mkdir(parents=True, exist_ok=True)
    # Built aside and renamed, so that two runs at once, or one that is interrupted, never leave half a folder.
    unfinished = cache / f"{folder.name}.{uuid.uuid4().hex}"
    try:
        fetched = subprocess.run(
            [
                *(maven, "-q", "-B", "-f", str(pom), f"dependency:{goal}", f"-DoutputDirectory={unfinished}"),
                # What Maven remembers having unpacked would lie beside the pom, and keep it from doing so again.
                f"-DmarkersDirectory={unfinished / 'markers'}",
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if fetched.returncode != 0:
            raise EngineMissing(f"Maven could not fetch {name}: {fetched.stdout[-800:].strip()} {alternatives}")
        if finish is not None:
            finish(unfinished)
        unfinished.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder
