"""Conditions of age: in digits or words, ranges, decades, years of birth, «jeune», «retraité»."""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re

from services.offers.domain.linter_ages_of_law import PLAYED, beyond_the_scheme
from services.offers.domain.linter_clauses import Sentence
from services.offers.domain.linter_heads import any_of
from services.offers.domain.linter_words import (
    APPLICANT,
    CANDIDATE,
    CIVIC,
    DEMAND,
    EXCLUDES,
    HIRING,
    LAW,
    LIFTED,
    OBJECT,
    PICKS,
    ROLES,
    SCHEMES,
    SERVED,
    STUDIES,
    WELCOMES,
    Found,
    for_them,
    free,
    has,
    last,
    others,
    words,
)

_N = r"(?:1[4-9]|[2-7]\d)"
_BETWEEN = rf"(?:entre |de )?(?P<low>{_N}) (?:ans )?(?:/|-|–|a|et) (?P<high>{_N}) ans?"
_AGE = words(
    rf"{_BETWEEN}",
    rf"(?:(?:de |d' )?(?:au )?(?P<bound>moins?|plus|autour|environ|minimum|maximum|maxi|mini|au ?-? ?dela|jusqu' a|avant|apres) (?:de |d' |que )?)?(?P<n>{_N}) ans?(?: (?P<after>revolus?|maxi|au maximum|maximum|max|mini|au minimum|minimum|min|au plus|au moins|et plus|et moins|ou plus|ou moins|environ|(?:au )?grand maximum|tout au plus|svp))?",
    rf"age(?: \w+){{0,2}} ?:? ?(?:de |entre )?{_N} (?:/|-|–|a|et) {_N}(?! ?(?:ans|mois|h|€|euros))",
    r"nee?s? (?:avant|apres|entre|depuis) (?:19|20)\d\d",
    rf"age(?: \w+)? ?:? (?P<bare>{_N})(?! ?(?:€|euros?|h|heures|km|kg|min|mois|%|personnes|enfants|jours))",
)
_DECADE = words(
    r"la (?:bonne )?(?:vingtaine|trentaine|quarantaine|cinquantaine|soixantaine)(?! (?:de(?! preference)|d'))"
)
_LIMIT = words(
    r"limites? d' age",
    r"age limite",
    r"trop (?:age|agee|ages|agees|vieux|vieille)",
    r"plus (?:tres |tout )?jeunes?(?= )",
    "age (?:mur|mure)",
    "mure",
    r"(?:avoir|etre (?:dans|de)) (?:le|la) meme (?:tranche d' )?age",
)
_YOUNG = words(r"jeunes?")
_STATUS = words(
    r"seniors?",
    r"retraite(?:s|e|es)?",
    r"etudiant(?:s|e|es)?",
    r"lyceen\w*",
    r"quinqua\w*",
    r"quadra\w*",
    r"sexagenaires?",
    r"trentenaires?",
)
_OTHER_YOUNG = words(
    r"jeunes? (?:entreprises?|societes?|start|structures?|associations?|equipes?|plants?|vignes?|arbres?|pousses?|animaux|veaux|chevaux|public|publics|enfants?|diplomes?|diplomees?|talents?|et dynamique|marque|maison|majeurs?|adultes?|parents?|eleves?|apprentis?|agence|garde|site|reseau|d' esprit|"
    r"permis|professionnels?|cadres?|sportifs?|patients?|joueurs?|chiens?|travailleurs?|migrants?|accueillis?|accompagnes?|confies?|places?|en (?:difficulte|insertion|formation|situation|service|apprentissage)|de la mission|ages? de|suivis|handicapes)"
)
_LICENCE_AGE = words(
    r"permis (?:c|d|ce|de|c1|d1|ec|ed|poids lourds?)",
    r"poids lourds?",
    r"transport (?:de personnes|en commun|scolaire)",
    r"autocars?",
    "fimo",
    r"surveillan\w+ de baignade",
    r"(?:en|d') internat",
)


