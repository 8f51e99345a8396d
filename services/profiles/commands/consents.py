"""Everything that somebody agreed to, and taking back one of it."""

from services.profiles import access
from services.profiles.commands import disclosures as disclosing
from services.profiles.commands import pool as pooling
from services.profiles.commands import profiles as changing
from services.profiles.context import Context
from services.profiles.domain import disclosure as disclosed
from services.profiles.domain import pool
from services.profiles.domain.agreements import (
    PURPOSES,
    RECIPIENTS,
    TICK_OF,
    TICK_TEXTS,
    Consent,
    Elsewhere,
    Kind,
    Revocation,
)
from services.profiles.domain.consent import Heard
from services.profiles.domain.disclosure import Disclosure, State
from services.profiles.domain.errors import ConsentUnknown
from services.profiles.domain.profile import Profile
from services.profiles.queries.pool import contacts_of
from services.profiles.store import carriers, disclosures, location
from shared.auth import Principal
from shared.http import Cursor

MOST = 200
"""Disclosures that are listed, the newest; all of them are at ``GET …/disclosures``."""


async def of_person(context: Context, principal: Principal, profile_id: str) -> tuple[list[Consent], list[Elsewhere]]:
    """What is agreed to here, and where the other services list what they keep.

    Raises:
        ProfileUnknown: none of the caller's business.
    """
    profile, _ = await access.load(context.store, principal, profile_id)
    found = [_tick(profile, kind) for kind in TICK_OF]
    if profile.pool is not None:
        found.append(_pool(profile))
        asked = await contacts_of(context.store, profile.id, profile.pool.pseudonym)
        found += [_contact(profile, one) for one in asked if one.state is not pool.ContactState.PENDING]
    now = context.clock.now()
    given = await disclosures(context.store, profile.id, Cursor(after=None, limit=MOST))
    carried = await carriers(context.store, [one.id for one in given])
    found += [_disclosure(one, one.state(carried.get(one.id, []), now)) for one in given[:MOST]]
    found += [_counsellor(one) for one in profile.counsellor_ids]
    return found, _elsewhere(profile)


async def revoke(context: Context, principal: Principal, profile_id: str, consent_id: str, heard: Heard | None) -> None:
    """Take one thing back; everything else stays as it is. Twice is once.

    Raises:
        ProfileUnknown, ConsentUnknown: none of the caller's business; nothing that can be taken back.
        PoolRefused: who acts for the person does not say how they heard it.
    """
    name, _, id = consent_id.partition(".")
    if name == Kind.DISCLOSURE and id:
        await disclosing.revoke(context, principal, profile_id, id)
    elif name == Kind.POOL and not id:
        await pooling.leave(context, principal, profile_id)
    elif name == Kind.POOL_CONTACT and id:
        await pooling.answer(context, principal, profile_id, id, accept=False, contacts=(), heard=heard)
    elif name in TICK_OF and not id:
        await _untick(context, principal, profile_id, Kind(name))
    else:
        raise ConsentUnknown("Il n'y a pas d'accord de ce nom, ou il ne peut pas être retiré ici.", id=consent_id)


async def _untick(context: Context, principal: Principal, profile_id: str, kind: Kind) -> None:
    field = TICK_OF[kind].value

    async def once() -> None:
        profile, actor = await access.load(context.store, principal, profile_id)
        details = profile.details.model_copy(update={field: False})
        await changing.change(context, profile, actor, details, None, frozenset({field}), None)

    await context.store.retry_conflicts(once)


def _way(profile_id: str, consent_id: str) -> Revocation:
    return Revocation(method="DELETE", path=f"{location(profile_id)}/consents/{consent_id}")


def _tick(profile: Profile, kind: Kind) -> Consent:
    tick = TICK_OF[kind]
    standing = bool(getattr(profile.details, tick.value))
    receipt = profile.ticks.get(tick.value) if standing else None
    version = receipt.text_version if receipt else None
    return Consent(
        id=kind.value,
        kind=kind,
        standing=standing,
        recipient=RECIPIENTS[tick],
        purpose=PURPOSES[tick],
        text_version=version,
        text=TICK_TEXTS[version][tick] if version in TICK_TEXTS else None,
        given_at=receipt.given_at if receipt else None,
        acted_by=receipt.acted_by if receipt else None,
        on_behalf_of=receipt.on_behalf_of if receipt else None,
        revoke=_way(profile.id, kind.value) if standing else None,
        how="Décochez la case du profil, ou dites-le à la personne qui vous accompagne.",
    )


