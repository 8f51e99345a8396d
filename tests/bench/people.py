"""The pool of CVs over 100,000 profiles beside the bare query of MongoDB, and CVs set in a second.

Run: ``python -m tests.bench.people [--quick]``; writes ``build/bench-people.json``.
"""

import argparse
import asyncio
import json
import os
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from deploy.local.engines import Engines, running_engines
from services.profiles.commands.pool import communes_within
from services.profiles.domain.details import ProfileDetails
from services.profiles.domain.home import Home
from services.profiles.domain.pool import TEXT_VERSION, PoolConsent
from services.profiles.domain.profile import Profile
from services.profiles.queries import pool
from shared.auth.local import ensure_local_keys
from shared.http import Cursor
from shared.ids import derived_id, new_id
from shared.logs import configure_logs
from shared.reference.communes import Commune, Communes
from shared.reference.occupations import Occupations
from shared.store.codec import to_document
from tests.bench.stage import ROOT
from tests.bench.timing import Taken, percentiles
from tests.support import Running, Stack

OUT = ROOT / "build" / "bench-people.json"
SEED = 23
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
TOGETHER = ["17", "19", "23", "24", "33", "36", "37", "41", "46", "63", "79", "86", "87", "03", "15", "16", "18"]
"""As many départements as share one installation: people live in them as they do there."""
_A_PAGE = 20
_SEARCHES_OF_AN_ACCOUNT = 8
"""An account reads 200 people a day at most."""


def documents(count: int, communes: Sequence[Commune], occupations: Sequence[str]) -> list[dict[str, Any]]:
    """Stored profiles: copies of one that the domain made, each elsewhere and with other wishes; a third is not in the pool."""
    rng = random.Random(SEED)
    known = {one.code: [code for code, _ in one.skills] for one in Occupations.load()}
    details = ProfileDetails.model_validate(
        {
            "first_name": "Nadia",
            "last_name": "Lemoine",
            "email": "nadia@example.org",
            "phone": "+33612345678",
            "travel": [{"means": "car", "range_km": 30}],
            "cv": {
                "presentation": "Patiente et ponctuelle, je cherche un poste près de chez moi.",
                "experiences": [
                    {"title": "Aide à domicile", "employer": "Association", "begin": "2019-03", "end": "2024-06"}
                ],
            },
        }
    )
    home = Home(commune_code="23096", commune_name="Guéret", postcode="23000", lat=46.17, lon=1.87)
    base = Profile.register("template", "23", details, home, owner_id=None, counsellor_ids=("lea",), now=NOW)
    base.enter_pool(PoolConsent(pseudonym="template", text_version=TEXT_VERSION, given_at=NOW, acted_by="lea"), NOW)
    template = to_document(base)
    weights = [max(1, one.population) for one in communes]
    # Many look for the same few occupations, as everywhere: the n-th is wished a n-th as often as the first.
    common = [1 / (number + 1) for number in range(len(occupations))]
    made = []
    for number, commune in enumerate(rng.choices(communes, weights, k=count)):
        wished = rng.choices(occupations, common, k=rng.randrange(1, 4))
        skills = [code for one in wished for code in rng.sample(known[one], min(3, len(known[one])))]
        free = (NOW.date() + timedelta(days=rng.randrange(1, 90))).isoformat() if rng.random() < 0.3 else None
        place = {"commune_code": commune.code, "commune_name": commune.name, "lat": commune.lat, "lon": commune.lon}
        changed = {
            "_id": derived_id("bench", str(number)),
            "territory": commune.department,
            "home": template["home"] | place,
            "details": template["details"]
            | {
                "occupations": [
                    {"code": one, "experience_months": rng.randrange(200)} for one in dict.fromkeys(wished)
                ],
                "skills": list(dict.fromkeys(skills)),
                "availability": template["details"]["availability"] | {"from_date": free},
                "active": rng.random() < 0.9,
            },
            "pool": None if number % 3 == 2 else template["pool"] | {"pseudonym": derived_id("pool", str(number))},
        }
        made.append(template | changed)
    return made


