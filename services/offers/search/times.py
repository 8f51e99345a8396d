"""When somebody can work, as they say it by their own day: weekdays, hours of the clock, what the school's hours leave.

An offer's fields know early, late and night hours, week-ends and moments of the day, so a clock becomes those («finir à 16h»: not
late), which leave out only offers that say otherwise. No field knows a weekday: it is shown as read, filters nothing, and raises
offers that name it.
"""

import re
from collections.abc import Iterator

from services.offers.search.chips import ChipKind, Meaning, Said

_EARLY, _LATE = 7, 19
"""Hours before and after which an offer's shifts are early and late."""
_NOON, _AFTER_LUNCH, _SUPPER, _NIGHT, _MORNING = 12, 13, 17, 20, 6
_CLOCK = re.compile(r"(?P<hour>\d{1,2}) ?(?:heures?|h)?(?: ?(?P<minute>\d{2}))?")
_ENDS = re.compile(r"\b(?:fin(?!ancier)\w*|jusqu\w*|termin\w*|rentr\w*|recuper\w*|cherch\w*|sort\w*|ferm\w*|avant)\b")
_BEGINS = re.compile(r"\b(?:a partir|des|apres|debut\w*|commen\w*|depos\w*|emmen\w*|pas avant|arrivee)\b")
_WEEKDAY = r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)s?"
_WEEKDAYS = re.compile(
    r"(?<!\S)(?:(?:je|suis|libres?|dispo\w*|travailler|uniquement|seulement|que) )*"
    rf"(?:(?:le|les|tous|toutes|chaque|un|du|au|sur) )*(?P<days>{_WEEKDAY}"
    rf"(?: (?:(?:et|ou|puis|a|au|le|les|du|plus) )*{_WEEKDAY})*)(?: (?:uniquement|seulement))?(?!\S)"
)
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
WEEKEND = frozenset({"samedi", "dimanche"})
_THROUGH = re.compile(rf"(?P<first>{_WEEKDAY}) (?:au|a|jusqu au) (?P<last>{_WEEKDAY})")
_OFFICE = {"no_early": "true", "no_late": "true", "no_night": "true"}
_AT_SCHOOL = Meaning("Horaires d'école", _OFFICE | {"no_weekend": "true"})
_CHILD = r"(?:enfants?|petite?s?|fils|filles?|gosses?|gamine?s?|minots?|loulous?|jumea\w+|aine|ainee|bebe)"
_SCHOOL = r"(?:ecoles?|creches?|maternelle|classe|garderie|scolaires?|nounou|nourrice|college|periscolaire)"
_SCHOOL_HOURS = re.compile(
    rf"(?<!\S)(?:pendant|durant|quand|lorsque|tant que|compatibles?|seulement si|le temps que)(?: (?!cherche|"
    rf"travail\w*)\w+){{0,5}}? "
    rf"{_CHILD}(?: \w+){{0,4}}? (?:a |en |chez )(?:l |la |le )?{_SCHOOL}(?!\S)|"
    rf"(?<!\S)(?:pendant|durant) (?:l |la |le |les )?(?:temps |heures? |horaires? )?(?:de |d |des )?(?:l |"
    rf"la )?{_SCHOOL}(?!\S)|"
    rf"(?<!\S)(?:(?:horaires?|travail|emploi|poste|job) )*compatibles? (?:avec )?(?:(?:une|la|ma|les|mes|des|mon|ses|l|d) )*"
    rf"(?:vie (?:de |d une |de maman )?(?:famille|familiale|mere|maman)|{_CHILD}|ecole|creche|garde (?:d )?enfants?)(?!\S)"
)
_MOMENT = r"(?P<moment>matin(?:ee)?|apres midi|soir(?:ee)?)s?"
_RESTS = r"(?:off|(?:en |de )?(?:repos|conges?))"
_OF_WEEK = rf"(?!samedi|dimanche){_WEEKDAY}"
_DAY_OFF = re.compile(
    rf"(?<!\S)(?:libres?|dispo\w*|{_RESTS}) (?:(?:le|les|tous|chaque|mes|mon|un) )*(?P<day>{_OF_WEEK}) {_MOMENT}(?!\S)|"
    rf"(?<!\S)(?:(?:mon|mes|les|le|tous|chaque) )*(?P<of>{_OF_WEEK}) {_MOMENT.replace('moment', 'half')} "
    rf"(?:libres?|{_RESTS})(?!\S)"
)
"""Half a day of the week that somebody has for themselves, or for work: no moment of a whole job."""
_IN_WEEK = re.compile(
    r"(?<!\S)(?:(?:que|juste|seulement|uniquement) (?:en |la |dans la )semaine|en semaine(?: (?:uniquement|seulement))?)"
    r"(?! (?:de|prochaine|\d))(?!\S)"
)
_LUNCH = re.compile(
    r"(?<!\S)(?:(?:que|uniquement|seulement|service) )?(?<!apres )(?:(?:le|les|du|ce) midis?(?: (?:uniquement|seulement))?|"
    r"entre midi et (?:2|14)(?: ?h(?:eures?)?)?)(?!\S)"
)
_TO_NOON = {"midi": "12 heures", "minuit": "24 heures"}
BUSY = re.compile(
    r" (?:je|j|on|nous) "
    r"(?:(?:ne|dois|peux|pourrai|vais|veux|me|m|y|ai|suis|le|la|les|mes|mon|ma|a|en) )*"
    r"(?:occupe\w*|garde\w*|cours|etudi\w+|fac|ecole|formation|soigne|emmene|depose|recupere\w*|dors|rentre|entraine\w*|"
    r"stage)(?!\S)"
)
"""Behind a moment: what somebody does then, who is not free."""
OTHERS = re.compile(
    rf"(?:^| )(?:il|elle|ils|mari|femme|conjointe?|compagn(?:on|e)|copain|copine|{_CHILD})(?: \w+){{0,2}}? "
    r"(?:rentre\w*|travaille\w*|bosse\w*|part|revien\w+|dort|dorment|est absente?)(?: que)? ?$"
)
"""Before a moment: when somebody else comes home or works."""

