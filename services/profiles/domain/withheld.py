"""What somebody's age asks for first, and what they read of it."""

from shared.ages import UNDER_16_TEXT, Standing
from shared.kept_enum import Otherwise, StoredEnum


class Withheld(StoredEnum):
    """Why nothing is matched or applied for: it stays in this service. What people read of it is ``WITHHELD_TEXT``."""

    UNDER_16 = "under_16"
    GUARDIAN_CONSENT = "guardian_consent"
    BIRTH_DATE = "birth_date"


WITHHELD_TEXT = Otherwise(
    {
        Withheld.UNDER_16: UNDER_16_TEXT,
        Withheld.GUARDIAN_CONSENT: (
            "Avant 18 ans, il faut l'accord d'un parent ou d'un tuteur : un conseiller le recueille. Jusque-là, le profil "
            "est gardé, mais aucune offre n'est proposée et aucune candidature ne part."
        ),
        Withheld.BIRTH_DATE: (
            "L'année de naissance ne dit pas si la personne a 18 ans : indiquez la date. Jusque-là, aucune offre n'est "
            "proposée et aucune candidature ne part."
        ),
    },
    lambda _: "Ce profil n'est montré à personne pour le moment.",
)


def withheld_for(standing: Standing, *, guardian_agreed: bool) -> Withheld | None:
    """What somebody's age asks for before anything is matched or applied for; None where it asks for nothing."""
    return {
        Standing.UNDER_16: Withheld.UNDER_16,
        Standing.MINOR: None if guardian_agreed else Withheld.GUARDIAN_CONSENT,
        Standing.UNPROVEN: Withheld.BIRTH_DATE,
    }.get(standing)