def questions(
    towns: Sequence[Commune], occupations: Sequence[str]
) -> dict[str, Callable[[random.Random], dict[str, Any]]]:
    """What employers ask."""
    weights = [max(1, town.population) for town in towns]
    known = {one.code: [code for code, _ in one.skills] for one in Occupations.load()}

    def near(rng: random.Random, km: int) -> dict[str, Any]:
        return {"commune": rng.choices(towns, weights)[0].code, "within_km": km}

    return {
        "a common occupation": lambda _: {"occupation": occupations[0]},
        "any occupation": lambda rng: {"occupation": rng.choice(occupations)},
        "occupation, 5 km": lambda rng: {"occupation": rng.choice(occupations[:10]), **near(rng, 5)},
        "occupation, 30 km": lambda rng: {"occupation": rng.choice(occupations[:10]), **near(rng, 30)},
        "three occupations, 30 km, free": lambda rng: {
            "occupation": rng.sample(occupations[:20], 3), **near(rng, 30), "available_by": "2026-04-01",
        },
        "occupation and two skills": lambda rng: (
            lambda code: {"occupation": code, "skill": known[code][:2]}
        )(rng.choice([one for one in occupations[:20] if len(known[one]) > 1])),
    }  # fmt: skip


async def _once(call: Callable[[], Any], taken: Taken) -> Any:
    began, own = time.perf_counter(), time.process_time()
    answer = await call()
    taken.append(time.perf_counter() - began)
    taken.own.append(time.process_time() - own)
    return answer