def age(s: Sentence) -> Found:
    """Ages in digits or words, ranges, decades, «jeune», «retraité»."""
    for match in s.all(_AGE):
        verdict = _of_age(s, match)
        if verdict is not None:
            yield match.start(), match.end(), verdict
    if s.says(SCHEMES) or s.says(LIFTED):
        return
    yield from _them_only(s)
    if free(s):
        yield from (
            (one.start(), one.end(), False)
            for one in s.all(_STATUS)
            if one[0].startswith(("quadra", "quinqua", "trente"))
        )
        return
    for match in s.all(_DECADE):
        if not others(s, match.start(), match.end()):
            yield match.start(), match.end(), s.says(CANDIDATE) or s.says(DEMAND) or s.says(HIRING)
    for match in s.all(_LIMIT):
        if _NO_LIMIT.search(s.before(match.start(), 4)):
            continue
        if not others(s, match.start(), match.end()) and (
            match[0].startswith(("limite", "age limite", "trop")) or s.says(DEMAND) or s.says(CANDIDATE)
        ):
            yield match.start(), match.end(), match[0].startswith(("limite", "age limite")) or s.says(EXCLUDES)
    yield from _status(s)
    yield from _young(s)


_OLDER = 40
_STAFF = re.compile(r" (?:\d+|nos|les) (?:salaries?|collaborat\w+|membres)(?: ages?)? $")
"""«12 salariés de 20 à 60 ans»: who works there already."""
_NO_LIMIT = re.compile(r" (?:pas|sans|aucune?s?|ni|plus)(?: de| d'| aucune| la| l')* $")
"""«Pas de limite d'âge»: the opposite of a condition."""
_AT_MOST = frozenset(
    {
        "maxi",
        "maximum",
        "au maximum",
        "max",
        "au plus",
        "et moins",
        "ou moins",
        "grand maximum",
        "au grand maximum",
        "tout au plus",
    }
)


_NAMES_NOBODY = words("personnes")
_PROFILE = words(r"experience\w*", r"pratique", r"diplomes?", "cap", "bep", "bac", r"permis", r"caces", r"cdd", r"cdi")
_BEGINS_AN_ITEM = re.compile(r"(?:^|[,:(-]| et| mais)(?: pas| non)? $")
_ENDS_AN_ITEM = re.compile(r" (?:$|[,:)-]|maxi\w*|minim\w*)")
_UP_TO = re.compile(r" (?:maxi\w*|max|tout au plus|au plus)(?= )")
_MEAN = re.compile(r" moyenne d' (?:age (?:\w+ ){0,3})?$")


def _item_of_a_profile(s: Sentence, start: int, end: int) -> bool:
    """«Permis B, 5 ans d'expérience et 45 ans au plus»: between commas, and not of what the other items are about."""
    return (
        (s.says(_PROFILE) or _UP_TO.match(s.after(end, 2)) is not None)
        and _BEGINS_AN_ITEM.search(s.text[:start]) is not None
        and _ENDS_AN_ITEM.match(s.text[end:]) is not None
        and not has(SERVED, s.text[:start])
    )


def _others_or_lifted(s: Sentence, match: re.Match[str]) -> bool:
    return s.says(LIFTED) or others(s, match.start(), match.end())


