"""Keys by which people are sorted and looked for."""

from shared.reference.text import folded


def name_key(last_name: str, first_name: str) -> str:
    """«Éloïse D'Arc» → ``d arc eloise``; never empty, so that names in other scripts sort as well."""
    return folded(f"{last_name} {first_name}") or f"{last_name} {first_name}".casefold()
