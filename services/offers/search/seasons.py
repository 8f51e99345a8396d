"""Seasons of work by their names and months: «cet été», «de juin à septembre», «vendanges septembre»."""

import re
from collections.abc import Iterator

_MONTHS = r"(?:mai|juin|juillet|aout|septembre)"
_TO = r"(?:(?:et|ou|a|au|jusqu|en|fin|mi|debut|de|du|d) )*"
_NOT_BEEN = "".join(
    f"(?<!{word} )"
    for word in (
        "ai", "jai", "as", "a", "ont", "avons", "avez", "avait", "avais", "aurait", "avoir", "ayant", "jamais", "deja", "pas",
        "toujours", "longtemps", "souvent", "aussi", "plus",
    )
)  # fmt: skip
"""Before «été» these make it the participle."""
SUMMER = (
    r"(?:(?:pour|cet|en|durant|pendant|tout|l|d|vacances|contrat) )+ete(?: prochain)?|(?:^|(?<=job ))ete(?= \S)|"
    rf"(?<=\S ){_NOT_BEEN}ete(?= \S|$)|"
    r"(?:(?:pour|cet|en|durant|pendant|tout) (?:l )?|l )hiver(?: prochain)?|(?<=[^\s]{2} )hiver(?= \S|$)|grandes vacances|"
    rf"{_TO}{_MONTHS} {_TO}(?!mai){_MONTHS}"
)
"""A season by its name, or by two of its months; «j'ai été» is none, nor is a winter garden."""
_HARVEST = re.compile(
    r"(?<!\S)(?:vendang\w+|cueill\w+|castrage\w*|ramass\w+|recolt\w+|moissons?|colos?|colonies? de vacances)(?!\S)"
)
_ONE_MONTH = re.compile(
    r"(?<!\S)(?:(?:en|fin|mi|debut|pour|pour le mois de|au mois d|au mois de) )*"
    r"(?:mai|juin|juillet|aout|septembre|octobre|novembre|(?:(?:a|l|cet|de|au|ce) )*(?:automne|printemps))(?!\S)"
)
HARVEST_HINTS = ("vendang", "cueil", "castrage", "ramass", "recolt", "moisson", "colo")


def harvest_months(joined: str) -> Iterator[tuple[int, int]]:
    """Where the one month or season stands in which something is harvested, which is seasonal work (labour code L1242-2 3°)."""
    if _HARVEST.search(joined):
        yield from (match.span() for match in _ONE_MONTH.finditer(joined))
