"""Amounts in a question: pay, hours a week, years, kilometres; and what is none of them, as hours of the clock."""

import re
from collections.abc import Iterator

from services.offers.search.chips import ChipKind, Meaning, Said
from services.offers.search.times import clock

FULL_TIME = Meaning("Temps plein", {"working_time": "full_time"})
PART_TIME = Meaning("Temps partiel", {"working_time": "part_time"})
_FULL_TIME_HOURS, _MOST_HOURS = 35, 48

_HOUR = r"(?:\d{1,2} ?(?:h|heures?)(?: ?\d{2}(?! ?(?:h|heures?)))?|minuit)"
_WEEKLY = r"(?: (?:par |la |/ )?(?:semaine|hebdo\w*))"
_CLOCK = re.compile(
    r"(?<!\S)(?:(?:a partir de|des|(?:pas )?(?:apres|avant)|jusqu(?: a|e)|vers|debut\w*|commen\w*|fini\w*|fin|depart|arrivee|"
    r"termin\w*|"
    r"(?:recuper\w+|rentr\w+|sort\w*|ouvr\w+|ferm\w+|depos\w+|emmen\w+)(?: \w+){0,3}?) "
    rf"(?:(?:a|de|vers|avant|apres|le travail|travail|du) )*{_HOUR}|"
    r"(?:de |entre )?(?P<first>\d{1,2}) ?(?:h|heures?)?(?: ?\d{2}(?! ?(?:h|heures?)))? "
    rf"(?:(?:a|et) )?(?:(?P<last>\d{{1,2}}) ?(?:h|heures?)(?: ?\d{{2}})?|minuit))(?P<weekly>{_WEEKLY})?(?!\S)"
)
"""Hours of the clock («après 18h», «de 8h à 16h»), or a few hours a week («entre 20 et 25h»)."""
_FEW_HOURS = 8
_HOURS = re.compile(
    r"(?<!\S)(?P<less>(?:moins|pas plus) de |maxi?(?:mum)? )?(?P<at>a |de )?(\d{1,2}(?:\.\d{1,2})?)(?: ?h| heures?)(?! \d)"
    rf"(?P<weekly>{_WEEKLY})?(?P<at_most> (?:maxi?(?:mum)?|max|ou moins))?"
    r"(?P<daily> (?:par |la |le |/ )?(?:jours?|nuits?))?(?!\S)"
)
_FEWEST, _MORNING_HOURS = 2, 12
"""Hours so few are nobody's week unless somebody says so; and up to which «à 8h» is rather said of the clock than of a week."""
_HIRED = re.compile(r"(?<!\S)(?:contrats?|postes?|emplois?|cdi|cdd|cddi|temps|partiel|job|travail|boulot|petit) $")
"""Before «à 10h»: then it is how long somebody works."""
_FEW = re.compile(
    r"(?<!\S)(?:(?:que|juste|de|d) )*(?:quelques|peu d|pas (?:trop|beaucoup) d|un peu d|(?:2|3) (?:ou )?(?:3|"
    r"4)) ?(?:petites )?heures?"
    r"(?: (?:(?:par|de|la|a la|chaque|le|en) )*(?:semaines?|jours?|hebdo\w*|menage))?(?!\S)|(?<!\S)petits? contrats?(?!\S)"
)
"""A few hours, of whatever number: part of a week."""
FEW_HINTS = (" heure", "contrat")
_YEARS = re.compile(
    r"(?<!\S)(?:(\d{1,2}) ans? (?:d |de )?experience|(?:d |de )?experience (?:de |d )?(\d{1,2}) ans?)(?!\S)"
)
_KM = re.compile(
    r"(?<!\S)(?:(?:a|dans un rayon de|rayon(?: de)?|moins de|jusqu a|autour de) )*(\d{1,3}) ?(?:km|kms|kilometres?)"
    r"(?: (?:de|d|autour(?: de)?|maximum|max))?(?!\S)"
)

