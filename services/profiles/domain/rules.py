"""What cannot be, beyond types: each refusal names its field."""

from collections.abc import Iterable, Sequence
from datetime import date

from services.profiles.domain.details import ProfileDetails
from services.profiles.domain.errors import ProfileRefused
from services.profiles.domain.resume import resume_errors
from shared.ages import Standing, age_errors, standing_on
from shared.contracts.events.profiles import MOST_PRACTISED
from shared.contracts.vocabulary import Card, Channel
from shared.errors import FieldError, refused
from shared.phones import UNFIT, e164
from shared.reference.occupations import Occupations


def checked(
    details: ProfileDetails, territory: str, today: date, before: ProfileDetails | None = None
) -> ProfileDetails:
    """The details with the phone number normalised. ``before``: as they are stored; an age is refused when it is said, so
    that whoever was taken by an earlier rule can still mend the rest.

    Raises:
        ProfileRefused: naming every field that cannot be.
    """
    errors = [*_person_errors(details, today, before), *_search_errors(details), *resume_errors(details.cv, today)]
    phone = details.phone
    if phone is not None:
        phone = e164(phone, territory)
        if phone is None:
            errors.append(phone_error())
    errors += channel_errors(details.channels, email=details.email)
    if errors:
        raise refused(ProfileRefused, errors)
    # A year that is that of the date says nothing more, nor a licence in preparation that is held.
    kept = {
        "phone": phone,
        "birth_year": None if details.birth_date else details.birth_year,
        "licences_in_preparation": tuple(
            one for one in details.licences_in_preparation if one.licence not in details.licences
        ),
    }
    return details.model_copy(update=kept)


def phone_error() -> FieldError:
    """The refusal of a number that nobody can be reached by at the price of a call."""
    return FieldError("phone", "implausible-phone", UNFIT)


def channel_errors(channels: Sequence[Channel], *, email: str | None) -> list[FieldError]:
    """Channels that are named twice, or that cannot reach anybody."""
    errors = repeated("channels", channels)
    if Channel.EMAIL in channels and not email:
        errors.append(FieldError("channels", "email-missing", "Pour écrire par e-mail, il faut une adresse e-mail."))
    return errors


def repeated(field: str, values: Iterable[str], path: str = "{index}") -> list[FieldError]:
    """One error per value that was said before; ``path`` is what follows the field's name."""
    seen: set[str] = set()
    errors = []
    for index, value in enumerate(values):
        if value in seen:
            errors.append(
                FieldError(f"{field}.{path.format(index=index)}", "duplicate", "Cette valeur est donnée deux fois.")
            )
        seen.add(value)
    return errors


def _person_errors(details: ProfileDetails, today: date, before: ProfileDetails | None) -> list[FieldError]:
    born, year = details.birth_date, details.birth_year
    errors: list[FieldError] = []
    if before is None or (born, year) != (before.birth_date, before.birth_year):
        errors += age_errors(today, born, year)
        if born is not None and year is not None and year != born.year:
            errors.append(FieldError("birth_year", "differs", "L'année n'est pas celle de la date de naissance."))
        if not errors and standing_on(today, born, year) is Standing.UNPROVEN:
            message = "Cette année ne dit pas si la personne a 18 ans : indiquez la date de naissance."
            errors.append(FieldError("birth_date", "required", message))
    return errors


def _search_errors(details: ProfileDetails) -> list[FieldError]:
    errors = [
        *repeated("occupations", [wish.code for wish in details.occupations], "{index}.code"),
        *(
            FieldError(
                f"occupations.{index}.sought",
                "too-many",
                f"{MOST_PRACTISED} métiers exercés et plus recherchés au plus : gardez les plus longs.",
            )
            for index, wish in enumerate(details.occupations)
            if wish in details.practised[MOST_PRACTISED:]
        ),
        *repeated("skills", details.skills),
        *repeated("travel", [travel.means for travel in details.travel], "{index}.means"),
        *repeated("licences", details.licences),
        *repeated(
            "licences_in_preparation", [one.licence for one in details.licences_in_preparation], "{index}.licence"
        ),
        *repeated("cards", details.cards),
        *repeated("certificates", [one.caces or one.card for one in details.certificates], "{index}.card"),
        *(
            FieldError(f"certificates.{index}.caces", "not-a-caces", "Seul un CACES a une catégorie de CACES.")
            for index, one in enumerate(details.certificates)
            if one.caces is not None and one.card is not Card.CACES
        ),
        *repeated("kinds", details.kinds),
        *repeated("contract_kinds", details.contract_kinds),
        *repeated("wished_contract_kinds", details.wished_contract_kinds),
    ]
    low, high = details.availability.weekly_hours_min, details.availability.weekly_hours_max
    if low is not None and high is not None and low > high:
        errors.append(
            FieldError(
                "availability.weekly_hours_min",
                "above-maximum",
                "Le minimum d'heures par semaine dépasse le maximum.",
            )
        )
    accepted = set(details.contract_kinds)
    for index, kind in enumerate(details.wished_contract_kinds):
        if accepted and kind not in accepted:
            errors.append(
                FieldError(
                    f"wished_contract_kinds.{index}",
                    "not-accepted",
                    "Ce contrat est souhaité mais ne figure pas parmi les contrats acceptés.",
                )
            )
    return errors


def unheard_of(occupations: Occupations, details: ProfileDetails) -> list[FieldError]:
    """Codes of the right form that the referential does not have. They are taken, since a later one may know them, and told,
    since they are slips of the pen more often: nothing is recommended for one.
    """
    message = "Ce code de métier n'est pas au référentiel : rien ne sera proposé pour lui. Choisissez le métier dans la liste."
    return [
        FieldError(f"occupations.{index}.code", "occupation-unknown", message)
        for index, wish in enumerate(details.occupations)
        if occupations.get(wish.code) is None
    ]