def _pool(profile: Profile) -> Consent:
    given = profile.pool
    assert given is not None
    return Consent(
        id=Kind.POOL.value,
        kind=Kind.POOL,
        standing=True,
        recipient="les employeurs vérifiés par le département",
        purpose="Être trouvé par un employeur, sans nom",
        text_version=given.text_version,
        text=pool.TEXTS.get(given.text_version),
        given_at=given.given_at,
        acted_by=given.acted_by,
        on_behalf_of=given.on_behalf_of,
        heard=given.heard,
        revoke=_way(profile.id, Kind.POOL.value),
        how="Sortez de la CVthèque : l'effet est immédiat.",
    )


def _contact(profile: Profile, one: pool.PoolContact) -> Consent:
    id = f"{Kind.POOL_CONTACT.value}.{one.id}"
    standing = one.state is pool.ContactState.ACCEPTED
    return Consent(
        id=id,
        kind=Kind.POOL_CONTACT,
        standing=standing,
        recipient="les personnes qui recrutent pour cette entreprise",
        company_id=one.company_id,
        purpose="Être joint par un employeur qui vous a trouvé dans la CVthèque",
        text_version=profile.pool.text_version if profile.pool else None,
        text=pool.TEXTS.get(profile.pool.text_version) if profile.pool else None,
        given_at=one.answered_at if standing else None,
        acted_by=one.answered_by,
        heard=one.heard,
        ended_at=None if standing else one.answered_at,
        revoke=_way(profile.id, id) if standing else None,
        how="Dites non à cette entreprise : elle ne voit plus rien.",
    )


def _disclosure(one: Disclosure, state: State) -> Consent:
    id = f"{Kind.DISCLOSURE.value}.{one.id}"
    standing = state in (State.WAITING, State.HELD, State.SHOWN)
    return Consent(
        id=id,
        kind=Kind.DISCLOSURE,
        standing=standing,
        recipient="les personnes qui recrutent pour cette entreprise",
        company_id=one.company_id,
        offer_id=one.offer_id,
        purpose="Répondre à votre candidature",
        text_version=one.text_version,
        text=disclosed.TEXTS.get(one.text_version),
        given_at=one.created_at,
        acted_by=one.acted_by,
        on_behalf_of=one.on_behalf_of,
        heard=one.heard,
        ended_at=one.revoked_at,
        revoke=_way(one.profile_id, id) if standing else None,
        how="Retirez cet accord : la candidature continue, et ne montre plus rien de vous.",
    )


def _counsellor(counsellor_id: str) -> Consent:
    return Consent(
        id=f"{Kind.COUNSELLOR.value}.{counsellor_id}",
        kind=Kind.COUNSELLOR,
        standing=True,
        recipient="une personne qui vous accompagne",
        counsellor_id=counsellor_id,
        purpose="Vous accompagner vers l'emploi : une mission du département, qui ne repose pas sur un accord",
        text_version=None,
        text=None,
        given_at=None,
        acted_by=None,
        revoke=None,
        how="Demandez au département qu'une autre personne vous accompagne, ou personne.",
    )


def _elsewhere(profile: Profile) -> list[Elsewhere]:
    return [
        Elsewhere(
            service="offers",
            title="Recherches enregistrées et leurs alertes",
            path=f"/v1/saved-searches?profile_id={profile.id}",
            how="Supprimez la recherche, ou son alerte.",
        ),
        Elsewhere(
            service="notifications",
            title="Catégories de messages reçues par e-mail",
            path="/v1/preferences",
            how="Choisissez les catégories, ou suivez le lien au bas d'un e-mail.",
        ),
        Elsewhere(
            service="clauses",
            title="Rattachement à un marché à clause sociale",
            path="",
            how="Dites-le à la facilitatrice ou au facilitateur, qui a noté la date de votre accord.",
        ),
    ]