def _of_age(s: Sentence, match: re.Match[str]) -> bool | None:
    if match[0].startswith("age ") and match["bare"] is None:
        return None if _others_or_lifted(s, match) else True
    if match[0].startswith("ne"):
        if (
            not s.says(EXCLUDES)
            and has(SERVED, s.before(match.start(), 9))
            and not has(DEMAND, s.around(*match.span(), 5))
        ):
            return None
        begins = s.before(match.start()) in (" ", " - ", " etre ", " etre - ", " vous etes ")
        return True if begins or s.says(DEMAND) or s.says(EXCLUDES) or s.says(CANDIDATE) else None
    low = int(match["low"] or match["n"] or match["bare"] or 0)
    bounded = bool(match["low"] or match["bound"] or match["after"] or match["bare"])
    start, end = match.span()
    near = s.around(start, end)
    if low <= 18 and not match["high"] and match["bound"] in ("moins", "moin") and match["after"] not in _AT_MOST:
        return None  # who is no adult yet is kept from much by law
    if low <= 18 and not match["high"] and match["after"] not in _AT_MOST and not s.says(EXCLUDES):
        # Eighteen is the law's (night work, alcohol, driving), sixteen that of work at all.
        return None
    if s.says(LIFTED) or _MEAN.search(s.before(start, 6)) or s.says(PLAYED):
        return None
    if s.says(SCHEMES):
        return False if beyond_the_scheme(s, match) else None
    if s.asked and match["bound"] == "plus" and low >= _OLDER and not s.says(EXCLUDES):
        return None  # «Vous avez plus de 50 ans ?» is meant as a welcome
    if s.says(WELCOMES) and not s.says(EXCLUDES):
        # Older people who are welcomed are not preferred; a range that is welcome may be.
        return None if match["bound"] == "plus" or not match["high"] else False
    if match["after"] not in _AT_MOST and s.says(_LICENCE_AGE) and low in (20, 21, 23, 24):
        # Ages of the licences for lorries and coaches (road code R221-5).
        return None
    aged = has(words(r"agee?s?", "age", "vos", "tes"), s.before(start, 6)) or match["bare"] is not None
    if re.search(r" (?:il y a|en|depuis|pendant|durant|apres)(?: un)?(?: peu)?(?: environ)? $", s.before(start, 5)) or (
        match["bound"] in ("apres", "avant") and not aged
    ):
        return None
    if re.search(r" \d a \d+ ans ", s.text):
        # «1 à 2 ans, 3 à 5 ans, plus de 20 ans»: a choice of experiences.
        return None
    if re.match(r" (?:d'|de|du|dans|sur|chez|que|qu'|et plus d) (?!preference|age )", s.after(end, 3)) and not aged:
        # «40 ans d'histoire», «3 ans de garantie», «dans le métier».
        return None
    if (
        (has(OBJECT, s.after(end, 3)) and not aged)
        or has(words("d' age"), s.after(end, 2))
        or (
            others(s, start, end, right=0)
            and not (
                low >= 20
                and s.before(start, 1).strip() in ("", ":", ",", "-")
                and (match["after"] in _AT_MOST or has(DEMAND, s.after(end, 2)))
            )
        )
    ):
        return False if bounded and _item_of_a_profile(s, start, end) else None
    if _STAFF.search(s.before(start, 4)) and not (s.says(PICKS) or s.says(DEMAND)):
        return None
    if s.says(CIVIC) or s.says(ROLES):
        return False
    if s.says(LAW):
        return (
            False
            if has(APPLICANT, s.before(start)) and not s.says(words(r"alcool\w*", "code", r"legal\w*", "loi"))
            else None
        )
    if match["after"] in ("revolu", "revolus"):
        return None if s.says(_LICENCE_AGE) else False
    said = (
        has(CANDIDATE, s.before(start, 8))
        or has(DEMAND, near)
        or s.says(EXCLUDES)
        or aged
        or has(HIRING, s.before(start, 8))
    )
    if not bounded and not aged:
        # «vous avez 2 ans», «contrat de 20 ans»: a number of years, of what nobody says.
        return (
            True
            if has(words("vous avez", "tu as", r"(?:garcon|fille|homme|femme|jeune|personne) de"), s.before(start, 3))
            else None
        )
    if said:
        # «Unité de 25 lits, personnes de plus de 75 ans»: people that nobody hires are who is served.
        return not s.says(_NAMES_NOBODY) or any(s.says(one) for one in (APPLICANT, DEMAND, HIRING, EXCLUDES))
    return s.short


_GROUP = (
    r"(?:retraite(?:s|es)|etudiant(?:s|es)|lyceen\w+|seniors|jeunes|quinqua\w*|quadra\w*|sexagenaires|trentenaires)"
)
_WELCOME = r"(?:bienvenu\w*|accept\w+|admis\w*|souhait\w+|recherch\w+|retenu\w*|recrut\w+|accueilli\w*)"
_THEM_ONLY = re.compile(
    # «Retraités bienvenus exclusivement»: the word that leaves out all others ends what is said.
    rf"(?:^|(?<= [:,-])|(?<=ouvert aux)|(?<=bienvenue aux)) (?:(?:aux?|les|des) )?(?P<them>{_GROUP}(?: (?:et|ou|/) \w+)?)"
    rf"(?: {_WELCOME})?(?: [,:-])? (?:uniquement|exclusivement|seulement)(?= [^a-z0-9]| $)"
    rf"| seule?s (?:les |des )?(?P<seuls>{_GROUP})(?: (?:et|ou) \w+)? (?:(?:sont|seront|etre|peuvent|pourront) )?(?:{_WELCOME}|postuler|candidater)"
    rf"| n' (?:accueill|accept|recrut|embauch|engage|pren|reten|cherch)\w+ (?:ici )?que (?:des|les) (?P<que>{_GROUP})"
)


_ALONE = words("uniquement", "exclusivement", "seulement", "seule?s", "n'")
"""One of them is in whatever that finds."""


