"""What the endpoints, consumers and jobs of offers share."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from services.offers.domain.application_rules import ApplicationPolicy
from services.offers.domain.life import LifePolicy
from services.offers.handles import Handles
from services.offers.search.finder import Finder
from services.offers.settings import OffersSettings
from shared.clock import Clock
from shared.contracts.events.offers import Appointment, NoticeState
from shared.contracts.topics import OFFER_NOTICES
from shared.contracts.vocabulary import Notice
from shared.ids import IdFactory
from shared.invitations.key import LinkKey
from shared.reference.communes import Communes
from shared.reference.occupations import Occupations
from shared.store import Store, Work


@dataclass(frozen=True)
class Context(Handles):
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
