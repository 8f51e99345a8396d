"""Invented employers: plausible names, SIRET numbers that pass the check and belong to nobody in particular."""

import numpy as np

_BRANCH: dict[str, tuple[str, ...]] = {
    "A": ("Ferme", "Exploitation", "Pépinières", "Scierie"),
    "C": ("Agence", "Cabinet"),
    "D": ("Épicerie", "Boulangerie", "Comptoir", "Marché"),
    "E": ("Imprimerie", "Studio"),
    "F": ("Bâtiment", "Maçonnerie", "Charpentes", "Travaux"),
    "G": ("Auberge", "Hôtel", "Restaurant", "Camping"),
    "H": ("Ateliers", "Conserverie", "Menuiserie", "Mécanique"),
    "I": ("Garage", "Maintenance", "Dépannage"),
    "J": ("Résidence", "Clinique", "Maison de santé"),
    "K": ("Services", "Association", "Aide à domicile", "Propreté"),
    "M": ("Cabinet", "Bureau", "Gestion"),
    "N": ("Transports", "Logistique", "Messagerie"),
}
_EPITHET = (
    "des Tilleuls", "du Viaduc", "de la Fontaine", "des Granits", "du Plateau", "des Bruyères", "du Moulin", "des Châtaigniers",
    "de la Place", "du Lavoir", "des Hêtres", "de la Gare", "du Vieux Pont", "des Prairies", "du Beffroi", "de l'Étang",
)  # fmt: skip


def company_name(family: str, commune: str, number: int) -> str:
    """A name for the employer ``number`` of a ROME family in a commune."""
    heads = _BRANCH.get(family, ("Entreprise",))
    return f"{heads[number % len(heads)]} {_EPITHET[number // len(heads) % len(_EPITHET)]} – {commune}"


def siret(number: int, seed: int) -> str:
    """14 digits that pass the Luhn check, for an invented establishment."""
    # 9 as a first digit has not been attributed to a SIREN of a private company in use.
    body = f"9{seed % 1000:03d}{number % 10_000:04d}"
    siren = body + _luhn(body)
    head = f"{siren}0001"
    return head + _luhn(head)


def _luhn(digits: str) -> str:
    values = np.array([int(digit) for digit in reversed(digits)])
    values[::2] *= 2
    total = int(np.where(values > 9, values - 9, values).sum())
    return str(-total % 10)
