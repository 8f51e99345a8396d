"""Working time as feeds write it: hours a week («35H», «37H30», «17,5 heures/semaine», «15H/mois»), hours of the clock
(«de 8h à 16h») and words about the schedule («Travail en journée», «posté 2x8», «de nuit»).

Each text is read by itself: two that are joined make a number that nobody wrote («35 H» «35 H» → 35 h 35).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

from services.offers.domain.imports.rows import MAX_LABEL, Warned
from services.offers.domain.imports.salary import FULL_WEEK
from services.offers.domain.schedule import DAY, DeclaredSchedule, flags_of_minutes
from shared.reference.text import unaccented
from shared.written import in_french

_WEEKS_A_YEAR = 52.0
FULL_YEAR = 1607.0
"""Hours worked in a year of 35 a week (labour code L3121-44)."""

# A duration or an hour of the clock: they are written alike and told apart by what stands around them.
_HOURS = re.compile(
    r"(?<![\w.,])(\d{1,4}|[12][ .]\d{3})(?:([.,])(\d{1,2}))? ?(?:h(?:eures?|rs?)?\b ?|h(?=\d))"
    r"(?:(\d{2})(?!\d| ?h(?!ebdo)| ?%)(?: ?(?:min|mn)\b)?)?"
    r"(?! ?/ ?(?:24|7)\b)"  # «24h/24»
)
_PERIOD = re.compile(
    r" ?(?:environ |en moyenne )?"
    r"(?:(?P<fortnight>(?:/|par|la|chaque|sur|toutes les) ?(?:quinzaine|(?:2|deux) sem(?:aines)?\b)"
    r"|(?:/|par|sur|tous les) ?15 ?jours)"
    r"|(?P<week>(?:(?:de |d' ?)[a-z-]{3,20} (?:par|chaque)|/|par|de|la|chaque|a la) ?(?:travail )?(?:semaine|sem\b)"
    r"|hebdo\w*|/ ?hebdo)"
    r"|(?P<month>(?:/|par|le|au|chaque) ?mois|mensuel\w*)"
    r"|(?P<year>(?:/|par|l') ?an(?:nee)?\b|annuel\w*)"
    r"|(?P<day>(?:/|par|le) ?(?:jour(?:nee)?s?|j\b)|journalier\w*|quotidien\w*)"
    r"|(?P<turn>(?:/|par) ?(?:nuit|poste|vacation|garde|intervention|seance|cours)s?))"
)
# «2h/jour du lundi au vendredi», «7 h par jour, 4 jours par semaine»: a day's hours make a week's where its days are said.
_DAYS = re.compile(
    r"\b(?:(?P<count>[1-7])|(?P<five>du lundi au vendredi)|(?P<six>du lundi au samedi)|x ?(?P<times>[1-7]) ?(?:jours?|j)\b)"
    r"(?(count) ?(?:jours?|j)\b ?(?:/|par|sur) ?(?:la )?(?:semaine|sem\b|7))"
)
_DAYS_AFTER = re.compile(r",? (?:et |sur |pendant )?(?P<count>[1-7]) ?(?:jours?|j)(?=\s*(?:$|[,.;)]))")
"""«7 h par jour, 5 jours»: right behind the day's hours, and nothing else is said of those days."""
_WITH_COLON = re.compile(r"(?<![\d:])(\d{1,2}):(\d{2})(?= ?(?:/|par) ?sem)")
"""«28:30/semaine», as spreadsheets write a duration."""
# Posts of local authorities are said in parts of a full week: «28/35e», «TNC 17,5/35ème».
_PART_OF_35 = re.compile(
    r"(?<![\w./,])(\d{1,2})(?:[.,](\d{1,2})| ?h ?(?P<minutes>[0-5]\d))? ?(?:h ?)?/ ?35 ?(?:e|em|eme|emes|h)?(?![\w/])"
)
_FIFTHS = re.compile(r"(?<![\w./,])([1-4]) ?/ ?5 ?(?:e|em|eme|emes)\b")
"""«4/5e» of a full week."""
_OF_A_DAY = re.compile(
    r" ?(?:le|les|chaque|tous les) ?(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|matin|midi|soir|apres)"
)
"""«3 heures le mardi»: no week's hours."""
_SHARE = re.compile(
    r"(?:\b(?:temps (?:partiel|non complet|de travail)|quotite|tnc)[ :(-]*(?:a |de )?|^)(?P<share>[1-9]\d) ?%(?! de)"
)
"""«Temps partiel 80 %», «50%»: of a full week, where no hours are said."""
_FULL_TIMES = re.compile(
    r"(?<![\w.,])(0?[.,][1-9]\d?|1(?:[.,]0{1,2})?) ?(?:etp|equivalents? temps pleins?)\b|^etp :? ?(0?[.,][1-9]\d?|1)$"
)
"""«0,8 ETP»: of a full week; two of them are two people."""
_FULL = re.compile(r"\b(?:temps|tps) (?:plein|complet)\b(?<!non complet)|\bplein temps\b")
_HALF = re.compile(r"\b(?:mi|1/2)[ -]?(?:temps|tps)\b(?! therap)")
_PART = re.compile(r"\bpartiel\b|\bnon complet\b|\btnc\b|\b(?:mi|1/2)[ -]?(?:temps|tps)\b")
_SHIFT = re.compile(r"(?:de|la) (?:nuit|jour)s?\b")
_OF_A_MONTH, _OF_A_YEAR = (130.0, 186.0), (1_400.0, 2_000.0)
"""Least and most hours of which nobody need say for how long they are: 151,67 h are a month, 1 607 h a year (30 to 43 a week)."""
# «20 à 25 h»: of the two ends the last may alone say that they are hours.
_RANGE = re.compile(r"(?<![\w.,/])(\d{1,2}) ?(?:h ?)?(?:a|-|–|ou) ?(\d{1,2}) ?h(?:eures?)?\b(?! ?\d)")
_LONGEST_SHIFT = 12.0
"""«12h de nuit» is a shift (labour code L3121-19, hospital decree 2002-9), «35h de nuit» a week."""
_BETWEEN = re.compile(r" ?(?:a|-|–|/|et|jusqu'a)? ?(?:environ )?$")
_LAST_CLOCK = 24
_DASH_BEFORE = re.compile(r"[-–:] ?$")
_CLOCK_BEFORE = re.compile(
    r"(?:\b(?:a|de|des|entre|jusqu'a|jusque|vers|sous|les|delai|partir de|avant|apres|et|horaires? ?:?|debut|fin)|[-–:]) ?$"
)
# In the field for it, a bare number of hours stands at the beginning or behind what says full or part time.
_DURATION_BEFORE = re.compile(
    r"(?:^|\bpartiel\b|\bplein\b|\bcontrat(?: de)?|\bduree ?:?|\bhebdomadaire ?:?|\btravail ?:|\bbase(?: de)?)[ :\-–,]*(?:de )?$"
)
_NO = (
    r"(?:pas|sans|ni|hors|aucun(?:e)?|jamais|sauf|repos|ferme(?:e|ture)?|libres?|conges?)(?: hebdomadaire)?"
    r"(?: :)?(?: de| d'| le| la| les| du)?(?: travail)?(?: de| le| la| les)? "
    r"(?:(?:samedis?|dimanches?|week-?ends?|jours? feries?|nuits?),? (?:et|ou|ni)? ?(?:les? |de |la )?)*"
)
_FREE = re.compile(
    r"(?:,? (?:et|ou) (?:les? )?(?:samedis?|dimanches?|week-?ends?|jours? feries?|(?:lun|mar|mercre|jeu|vendre)dis?))*"
    r" (?:sont |est )?(?:libres?|non travail\w+|chom\w+|off|de repos|ferme\w*)\b"
)
_WORDS: tuple[tuple[re.Pattern[str], dict[str, bool]], ...] = (
    (
        re.compile(r"\b[235]\s?[x*]\s?8\b|\b(?:travail|horaires?|en|rythme) postes?\b|\bequipes?\b(?! de (?:jour|\d))"),
        {"early": True, "late": True},
    ),
    (re.compile(r"\b(?:3|5)\s?[x*]\s?8\b(?!,)"), {"night": True}),
    # Five crews of eight hours work all week round; «VSD»: Friday, Saturday, Sunday. A feed's own label lists them all.
    (re.compile(r"\b5\s?[x*]\s?8\b(?!,)|\bvsd\b"), {"weekend": True}),
    (re.compile(r"\bhoraires decales\b"), {"early": True, "late": True}),
    (re.compile(r"\bnuits?\b|\bnocturnes?\b"), {"night": True, "late": True}),
    (re.compile(r"\bsamedis?\b|\bdimanches?\b|\bweek[ -]?ends?\b|\bw[ -]?e\b|\bjours? feries?\b"), {"weekend": True}),
    (re.compile(r"\blundi (?:au|a) vendredi\b"), {"weekend": False}),
    (re.compile(r"\b(?:le|les|en|du) soir(?:ee)?s?\b|^soir(?:ee)?s?\b|\bde soiree\b"), {"late": True}),
    (
        re.compile(
            r"\b(?:travail|horaires?|postes?|uniquement) (?:uniquement )?(?:le|les|du) matins?\b(?! (?:et|ou|/))"
        ),
        {"late": False, "night": False},
    ),
    (
        re.compile(r"\bhoraires normaux\b|\bhoraires de bureau\b"),
        {"early": False, "late": False, "night": False, "weekend": False},
    ),
    (re.compile(r"\ben journee\b|^(?:de )?(?:journee|jour)$"), {"early": False, "late": False, "night": False}),
)


