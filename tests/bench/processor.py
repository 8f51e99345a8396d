"""Processor time of other processes, and what a MongoDB server did: neither grows because a neighbour is busy."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from deploy.local.engines import ApacheKafka, Engines, Mongod

_TICKS = os.sysconf("SC_CLK_TCK")
# What a server or driver asks for itself, and what a measurement asks.
_NOT_WORK = frozenset(
    {"hello", "isMaster", "ping", "serverStatus", "buildInfo", "endSessions", "replSetUpdatePosition"}
)


def engine_pids(engines: Engines) -> dict[str, int]:
    """MongoDB and Kafka where they were started here and run as one process each; else there is nothing to read."""
    found: dict[str, int | None] = {}
    if isinstance(engines.mongod, Mongod):
        found["mongod"] = engines.mongod.process.pid
    if isinstance(engines.kafka, ApacheKafka):
        found["kafka"] = engines.kafka.nodes[0].process.pid
    return {name: pid for name, pid in found.items() if pid is not None}


def processor_seconds(pids: Mapping[str, int]) -> dict[str, float]:
    """User and system time so far of each process, all of its threads together. Needs Linux's /proc."""
    found = {}
    for name, pid in pids.items():
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        found[name] = (int(fields[11]) + int(fields[12])) / _TICKS
    return found


@dataclass(frozen=True)
class Work:
    """Documents that were written and deleted, and commands that were asked, on a whole server."""

    inserted: int
    updated: int
    deleted: int
    commands: int

    def __sub__(self, before: "Work") -> "Work":
        return Work(
            self.inserted - before.inserted,
            self.updated - before.updated,
            self.deleted - before.deleted,
            self.commands - before.commands,
        )


def work_of(client: MongoClient[dict[str, Any]]) -> Work:
    """What the server did since it started."""
    metrics = client.admin.command("serverStatus")["metrics"]
    documents, commands = metrics["document"], metrics["commands"]
    asked = sum(
        int(figures["total"])
        for name, figures in commands.items()
        if name not in _NOT_WORK and isinstance(figures, dict) and "total" in figures
    )
    return Work(int(documents["inserted"]), int(documents["updated"]), int(documents["deleted"]), asked)
