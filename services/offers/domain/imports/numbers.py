"""Numbers as people write them in French texts: «1 800», «1.800,00», «21450,00», «17,5», «1800.0»."""

import re

# Thousands are told from decimals by the shape: groups of three that are all parted alike.
NUMBER = re.compile(
    r"(?<![\w.,])\d{1,3}(?:([ \u00a0\u2009\u202f.,'’])\d{3})(?:\1\d{3})*(?:[.,]\d{1,2})?(?!\d)|(?<![\w.,])\d+(?:[.,]\d+)?"
)
_GROUPED = re.compile(r"\d{1,3}(?:([ \u00a0\u2009\u202f.,'’])\d{3})(?:\1\d{3})*([.,]\d{1,2})?")

_SPELT = "un deux trois quatre cinq six sept huit neuf dix onze douze"
SPELT = {"une": 1, **{word: number for number, word in enumerate(_SPELT.split(), 1)}}
"""Small numbers in letters: «six mois», «une heure»."""


def value_of(text: str, *, grouped: bool = True) -> float:
    """The number that ``NUMBER`` matched. ``grouped``: «12.500» is twelve thousand five hundred, else twelve and a half."""
    match = _GROUPED.fullmatch(text)
    if match is None:
        return float(text.replace(",", "."))
    parted, decimals = match[1], match[2]
    if parted in ".," and not decimals and text.count(parted) == 1 and not grouped:
        return float(text.replace(",", "."))
    whole = text[: len(text) - len(decimals or "")].replace(parted, "")
    return float(whole + (decimals or "").replace(",", "."))


def in_euros(low: float, high: float | None = None) -> str:
    """«12,50 €», «12,50 à 13,00 €»."""
    ends = dict.fromkeys((low, low if high is None else high))
    return f"{' à '.join(f'{one:.2f}'.replace('.', ',') for one in ends)} €"
