"""Reads the facts that the figures of registrations are made of."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from services.profiles.context import Context
from services.profiles.domain.figures import UNKNOWN, Figures, GroupBy, PersonFact, count, public_report
from services.profiles.domain.status import RSA
from services.profiles.queries.caseload import standing_query
from shared import civil
from shared.civil import ZONES_APART
from shared.masking import Report, report_of

_FIELDS = (
    "territory", "created_at", "details.sex", "details.birth_date", "details.birth_year", "home.commune_code",
    "pool.pseudonym", "withheld", "details.active", "earlier.rsa_recipient",
)  # fmt: skip


async def report(
    context: Context, territories: Sequence[str] | None, first: date, last: date, by: GroupBy | None, *, masked: bool
) -> Report[Figures]:
    """Who registered from ``first`` to ``last``, by the days of their territory, and is still here.

    The RSA is that of the last day, or of today; a CV is online while its person is found in the pool.
    """
    now = context.clock.now()
    day = min(last, civil.today(territories[0] if territories else None, now))
    standing: dict[str, Any] = {"category": RSA, **standing_query(day)}
    wanted: dict[str, Any] = {"created_at": {"$gte": _noon(first) - ZONES_APART, "$lt": _noon(last) + 2 * ZONES_APART}}
    if territories is not None:
        wanted["territory"] = standing["territory"] = {"$in": list(territories)}
    receive = {
        row["profile_id"] async for row in context.store.collection("statuses").find(standing, {"profile_id": 1})
    }
    labels: dict[str, str] = {}
    facts = []
    async for row in context.store.collection("profiles").find(wanted, dict.fromkeys(_FIELDS, 1)):
        if first <= civil.today(row["territory"], row["created_at"]) <= last:
            facts.append(_fact(context, row, by, receive, labels))
    if masked:
        whole, groups = public_report(facts, last.year)
        return report_of(whole, groups if by else {}, labels, masked=True)
    keys = {fact.group for fact in facts} if by else set()
    parts = {key: count([fact for fact in facts if fact.group == key], last.year) for key in keys}
    return report_of(count(facts, last.year), parts, labels, masked=False)


def _noon(day: date) -> datetime:
    return civil.midnight(None, day)


def _fact(
    context: Context, row: dict[str, Any], by: GroupBy | None, receive: set[str], labels: dict[str, str]
) -> PersonFact:
    details = row["details"]
    born = details.get("birth_date")
    online = bool((row.get("pool") or {}).get("pseudonym")) and details["active"] and row.get("withheld") is None
    return PersonFact(
        group=_group(context, row, by, labels),
        sex=details.get("sex", "unstated"),
        birth_year=int(born[:4]) if born else details.get("birth_year"),
        rsa=row["_id"] in receive or bool((row.get("earlier") or {}).get("rsa_recipient")),
        cv_online=online,
        cell=f"{row['territory']} {(row.get('home') or {}).get('commune_code')}",
    )


def _group(context: Context, row: dict[str, Any], by: GroupBy | None, labels: dict[str, str]) -> str:
    if by is None:
        return ""
    if by is GroupBy.TERRITORY:
        return str(row["territory"])
    commune = context.communes.commune_of((row.get("home") or {}).get("commune_code") or "")
    if commune is None:
        return UNKNOWN
    key, label = {
        GroupBy.COMMUNE: (commune.code, commune.name),
        GroupBy.EPCI: (commune.epci_code or UNKNOWN, commune.epci_name or UNKNOWN),
        GroupBy.EMPLOYMENT_AREA: (commune.employment_area_code, commune.employment_area_name),
    }[by]
    labels[key] = label
    return key
