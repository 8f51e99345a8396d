"""``python -m deploy.trial [--short] [--no-build]``: the compose file on a Docker engine, figures in build/compose-trial.json.

When it breaks off, all that its containers said is in build/compose-trial.log.
Where no engine is to be had it says so and ends with 0. Everything it starts is a Compose project of its own on free ports
of loopback, and is taken away at the end.
"""

import argparse
import asyncio
import json
import os
import secrets
import shutil
import sys
import time
from collections.abc import Callable
from typing import Any

from deploy.access.vault import Vault
from deploy.local.process import free_port
from deploy.trial import measures
from deploy.trial.engine import BASES, ROOT, Failed, NoEngine, Project, engine_or_reason, run
from deploy.trial.measures import APIS, PARTNER, WORKERS, Figures
from deploy.trial.people import Issuer, Visitors
from deploy.trial.profiles import PORTS, PROFILES, profiles

REPORT = ROOT / "build" / "compose-trial.json"
KEPT = ROOT / "build" / "compose-trial.log"
HOST = "emploi.creuse-trial.fr"
RATE = 8.0

BOUNDS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "health checks below 0.1 core": lambda f: f["health"]["health_check_cores"] < 0.1,
    # Twice and a half, of the five times that a storm of connections made of it.
    "workers do not hold up Kafka's restart": lambda f: f["kafka"]["times_as_long_as_alone"] <= 2.5,
    "fewer than 200 lines for a restart": lambda f: f["kafka"]["log_lines_of_workers"] < 200,
    "no write lost in the upgrade": lambda f: f["upgrade_load"]["lost"] == 0,
    "no 5xx in the upgrade": lambda f: f["upgrade_load"]["answers_5xx"] == 0,
    "no broken connection in the upgrade": lambda f: not f["upgrade_load"]["broken_connections"],
    "an upgrade keeps the scale": lambda f: f["upgrade"]["replicas_before"] == f["upgrade"]["replicas_after"],
    "stops below 10 s": lambda f: f["stop"]["slowest_stop_seconds"] < 10,
    "stops with 0": lambda f: not f["stop"]["exit_codes_not_0"],
    "closed paths are closed": lambda f: not f["doors"]["closed_paths_open"],
    "open paths are open": lambda f: not f["doors"]["open_paths_closed"],
    "partners read offers": lambda f: f["locks"]["partner_reads_offers"],
    "partners see no profiles": lambda f: not f["locks"]["partner_sees_profiles"],
    "strangers stay out": lambda f: not f["locks"]["strangers_let_in"],
    "databases are apart": lambda f: not f["locks"]["service_reads_foreign_database"],
    "profiles do what they are for": lambda f: not f.get("profiles", {}).get("wrong"),
    "every line is JSON": lambda f: f["lines"]["log_lines_that_are_no_json"] == 0,
}


def build(tag: str) -> Figures:
    """Both images, with whatever builder is here; TRIAL_BUILD_OPTIONS are more arguments of docker build."""
    options = os.environ.get("TRIAL_BUILD_OPTIONS", "").split()
    bases = [f"--build-arg={name}={os.environ.get(name, image)}" for name, image in BASES.items()]
    began = time.monotonic()
    for target, image in (("bassin", f"bassin:{tag}"), ("gateway", f"bassin-gateway:{tag}")):
        command = (
            "docker",
            "build",
            "-q",
            *options,
            *bases,
            "-f",
            "deploy/Dockerfile",
            "--target",
            target,
            "-t",
            image,
            ".",
        )
        run(*command, seconds=1_200)
    return {"build_seconds": round(time.monotonic() - began, 1)}


def image_sizes(tag: str) -> Figures:
    """MB of the image, and what of it is ours."""

    def megabytes(image: str) -> float:
        return int(run("docker", "image", "inspect", "--format", "{{.Size}}", image)) / 1e6

    whole, base = megabytes(f"bassin:{tag}"), megabytes(os.environ.get("PYTHON_IMAGE", BASES["PYTHON_IMAGE"]))
    return {
        "image_mb": round(whole),
        "without_base_mb": round(whole - base),
        "gateway_mb": round(megabytes(f"bassin-gateway:{tag}")),
    }


