"""Taking over what the person confirmed of a CV's proposals."""

from dataclasses import dataclass

from services.profiles import access
from services.profiles.commands.profiles import change
from services.profiles.context import Context
from services.profiles.domain.details import Wish
from services.profiles.domain.errors import ProfileRefused
from services.profiles.domain.home import HomeInput
from services.profiles.domain.journal import Actor
from services.profiles.domain.profile import Profile
from shared.auth import Principal
from shared.contracts.vocabulary import Licence
from shared.errors import FieldError, refused

_MOST_OCCUPATIONS, _MOST_SKILLS = 20, 100
"""As the profile has room for (``ProfileDetails``)."""


@dataclass(frozen=True)
class Confirmed:
    """What is right."""

    occupations: tuple[Wish, ...]
    skills: tuple[str, ...]
    licences: tuple[Licence, ...]
    commune_code: str | None


async def confirm(context: Context, principal: Principal, profile_id: str, said: Confirmed) -> Profile:
    """Add it to the profile; of an occupation that is there already the longer experience stays. Twice is once.

    Raises:
        ProfileUnknown: none of the caller's business.
        ProfileRefused: an occupation or skill that the referential does not know, no room, an unknown commune.
    """

    async def once() -> Profile:
        profile, actor = await access.load(context.store, principal, profile_id)
        await _add(context, profile, actor, said)
        return profile

    return await context.store.retry_conflicts(once)


async def _add(context: Context, profile: Profile, actor: Actor, said: Confirmed) -> None:
    details = profile.details
    known = context.occupations.skill_labels
    errors = [
        FieldError(f"occupations.{at}.code", "unknown-occupation", "Aucun métier n'a ce code.")
        for at, one in enumerate(said.occupations)
        if one.code not in context.occupations
    ]
    errors += [
        FieldError(f"skills.{at}", "unknown-skill", "Cette compétence n'est pas au référentiel.")
        for at, one in enumerate(said.skills)
        if one not in known and one not in details.skills
    ]
    wishes = {one.code: one for one in details.occupations}
    for one in said.occupations:
        before = wishes.get(one.code)
        if before is None or before.experience_months < one.experience_months:
            wishes[one.code] = one
    skills = tuple(dict.fromkeys((*details.skills, *said.skills)))
    if len(wishes) > _MOST_OCCUPATIONS:
        errors.append(FieldError("occupations", "too-many", f"{_MOST_OCCUPATIONS} métiers au plus."))
    if len(skills) > _MOST_SKILLS:
        errors.append(FieldError("skills", "too-many", f"{_MOST_SKILLS} compétences au plus."))
    if errors:
        raise refused(ProfileRefused, errors)
    wanted = details.model_copy(
        update={
            "occupations": tuple(wishes.values()),
            "skills": skills,
            "licences": tuple(dict.fromkeys((*details.licences, *said.licences))),
        }
    )
    place = None if said.commune_code is None else HomeInput(commune_code=said.commune_code)
    given = {"occupations", "skills", "licences"} | ({"place"} if place else set())
    await change(context, profile, actor, wanted, place, frozenset(given), None)
