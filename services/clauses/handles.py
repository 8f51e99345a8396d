"""A handle for each kind of aggregate of clauses: nothing else knows in which collection it is, or who hears of it."""

from services.clauses.domain.alerts import Alert
from services.clauses.domain.amendment_draft import AmendmentDraft
from services.clauses.domain.authority import Authority
from services.clauses.domain.contract import Contract
from services.clauses.domain.contractor import Contractor
from services.clauses.domain.digest import Digest
from services.clauses.domain.draft import Draft
from services.clauses.domain.eligibility import Eligibility, LocalCategory
from services.clauses.domain.employment import EmploymentRecord
from services.clauses.domain.ledger import Declaration
from services.clauses.domain.offer_request import OfferRequest
from services.clauses.domain.participant import Participant
from services.clauses.domain.person import Person
from shared.contracts.topics import CONTRACTS, OFFER_REQUESTS
from shared.handles import SavingHandle
from shared.once import made_once
from shared.store import Store


class Contracts(SavingHandle[Contract]):
    """Contracts and grants with their objectives; others hear of them."""

    model, collection, what, topic = Contract, "contracts", "Le marché", CONTRACTS


class Declarations(SavingHandle[Declaration]):
    """Declared hours in their present state; the ledger keeps what they were."""

    model, collection, what = Declaration, "hours", "Cette déclaration"


class Employments(SavingHandle[EmploymentRecord]):
    """Who is employed by whom, from when to when."""

    model, collection, what = EmploymentRecord, "employments", "Cet emploi"


class Participants(SavingHandle[Participant]):
    """People of a contract."""

    model, collection, what = Participant, "participants", "Ce participant"


class Persons(SavingHandle[Person]):
    """People of a desk."""

    model, collection, what = Person, "persons", "Cette personne"


class Eligibilities(SavingHandle[Eligibility]):
    """Dated decisions on who is eligible, and by what."""

    model, collection, what = Eligibility, "eligibilities", "Cette décision"


class LocalCategories(SavingHandle[LocalCategory]):
    """Categories of eligible people that a territory has beside the national ones."""

    model, collection, what = LocalCategory, "local_categories", "Cette catégorie"


class Authorities(SavingHandle[Authority]):
    """Buyers, and who acts for them."""

    model, collection, what = Authority, "authorities", "Ce maître d'ouvrage"


class Contractors(SavingHandle[Contractor]):
    """Contractors of a territory, and who acts for them."""

    model, collection, what = Contractor, "contractors", "Ce titulaire"


class Drafts(SavingHandle[Draft]):
    """Contracts that a feed of public procurement proposes."""

    model, collection, what = Draft, "contract_drafts", "Ce marché publié"


class AmendmentDrafts(SavingHandle[AmendmentDraft]):
    """Published modifications of concluded contracts, and what was decided of them."""

    model, collection, what = AmendmentDraft, "amendment_drafts", "Cette modification publiée"


class Alerts(SavingHandle[Alert]):
    """What a contract is behind with."""

    model, collection, what = Alert, "alerts", "Cette alerte"


class Digests(SavingHandle[Digest]):
    """When a facilitator had a digest last."""

    model, collection, what = Digest, "digests", "Ce résumé"


class OfferRequests(SavingHandle[OfferRequest]):
    """Offers that a contract's hours need; offers hears of them."""

    model, collection, what, topic = OfferRequest, "offer_requests", "La demande", OFFER_REQUESTS


class Handles:
    """All of them, for a context that has a store."""

    store: Store

    @made_once
    def contracts(self) -> Contracts:
        """Contracts."""
        return Contracts(self.store)

    @made_once
    def declarations(self) -> Declarations:
        """Declared hours."""
        return Declarations(self.store)

    @made_once
    def employments(self) -> Employments:
        """Employments."""
        return Employments(self.store)

    @made_once
    def participants(self) -> Participants:
        """People of contracts."""
        return Participants(self.store)

    @made_once
    def persons(self) -> Persons:
        """People of desks."""
        return Persons(self.store)

    @made_once
    def eligibilities(self) -> Eligibilities:
        """Decisions."""
        return Eligibilities(self.store)

    @made_once
    def local_categories(self) -> LocalCategories:
        """Categories of a territory."""
        return LocalCategories(self.store)

    @made_once
    def authorities(self) -> Authorities:
        """Buyers."""
        return Authorities(self.store)

    @made_once
    def contractors(self) -> Contractors:
        """Contractors."""
        return Contractors(self.store)

    @made_once
    def drafts(self) -> Drafts:
        """Proposed contracts."""
        return Drafts(self.store)

    @made_once
    def amendment_drafts(self) -> AmendmentDrafts:
        """Proposed amendments."""
        return AmendmentDrafts(self.store)

    @made_once
    def alerts(self) -> Alerts:
        """What contracts are behind with."""
        return Alerts(self.store)

    @made_once
    def digests(self) -> Digests:
        """Days of digests."""
        return Digests(self.store)

    @made_once
    def offer_requests(self) -> OfferRequests:
        """Offers that contracts need."""
        return OfferRequests(self.store)