_TO_CLOCK = (
    r"(?:(?:(?:de|entre) )?(?:\d{1,2} ?(?:h|heures?)(?: ?\d{2})?|minuit) (?:(?:a|et|jusqu a) )+)?"
    r"(?:(?:a partir|des|vers|depuis|jusqu a|avant|apres|a|de|et) )*"
)
BY_CLOCK = rf"{_TO_CLOCK}\d{{1,2}} ?(?:h|heures?)(?: ?\d{{2}})? "
BY_NIGHT = rf"{_TO_CLOCK}0?[0-3] ?(?:h|heures?)(?: ?\d{{2}})? "
"""Hours before four are called ones of the morning, and are worked at night."""


def clock(said: str) -> Meaning | None:
    """What hours of the clock ask of an offer: «de 8h à 12h», «finir à 16h30», «après 18h»; None where that is not plain."""
    for word, at in _TO_NOON.items():
        said = said.replace(word, at)
    hours = [int(match["hour"]) for match in _CLOCK.finditer(said)]
    if len(hours) == 1 and 1 <= hours[0] <= 24:
        never = "pas avant" in said
        if "pas apres" in said or (_ENDS.search(said) and not never):
            return _until(hours[0])
        return _from(hours[0]) if never or _BEGINS.search(said) else None
    if len(hours) == 2 and all(0 <= hour <= 24 for hour in hours) and hours[0] != hours[1]:
        return _between(*hours)
    return None


def _between(first: int, last: int) -> Meaning | None:
    label = f"De {first} h à {last} h"
    if first > last:
        return Meaning(label, {"moment": "night"}) if first >= _NIGHT and last <= _MORNING + 3 else None
    if first >= _MORNING - 1 and last <= _AFTER_LUNCH:
        return Meaning(label, {"moment": "morning"})
    if first >= _SUPPER:
        return Meaning(label, {"moment": "evening"})
    if first >= _NOON and last <= _NIGHT:
        return Meaning(label, {"moment": "afternoon"})
    asked = {
        "no_early": first >= _EARLY,
        "no_late": last <= _LATE,
        "no_night": first >= _MORNING - 1 and last <= _NIGHT + 1,
    }
    return Meaning(label, {name: "true" for name, true in asked.items() if true}) if any(asked.values()) else None


def _until(hour: int) -> Meaning | None:
    if hour <= _MORNING:
        return None
    late = {"no_late": "true"} if hour <= _LATE else {}
    return Meaning(f"Jusqu'à {hour} h", late | {"no_night": "true"}) if hour <= _NIGHT + 2 else None


def _from(hour: int) -> Meaning | None:
    if hour >= _SUPPER:
        return Meaning(f"À partir de {hour} h", {"moment": "evening"})
    return Meaning(f"À partir de {hour} h", {"no_early": "true"}) if hour >= _EARLY else None


SCHOOL_HINTS = ("compatible", "durant", "lorsque", "pendant", "quand", "seulement si", "tant que", "temps que")
TIMES_HINTS = ("di", "semaine")
"""Each weekday has «di», and so has midday."""


def school(joined: str) -> Iterator[Said]:
    """What the school's hours leave, which is read before who the children are."""
    for match in _SCHOOL_HOURS.finditer(joined):
        yield Said(ChipKind.SCHEDULE, _AT_SCHOOL, None, *match.span())


def times(joined: str) -> Iterator[Said]:
    """Weekdays, with or without work, and midday."""
    for match in _IN_WEEK.finditer(joined):
        yield Said(ChipKind.SCHEDULE, Meaning("En semaine", {"no_weekend": "true"}), None, *match.span())
    for match in _LUNCH.finditer(joined):
        yield Said(ChipKind.SCHEDULE, Meaning("Le midi", _OFFICE), None, *match.span())
    for match in _DAY_OFF.finditer(joined):
        day, half = match["day"] or match["of"], (match["moment"] or match["half"]).replace("apres midi", "après-midi")
        yield Said(
            ChipKind.SCHEDULE,
            Meaning(f"Le {day.removesuffix('s')} {half.replace('ee', 'ée')}", {}),
            None,
            *match.span(),
        )
    yield from _weekdays(joined)


def _weekdays(joined: str) -> Iterator[Said]:
    for match in _WEEKDAYS.finditer(joined):
        through = _THROUGH.fullmatch(match["days"])
        days = [word.removesuffix("s") for word in match["days"].split() if word.removesuffix("s") in _DAYS]
        if WEEKEND.issuperset(days):
            continue  # the week-end, which offers know
        if through:
            first, last = (_DAYS.index(day) for day in days)
            if last <= 4:
                label, asked = f"Du {days[0]} au {days[1]}", {"no_weekend": "true"} if first < last else {}
            else:
                label, asked = f"Du {days[0]} au {days[1]}", {}
            yield Said(ChipKind.SCHEDULE, Meaning(label, asked), None, *match.span())
            continue
        named = [f"{day}" for day in dict.fromkeys(days)]
        listed = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} et {named[-1]}"
        yield Said(
            ChipKind.SCHEDULE, Meaning(f"Le {listed}", {}), Meaning(f"Pas le {listed}", {}), match.start(), match.end()
        )