_MINUTES = re.compile(
    r"(?<!\S)(?:(?:a|moins|de) )*\d{1,2} ?(?:min|mn|minutes?)(?: (?:de|d|en voiture|de route))*(?!\S)"
)
_SMIC = re.compile(
    r"(?<!\S)(?:(?:au|le|un|paye|plus|que|salaire|minimum) )*smic(?: (?:horaire|mensuel|net|brut))?(?!\S)"
)
_PAY_BY = r"(?:(?:par|de|l|le|la|du) )*(?P<by>mois|mensuel\w*|h|heures?|horaire|an|annee|annuel\w*)"
_PAY_BEFORE = (
    r"(?:(?:plus|min|minimum|mini|au moins|moins|salaire|payee?|remuneration|a partir|superieur|au dessus|environ|net|brut) "
    r"(?:(?:de|d|a|est) )*)*"
)
_FIGURE = r"(?:\d{1,3} \d{3}|\d{1,6})(?:\.\d{1,2})?"
_PAY = re.compile(
    rf"(?<!\S){_PAY_BEFORE}"
    rf"(?:(?:entre )?(?P<least>{_FIGURE})k?(?: (?:euros?|eur|nets?|bruts?))* (?:et|a|ou|jusqu a) |"
    r"(?P<from>\d{4}) (?=\d{4} ))?"
    rf"(?P<amount>{_FIGURE})(?P<k>k)?(?: ?(?:euros?|eur|(?<=\d{{3}})e)"
    rf"(?: (?P<cents>\d{{2}})(?! ?(?:h|heures?|km|ans?|min)(?!\S)))?(?: (?P<net>nets?|bruts?))?| (?P<only>nets?|bruts?))"
    rf"(?: {_PAY_BY})?(?: (?P<net_behind>nets?|bruts?))?(?!\S)|"
    r"(?<!\S)(?:salaire|paye|remuneration) (?:(?:de|d|a|est|minimum|min) )*(?P<bare>\d{3,5}|\d\d(?:\.\d{1,2})?)"
    r"(?! ?(?:h|heures?|mois|ans?)(?!\S))(?!\S)|"
    r"(?<!\S)(?:(?:entre )?(?P<yearly_from>[1-9]\d)k? (?:(?:a|et) )?)?(?P<yearly>[1-9]\d)k"
    r"(?: (?:par |l )?(?:an|annee|annuel\w*))?(?!\S)"
)
_NO_PAY_BEHIND = (
    "an annee belgique bp bruxelles caces code cp cs depuis en geneve iso lausanne liege luxembourg modele n norme normes numero "
    "offre paye postal ref reference remuneration rncp rue salaire serie suisse type windows"
)
_NO_PAY = "".join(f"(?<!{word} )" for word in _NO_PAY_BEHIND.split())
_BARE = re.compile(
    rf"(?<=[a-z] ){_NO_PAY}(?P<amount>(?:1[2-9]|[2-3]\d|4[0-5])(?:00|50))(?<!1950)(?<!2050)"
    r"(?= (?:a|au|sur|vers|dans|pres|autour|secteur|mini|minimum|min)(?!\S)|$)"
)
"""A figure that is a month's pay as people give it, and told by nothing: «chef de rang Megève 2500»."""
_WELL_PAID = re.compile(r"(?<!\S)bien (?:payee?|remuneree?)s?(?!\S)")
PAY_HINTS = ("smic", "bien ")
"""Of what names no amount; whatever else this module reads has a digit."""
_MONTH_HOURS, _YEAR_HOURS = 151.67, 1_820.0
_GROSS = 1.28
"""Gross pay for one euro net, about: what is taken off an employee's gross pay is 22 %."""
_PER_HOUR, _PER_MONTH = 100.0, 8_000.0
"""An amount above these is no more one for an hour, for a month."""


def pay(joined: str) -> Iterator[Said]:
    """Least pay. The minimum wage is nothing to filter by: no offer may pay less."""
    for pattern, hint in zip((_SMIC, _WELL_PAID), PAY_HINTS, strict=True):
        for match in pattern.finditer(joined) if hint in joined else ():
            yield Said(ChipKind.PAY, None, None, *match.span())
    told = list(_PAY.finditer(joined))
    for match in _BARE.finditer(joined):
        if not any(one.start() <= match.start() < one.end() for one in told):  # «salaire 1800»
            yield Said(ChipKind.PAY, _at_least(_figure(match["amount"]) / _MONTH_HOURS), None, *match.span())
    for match in told:
        amount = _figure(match["amount"] or match["bare"] or match["yearly"])
        from_ = match["least"] or match["from"] or match["yearly_from"]
        # «Entre 1800 et 2000 €», but «CACES 3 ou 15 €»
        ranged = from_ is not None and amount / 2 <= _figure(from_) < amount
        hourly = _hourly(match, _figure(from_) if ranged and from_ else amount)
        start = match.start("amount") if match["least"] and not ranged else match.start()
        yield Said(ChipKind.PAY, None if hourly is None else _at_least(hourly), None, start, match.end())


