"""What a desk asks of clauses at volume: reports in each format, and the pages that facilitators, contractors and buyers open."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from services.clauses.domain.report import GroupBy

PERIODS: Mapping[str, dict[str, str]] = {
    "all": {},
    "year": {"from": "2026-01", "to": "2026-12"},
    "quarter": {"from": "2025-04", "to": "2025-06"},
}
FILES = ("csv", "xlsx", "pdf")


class Asked(NamedTuple):
    """One request. ``caller``: facilitator, contractor, buyer, or nobody."""

    name: str
    path: str
    params: Mapping[str, str] = {}
    caller: str = "facilitator"


class Ids(NamedTuple):
    """Of something that is there."""

    contract: str
    participant: str
    buyer: str
    contractor: str


def reports(ids: Ids) -> Iterator[Asked]:
    """Every way of splitting in every period; each format of the shortest and of the longest; a buyer's; the public's."""
    path = "/v1/reports"
    for by in GroupBy:
        for name, period in PERIODS.items():
            yield Asked(f"{by.value}, {name}", path, {"by": by.value, **period})
    for by in (GroupBy.KIND, GroupBy.CONTRACT):
        for kind in FILES:
            yield Asked(f"{by.value}, all, {kind}", path, {"by": by.value, "format": kind})
    yield Asked("one contract", path, {"by": "kind", "contract_id": ids.contract})
    yield Asked("one buyer, by contract", path, {"by": "contract", "contracting_authority_id": ids.buyer})
    yield Asked("a buyer's own", path, {"by": "contract"}, "buyer")
    for by in (GroupBy.KIND, GroupBy.EPCI):
        yield Asked(
            f"public, {by.value}", f"{path}/public", {"territory": "23", "year": "2025", "by": by.value}, "nobody"
        )


def pages(ids: Ids) -> Iterator[Asked]:
    """The first page of each list, by each filter, and what is worked out of one contract."""
    contract, person = f"/v1/contracts/{ids.contract}", f"/v1/participants/{ids.participant}"
    for caller in ("facilitator", "contractor", "buyer"):
        yield Asked(f"contracts, {caller}", "/v1/contracts", {}, caller)
    for name, value in (
        ("kind", "reserved_iae"),
        ("status", "ended"),
        ("contracting_authority_id", ids.buyer),
        ("contractor_id", ids.contractor),
    ):
        yield Asked(f"contracts by {name}", "/v1/contracts", {name: value})
    for what in ("", "/progress", "/reporting", "/penalties", "/hours", "/ledger", "/participants", "/employments"):
        yield Asked(f"contract{what}", f"{contract}{what}")
    for name, value in (("state", "declared"), ("month", "2025-05"), ("participant_id", ids.participant)):
        yield Asked(f"hours by {name}", f"{contract}/hours", {name: value})
    yield Asked("a sheet's template", f"{contract}/sheets/template", {"month": "2026-11"})
    for what in ("/reporting", "/hours", "/employments"):
        yield Asked(f"contractor: contract{what}", f"{contract}{what}", {}, "contractor")
    yield Asked("buyer: contract/progress", f"{contract}/progress", {}, "buyer")
    yield Asked("participants", "/v1/participants")
    yield Asked("participant", person)
    yield Asked("participant/eligibilities", f"{person}/eligibilities")
    for path in ("alerts", "authorities", "hires", "contract-drafts"):
        yield Asked(path, f"/v1/{path}")
    yield Asked("entries of all", "/v1/reports/entries")
    yield Asked("entries of a month", "/v1/reports/entries", {"from": "2025-05", "to": "2025-05"})
    yield Asked("entries of a kind", "/v1/reports/entries", {"by": "kind", "key": "reserved_iae"})
    recipients = {"category": "rsa", "figure": "validated", **PERIODS["year"]}
    yield Asked("entries of RSA recipients", "/v1/reports/entries", recipients)
    yield Asked("entries of a contract", "/v1/reports/entries", {"contract_id": ids.contract})
    yield Asked("contractor: entries", "/v1/reports/entries", {}, "contractor")
    yield Asked("employments behind exits", "/v1/reports/employments", PERIODS["year"])
    yield Asked("evidence of a contract", "/v1/reports/evidence", {"contract_id": ids.contract})
    yield Asked("evidence of a year", "/v1/reports/evidence", {"year": "2026"})
    yield Asked("evidence of all", "/v1/reports/evidence")
    yield Asked("buyer: evidence", "/v1/reports/evidence", {}, "buyer")
