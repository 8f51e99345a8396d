"""The commands of joining, the same for whatever is joined: invite, list, take back, accept, remove, forget."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar
from urllib.parse import quote

from shared.auth import Principal
from shared.clock import Clock
from shared.contracts.events.offers import NoticeState
from shared.contracts.topics import Topic
from shared.contracts.vocabulary import Notice
from shared.errors import AlreadyExists, NotFound, VersionConflict
from shared.http import forget_answers_with
from shared.ids import IdFactory
from shared.invitations.guests import dismiss, guest_id, welcome
from shared.invitations.key import LinkKey
from shared.invitations.links import LinkRefused, sign, verify
from shared.invitations.members import Invitation, Members
from shared.store import Store, Work
from shared.types import address_key

INVITATION_DAYS = 14
M = TypeVar("M", bound=Members)

_NOTICE = "notice-requested.v1"


@dataclass(frozen=True)
class Letter:
    """What the invited is told: ``place`` is what they would act for, ``what`` a sentence that says as whom."""

    template: Notice
    place: str
    what: str


@dataclass(frozen=True)
class Inviting(Generic[M]):
    """Invitations to one kind of thing.

    Args:
        purpose: what its links are signed for; one for another thing is refused.
        page: address before the token of a link that the inviter passes on.
        mailed_page: the same in what the invited is sent; empty: ``page``.
        load: the thing by its id, raising NotFound where there is none.
        save: writes it with the commit.
        contacts, notices: topics over which notifications learns an invited address, and is asked to tell.
    """

    store: Store
    clock: Clock
    new_id: IdFactory
    key: LinkKey
    purpose: str
    page: str
    mailed_page: str
    load: Callable[[str], Awaitable[M]]
    save: Callable[[Work, M], None]
    contacts: Topic
    notices: Topic

    async def invite(
        self,
        place_id: str,
        by: str,
        *,
        label: str = "",
        user_id: str | None = None,
        email: str | None = None,
        role: str | None = None,
        letter: Letter | None = None,
        acting: str | None = None,
    ) -> tuple[Invitation, str]:
        """An invitation and its link. Only with a ``letter`` is anybody told; else the inviter passes the link on.

        ``acting``: the user by whose right it is made; who is removed meanwhile leaves no link that would let them back in.
        """
        now = self.clock.now()
        invitation = Invitation(
            id=self.new_id(),
            by=by,
            label=label,
            user_id=user_id,
            email=address_key(email) if email is not None else None,
            role=role,
            told=letter is not None and email is not None,
            created_at=now,
            expires_at=now + timedelta(days=INVITATION_DAYS),
        )
        token = await self._token(place_id, invitation)

        async def once() -> None:
            place = await self.load(place_id)
            place.check_acts(acting)
            place.invite(invitation, now)
            work = Work(self.new_id)
            if letter is not None:
                self._tell(work, place, invitation, letter, token)
            await self.commit(work, place)

        await self.store.retry_conflicts(once)
        return invitation, self.page + token

    async def link(self, place_id: str, invitation: Invitation) -> str:
        """The signed link of an open invitation."""
        return self.page + await self._token(place_id, invitation)

    async def open(self, place: M) -> list[tuple[Invitation, str]]:
        """Open invitations with their links."""
        found = place.open_invitations(self.clock.now())
        return [(one, await self.link(place.id, one)) for one in found]

    async def revoke(self, place_id: str, invitation_id: str) -> None:
        """An invitation is taken back. Raises NotFound when it is not open."""

        async def once() -> None:
            place = await self.load(place_id)
            place.revoke(invitation_id, self.clock.now())
            await self.commit(Work(self.new_id), place)

        await self.store.retry_conflicts(once)

    async def invited(self, token: str, caller: Principal) -> tuple[M, Invitation]:
        """What a link invites the caller to.

        Raises:
            LinkRefused: cut, forged, used, taken back, too old or for another account: one answer for all.
        """
        now = self.clock.now()
        subject = verify(await self.key.read(), self.purpose, token, now)
        place_id, _, invitation_id = subject.rpartition(":")
        try:
            place = await self.load(place_id)
        except NotFound:
            raise LinkRefused("Cette invitation n'est plus valable.") from None
        return place, place.invited(invitation_id, caller.subject, caller.email, now)

    async def accept(
        self, token: str, caller: Principal, joined: Callable[[Work, M, Invitation], Awaitable[None]] | None = None
    ) -> M:
        """The caller acts for it from now on; ``joined`` adds to the commit what else that means.

        Raises:
            LinkRefused, AlreadyExists, TooManyUsers: see ``Members.join``.
        """

        async def once() -> M:
            place, invitation = await self.invited(token, caller)
            place.join(invitation.id, caller.subject, caller.email, self.clock.now())
            work = Work(self.new_id)
            if joined is not None:
                await joined(work, place, invitation)
            await self.commit(work, place)
            return place

        return await self.store.retry_conflicts(once)

    async def forget_expired(self, collection: str, model: type[M]) -> int:
        """Take addresses of invitations that nobody accepted in time out of everything; returns of how many things."""
        now = self.clock.now()
        old = {"invitations.expires_at": {"$lte": now}}
        changed = 0
        for place in await self.store.find_many(model, collection, old, limit=500):
            if place.drop_expired(now):
                place.touch(now)
                try:
                    await self.commit(Work(self.new_id), place)
                except VersionConflict:  # the next run looks again
                    continue
                changed += 1
        return changed

    async def commit(self, work: Work, place: M) -> None:
        """Save; of an invitation that is gone notifications forgets the address, and no kept answer shows whom it was for. (What
        was answered is kept for two days: of one that nobody took in its two weeks it is gone already.)

        Raises:
            VersionConflict: somebody wrote the same place at the same moment.
        """
        now = self.clock.now()
        for one in place.gone:
            if one.told:
                dismiss(work, one, self.contacts, now)
        answered = [one.id for one in place.gone if one.expires_at > now]
        self.save(work, place)
        try:
            await self.store.commit(work)
        except AlreadyExists as taken:
            if taken.extra.get("unique") != ["_id"]:
                raise
            raise VersionConflict("Quelqu'un d'autre a modifié cela entre-temps : relisez, puis recommencez.") from None
        await forget_answers_with(self.store, *answered)

    async def _token(self, place_id: str, invitation: Invitation) -> str:
        return sign(await self.key.read(), self.purpose, f"{place_id}:{invitation.id}", invitation.expires_at)

    def _tell(self, work: Work, place: M, invitation: Invitation, letter: Letter, token: str) -> None:
        """To the account that is meant, else to the address: as somebody with nothing but an address, until it is used."""
        now = self.clock.now()
        recipient = invitation.user_id
        if invitation.email is not None:
            recipient = guest_id(invitation)
            welcome(work, invitation, place.territory, self.contacts, now)
        if recipient is None:
            return
        notice = NoticeState(
            notice_id=self.new_id(),
            territory=place.territory,
            recipients=(recipient,),
            template=letter.template,
            params={"place": letter.place, "what": letter.what, "until": invitation.expires_at.isoformat()},
            link=(self.mailed_page or self.page) + quote(token),
        )
        work.publish(self.notices, _NOTICE, key=notice.notice_id, data=notice, sequence=1, time=now)