@dataclass
class WorkingTime:
    """What the fields say; None is unknown, for each hour and each flag by itself."""

    weekly_hours: float | None = None
    part_time: bool = False
    flags: dict[str, bool] = field(default_factory=dict)
    warnings: list[Warned] = field(default_factory=list)


@dataclass(frozen=True)
class _Mark:
    """A number of hours in a text, with the period that it is said for ('' when none)."""

    start: int
    end: int
    hours: float
    period: str


def read_working_time(texts: Iterable[str], full_or_part: Iterable[str] = ()) -> WorkingTime:
    """What ``texts`` (fields about hours) say, and ``full_or_part`` («Temps plein», «Temps partiel»)."""
    found = WorkingTime()
    plain = list(dict.fromkeys(unaccented(text[:MAX_LABEL]).strip() for text in texts if text.strip()))
    claims = [hours for text in plain for hours in weekly_hours_in(text, found.warnings)]
    if claims:
        found.weekly_hours = claims[0]
        if any(abs(one - claims[0]) > 0.01 for one in claims):
            said = " ; ".join(map(in_french, dict.fromkeys(claims)))
            found.warnings.append(
                Warned(
                    "dureeTravailLibelle",
                    "hours_contradict",
                    f"Plusieurs durées sont dites ({said} h) : la première est retenue.",
                )
            )
    everything = " | ".join([*plain, *(unaccented(text) for text in full_or_part)])
    found.part_time = _PART.search(everything) is not None
    if found.weekly_hours is None and _HALF.search(everything):
        found.weekly_hours = FULL_WEEK / 2
        message = "Mi-temps sans durée : 17,5 h (la moitié de la durée légale) sont retenues."
        found.warnings.append(Warned("dureeTravailLibelle", "hours_assumed", message))
    elif found.weekly_hours is None and _FULL.search(everything) and not found.part_time:
        found.weekly_hours = FULL_WEEK
        found.warnings.append(
            Warned(
                "dureeTravailLibelle", "hours_assumed", "Temps plein sans durée : 35 h (durée légale) sont retenues."
            )
        )
    elif found.weekly_hours is None and found.part_time:
        found.warnings.append(Warned("dureeTravailLibelle", "hours_missing", "Temps partiel sans durée : à préciser."))
    found.flags = flags_in(plain)
    return found