async def trial(project: Project, vault: Vault, visitors: Visitors, partners: str, short: bool) -> Figures:
    """Everything, in order. Each step's figures under its name."""
    figures: Figures = {}

    def note(name: str, found: Figures) -> None:
        figures[name] = found
        print(f"{name}: {json.dumps(found)}", flush=True)

    began = time.monotonic()
    await asyncio.to_thread(project.compose, "up", "-d")
    started = time.monotonic() - began
    await asyncio.to_thread(project.await_ready, [*APIS, *WORKERS], 300)
    note("start", {"started_seconds": round(started, 1), "ready_seconds": round(time.monotonic() - began, 1)})
    note("init_again", {"said": project.compose("run", "--rm", "--no-deps", "init").strip().splitlines()[-4:]})
    await visitors.prepare()
    note("doors", await measures.doors(visitors))
    _, first = await measures.under_load(visitors, RATE, dict, settle=3)
    note("deposits", first)
    await asyncio.sleep(3)
    note("locks", await measures.locks(project, vault, partners))
    note("kafka", await measures.kafka_restart(project, vault, partners))
    note("health", await asyncio.to_thread(measures.health_cost, project))
    if not short:
        note("profiles", await profiles(project, vault, visitors, f"https://{HOST}"))
        project.compose("--profile", "*", "stop", *PROFILES, check=False)
        note("rest", await asyncio.to_thread(measures.at_rest, project, 60))
        services = [*APIS, *WORKERS]
        sizes = {f"BASSIN_{name.upper().replace('-', '_')}_REPLICAS": "2" for name in services}
        project.environment |= sizes
        await asyncio.to_thread(project.compose, "up", "-d", "--no-deps", "--no-recreate", *services)
        seconds = await asyncio.to_thread(project.await_ready, services, 300)
        note("scale", {"containers": len(project.containers(*services)), "ready_seconds": round(seconds, 1)})
    measured, load = await measures.under_load(visitors, RATE, lambda: measures.upgrade(project, "offers-api"))
    note("upgrade", measured)
    note("upgrade_load", load)
    note("lines", measures.json_lines(project))
    note("stop", await asyncio.to_thread(measures.stop, project))
    return figures


def main() -> int:
    """Run it and say what held; 1 when something did not."""
    parser = argparse.ArgumentParser(prog="python -m deploy.trial", description=__doc__)
    parser.add_argument(
        "--short", action="store_true", help="leave out the profiles, scaling everything and the minute at rest"
    )
    parser.add_argument("--no-build", metavar="TAG", help="use bassin:TAG and bassin-gateway:TAG, which are there")
    arguments = parser.parse_args()
    REPORT.parent.mkdir(exist_ok=True)
    KEPT.unlink(missing_ok=True)
    try:
        version = engine_or_reason()
    except NoEngine as reason:
        print(f"skipped: the compose trial ({reason}).")
        REPORT.write_text(json.dumps({"skipped": str(reason)}) + "\n")
        return 0
    tag = arguments.no_build or "trial"
    figures: Figures = {"engine": version, "load_average": os.getloadavg(), "short": arguments.short}
    folder = ROOT / "build" / f"trial-{secrets.token_hex(3)}"
    vault = Vault(folder)
    https, http_port, partners = free_port(), free_port(), free_port()
    variables = {
        "BASSIN_IMAGE": f"bassin:{tag}",
        "BASSIN_GATEWAY_IMAGE": f"bassin-gateway:{tag}",
        "BASSIN_SECRETS": str(folder),
        "BASSIN_ENV_FILE": str(folder / "settings.env"),
        "BASSIN_ORIGIN": f"https://{HOST}",
        "BASSIN_JWKS": "/keys/jwks.json",
        "BASSIN_HTTPS_LISTEN": f"127.0.0.1:{https}",
        "BASSIN_HTTP_LISTEN": f"127.0.0.1:{http_port}",
        "BASSIN_PARTNERS_LISTEN": f"127.0.0.1:{partners}",
        "BASSIN_PARTNERS_ADDRESS": f"127.0.0.1:{partners}",
        "BASSIN_IDENTITY_IMAGE": f"bassin-identity:{tag}",
        **{variable: str(free_port()) for variable in PORTS.values()},
        "GATEWAY_RATE": "500r/s",
    }
    project = Project(f"bassin-trial-{secrets.token_hex(3)}", folder, variables)
    try:
        if arguments.no_build is None:
            figures["build"] = build(tag)
        figures["image"] = image_sizes(tag)
        vault.fill([HOST, "127.0.0.1"])
        vault.partner(PARTNER)
        mail = f"BASSIN_SMTP_HOST=sink\nBASSIN_SMTP_PORT=2525\nBASSIN_SMTP_FROM=Emploi <ne-pas-repondre@{HOST}>\n"
        (folder / "settings.env").write_text(mail)
        visitors = Visitors(f"https://127.0.0.1:{https}", folder / "ca.pem", Issuer(folder / "keys"))
        figures |= asyncio.run(trial(project, vault, visitors, f"127.0.0.1:{partners}", arguments.short))
        figures["held"] = {name: bool(bound(figures)) for name, bound in BOUNDS.items()}
    except Failed as failure:
        figures["failed"] = str(failure)
        print(f"failed: {failure}", file=sys.stderr)
    finally:
        if "held" not in figures:  # whatever it broke off by: nothing is left of the containers afterwards
            KEPT.write_text(project.kept())
            print(f"what its containers said: {KEPT.relative_to(ROOT)}", file=sys.stderr)
        project.down()
        shutil.rmtree(folder, ignore_errors=True)
        REPORT.write_text(json.dumps(figures, indent=1) + "\n")
    broken = [name for name, held in figures.get("held", {}).items() if not held]
    said = "it broke off" if "failed" in figures else "everything held"
    print(f"{REPORT.relative_to(ROOT)}: " + ("; ".join(f"NOT: {name}" for name in broken) or said))
    return 1 if broken or "failed" in figures else 0


if __name__ == "__main__":
    sys.exit(main())
