"""Composition root of the profiles service."""

from services.profiles.api import contacts, profiles
from services.profiles.context import Context
from services.profiles.domain.contact import CONTACT, UserContact
from services.profiles.domain.profile import UPDATED, Profile
from services.profiles.settings import ProfilesSettings
from services.profiles.store import COLLECTIONS
from shared.contracts.topics import CONTACTS, PROFILES
from shared.reference.communes import Communes
from shared.service import Parts, Resync, Runtime, Service


def compose(runtime: Runtime) -> Parts:
    """Wire the service."""
    context = Context(
        settings=runtime.settings,
        store=runtime.store,
        clock=runtime.clock,
        new_id=runtime.new_id,
        communes=Communes.load(),
    )
    return Parts(
        context=context,
        routers=(profiles.router, contacts.router),
        resync=(
            Resync("profiles", Profile, PROFILES, lambda profile: UPDATED),
            Resync("profiles", Profile, CONTACTS, lambda profile: CONTACT),
            Resync("contacts", UserContact, CONTACTS, lambda contact: CONTACT),
        ),
    )


SERVICE = Service(
    name="profiles",
    title="Bassin: profiles",
    description="Job seekers' profiles, their caseload and contact points. Personal data stays here.",
    settings=ProfilesSettings,
    collections=COLLECTIONS,
    compose=compose,
)