def weekly_hours_in(text: str, warnings: list[Warned] | None = None) -> list[float]:
    """Hours a week that a text without accents states as a duration."""
    stated = [
        float(f"{part[1]}.{part[2] or 0}") + int(part["minutes"] or 0) / 60 for part in _PART_OF_35.finditer(text)
    ]
    stated = [hours for hours in stated if hours <= FULL_WEEK]
    text = _WITH_COLON.sub(r"\1h\2", text)
    plain = _PART_OF_35.sub(lambda part: " " * len(part[0]), text)
    for between in filter(partial(_is_range, plain), _RANGE.finditer(plain)):
        plain = plain[: between.start()] + " " * len(between[0]) + plain[between.end() :]
        if warnings is not None:
            message = f"« {between[0]} » : la durée est à préciser."
            warnings.append(Warned("dureeTravailLibelle", "hours_range", message))
    # What is said by the week is exact; a year's or a month's hours are not, where both are said.
    marks = _marks(plain)
    weeks = {mark.hours for mark in marks if mark.period == "week"}
    at = 0
    while at < len(marks):
        mark = marks[at]
        after = marks[at + 1] if at + 1 < len(marks) else None
        paired = after is not None and _BETWEEN.fullmatch(text[mark.end : after.start]) is not None
        clock = after is not None and max(mark.hours, after.hours) <= _LAST_CLOCK
        if paired and after is not None and not mark.period and not after.period and clock:
            at += 2  # «8h-16h»: the clock
            continue
        if (
            paired
            and after is not None
            and not mark.period
            and (after.hours != mark.hours if after.period else after.hours > mark.hours)
        ):
            if warnings is not None:
                warnings.append(
                    Warned(
                        "dureeTravailLibelle",
                        "hours_range",
                        f"« {text[mark.start : after.end].strip()} » : la durée est à préciser.",
                    )
                )
            at += 2
            continue
        weekly = None if weeks and mark.period in ("month", "year") else _weekly(text, mark)
        if weekly is not None and 1 <= weekly <= 60:
            stated.append(round(weekly, 2))
        elif weekly is not None and warnings is not None:
            warnings.append(
                Warned(
                    "dureeTravailLibelle",
                    "hours_unlikely",
                    f"{in_french(weekly)} h par semaine n'est pas vraisemblable.",
                )
            )
        at += 1
    if not stated and (share := _SHARE.search(plain)):
        stated.append(round(FULL_WEEK * int(share["share"]) / 100, 2))
    if not stated and (share := _FIFTHS.search(plain)):
        stated.append(FULL_WEEK * int(share[1]) / 5)
    if not stated and (share := _FULL_TIMES.search(plain)):
        stated.append(round(FULL_WEEK * float((share[1] or share[2]).replace(",", ".")), 2))
    return stated


