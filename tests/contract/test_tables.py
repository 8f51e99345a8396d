"""Every table that is keyed by an enumeration has each of its members, or says which it leaves out and why.

A member that a table does not know is a ``KeyError`` in front of everybody, found by the first offer that has it.
"""

import ast
import importlib
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import NamedTuple

import shared.contracts.vocabulary as vocabulary
from services.offers.search import filters
from shared.contracts.vocabulary import ContractKind

ROOT = Path(__file__).resolve().parents[2]
VOCABULARY = [one for one in vars(vocabulary).values() if isinstance(one, type) and issubclass(one, Enum) and len(one)]

LEFT_OUT: dict[str, tuple[set[str], str]] = {
    "services.clauses.domain.amendment_draft:AmendmentDraft.check_open.messages": (
        {"OPEN"},
        "an open one is not refused",
    ),
    "services.clauses.domain.draft:SUGGESTED": (
        {"NONE", "RESERVED"},
        "nothing to suggest, or three kinds that it may be",
    ),
    "services.clauses.domain.hire:KINDS": (
        {"IMMERSION", "OTHER", "SELF_EMPLOYED", "TRAINING", "VOLUNTEERING"},
        "no employment under a clause: who declares it is asked",
    ),
    "services.clauses.domain.supplier:RESERVED_TO": (
        {
            "AWARD_CRITERION",
            "EXECUTION_CONDITION",
            "GRANT_CONDITION",
            "QUALIFICATION_TRAINING_OBJECT",
            "RESERVED_PRISON",
        },
        "reserved to no kind of structure",
    ),
    "services.clauses.domain.trades:_BY_CPV": ({"FARMING", "INDUSTRY", "REUSE"}, "told by no code of the CPV"),
    "services.clauses.queries.reports:_facts_in.places": (
        {"AUTHORITY", "CARRIER", "CONTRACT", "KIND", "TERRITORY"},
        "places of the commune only",
    ),
    "services.clauses.queries.reports:_within.chosen": ({"TERRITORY"}, "which every report says of itself"),
    "services.matching.domain.facts_told:_INCLUDED": ({"AM"}, "it includes no other"),
    "services.notifications.domain.applications:_TOLD": ({"WITHDRAWN"}, "who withdraws knows it"),
    "services.notifications.domain.notification:_EVENTS": ({"QUEUED"}, "nothing happened yet"),
    "services.offers.api.words:_EMPLOYMENT_TYPE": ({"CDI"}, "what schema.org takes it for without a word"),
    "services.offers.app:_OFFER_EVENTS": ({"DRAFT", "PENDING"}, "nobody else knows of it yet"),
    "services.offers.domain.application_rules:WHO": ({"INVITED"}, "where an invitation begins: no step leads to it"),
    "services.offers.domain.content:_CONTRACT_OF_KIND": ({"JOB", "URGENT_MISSION"}, "of any contract"),
    "services.offers.domain.content:_CONTRACTS_SAID": ({"JOB", "URGENT_MISSION"}, "of any contract"),
    "services.offers.domain.proposals:_STATED": (
        {"EARLY", "LATE", "NIGHT", "WEEKEND"},
        "flags of the schedule, read as such",
    ),
    "services.profiles.cv.content:_CONTRACTS": ({"CDDI", "OTHER"}, "it would tell a status, or nothing"),
    "services.profiles.domain.agreements:TICK_OF": (
        {"COUNSELLOR", "DISCLOSURE", "POOL", "POOL_CONTACT"},
        "agreements that are no box to tick",
    ),
    "services.profiles.domain.withheld:withheld_for": ({"ADULT", "UNKNOWN"}, "nothing is withheld for their age"),
    "services.profiles.queries.figures:_group": ({"TERRITORY"}, "answered before it is looked for"),
}
"""By table the members that it does not have, and why. One that comes later is not among them: somebody decides."""
ONLY = {
    "services.offers.commands.interviews:_TELLS": "the notices of interviews",
    "services.offers.domain.agenda:AgendaEvent.register.origin": "everybody else registers as a counsellor",
    "services.offers.domain.imports.contracts:_UNPAID_CONTRACTS": "what is done without a wage",
    "services.offers.domain.linter_fields:_SHARES": "who is paid a share of the minimum wage by law; all others have all of it",
    "services.offers.domain.statistics:_BY_CONTRACT": "the administration's own list, with one line for the rest",
    "services.offers.domain.turns:_BY_STATUS": "steps that wait for somebody",
    "services.offers.search.facts:_SAID": "moments of the day and the week that a text says",
    "services.profiles.commands.staff:_AS": "roles that one is invited to",
    "shared.reasons:TO_EMPLOYERS": "what an employer reads of somebody, and of all else nothing",
}
"""Tables of a few members by their nature, and what they are: all others have their answer where the table is read."""
NOT_SEARCHED = {ContractKind.TRAINING, ContractKind.IMMERSION, ContractKind.OTHER}
"""Contracts that nobody looks for as such: the first two are kinds of opportunity, which have parameters of their own."""
DRAWN = ("deploy.demo.", "deploy.published.")
"""What is drawn for a show need not have everything."""

