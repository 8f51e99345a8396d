"""What the endpoints, consumers and jobs of offers share."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from services.offers.domain.application_rules import ApplicationPolicy
from services.offers.domain.life import LifePolicy
from services.offers.domain.offer import Offer
from services.offers.search.finder import Finder
from services.offers.settings import OffersSettings
from services.offers.store import (
    Agenda,
    Allowances,
    Applications,
    ClauseRequests,
    Clicks,
    Companies,
    Contacts,
    Duplicates,
    Offers,
    People,
    SavedOffers,
    SavedSearches,
)
from shared.clock import Clock
from shared.contracts.events.offers import Appointment, NoticeState
from shared.contracts.topics import OFFER_NOTICES
from shared.contracts.vocabulary import Notice
from shared.ids import IdFactory
from shared.invitations.key import LinkKey
from shared.once import made_once
from shared.reference.communes import Communes
from shared.reference.occupations import Occupations
from shared.store import Store, Work
from shared.store.remembered import Remembered


@dataclass(frozen=True)
class Context:
    """Handed in once, at the composition root."""

    settings: OffersSettings
    store: Store
    clock: Clock
    new_id: IdFactory
    communes: Communes
    occupations: Occupations
    life: LifePolicy
    rules: ApplicationPolicy
    link_key: LinkKey
    finder: Finder

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

    def notify(
        self,
        work: Work,
        territory: str,
        recipients: Iterable[str],
        template: Notice,
        params: dict[str, str],
        *,
        about: str | None,
        link: str | None = None,
        appointment: Appointment | None = None,
    ) -> None:
        """Ask notifications to tell somebody, with the commit that gave the reason; nobody to tell is no error.

        ``about``: the person whom it tells of, also where its readers are not to know who it is; their erasure takes it along.
        """
        people = tuple(dict.fromkeys(recipients))
        if not people:
            return
        notice = NoticeState(
            notice_id=self.new_id(),
            territory=territory,
            recipients=people,
            template=template,
            params=params,
            about=about,
            link=link,
            appointment=appointment,
        )
        work.publish(
            OFFER_NOTICES,
            "notice-requested.v1",
            key=notice.notice_id,
            data=notice,
            sequence=1,
            time=self.clock.now(),
        )


async def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


Ctx = Annotated[Context, Depends(_context)]