def _is_range(text: str, between: re.Match[str]) -> bool:
    """Of hours a week, not of the clock: it says so, or goes beyond 24."""
    period = _PERIOD.match(text, between.end())
    weekly = period is not None and period.lastgroup == "week"
    return between[1] != between[2] and (weekly or int(between[2]) > 24)


def _weekly(text: str, mark: _Mark) -> float | None:
    if mark.period == "week":
        return mark.hours
    if mark.period == "fortnight":
        return mark.hours / 2
    if mark.period == "month":
        return mark.hours * 12 / _WEEKS_A_YEAR
    if mark.period == "year":
        return mark.hours * FULL_WEEK / FULL_YEAR
    if mark.period == "day":
        if after := _DAYS_AFTER.match(text, mark.end):
            return mark.hours * int(after["count"])
        days = _DAYS.search(text)
        return (
            mark.hours * (5 if days["five"] else 6 if days["six"] else int(days["count"] or days["times"]))
            if days
            else None
        )
    if (
        _OF_A_DAY.match(text, mark.end)
        or mark.period == "turn"
        or (mark.hours <= _LONGEST_SHIFT and _SHIFT.match(text, mark.end))
    ):
        return None
    for (least, most), times in ((_OF_A_MONTH, 12 / _WEEKS_A_YEAR), (_OF_A_YEAR, FULL_WEEK / FULL_YEAR)):
        if least <= mark.hours <= most:
            return mark.hours * times
    before = text[: mark.start]
    if mark.hours > _LAST_CLOCK:  # «Semaine de 4 jours - 35h»: no hour of the clock
        before = _DASH_BEFORE.sub("", before)
    return (
        mark.hours
        if _DURATION_BEFORE.search(before) or (not _CLOCK_BEFORE.search(before) and mark.hours > 12)
        else None
    )


def _marks(text: str) -> list[_Mark]:
    marks = []
    for match in _HOURS.finditer(text):
        hours = float(re.sub(r"[ .]", "", match[1])) + (float(f"0.{match[3]}") if match[3] else 0.0)
        if match[4]:
            # «36h75»: more than an hour has minutes are hundredths.
            hours += int(match[4]) / (60 if int(match[4]) < 60 else 100)
        period = _PERIOD.match(text, match.end())
        end = period.end() if period else match.end()
        marks.append(_Mark(match.start(), end, hours, str(period.lastgroup) if period else ""))
    return marks


def clock_slots_in(text: str) -> list[tuple[int, int]]:
    """(start, end) in minutes of the day for each «8h-16h» of a text without accents; over midnight, end > 1440."""
    marks = [mark for mark in _marks(text) if mark.hours <= 24]
    slots = []
    for mark, after in pairwise(marks):
        if mark.period or after.period or not _BETWEEN.fullmatch(text[mark.end : after.start]):
            continue
        start, end = round(mark.hours * 60), round(after.hours * 60)
        if start != end and start < DAY:
            slots.append((start, end + DAY if end < start else end))
    return slots


def flags_in(texts: Iterable[str]) -> dict[str, bool]:
    """What texts without accents say of early, late, night and weekend work; a flag that nobody speaks of is absent."""
    flags: dict[str, bool] = {}
    for text in texts:
        for pattern, says in _WORDS:
            for match in pattern.finditer(text):
                denied = (
                    re.search(_NO + r"(?:\w+ )?$", text[: match.start()]) is not None
                    or _FREE.match(text, match.end()) is not None
                )
                for name, value in says.items():
                    # A yes outweighs a no: «en journée, un samedi sur deux».
                    if value and denied:
                        flags.setdefault(name, False)
                    elif not denied:
                        flags[name] = flags.get(name, False) or value
        for start, end in clock_slots_in(text):
            for name, value in flags_of_minutes(start, end).items():
                flags[name] = flags.get(name, False) or value
    return flags


def declared(flags: dict[str, bool]) -> DeclaredSchedule | None:
    """As an offer declares it; None when nothing is known."""
    return DeclaredSchedule(**flags) if flags else None
