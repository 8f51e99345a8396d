"""Whose hours a figure would be: what others than the desk and who did them may read.

**The parties to a contract** are owed its hours, however few people did them: a buyer reads them exactly and at once, the same in
the contract, its progress and the report (decision 15). Who they are, and how many where they are few, is told to none of them.

**Everybody else** is owed nothing. Hours are exact, so the hours of one to four people are theirs. An amount is that of whoever
has a part in it: of forty people, of whom one's hours were validated, the validated ones are that person's; so are those that
wait, where only theirs do. And whoever has two amounts subtracts: what they may read are sums of cells none of which, and no
remainder of which, is a few people's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np

from services.clauses.domain.report import (
    Facts,
    GroupBy,
    Line,
    Report,
    counts_of,
    each_once,
    split_by,
    who_are_alike,
)
from shared.masking import shown, shown_parts
from shared.reference.publics import Category


class Told(NamedTuple):
    """Which hours the lines of a split may show, and the whole."""

    hours: bool = True
    """What is validated."""
    waiting: bool = True
    """What is declared as well: less what is validated, it is what waits."""
    rsa: bool = True
    whole: "Told | None" = None


PUBLIC_SPLITS = (GroupBy.KIND, GroupBy.EPCI, GroupBy.EMPLOYMENT_AREA, GroupBy.AUTHORITY, GroupBy.TERRITORY)
"""Ways of splitting that anybody may ask for, the one whose hours the desks publish first."""


def told_by(facts: Facts, by: GroupBy | None) -> Told:
    """Which hours a split of ``PUBLIC_SPLITS`` may show, beside all that the ones before it show.

    An amount is that of whoever has a part in it: of forty people, of whom one's hours were validated, the validated ones are
    that person's; so are those that wait, where only theirs do. Hours are exact, so whoever has two splits subtracts: those of
    a kind less those of one buyer are those of its contracts with the others. What any such sum is made of are the cells in
    which the shown splits cross; none of them may be of a few people.
    """
    people = max(len(facts.persons), 1)
    distinct, alike = who_are_alike(facts.persons)
    rsa = np.array([Category.RSA.value in one.categories for one in distinct], dtype=np.bool_)[alike]
    # Of whom hours are validated, and of whom some wait: the former alone are what a line shows as validated.
    whose = [facts.worked.validated > 0, facts.worked.declared > facts.worked.validated]

    lines = {split: split_by(facts.contracts, split)[1] for split in PUBLIC_SPLITS}

    @cache
    def holds(splits: tuple[GroupBy, ...]) -> Told:
        of = np.zeros(len(facts.contracts), dtype=np.int64)
        for split in splits:
            of = np.unique(of * len(of) + lines[split], return_inverse=True)[1]
        size = int(of.max(initial=-1)) + 1
        (where, who), (later, _) = (
            np.divmod(each_once(of[facts.worked.contract[some]] * people + facts.worked.person[some]), people)
            for some in whose
        )
        counts, recipients = counts_of(where, size), counts_of(where[rsa[who]], size)
        others = [every - own for every, own in zip(counts, recipients, strict=True)]
        hours = _nobodys(counts)
        return Told(hours, hours and _nobodys(counts_of(later, size)), _nobodys((*recipients, *others)))

    hours: list[GroupBy] = []
    waiting: list[GroupBy] = []
    recipients: list[GroupBy] = []
    for split in PUBLIC_SPLITS:
        if holds((*hours, split)).hours:
            hours.append(split)
        if holds((*waiting, split)).waiting:
            waiting.append(split)
        if holds((*recipients, split)).rsa:
            recipients.append(split)
    shown_by = by in hours
    return Told(shown_by, shown_by and by in waiting, shown_by and by in recipients, holds(()))


def _nobodys(counts: Sequence[int]) -> bool:
    """Whether none of the counts is of a few people."""
    return all(shown(count) is not None for count in counts)


def for_a_party(found: Report) -> Report:
    """As a buyer reads it: the hours that it is owed, and people by the rule of ``shared.masking``.

    It chooses contracts and years, and subtracts; how many hours are whose by their category is the desk's to know.
    """
    lines = [
        replace(_masked(line), declared_hours=line.declared_hours, validated_hours=line.validated_hours, rsa_hours=None)
        for line in (found.total, *found.groups)
    ]
    return Report(lines[0], lines[1:], masked=True, within=found.within)


def masked(found: Report, told: Told = Told()) -> Report:
    """As everybody may read it: people by the rule of ``shared.masking``, and hours where they tell nobody's.

    The hours of one to four people are theirs. Where such a line is hidden, no line shows hours: the total less the others
    would be the hidden ones. So it is with those of recipients by themselves.
    """
    lines = [_masked(line) for line in found.groups]
    if any(line.participants is None for line in lines):
        told = told._replace(hours=False)
    if any(line.rsa_hours is None for line in lines):
        told = told._replace(rsa=False)
    total = _telling(_masked(found.total), told.whole or Told())
    return Report(total, [_telling(line, told) for line in lines], masked=True, within=found.within)


def _telling(line: Line, told: Told) -> Line:
    return replace(
        line,
        declared_hours=line.declared_hours if told.hours and told.waiting else None,
        validated_hours=line.validated_hours if told.hours else None,
        rsa_hours=line.rsa_hours if told.hours and told.rsa else None,
    )


def _masked(line: Line) -> Line:
    exact = line.participants or 0
    few = shown(exact) is None
    rsa = line.by_category.get(Category.RSA.value) or 0
    # Neither the hours of a few recipients nor, by subtraction, those of a few others.
    told = shown(rsa) is not None and shown(exact - rsa) is not None
    return replace(
        line,
        declared_hours=None if few else line.declared_hours,
        validated_hours=None if few else line.validated_hours,
        participants=shown(exact),
        by_sex=_masked_parts(line.by_sex, exact),
        by_category={code: shown(count or 0) for code, count in line.by_category.items()},
        by_age_band=_masked_parts(line.by_age_band, exact),
        rsa_hours=line.rsa_hours if told else None,
        ended_employments=shown(line.ended_employments or 0),
        exits={
            months: _masked_parts(seen, sum(count or 0 for count in seen.values()))
            for months, seen in line.exits.items()
        },
    )


def _masked_parts(parts: Mapping[str, int | None], whole: int) -> dict[str, int | None]:
    return dict(zip(parts, shown_parts([count or 0 for count in parts.values()], whole), strict=True))
