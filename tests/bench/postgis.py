"""What PostGIS answers, on a server of its own for the time of the bench, where its Debian package is installed."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psycopg

from deploy.local.process import Process, StartFailed
from tests.bench.index import TOP_PROFILES
from tests.bench.index_rows import People
from tests.bench.peers import WARM_UP, Comparison, Question, documents, metres_of_nearest
from tests.bench.timing import timed

Connection = psycopg.Connection[tuple[Any, ...]]

EXTENSIONS = ("postgis", "intarray")
START_SECONDS = 15
CHECKED = 40

# Memory as on a small server; nothing is waited for or started that answers do not need.
_SETTINGS = (
    "listen_addresses=", "shared_buffers=512MB", "work_mem=64MB", "maintenance_work_mem=256MB", "max_wal_size=4GB",
    "random_page_cost=1.1", "jit=off", "max_parallel_workers_per_gather=0", "autovacuum=off", "statement_timeout=10s",
    "fsync=off", "synchronous_commit=off", "full_page_writes=off",
)  # fmt: skip

_TABLE = "CREATE TABLE loaded (id int, lon float8, lat float8, reach_m float8, wishes int[], lacks bigint)"
_PLACED = "ST_SetSRID(ST_MakePoint({lon}, {lat}), 4326)"

# The fastest of those tried (p50/p99 ms when ours took 0.3/1.2): the box of a person's range in the index beside the
# place ends the search where few pass, and neighbours lie in the same pages. 0.5/1.6. Without the box 0.6/19, without
# the order of the rows 1.0/2.4; box and occupations, then a sort 2.3/25; the place alone 2.0/61, and a GIN index on the
# occupations beside it is not used. Degrees of 111 km are a little too short: no box is too small.
_PEOPLE = f"""
    CREATE TABLE people AS
        SELECT id, place::geography AS home, reach_m, wishes, lacks,
            ST_Expand(place, reach_m / 111000 / cosd(lat), reach_m / 111000) AS range
        FROM (SELECT *, {_PLACED.format(lon="lon", lat="lat")} AS place FROM loaded) AS placed ORDER BY place;
    CREATE INDEX ON people USING gist (home, range, wishes gist__intbig_ops(siglen=128))
"""
_HERE = _PLACED.format(lon="%(lon)s", lat="%(lat)s")
_NEAREST = f"""
    SELECT id, home <-> {_HERE}::geography AS away FROM people
    WHERE range && {_HERE} AND wishes && %(near)s::int[] AND lacks & %(needed)s = 0
        AND home <-> {_HERE}::geography <= reach_m
    ORDER BY away LIMIT {TOP_PROFILES}
"""


def programs() -> Path | None:
    """Folder of a PostgreSQL server that has PostGIS; Debian keeps one per version, the newest is taken."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_config"), reverse=True)
    for config in [*found, shutil.which("pg_config")]:
        if config is None:
            continue
        answer = subprocess.run([config, "--bindir", "--sharedir"], capture_output=True, text=True, check=False)
        bindir, _, sharedir = answer.stdout.strip().partition("\n")
        controls = [Path(sharedir, "extension", f"{name}.control") for name in EXTENSIONS]
        if Path(bindir, "postgres").exists() and all(control.exists() for control in controls):
            return Path(bindir)
    return None


@contextmanager
def running_server(bindir: Path) -> Iterator[Connection]:
    """A connection to a new, empty server; both and its files are gone afterwards.

    It listens on a socket in its folder alone, which nobody else may enter. PostgreSQL refuses to run as root: then it
    runs as ``postgres``, and the signal that ends it with this process is set again, for changing users clears it.

    Raises:
        StartFailed: the server ended or was not ready in time; the message has the end of its log.
    """
    folder = Path(tempfile.mkdtemp(prefix="bassin-postgis-"))
    become: list[str] = []
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        become = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--pdeathsig=INT"]
    data = str(folder / "data")
    settings = [part for setting in (*_SETTINGS, f"unix_socket_directories={folder}") for part in ("-c", setting)]
    argv = [*become, str(bindir / "postgres"), "-D", data, *settings]
    server = Process("PostgreSQL", argv, log=folder / "log", cwd=folder)
    try:
        initdb = [*become, str(bindir / "initdb"), "-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8", "--locale=C"]
        made = subprocess.run([*initdb, "--no-sync"], cwd=folder, capture_output=True, text=True, check=False)
        if made.returncode:
            raise StartFailed(f"initdb: {made.stderr.strip()}")
        server.start()
        with _connected(server, folder) as connection:
            yield connection
    finally:
        server.terminate()
        shutil.rmtree(folder, ignore_errors=True)


def _connected(server: Process, folder: Path) -> Connection:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            return psycopg.connect(host=str(folder), user="bench", dbname="postgres", autocommit=True)
        except psycopg.OperationalError as error:
            if not server.running or time.monotonic() > until:
                raise StartFailed(f"PostgreSQL is not ready: {server.tail()}") from error
            time.sleep(0.05)


def load(connection: Connection, people: People) -> None:
    """Put the people where ``nearest`` looks for them."""
    for name in EXTENSIONS:
        connection.execute(f"CREATE EXTENSION {name}")
    connection.execute(_TABLE)
    with connection.cursor() as cursor, cursor.copy("COPY loaded FROM STDIN") as copy:
        for row in documents(people):
            copy.write_row((row["_id"], *row["home"]["coordinates"], row["reach_m"], row["wishes"], row["lacks"]))
    connection.execute(_PEOPLE)
    connection.execute("VACUUM ANALYZE people")


def nearest(connection: Connection, question: Question) -> list[tuple[Any, ...]]:
    """The nearest fifty who pass, with metres, by a statement that is prepared once."""
    return connection.execute(_NEAREST, vars(question), prepare=True, binary=True).fetchall()


def main(quick: bool = False) -> dict[str, Any]:
    """PostGIS, then our index on the same offers; without the package the report says that it is not there."""
    bindir = programs()
    if bindir is None:
        return {
            "peers": {"postgis": "not measured: PostGIS is not installed on this machine"},
            "ratio": {"index_vs_postgis": None, "index_vs_postgis_p99": None},
        }
    comparison = Comparison.draw(quick)
    with running_server(bindir) as connection:
        load(connection, comparison.people)
        for question in comparison.questions[:CHECKED]:
            found = [away for _, away in nearest(connection, question)]
            expected = metres_of_nearest(comparison.people, question)
            if len(found) != len(expected) or not np.allclose(found, expected, atol=1):
                raise ValueError(f"PostGIS found other people than are there: {question}")
        taken = timed(lambda question: nearest(connection, question), comparison.questions, warm_up=WARM_UP)
    return comparison.report("postgis", "postgis", taken)
