"""Keys by which people are sorted and looked for."""

from shared.reference.text import words_of


def name_key(last_name: str, first_name: str) -> str:
    """«Éloïse D'Arc» → ``d arc eloise``, «Иван» → ``иван``; never empty, so that a name of signs alone sorts as well."""
    return words_of(f"{last_name} {first_name}") or f"{last_name} {first_name}".casefold()
