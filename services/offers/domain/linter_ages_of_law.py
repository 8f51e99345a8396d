"""Ages that a text sets for who may be hired: those of learners, and of who plays a part."""

# A list of words is read as one line.
# ruff: noqa: E501
import re

from services.offers.domain.linter_clauses import Sentence
from services.offers.domain.linter_words import LAW, SERVED, has, words

_LEARNS = words(r"apprenti(?:e|s|es|ssage)?", r"alternan(?:ce|t|te|ts|tes)")
_OTHER_SCHEMES = words(
    r"service civique",
    r"volontariat",
    r"insertion",
    r"iae",
    r"pec",
    r"cui",
    r"cae",
    r"cej",
    r"mission locale",
    r"emplois? (?:aides?|francs?|d' avenir)",
    r"parcours emploi",
    r"engagement",
    r"garantie jeunes?",
)
_OF_LEARNERS = frozenset({15, 16, 17, 18, 25, 26, 29, 30, 31, 34, 35})
"""From 16 (15 after the third year of the collège) to 29, to 34 beside a former contract (labour code L6222-1, L6222-2, D6222-1); to 25 or
from 26 on for professionnalisation (L6325-1). Another age beside them is the employer's own."""
_KEPT = words(
    r"uniquement",
    r"exclusivement",
    r"seulement",
    r"reserv\w+",
    r"maxi\w*",
    r"max",
    r"pas plus",
    r"moins d[e']",
    r"de preference",
    r"souhait\w+",
    r"ideal\w*",
    r"exig\w+",
    r"entre \d\d",
    r"imperati\w+",
)


def beyond_the_scheme(s: Sentence, match: re.Match[str]) -> bool:
    """Whether an age beside an apprenticeship is none of the law's: «apprenti de moins de 20 ans»."""
    if not s.says(_LEARNS) or s.says(_OTHER_SCHEMES) or s.says(LAW):
        return False
    numbers = [int(match[name]) for name in ("low", "high", "n", "bare") if match[name]]
    own = [one for one in numbers if one not in _OF_LEARNERS] or (match["high"] and int(match["high"]) < 25)
    return (
        bool(own)
        and match["bound"] != "plus"
        and has(_KEPT, s.around(*match.span(), 3))
        and not has(SERVED, s.before(match.start(), 7))
    )


PLAYED = words(
    r"roles? (?:d[e'u]|principal)",
    r"(?:jouer|incarner|interpreter) (?:une?|le|la|l'|des) \w+",
    r"age apparent",
    r"en apparence",
)
"""A part that is named: its age is the part's (labour code L1133-1)."""
