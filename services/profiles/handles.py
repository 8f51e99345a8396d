"""A handle for each kind of aggregate of profiles: nothing else knows in which collection it is, or who hears of it."""

from services.profiles.domain.contact import UserContact
from services.profiles.domain.disclosure import Disclosure
from services.profiles.domain.export import Export
from services.profiles.domain.guardian import GuardianConsent
from services.profiles.domain.profile import Profile
from services.profiles.domain.rsa_list import RsaDecision, RsaList, RsaPerson
from services.profiles.domain.staff import Staff
from services.profiles.domain.status import Status
from shared.contracts.topics import CONTACTS, STAFF
from shared.handles import Handle, SavingHandle
from shared.once import made_once
from shared.store import Store


class Profiles(Handle[Profile]):
    """Seekers. Each is saved with a line of its journal (``store.put_profile``)."""

    model, collection, what = Profile, "profiles", "Ce profil"


class Contacts(SavingHandle[UserContact]):
    """How accounts that are no seekers are reached; notifications is told."""

    model, collection, what, topic = UserContact, "contacts", "Le contact", CONTACTS


class StaffDesks(SavingHandle[Staff]):
    """Who works for a territory."""

    model, collection, what, topic = Staff, "staff", "Le territoire", STAFF


class Disclosures(SavingHandle[Disclosure]):
    """What people agreed to show to employers."""

    model, collection, what = Disclosure, "disclosures", "Cet accord"


class Exports(SavingHandle[Export]):
    """Demands for everything about somebody."""

    model, collection, what = Export, "exports", "Cet export"


class GuardianConsents(SavingHandle[GuardianConsent]):
    """What guardians of people under eighteen agreed to."""

    model, collection, what = GuardianConsent, "guardian_consents", "Cet accord parental"


class Statuses(SavingHandle[Status]):
    """RSA, RQTH, QPV …: apart from everything else, and told to nobody."""

    model, collection, what = Status, "statuses", "Ce statut"


class RsaLists(SavingHandle[RsaList]):
    """The last list of each territory."""

    model, collection, what = RsaList, "rsa_lists", "Cette liste"


class RsaPeople(SavingHandle[RsaPerson]):
    """People of the list who are not on the platform, or perhaps are."""

    model, collection, what = RsaPerson, "rsa_people", "Cette ligne"


class RsaDecisions(SavingHandle[RsaDecision]):
    """What somebody decided of a person of the list."""

    model, collection, what = RsaDecision, "rsa_decisions", "Cette décision"


class Handles:
    """All of them, for a context that has a store."""

    store: Store

    @made_once
    def profiles(self) -> Profiles:
        """Seekers."""
        return Profiles(self.store)

    @made_once
    def contacts(self) -> Contacts:
        """Contact points of other accounts."""
        return Contacts(self.store)

    @made_once
    def staff(self) -> StaffDesks:
        """Staff by territory."""
        return StaffDesks(self.store)

    @made_once
    def exports(self) -> Exports:
        """Demands for everything about somebody."""
        return Exports(self.store)

    @made_once
    def disclosures(self) -> Disclosures:
        """What people agreed to show."""
        return Disclosures(self.store)

    @made_once
    def guardian_consents(self) -> GuardianConsents:
        """What guardians agreed to."""
        return GuardianConsents(self.store)

    @made_once
    def statuses(self) -> Statuses:
        """RSA, RQTH, QPV …"""
        return Statuses(self.store)

    @made_once
    def rsa_lists(self) -> RsaLists:
        """The last list of each territory."""
        return RsaLists(self.store)

    @made_once
    def rsa_people(self) -> RsaPeople:
        """People of the list to be invited."""
        return RsaPeople(self.store)

    @made_once
    def rsa_decisions(self) -> RsaDecisions:
        """What was decided of them."""
        return RsaDecisions(self.store)
