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
from services.matching.domain.affinity import REQUIRED_WEIGHT, WISHED_WEIGHT
from services.matching.domain.configuration import Configuration
from services.matching.domain.scale import SCALE
from tests.bench.index import TOP_PROFILES
from tests.bench.index_rows import People
from tests.bench.peers import CHECKED, Answers, Comparison, Question, documents, metres_of_nearest

Connection = psycopg.Connection[tuple[Any, ...]]

EXTENSIONS = ("postgis", "intarray")
START_SECONDS = 15
QUESTION_SECONDS = 60
_COLUMNS = (
    "x", "y", "z", "reach", "place", "minutes_max", "wished_minutes", "wage_floor", "wished_contracts", "restricted",
)  # fmt: skip

# Memory as on a small server; nothing is waited for or started that answers do not need.
_SETTINGS = (
    "listen_addresses=", "shared_buffers=512MB", "work_mem=64MB", "maintenance_work_mem=256MB", "max_wal_size=4GB",
    "random_page_cost=1.1", "jit=off", "max_parallel_workers_per_gather=0", "autovacuum=off",
    "fsync=off", "synchronous_commit=off", "full_page_writes=off",
)  # fmt: skip

_TABLE = """
    CREATE TABLE loaded (
        id int, lon float8, lat float8, reach_m float8, wishes int[], lacks bigint, w1 int, w2 int, w3 int,
        m1 int, m2 int, m3 int, skills int[], x bigint, y bigint, z bigint, reach bigint, place int,
        minutes_max int, wished_minutes int, wage_floor int,
        wished_contracts int, restricted bool
    )
"""
_PLACED = "ST_SetSRID(ST_MakePoint({lon}, {lat}), 4326)"

# The fastest of those tried (p50/p99 ms when ours took 0.3/1.2): the box of a person's range in the index beside the
# place ends the search where few pass, and neighbours lie in the same pages. 0.5/1.6. Without the box 0.6/19, without
# the order of the rows 1.0/2.4; box and occupations, then a sort 2.3/25; the place alone 2.0/61, and a GIN index on the
# occupations beside it is not used. Degrees of 111 km are a little too short: no box is too small.
_PEOPLE = f"""
    CREATE TABLE people AS
        SELECT placed.*, spot::geography AS home, ST_Expand(spot, reach_m / 111000 / cosd(lat), reach_m / 111000) AS range
        FROM (SELECT *, {_PLACED.format(lon="lon", lat="lat")} AS spot FROM loaded) AS placed ORDER BY spot;
    CREATE INDEX ON people USING gist (home, range, wishes gist__intbig_ops(siglen=128))
"""
_HERE = _PLACED.format(lon="%(lon)s", lat="%(lat)s")
_PASSING = f"range && {_HERE} AND wishes && %(near)s::int[] AND lacks & %(needed)s = 0"
_NEAREST = f"""
    SELECT id, home <-> {_HERE}::geography AS away FROM people
    WHERE {_PASSING} AND home <-> {_HERE}::geography <= reach_m
    ORDER BY away LIMIT {TOP_PROFILES}
"""