async def _measure(
    running: Running,
    stack: Stack,
    communes: Communes,
    name: str,
    make: Callable[[random.Random], dict[str, Any]],
    n: int,
) -> dict[str, Any]:
    """A search over HTTP, its query with the profiles made of it, and the same query bare, in turns."""
    rng = random.Random(SEED + 1)
    whole, query, bare = Taken(), Taken(), Taken()
    key = new_id()[-12:]
    found = 0
    profiles = running.store.collection("profiles")
    accounts = [stack.token("employer", subject=f"{key}-{at}") for at in range((n + 10) // _SEARCHES_OF_AN_ACCOUNT + 1)]
    subjects = [f"{key}-{at}" for at in range(len(accounts))]
    company = {"_id": f"company-{key}", "version": 1, "user_ids": subjects, "approved": True}
    await running.store.collection("companies").insert_one(company)
    for number in range(n + 10):
        params = make(rng)
        who = accounts[number // _SEARCHES_OF_AN_ACCOUNT]
        asked = params | {"company_id": company["_id"], "limit": _A_PAGE}

        async def ask(params: dict[str, Any] = asked, who: dict[str, str] = who) -> Any:
            return await running.client.get("/v1/cv-pool", params=params, headers=who)

        answer = await _once(ask, whole)
        assert answer.status_code == 200, answer.text
        centre = communes.get(params.get("commune", ""))
        wanted: dict[str, Any] = {
            "occupations": [params["occupation"]] if isinstance(params["occupation"], str) else params["occupation"],
            "skills": params.get("skill", ()),
            "communes": None if centre is None else communes_within(communes, centre, params["within_km"]),
            "available_by": date.fromisoformat(params["available_by"]) if "available_by" in params else None,
        }
        cursor = Cursor(limit=_A_PAGE)
        people = await _once(lambda: pool.search(running.store, cursor, **wanted), query)  # noqa: B023 - awaited here
        filter = pool.wanted(cursor, **wanted)
        rows = await _once(
            lambda: profiles.find(filter).sort(pool.ORDER).limit(_A_PAGE + 1).to_list(None),  # noqa: B023 - as above
            bare,
        )
        shown = [one["pseudonym"] for one in answer.json()["items"]]
        assert (
            shown == [one.pseudonym for one in people][:_A_PAGE] == [row["pool"]["pseudonym"] for row in rows][:_A_PAGE]
        )
        found += len(shown)
        if number < 10:
            for taken in (whole, query, bare):
                taken.clear()
                taken.own.clear()
    figures = {"whole": percentiles(whole), "query": percentiles(query), "bare": percentiles(bare)}
    ratios = {
        f"{part}_vs_bare_p50": round(figures[part]["p50_ms"] / figures["bare"]["p50_ms"], 2)
        for part in ("query", "whole")
    }
    return {**figures, **ratios, "rows": round(found / (n + 10), 1)}


async def _cvs(running: Running, stack: Stack, count: int) -> dict[str, Any]:
    """CVs set, each by a typesetter of its own: one after the other, and as many at once as there are cores."""
    manager = stack.token("counsellor", subject="lea", territories=TOGETHER)
    ids = [one["_id"] async for one in running.store.collection("profiles").find({}, {"_id": 1}).limit(3 * count)]

    async def one(id: str, layout: str) -> None:
        answer = await running.client.get(f"/v1/profiles/{id}/cv.pdf", params={"layout": layout}, headers=manager)
        assert answer.status_code == 200, answer.text
        assert answer.content.startswith(b"%PDF")

    layouts = ("classic", "sidebar", "compact")
    await one(ids[-1], layouts[0])
    taken = Taken()
    for at in range(count):
        await _once(lambda: one(ids[at], layouts[at % 3]), taken)  # noqa: B023 - awaited here
    at_once = os.cpu_count() or 1
    waiting = iter(enumerate(ids[count : 2 * count]))

    async def some() -> None:
        for at, id in waiting:
            await one(id, layouts[at % 3])

    began = time.perf_counter()
    await asyncio.gather(*(some() for _ in range(at_once)))
    seconds = time.perf_counter() - began
    return {"set": 2 * count, "at_once": at_once, "a_second": round(count / seconds, 2), "one": percentiles(taken)}


async def _run(engines: Engines, quick: bool) -> dict[str, Any]:
    count, asked, cvs = (10_000, 30, 6) if quick else (100_000, 150, 30)
    communes = Communes.load()
    towns = [one for department in TOGETHER for one in communes.by_department(department)]
    occupations = [one.code for one in Occupations.load()]
    with tempfile.TemporaryDirectory() as folder:
        ensure_local_keys(Path(folder))
        stack = Stack(engines.environment, Path(folder), "b" + new_id().replace("-", "")[-10:])
        # An employer's share of a day is the rule, and not what is measured here.
        shares: dict[str, Any] = {"pool_company_searches_a_day": 10_000, "pool_company_people_a_day": 10_000}
        async with stack.running("profiles", **shares) as running:
            configure_logs("bench", "WARNING")
            made = documents(count, towns, occupations)
            for at in range(0, count, 2_000):
                await running.store.collection("profiles").insert_many(made[at : at + 2_000], ordered=False)
            found = {
                name: await _measure(running, stack, communes, name, make, asked)
                for name, make in questions(towns, occupations).items()
            }
            rendered = await _cvs(running, stack, cvs)
            await running.store.client.drop_database(running.store.database.name)
    return {
        "profiles": count,
        "in_pool": sum(one["pool"] is not None for one in made),
        "asked_per_question": asked,
        "questions": found,
        "query_vs_bare_p50": max(one["query_vs_bare_p50"] for one in found.values()),
        "p50_ms": max(one["whole"]["p50_ms"] for one in found.values()),
        "p99_ms": max(one["whole"]["p99_ms"] for one in found.values()),
        "cvs": rendered,
    }


def main(engines: Engines, quick: bool = False) -> dict[str, Any]:
    """Measure, write ``build/bench-people.json`` and return the report."""
    report = asyncio.run(_run(engines, quick))
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return report


def show(report: dict[str, Any]) -> None:
    """The table."""
    table = Table(title=f"Pool of {report['in_pool']} CVs among {report['profiles']} profiles (HTTP in process)")
    for column in ("question", "bare p50", "p99", "query p50", "p99", "× bare", "whole p50", "p99", "cpu p50", "rows"):
        table.add_column(column, justify="left" if column == "question" else "right")
    for name, one in report["questions"].items():
        times = [f"{one[part][key]:.1f}" for part in ("bare", "query") for key in ("p50_ms", "p99_ms")]
        whole = [f"{one['whole'][key]:.1f}" for key in ("p50_ms", "p99_ms", "cpu_p50_ms")]
        table.add_row(name, *times, str(one["query_vs_bare_p50"]), *whole, str(one["rows"]))
    console = Console(width=120)
    console.print(table)
    console.print(f"CVs: {report['cvs']}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.people", description=__doc__)
    parser.add_argument("--quick", action="store_true", default=bool(os.environ.get("QUICK")), help="10,000 of them")
    given = parser.parse_args()
    with running_engines() as own:
        show(main(own, given.quick))