def _at_least(hourly: float) -> Meaning:
    label = f"Au moins {hourly:.2f} € brut de l'heure".replace(".", ",")
    return Meaning(label, {"hourly_min": f"{hourly:.2f}"})


def _figure(said: str) -> float:
    return float(said.replace(" ", ""))


def _hourly(match: re.Match[str], amount: float) -> float | None:
    """Gross euros an hour of an amount as people say it; None where it cannot be one."""
    amount *= 1_000 if match["k"] or match["yearly"] else 1
    by = (match["by"] or "")[:1]
    if match["cents"]:
        amount += float(match["cents"]) / 100
    if by == "h" or (not by and amount <= _PER_HOUR):
        hourly = amount
    elif by == "m" or (not by and amount <= _PER_MONTH):
        hourly = amount / _MONTH_HOURS
    else:
        hourly = amount / _YEAR_HOURS
    if (match["net"] or match["only"] or match["net_behind"] or "").startswith("net"):
        hourly *= _GROSS
    return hourly if 1 <= hourly <= _PER_HOUR else None


def _timed(joined: str) -> Iterator[Said]:
    """Hours a week, and hours of the clock, which are no filter."""
    for match in _CLOCK.finditer(joined):
        first, last = match["first"], match["last"]
        apart = int(last) - int(first) if first and last else 0
        if apart > 0 and (match["weekly"] or apart <= _FEW_HOURS < int(first)) and not _both_clock(match[0]):
            about = (int(first) + int(last)) // 2
            yield Said(ChipKind.WORKING_TIME, _weekly(about), None, *match.span())
        else:
            yield Said(ChipKind.SCHEDULE, clock(match[0]), None, *match.span())
    for match in _HOURS.finditer(joined):
        hours = float(match[3])
        if not 1 <= hours <= _MOST_HOURS:
            continue
        if match["daily"] or (not match["weekly"] and _of_a_day(joined, match, hours)):
            said = denied = None
        elif match["less"] or match["at_most"]:
            said, denied = (PART_TIME if hours <= _FULL_TIME_HOURS else None), None
        else:
            said, denied = _weekly(hours), PART_TIME if hours >= _FULL_TIME_HOURS else None
        yield Said(ChipKind.WORKING_TIME, said, denied, *match.span())


def _of_a_day(joined: str, match: re.Match[str], hours: float) -> bool:
    """Whether a number of hours is more likely one of the clock or of a single day than of a week: «serveur à 8h», «1h»."""
    if match["less"] or match["at_most"]:
        return False
    return hours <= _FEWEST or (
        match["at"] == "a " and hours <= _MORNING_HOURS and not _HIRED.search(joined[: match.start()])
    )


def _both_clock(said: str) -> bool:
    """Whether both numbers have an «h», as hours of the clock have: «20h 22h»."""
    return len(re.findall(r"\d ?h", said)) > 1


def _weekly(hours: float) -> Meaning:
    return Meaning(f"{hours:g} h par semaine".replace(".", ","), {"weekly_hours": f"{hours:g}"})


def few_hours(joined: str) -> Iterator[Said]:
    """Some hours a week, without their number."""
    for match in _FEW.finditer(joined):
        yield Said(ChipKind.WORKING_TIME, PART_TIME, None, *match.span())


def lengths(joined: str) -> Iterator[Said]:
    """Years of experience, hours a week or of the clock, minutes on the way, kilometres around."""
    for match in _MINUTES.finditer(joined):
        yield Said(ChipKind.RADIUS, None, None, *match.span())
    for match in _YEARS.finditer(joined):
        years = int(match.group(1) or match.group(2))
        label = f"{years} an{'s' if years > 1 else ''} d'expérience"
        meaning = Meaning(label, {"experience_months_max": str(12 * years)})
        yield Said(ChipKind.EXPERIENCE, meaning, None, *match.span())
    yield from _timed(joined)
    for match in _KM.finditer(joined):
        if 1 <= int(match.group(1)) <= 200:
            kilometres = str(int(match.group(1)))
            said = Meaning(f"Dans un rayon de {kilometres} km", {"radius_km": kilometres})
            yield Said(ChipKind.RADIUS, said, said, *match.span())
