"""Composition root of the profiles service."""

from functools import partial
from pathlib import Path

from services.profiles.access import still_accompanies
from services.profiles.api import (
    accounts,
    consents,
    contacts,
    cv,
    cv_catching,
    cv_files,
    cv_pool,
    disclosures,
    erasures,
    exports,
    figures,
    guardians,
    inactivity,
    limits,
    profiles,
    rsa_lists,
    skill_proposals,
    staff,
    statuses,
    steps,
    transfers,
)
from services.profiles.commands.proofs import tell_again
from services.profiles.consumers import READ_MODELS, subscriptions
from services.profiles.context import Context
from services.profiles.domain.contact import CONTACT, UserContact
from services.profiles.domain.profile import UPDATED, Profile
from services.profiles.domain.staff import STAFF_UPDATED, Staff
from services.profiles.jobs import jobs_of
from services.profiles.settings import ProfilesSettings
from services.profiles.store import COLLECTIONS
from shared.auth.provider import IdentityProvider
from shared.contracts.topics import CONTACTS, PROFILES, STAFF
from shared.invitations import LinkKey, guests
from shared.invitations.guests import Guest
from shared.reference.communes import Communes
from shared.reference.occupations import Occupations, ReferentialUnusable
from shared.service import Parts, Resync, Runtime, Service
from shared.settings import ConfigurationError


def compose(runtime: Runtime) -> Parts:
    """Wire the service."""
    settings: ProfilesSettings = runtime.settings
    try:
        occupations = Occupations.load(Path(settings.rome_file) if settings.rome_file else None)
    except ReferentialUnusable as unusable:
        raise ConfigurationError(f"BASSIN_ROME_FILE is not usable: {unusable}") from None
    provider = None
    if settings.identity_realm:
        provider = IdentityProvider(settings.identity_realm, settings.identity_client, settings.identity_secret)
    context = Context(
        settings=settings,
        store=runtime.store,
        clock=runtime.clock,
        new_id=runtime.new_id,
        communes=Communes.load(),
        occupations=occupations,
        link_key=LinkKey(runtime.store, settings.link_secret),
        provider=provider,
    )
    return Parts(
        context=context,
        routers=(
            profiles.router,
            accounts.router,
            accounts.invited,
            cv.router,
            cv_catching.router,
            cv_files.router,
            cv_pool.router,
            cv_pool.employers,
            cv_files.sending,
            disclosures.router,
            disclosures.employers,
            guardians.router,
            statuses.router,
            statuses.categories,
            rsa_lists.router,
            rsa_lists.people,
            figures.router,
            contacts.router,
            consents.router,
            steps.router,
            skill_proposals.router,
            limits.router,
            exports.router,
            inactivity.router,
            inactivity.lists,
            erasures.router,
            transfers.router,
            transfers.desks,
            staff.router,
            staff.invited,
        ),
        subscriptions=subscriptions(context),
        read_models=READ_MODELS,
        jobs=jobs_of(context),
        still_accompanies=partial(still_accompanies, runtime.store),
        body_limits={
            cv_files.UPLOAD_PATH: cv_files.UPLOAD_BYTES,
            rsa_lists.UPLOAD_PATH: rsa_lists.UPLOAD_BYTES,
        },
        resync=(
            Resync("profiles", Profile, PROFILES, lambda profile: UPDATED),
            Resync("profiles", Profile, CONTACTS, lambda profile: CONTACT),
            Resync("contacts", UserContact, CONTACTS, lambda contact: CONTACT),
            Resync("staff", Staff, STAFF, lambda staff: STAFF_UPDATED),
            Resync("guests", Guest, CONTACTS, lambda _: guests.CONTACT, guests.settling("staff")),
        ),
        erasures_again=lambda: tell_again(runtime.store, runtime.clock.now()),
    )


SERVICE = Service(
    name="profiles",
    title="Bassin: profiles",
    description="Job seekers' profiles, their caseload and contact points. Personal data stays here.",
    settings=ProfilesSettings,
    collections=COLLECTIONS,
    compose=compose,
)