_MAY_HAVE = re.compile(r"""[{,]\s*(?:\w+\.[A-Z][A-Z0-9_]*|"\w+"):""")


class Table(NamedTuple):
    """A literal in the code: where it stands, its enumeration, the members that it has."""

    where: str
    of: type[Enum]
    has: set[str]
    by_value: bool


def tables() -> Iterator[Table]:
    for package in ("services", "shared", "deploy"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            text = path.read_text()
            if not name.startswith(DRAWN) and _MAY_HAVE.search(text):
                for where, literal in _literals(ast.parse(text), ()):
                    yield from _read(name, where, literal)


def _read(name: str, where: str, literal: ast.Dict) -> Iterator[Table]:
    members, values = _members(literal), _values(literal)
    if len(members) > 1:
        names = vars(importlib.import_module(name))
        of = {names.get(owner) for owner, _ in members}
        kind = of.pop() if len(of) == 1 else None
        if isinstance(kind, type) and issubclass(kind, Enum):
            yield Table(f"{name}:{where}", kind, {member for _, member in members}, by_value=False)
    for kind in VOCABULARY if len(values) > 2 else ():
        of_kind = {str(member.value): member.name for member in kind}
        if len(values) * 2 >= len(of_kind) and values <= of_kind.keys():
            yield Table(f"{name}:{where}", kind, {of_kind[one] for one in values}, by_value=True)


def _members(literal: ast.Dict) -> list[tuple[str, str]]:
    """Of a literal whose keys are all written as members (``Kind.CDI``): their enumeration's name here, and theirs."""
    found = [
        (key.value.id, key.attr)
        for key in literal.keys
        if isinstance(key, ast.Attribute) and isinstance(key.value, ast.Name) and key.attr.isupper()
    ]
    return found if len(found) == len(literal.keys) else []


def _values(literal: ast.Dict) -> set[str]:
    found = [key.value for key in literal.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
    return set(found) if len(found) == len(literal.keys) else set()


def _literals(node: ast.AST, within: tuple[str, ...]) -> Iterator[tuple[str, ast.Dict]]:
    for child in ast.iter_child_nodes(node):
        inside = within
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inside = (*within, child.name)
        elif isinstance(child, ast.Assign | ast.AnnAssign):
            target = child.targets[0] if isinstance(child, ast.Assign) else child.target
            inside = (*within, ast.unparse(target)) if isinstance(target, ast.Name) else within
        if isinstance(child, ast.Dict):
            yield ".".join(inside), child
        yield from _literals(child, inside)


def test_every_table_keyed_by_an_enumeration_is_complete_or_says_why_not() -> None:
    found = list(tables())
    assert len(found) > 40
    wrong = [said for table in found for said in _wrong(table)]
    gone = {*LEFT_OUT, *ONLY} - {table.where for table in found}
    wrong += [
        f"{where} is no such table any more: take it out of tests/contract/test_tables.py." for where in sorted(gone)
    ]
    assert not wrong, "\n".join(wrong)


def _wrong(table: Table) -> Iterator[str]:
    name = table.of.__name__
    if table.by_value:
        yield f"{table.where} spells {name} as strings: key it by the members, so that a forgotten one is found."
        return
    if table.where in ONLY:
        return
    missing = {member.name for member in table.of} - table.has
    allowed, _ = LEFT_OUT.get(table.where, (set(), ""))
    for one in sorted(missing - allowed):
        yield (
            f"{table.where} has nothing for {name}.{one}: give it a line there, or say in LEFT_OUT of "
            "tests/contract/test_tables.py why it needs none."
        )
    for one in sorted(allowed - missing):
        yield f"{table.where} has {name}.{one} now: take it out of LEFT_OUT in tests/contract/test_tables.py."


def test_each_contract_is_a_filter_that_words_of_a_question_say() -> None:
    meant = [rule.said.parameters.get("contract_kind", ()) for rule in filters._RULES]
    searched = {one for said in meant for one in ((said,) if isinstance(said, str) else said)}
    wanting = [
        f"No words of a question mean ContractKind.{kind.name}: give it a _contract(…) in services/offers/search/filters.py, "
        "or put it into NOT_SEARCHED of tests/contract/test_tables.py."
        for kind in ContractKind
        if kind not in searched | NOT_SEARCHED
    ]
    assert not wanting, "\n".join(wanting)
