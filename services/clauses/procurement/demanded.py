"""Whether a number with a unit is a volume that the clause demands: by the words before and after it."""

from collections.abc import Sequence
from itertools import pairwise

from services.clauses.procurement import cues
from services.clauses.procurement.cues import any_of
from services.clauses.procurement.measures import Candidate, Unit
from services.clauses.procurement.words import Token


def demanded(tokens: Sequence[Token], one: Candidate, *, other: bool) -> bool:
    before, after = tokens[max(one.first - 8, 0) : one.first], tokens[one.last + 1 : one.last + 9]
    match one.unit:
        case Unit.HOURS:
            return _hours(tokens, one, before, after, other=other)
        case Unit.PERCENT:
            return one.number <= 100 and _share(before, after)
        case Unit.FTE:
            return not _defines(before, after) and not any_of(before[-4:], ("effectif",))
        case Unit.PEOPLE:
            return _people(tokens, one, before)


def _hours(
    tokens: Sequence[Token], one: Candidate, before: Sequence[Token], after: Sequence[Token], *, other: bool
) -> bool:
    near, words = [token.text for token in after], [token.text for token in before]
    if _never_demanded(before, after) or (one.number <= 24 and _of_the_clock(before, after)):
        return False
    if any_of(after[:4], (*cues.INSERTION, "reserve", "obligatoire")):
        return True
    later = any_of(after[:4], cues.AFTER_DEADLINE) and not any_of(after[:4], ("annee", "periode", "exercice"))
    if _schedule(near) or later or _of_something_else(after):
        return False
    if any_of(before, ("insertion", "nombre", "volume")):
        return True
    if any_of(before[-4:], cues.DEADLINE) or words[-2:] == ["dans", "les"]:
        return False
    if any_of(before[-2:], ("minim",)):
        return True
    if (
        one.number <= 24
        and words[-1:] in (["a"], ["de"], ["et"], ["entre"])
        and not any_of(before[-3:-1], cues.AMOUNTS_TO)
    ):
        times = sum(token.text in ("h", "heures") for token in tokens)
        return words[-1] != "a" and times < 2 and not other  # «remises à 12 h», «de 8 h à 17 h»
    return not other


def _of_the_clock(before: Sequence[Token], after: Sequence[Token]) -> bool:
    """«8h-12h / 14h-17h»."""
    begins = [token.text for token in before[-2:]] in (["h", "-"], ["heures", "-"], ["h", "/"], ["heures", "/"])
    return begins or (len(after) > 1 and after[0].text == "-" and after[1].number is not None)


def _never_demanded(before: Sequence[Token], after: Sequence[Token]) -> bool:
    """What is said of hours whatever stands around: a full-time equivalent's, a week's, those of a person's past."""
    near, words = [token.text for token in after], [token.text for token in before]
    if near[:2] in (["/", "24"], ["sur", "24"]) or (words[-1:] == ["/"] and before[-2:-1] and before[-2].number):
        return True  # 24h/24, 24/48 heures
    if near[:2] in (["par", "etp"], ["par", "equivalent"]) or _on_the_basis(words[-5:]):
        return True
    if words[-1:] == ["a"] and any_of(before, ("semaine",)):
        return True  # «15 semaines à 35 heures»
    if "tranche" in words[-3:] and any_of(before, ("point",)):
        return True  # how an offer is marked
    if any_of(before, ("etp", "plein")) and (
        any_of(before[-5:], ("correspond", "equivaut", "represent")) or "=" in words or words[-2:] == ["plein", "de"]
    ):
        return True
    if words[-2:] == ["moins", "de"] and words[-3:-2] != ["pas"]:
        return True
    if any_of(after[:2], ("hebdomadaire", "quotidien", "journalier")):
        return True
    return any_of(before[-3:], (*cues.OTHER_HOURS, "hebdomadaire", "quotidien", "journalier"))


def _on_the_basis(words: Sequence[str]) -> bool:
    """«sur la base de 1 607 heures»; an offer «de base» is none."""
    return any(one == "base" and following in ("de", "d", ":") for one, following in pairwise(words))


def _of_something_else(after: Sequence[Token]) -> bool:
    """«300 heures de grue»; of work or of people they may be the clause's."""
    if after[:1] and after[0].text in ("de", "d"):
        noun = after[1:3] if after[0].text == "de" else after[2:3]
        return bool(noun) and not any_of(noun, cues.HOURS_OF)
    return any_of(after[:3], cues.OTHER_HOURS)


def _schedule(near: Sequence[str]) -> bool:
    """Whether hours of a day, week or month follow."""
    for index, word in enumerate(near[:4]):
        if word.startswith(cues.SCHEDULE[:1] + cues.SCHEDULE[3:]):
            return True
        if (
            word in ("par", "/", "la", "chaque")
            and near[index + 1 : index + 2]
            and near[index + 1].startswith(("semaine", "jour", "mois"))
        ):
            return True
    return False


def _share(before: Sequence[Token], after: Sequence[Token]) -> bool:
    if any_of(before, cues.NOT_A_SHARE) or any_of(after[:5], cues.NOT_A_SHARE):
        return False
    if [token.text for token in after[:2]] == ["des", "heures"] and any_of(after[2:5], cues.INSERTION):
        return False  # for whom hours are that are demanded elsewhere
    led = any_of(before[-6:], (*cues.INSERTION, "effort", "clause"))
    if any_of(before[-4:], cues.PERCENT_OF_LABOUR) and not led:
        return False  # how much of the amount is labour
    if any_of(after[:3], cues.WORKFORCE):
        return False  # who a reserved contract is for
    return led or any_of(after[:7], (*cues.PERCENT_OF_HOURS, *cues.PERCENT_OF_LABOUR, *cues.INSERTION))


def _defines(before: Sequence[Token], after: Sequence[Token]) -> bool:
    """«1 ETP = 1 607 heures»."""
    return any_of(after[:3], ("=", "correspond", "equiva")) or any_of(before[-3:], ("base",))


def _people(tokens: Sequence[Token], one: Candidate, before: Sequence[Token]) -> bool:
    words = [token.text for token in before]
    if one.number != int(one.number) or one.number > 10_000 or words[-2:] in (["moins", "de"], ["plus", "de"]):
        return False
    if tokens[one.first].text in ("un", "une") and not any_of(before[-3:], ("moins", "minimum", "soit")):
        return False
    if any_of(before, ("effectif", "equipe", "compose")):
        return False
    return any_of(tokens, ("insertion", "eloigne", "embauch", "recrut"))
