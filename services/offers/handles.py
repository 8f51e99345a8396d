"""A handle for each kind of aggregate of offers: nothing else knows in which collection it is, or who hears of it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from services.offers.domain.agenda import AgendaEvent
from services.offers.domain.application import ERASED, Application
from services.offers.domain.application_rules import LETS_REAPPLY, OPEN
from services.offers.domain.clause_request import ClauseRequest
from services.offers.domain.click import Click
from services.offers.domain.company import COMPANY_UPDATED, Company
from services.offers.domain.contact import UserContact
from services.offers.domain.duplicates import Proposal
from services.offers.domain.listing import CROWD, listing
from services.offers.domain.offer import Offer
from services.offers.domain.saved import SavedOffer, SavedSearch
from services.offers.migrations import LISTING_STEPS
from services.offers.store import TOLD, UNDER_WAY
from shared.allowance import Allowance
from shared.contracts.topics import AGENDA, APPLICATIONS, COMPANIES, OFFER_CONTACTS, OFFERS
from shared.contracts.vocabulary import EMPLOYER_READS_NO_MORE, OfferStatus
from shared.handles import Handle, SavingHandle
from shared.http import forget_answers_that_show
from shared.once import made_once
from shared.store import Store, Work
from shared.store.migrations import SCHEMA, current
from shared.store.projecting import newer, project
from shared.store.remembered import Remembered


class Companies(Handle[Company]):
    """Employers. Their public card travels on their offers; who acts for them is told apart."""

    model, collection, what = Company, "companies", "Cette entreprise"

    def save(self, work: Work, company: Company) -> None:
        """With the commit of ``work``."""
        if company.erased_at is not None:
            work.publish(
                COMPANIES,
                COMPANY_UPDATED,
                key=company.id,
                data=None,
                sequence=company.version,
                time=company.updated_at,
            )
        elif company.to_tell:
            work.publish(
                COMPANIES,
                COMPANY_UPDATED,
                key=company.id,
                data=company.event_data(COMPANY_UPDATED),
                sequence=company.version,
                time=company.updated_at,
            )
        work.save(self.collection, company)

    async def with_old_contacts(self, before: datetime) -> list[str]:
        """Ids of employers whose log or contact persons may be older than they are kept."""
        noted = {"canvassing": {"$elemMatch": {"recorded_at": {"$lt": before}}}}
        named = {"details.contacts.0": {"$exists": True}, "updated_at": {"$lt": before}}
        return await self.ids({"$or": [noted, named]})

    async def has_users(self, **which: str) -> bool:
        """Whether anybody acts for this employer here (``_id``, or the ``siret`` that it holds); nobody does for one that only a
        feed names.
        """
        found = await self._store.first(self.collection, {**which, "users.0": {"$exists": True}})
        return found is not None

    async def holds(self, siret: str, *, but: str) -> bool:
        """Whether another employer than ``but`` holds this number."""
        return await self._store.first(self.collection, {"siret": siret, "_id": {"$ne": but}}, {"_id": 1}) is not None


class ClauseRequests(SavingHandle[ClauseRequest]):
    """Offers that clauses desks wish for."""

    model, collection, what = ClauseRequest, "clause_requests", "Cette demande"


class Contacts(SavingHandle[UserContact]):
    """How employers' users are reached; notifications is told."""

    model, collection, what = UserContact, "contacts", "Ce contact"
    topic = OFFER_CONTACTS