def _them_only(s: Sentence) -> Found:
    """A group of one age is welcome and nobody else is: no welcome to all."""
    for match in _THEM_ONLY.finditer(s.text):
        group = next(name for name in ("them", "seuls", "que") if match[name])
        yield *match.span(group), True


_ONLY_THEM = words(
    r"reserv\w+ (?:a|aux?)(?: des| une?| l')?",
    "uniquement(?: des| aux?)?",
    "exclusivement(?: des| aux?)?",
    r"privilegi\w+(?: les| des)?",
    r"(?:re)?cherch\w+(?: une?| des| d')?",
    r"recrut\w+(?: une?| des)?",
)
_FIT_FOR = words(
    r"(?:ideal\w*|parfait\w*|adapte\w*) (?:pour|aux?|a)(?: une?| des| les)?",
    r"convien\w+ (?:aux?|a)(?: une?| des)?",
    r"prefer\w+ (?:pour|aux?)?",
    "pour jeunes?",
    "jeunes?",
)


_THEIR_PLACES = words(r"logements?", r"residences?", r"hebergements?", r"chambres?", r"tarifs?", r"cantines?")
"""What is kept for a group without asking who works there."""


def _status(s: Sentence) -> Found:
    for match in s.all(_STATUS):
        before, after = s.before(match.start(), 4), s.after(match.end(), 3)
        # «Data engineer senior» is a level; «un senior» is somebody.
        if match[0] == "senior" and not (s.says(EXCLUDES) and re.search(r" (?:un|le|tout|de) $", before)):
            continue
        if last(OBJECT, before) >= 0 or last(SERVED, before) >= 0 or has(_THEIR_PLACES, before):
            continue
        if for_them(s, match.start()) or (s.says(STUDIES) and match[0].startswith(("etudiant", "lyceen"))):
            continue
        only = re.search(_ONLY_THEM.pattern + r" (?:jeunes? )?$", before) is not None or has(
            words("uniquement", "exclusivement", r"exige\w*"), after
        )
        fit = re.search(_FIT_FOR.pattern + r" (?:\w+ (?:ou|et|/) )?(?:jeunes? )?$", before) is not None
        if s.says(EXCLUDES) or only:
            # Being a student is no age, and often stands for one.
            certain = (
                s.says(EXCLUDES)
                or not match[0].startswith(("etudiant", "lyceen"))
                or s.says(words(r"reserv\w+", "uniquement", "exclusivement"))
            )
            yield match.start(), match.end(), certain
        elif (
            fit
            or has(words(r"souhaite\w*", r"appreci\w+", "ferait"), after)
            or match[0].startswith(("quadra", "quinqua", "trentenaire", "sexa"))
        ):
            yield match.start(), match.end(), match[0].startswith("retraite") and has(_YOUNG, before)


_SAID_OF_YOU = re.compile(
    r" (?:vous (?:etes|serez|devez etre|devrez etre)|tu es|tu seras)(?: (?:[a-z]+ment|tres|plutot|encore|assez|aussi|donc))* $"
)
"""Whoever applies is, whoever else the sentence names: «pour notre clientèle, vous êtes impérativement jeune»."""


def _young(s: Sentence) -> Found:
    if s.says(_OTHER_YOUNG):
        return
    for match in s.all(_YOUNG):
        before, after = s.before(match.start(), 6), s.after(match.end(), 3)
        beside = has(SERVED, before) or has(OBJECT, before) or has(SERVED, s.after(match.end(), 6))
        if (beside and _SAID_OF_YOU.search(before) is None) or before.endswith(" charge des "):
            continue
        hired = has(
            words(
                r"(?:re)?cherch\w+",
                r"recrut\w+",
                r"embauch\w+",
                "quelqu' un de",
                r"engage\w*",
                "aimerions",
                "voulons",
                "souhaitons",
                "desirons",
                "attendons",
                r"personnes?",
                r"profils?",
                r"vous etes",
                "tu es",
                r"candidat\w*",
            ),
            before,
        )
        if (
            hired
            or has(DEMAND, after)
            or has(words("hommes?", "femmes?", "filles?", "garcons?"), after)
            or has(words(r"reserv\w+ aux?"), before)
        ):
            certain = hired or has(DEMAND, s.around(*match.span(), 5))
            yield match.start(), match.end(), certain


AGE_SIGNS = any_of(_AGE, _ALONE, _STATUS, _DECADE, _LIMIT, _YOUNG)
"""The bits of the lists without one of which there is no condition, here as in the other readers' modules."""