def _same_work(c: Configuration) -> str:
    """The score of ``domain.affinity`` in SQL on whole numbers, and the best fifty by it."""
    w = c.weights

    def points(wish: str) -> str:
        return f"coalesce((%(points)s::int[])[idx(%(near)s::int[], {wish})], 0)"

    held = "{weight} * icount(skills & {asked}::int[])"
    has = " + ".join(
        [
            held.format(weight=REQUIRED_WEIGHT, asked="%(required)s"),
            held.format(weight=WISHED_WEIGHT, asked="%(asked)s"),
        ]
    )
    practised = f"greatest(p1 * m1 / {SCALE}, p2 * m2 / {SCALE}, p3 * m3 / {SCALE})"
    spare = f"greatest(0, {practised} - %(months)s - {c.ample_months})"
    # The people and offers of this country ask nothing in words: of the demands, only much experience counts.
    green = f"%(months)s >= {c.inexperienced_months} AND 2 * {practised} < %(months)s"
    left = f"({SCALE} - {SCALE - c.ample_floor} * least({spare}, {c.ample_months}) / {c.ample_months})"
    shares = ", ".join(f"p{n} * least(m{n}, %(months)s) / %(months)s" for n in (1, 2, 3))
    enough = f"CASE WHEN %(months)s = 0 THEN {SCALE} ELSE greatest({shares}) END"
    wishes = [
        f"CASE WHEN wished_contracts = 0 THEN {c.neutral} WHEN wished_contracts & %(contract)s <> 0 THEN {SCALE} "
        f"ELSE {c.other_contract} END",
        f"CASE WHEN wished_minutes = -1 OR %(minutes)s = -1 THEN {c.neutral} "
        f"ELSE {SCALE} - {SCALE} * least(abs(%(minutes)s - wished_minutes), {c.hours_tolerance}) / {c.hours_tolerance} END",
        f"CASE WHEN wage_floor = 0 OR %(wage)s = -1 THEN {c.neutral} ELSE {SCALE} * least(%(wage)s, wage_floor) / wage_floor END",
        f"CASE WHEN restricted AND %(schedule_known)s THEN {SCALE} ELSE {c.neutral} END",
    ]
    squared = " + ".join(f"({axis} - %({axis})s) * ({axis} - %({axis})s)" for axis in ("x", "y", "z"))
    return f"""
        SELECT id, score FROM (
            SELECT id, place, o, g,
                {w.occupation} * o + {w.skills} * s + {w.distance} * d + {w.experience} * e + {w.wishes} * h
                + {w.mutual} * (((o + d + h) / 3) * ((o + s + e) / 3) / {SCALE})
                + {w.demands} * g + {w.freshness} * %(freshness)s + {w.reply} * %(reply)s AS score
            FROM (
                SELECT id, place, greatest(p1, p2, p3)::bigint AS o,
                    {c.skills_floor} + CASE WHEN %(asked_weight)s = 0 THEN 0
                        ELSE {SCALE - c.skills_floor} * ({has}) / %(asked_weight)s END AS s,
                    {SCALE} - {SCALE - c.distance_floor} * least(floor(sqrt(squared))::bigint, reach) / greatest(1, reach) AS d,
                    ({enough})::bigint * {left} / {SCALE} AS e,
                    ({" + ".join(wishes)}) / 4 AS h,
                    (CASE WHEN {green} THEN {c.inexperienced} ELSE {SCALE} END)::bigint AS g
                FROM (
                    SELECT *, {squared} AS squared, {points("w1")} AS p1, {points("w2")} AS p2, {points("w3")} AS p3
                    FROM people WHERE {_PASSING} AND (%(minutes)s = -1 OR %(minutes)s <= minutes_max)
                    OFFSET 0
                ) AS passing WHERE squared <= reach * reach
            ) AS terms
        ) AS scored WHERE score >= {c.minimum} AND o * g / {SCALE} >= {c.minimum_affinity}
        ORDER BY score DESC, place LIMIT {TOP_PROFILES}
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
            named = (row[name] for name in _COLUMNS)
            placed = (row["_id"], *row["home"]["coordinates"], row["reach_m"], row["wishes"], row["lacks"])
            copy.write_row((*placed, *row["codes"], *row["months"], row["skills"], *named))
    connection.execute(_PEOPLE)
    connection.execute("VACUUM ANALYZE people")
    # From here on: loading may take its time, a question that takes this long is an error.
    connection.execute(f"SET statement_timeout = '{QUESTION_SECONDS}s'")


def nearest(connection: Connection, question: Question) -> list[tuple[Any, ...]]:
    """The nearest fifty who pass, with metres, by a statement that is prepared once."""
    return connection.execute(_NEAREST, vars(question), prepare=True, binary=True).fetchall()


def main(quick: bool = False) -> dict[str, Any]:
    """PostGIS and our index in turns; without the package the report says that it is not there."""
    bindir = programs()
    if bindir is None:
        return {
            "peers": {"postgis": "not measured: PostGIS is not installed on this machine"},
            "ratio": {"index_vs_postgis": None, "index_vs_postgis_p99": None},
        }
    comparison = Comparison.draw(quick)
    statement = _same_work(comparison.configuration)
    with running_server(bindir) as connection:
        load(connection, comparison.people)
        for question in comparison.questions[:CHECKED]:
            found = [away for _, away in nearest(connection, question)]
            expected = metres_of_nearest(comparison.people, question)
            if len(found) != len(expected) or not np.allclose(found, expected, atol=1):
                raise ValueError(f"PostGIS found other people than are there: {question}")

        def same(question: Question) -> Answers:
            rows = connection.execute(statement, vars(question), prepare=True, binary=True).fetchall()
            return [(int(id), int(score)) for id, score in rows]

        comparison.check(same)
        return comparison.report("postgis", same, lambda question: nearest(connection, question))