class Offers(Handle[Offer]):
    """Offers, with the public listing in step."""

    model, collection, what = Offer, "offers", "Cette offre"

    def save_draft(self, work: Work, offer: Offer) -> None:
        """With the commit of ``work``: a new offer, which nobody is shown and nothing is told of yet."""
        work.save(self.collection, offer, OFFERS)

    async def save(self, work: Work, offer: Offer, company: Company | None = None) -> None:
        """With the commit of ``work``: the offer, its events and its listing.

        ``company``: the one whose moderation was asked; a shown offer makes the commit conflict with any change of it.
        """
        # Only a listing that comes back into being needs the count: nobody applies to what was never public, and a
        # living one is incremented.
        first = any(event.opening for event in offer.pending)
        counted = offer.shown and offer.loaded_version and not first
        self.put(work, offer, company, await self._applications(offer.id) if counted else 0)

    def put(self, work: Work, offer: Offer, company: Company | None, applications: int = 0) -> None:
        """The same with what is known of ``applications``, which a listing that is there already counts by itself."""
        work.save(self.collection, offer, OFFERS)
        if company is not None and offer.status is OfferStatus.PUBLISHED and company.id not in _saved(work):
            work.touch("companies", company.id, company.loaded_version)
        if offer.shown:
            document = listing(offer)
            del document["applications"], document["crowd"]
            document[SCHEMA] = current(LISTING_STEPS)
            id = document.pop("_id")
            said: dict[str, Any] = {field: {"$literal": value} for field, value in document.items()}
            said["applications"] = {"$ifNull": ["$applications", applications]}
            # Counted anew: the release before, beside ours, makes and counts listings without it.
            work.update("listings", {"_id": id}, [{"$set": said}, {"$set": {"crowd": CROWD}}], upsert=True)
        elif offer.published_at is not None:
            work.delete("listings", {"_id": offer.id})

    async def under_way(self, company_id: str) -> int:
        """How many offers of an employer are shown, or will be when they are approved or confirmed."""
        wanted = {"company.id": company_id, "status": {"$in": list(UNDER_WAY)}}
        return await self._store.collection(self.collection).count_documents(wanted)

    async def alive_since(self, company_id: str, since: datetime) -> bool:
        """Whether an offer of an employer was confirmed since then."""
        wanted = {"company.id": company_id, "confirmed_at": {"$gte": since}}
        return await self._store.first(self.collection, wanted, {"_id": 1}) is not None

    async def companies_of(self, query: Mapping[str, Any]) -> list[str]:
        """Ids of the employers of the offers that match."""
        return await self._store.collection(self.collection).distinct("company.id", query)

    async def _applications(self, offer_id: str) -> int:
        """Who stands among those who applied, as ``Applications.save`` counts them."""
        erased = {"profile_id": ERASED, "status": {"$in": sorted(OPEN)}}
        left = {"status": {"$in": sorted(LETS_REAPPLY)}}
        query = {"offer_id": offer_id, **TOLD, "$nor": [erased, left]}
        return await self._store.collection("applications").count_documents(query)


class Applications(SavingHandle[Application]):
    """Applications and introductions."""

    model, collection, what = Application, "applications", "Cette candidature"
    topic = APPLICATIONS

    def save(self, work: Work, application: Application) -> None:
        """With the commit of ``work``. Kept answers that show an employer the person's words go with what ends the showing; who
        leaves, and may apply again, is no more counted among those who applied: nobody makes a crowd by coming and going.
        """
        leaves = application.status in LETS_REAPPLY and bool(application.pending) and application.told_to_employer
        super().save(work, application)
        if leaves:
            self.counts(work, application, -1)
        if application.status in EMPLOYER_READS_NO_MORE:
            forget_answers_that_show(work, application.id)

    async def waiting(self, company_id: str) -> int:
        """How many applications to an employer go on."""
        wanted = {"company_id": company_id, "status": {"$in": [status.value for status in OPEN]}}
        return await self._store.collection(self.collection).count_documents(wanted)

    def counts(self, work: Work, application: Application, change: int) -> None:
        """One more (1) or less (-1) on the offer's public listing."""
        now = {"$max": [0, {"$add": ["$applications", change]}]}
        counted = [{"$set": {"applications": now}}, {"$set": {"crowd": CROWD}}]
        work.update("listings", {"_id": application.offer_id}, counted)


class Agenda(SavingHandle[AgendaEvent]):
    """Workshops, job datings, fairs with their registrations."""

    model, collection, what = AgendaEvent, "agenda", "Cet événement"
    topic = AGENDA


class Allowances(SavingHandle[Allowance]):
    """How often something was done within a day."""

    model, collection, what = Allowance, "allowances", "Ce décompte"


class Clicks(SavingHandle[Click]):
    """Ways to offers that are answered elsewhere."""

    model, collection, what = Click, "clicks", "Ce clic"


