"""A handle for each kind of aggregate of profiles: nothing else knows in which collection it is, or who hears of it."""

from functools import cached_property

from services.profiles.domain.contact import UserContact
from services.profiles.domain.disclosure import Disclosure
from services.profiles.domain.export import Export
from services.profiles.domain.profile import Profile
from services.profiles.domain.staff import Staff
from shared.contracts.topics import CONTACTS
from shared.handles import Handle, SavingHandle
from shared.store import Store


class Profiles(Handle[Profile]):
    """Seekers. Each is saved with a line of its journal (``store.put_profile``)."""

    model, collection, what = Profile, "profiles", "profile"


class Contacts(SavingHandle[UserContact]):
    """How accounts that are no seekers are reached; notifications is told."""

    model, collection, what, topic = UserContact, "contacts", "contact", CONTACTS


class StaffDesks(SavingHandle[Staff]):
    """Who works for a territory."""

    model, collection, what = Staff, "staff", "territory"


class Disclosures(SavingHandle[Disclosure]):
    """What people agreed to show to employers."""

    model, collection, what = Disclosure, "disclosures", "disclosure"


class Exports(SavingHandle[Export]):
    """Demands for everything about somebody."""

    model, collection, what = Export, "exports", "export"


class Handles:
    """All of them, for a context that has a store."""

    store: Store

    @cached_property
    def profiles(self) -> Profiles:
        """Seekers."""
        return Profiles(self.store)

    @cached_property
    def contacts(self) -> Contacts:
        """Contact points of other accounts."""
        return Contacts(self.store)

    @cached_property
    def staff(self) -> StaffDesks:
        """Staff by territory."""
        return StaffDesks(self.store)

    @cached_property
    def exports(self) -> Exports:
        """Demands for everything about somebody."""
        return Exports(self.store)

    @cached_property
    def disclosures(self) -> Disclosures:
        """What people agreed to show."""
        return Disclosures(self.store)
