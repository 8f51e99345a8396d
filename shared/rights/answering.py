"""How a service answers what profiles asks of all: an export in sealed pieces, and whether something is under way."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.clock import Clock
from shared.contracts.events.rights import ExportPart, RightsQuestion, Standing
from shared.contracts.topics import RIGHTS, RIGHTS_ANSWERS
from shared.ids import IdFactory
from shared.kafka.envelope import Event
from shared.kafka.errors import Permanent
from shared.kafka.subscription import Subscription
from shared.rights.holdings import Holding, Whose, documents_of
from shared.rights.packing import PIECE_BYTES, pieces, to_json
from shared.rights.sealing import context_of, seal
from shared.store import Store, Work

EXPORT_REQUESTED, STANDING_ASKED = "export-requested.v1", "standing-asked.v1"
EXPORT_PART, STANDING_TOLD = "export-part.v1", "standing-told.v1"


@dataclass(frozen=True)
class Known:
    """What a service knows of somebody's being under way: codes of it, and when they or their counsellor last did something."""

    running: tuple[str, ...] = ()
    last_act_at: datetime | None = None


async def nothing(whose: Whose) -> Known:
    """Of a service in which nothing of a person can be under way."""
    return Known()


@dataclass(frozen=True)
class Answering:
    """One service's side."""

    service: str
    store: Store
    clock: Clock
    new_id: IdFactory
    holdings: Sequence[Holding]
    standing: Callable[[Whose], Awaitable[Known]] = nothing

    @property
    def subscription(self) -> Subscription:
        """Its consumer. A question that comes again is answered again: who asked takes either."""
        return Subscription(RIGHTS, self.hear)

    async def hear(self, event: Event[Any]) -> None:
        """Answer."""
        question: RightsQuestion = event.state
        if event.type == EXPORT_REQUESTED:
            await self._export(question)
        elif event.type == STANDING_ASKED:
            await self._standing(question)

    async def _export(self, question: RightsQuestion) -> None:
        whose = Whose(question.profile_id, question.owner_id)
        kinds = [kind.as_plain() async for kind in documents_of(self.store, self.holdings, whose)]
        content = {"service": self.service, "made_at": self.clock.now(), "kinds": kinds}
        parts = pieces(to_json(content), min(PIECE_BYTES, self.store.max_record_bytes // 2))
        run = self.new_id()
        for number, piece in enumerate(parts):
            context = context_of(question.request_id, self.service, run, number, len(parts))
            try:
                sealed = seal(question.public_key or "", piece, context)
            except ValueError:
                raise Permanent("contract: public_key is no key") from None
            await self._tell(
                EXPORT_PART,
                number + 1,
                ExportPart(
                    request_id=question.request_id,
                    service=self.service,
                    run=run,
                    part=number,
                    parts=len(parts),
                    sealed=sealed,
                ),
            )

    async def _standing(self, question: RightsQuestion) -> None:
        known = await self.standing(Whose(question.profile_id, question.owner_id))
        told = Standing(
            request_id=question.request_id,
            service=self.service,
            running=tuple(sorted(set(known.running))),
            last_act_at=known.last_act_at,
        )
        await self._tell(STANDING_TOLD, 1, told)

    async def _tell(self, type: str, sequence: int, data: ExportPart | Standing) -> None:
        # A commit each: a bundle of all pieces could be larger than a document may be.
        work = Work(self.new_id)
        now = self.clock.now()
        work.publish(RIGHTS_ANSWERS[self.service], type, key=data.request_id, data=data, sequence=sequence, time=now)
        await self.store.commit(work)