class SavedOffers(SavingHandle[SavedOffer]):
    """Offers that people keep."""

    model, collection, what = SavedOffer, "saved_offers", "Cette offre gardée"


class SavedSearches(SavingHandle[SavedSearch]):
    """Searches that people keep."""

    model, collection, what = SavedSearch, "saved_searches", "Cette recherche"


class Duplicates(SavingHandle[Proposal]):
    """Pairs of offers that may be the same job."""

    model, collection, what = Proposal, "duplicates", "Cette proposition"


def _saved(work: Work) -> set[str]:
    return {save.aggregate.id for save in work.saves}


class People:
    """What offers knows of profiles: owner, counsellors, territory, what they may be shown. A read model, newest first."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows = store.collection("people")

    async def find(self, profile_id: str) -> dict[str, Any] | None:
        """A profile; None when offers has not heard of it. Of somebody who was erased only that they were."""
        return await self._rows.find_one({"_id": profile_id})

    async def gone(self, profile_id: str) -> bool:
        """Whether the person was erased."""
        return await self._rows.find_one({"_id": profile_id, "erased": True}, {"_id": 1}) is not None

    async def owned_by(self, account: str) -> dict[str, Any] | None:
        """The profile of an account."""
        return await self._rows.find_one({"owner_id": account})

    async def accompanied(self, counsellor: str, territories: Iterable[str]) -> list[str]:
        """Ids of the profiles of these territories that somebody accompanies."""
        wanted = {"counsellor_ids": counsellor, "territory": {"$in": sorted(territories)}}
        return [row["_id"] async for row in self._rows.find(wanted, {"_id": 1})]

    async def near(self, account: str, profile_ids: Iterable[str]) -> list[dict[str, Any]]:
        """Those of these profiles that somebody owns or accompanies."""
        either = [{"counsellor_ids": account}, {"owner_id": account}]
        return await self._rows.find({"_id": {"$in": list(profile_ids)}, "$or": either}).to_list(None)

    async def take(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """States as the consumer made them; each stays unless something newer is there."""
        await project(self._store, "people", [newer(row, version="sequence") for row in rows])

    async def mark_erased(self, profile_id: str) -> None:
        """Marked, not removed: an older event that arrives late must not bring the person back."""
        gone = {"_id": profile_id, "erased": True, "sequence": 2**62}
        await self._rows.replace_one({"_id": profile_id}, gone, upsert=True)


class Handles:
    """All of them, for a context that has a store."""

    store: Store

    @made_once
    def companies(self) -> Companies:
        """Employers."""
        return Companies(self.store)

    @made_once
    def offers(self) -> Offers:
        """Offers."""
        return Offers(self.store)

    @made_once
    def shown_offers(self) -> Remembered[Offer]:
        """Offers for who only reads them."""
        return Remembered(self.store, Offer, Offers.collection, Offers.what)

    @made_once
    def applications(self) -> Applications:
        """Applications and introductions."""
        return Applications(self.store)

    @made_once
    def allowances(self) -> Allowances:
        """How often something was done within a day."""
        return Allowances(self.store)

    @made_once
    def agenda(self) -> Agenda:
        """Workshops, job datings, fairs."""
        return Agenda(self.store)

    @made_once
    def people(self) -> People:
        """What is known of profiles."""
        return People(self.store)

    @made_once
    def duplicates(self) -> Duplicates:
        """Pairs of offers that may be the same job."""
        return Duplicates(self.store)

    @made_once
    def clause_requests(self) -> ClauseRequests:
        """Offers that clauses desks wish for."""
        return ClauseRequests(self.store)

    @made_once
    def clicks(self) -> Clicks:
        """Ways to offers that are answered elsewhere."""
        return Clicks(self.store)

    @made_once
    def saved_offers(self) -> SavedOffers:
        """Offers that people keep."""
        return SavedOffers(self.store)

    @made_once
    def saved_searches(self) -> SavedSearches:
        """Searches that people keep."""
        return SavedSearches(self.store)

    @made_once
    def contacts(self) -> Contacts:
        """How employers' users are reached."""
        return Contacts(self.store)
