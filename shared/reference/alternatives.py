"""«CAP ou 3 ans d'expérience»: a diploma or experience, of which one is enough.

«Diplôme d'ingénieur ou équivalent, vous justifiez de 5 ans d'expérience» asks both: what follows the «ou» has to be the
experience (or the diploma) itself, and not another diploma before it.
"""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re

_NAMES = r"(?:diplom\w+|caps?|bep|bac|baccalaureat|bts|dut|titres? (?:professionnels?|rncp)|licences?|master|deaes|deavs|advf)"
_DIPLOMA = re.compile(rf"(?<![a-z]){_NAMES}(?![a-z])")
_OTHER_WORDS = rf"(?!(?:{_NAMES}|equivalent\w*|universit\w+|formations?|ecoles?|ingenieurs?|certific\w+|et|avec|vous|experiences?)(?![a-z]))[\w'+/-]+ "
_OR_EXPERIENCE = re.compile(
    rf"(?<![a-z])(?:et ?/ ?ou|ou ?/ ?et|ou bien|ou|a defaut),? (?:vous )?(?P<experience>(?:{_OTHER_WORDS}){{0,7}}?(?:d')?experiences?(?![a-z]).{{0,60}})"
)
_OR_DIPLOMA = re.compile(
    rf"experiences?(?![a-z])(?: (?!et |{_NAMES}(?![a-z]))[\w'-]+){{0,9}},? (?:et ?/ ?ou|ou ?/ ?et|ou bien|ou|a defaut) (?:(?:d'|de |du )?(?:un |une |le )?)(?P<diploma>{_NAMES}(?![a-z]).{{0,40}})"
)
_BEGINNER_WITH = re.compile(
    rf"debutante?s? (?:est |sont )?acceptee?s? (?:si|avec) (?:vous (?:etes|avez) )?(?:un |le )?(?P<diploma>{_NAMES}[^,:;]*)"
)
_NO_DEMAND = re.compile(
    r"(?<![a-z])(?:aucune?|sans|ni|salaires?|remunerations?|selon|en fonction|peu importe|quelle? que)(?![a-z])"
)
_NEARBY = 90
"""Characters before the «ou» in which the diploma has to stand: farther away they are two demands."""


def either_of(sentence: str) -> tuple[str, str] | None:
    """The words of the diploma and of the experience, where a folded sentence says that either is enough."""
    if _NO_DEMAND.search(sentence):
        return None
    if (beginner := _BEGINNER_WITH.search(sentence)) is not None:
        return beginner["diploma"], ""
    for match in _OR_EXPERIENCE.finditer(sentence):
        left = sentence[max(0, match.start() - _NEARBY) : match.start()]
        if _DIPLOMA.search(left) and "experience" not in left:
            return left, match["experience"]
    other = _OR_DIPLOMA.search(sentence)
    return None if other is None else (other["diploma"], other.group())
