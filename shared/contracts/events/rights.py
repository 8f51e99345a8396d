"""What services ask and tell each other so that a person's rights are kept: ids, counts and sealed parts, nothing in clear."""

from pydantic import Field

from shared.contracts.events.base import MOST, Count, EventModel, Id, Instant, Territory, Words


class RightsQuestion(EventModel):
    """Something is asked of every service about a person (topic ``profiles.rights.v1``, restricted, key: request id).

    ``export-requested``: seal all that is kept of them with ``public_key`` and send it back. ``standing-asked``: say whether
    something of theirs is under way.
    """

    request_id: Id
    profile_id: Id
    territory: Territory
    owner_id: Id | None = Field(default=None, description="The person's account, by which some services keep things")
    public_key: str | None = Field(default=None, max_length=64, description="X25519, Base64; of this request only")


class ExportPart(EventModel):
    """A piece of what a service keeps of a person, sealed: only who asked can open it (topics ``<service>.rights.v1``).

    Pieces of one ``run`` belong together: a service that is asked again begins another.
    """

    request_id: Id
    service: str = Field(max_length=40)
    run: Id
    part: int = Field(ge=0, lt=10_000)
    parts: int = Field(ge=1, le=10_000)
    sealed: Words = Field(description="Base64")


class Standing(EventModel):
    """What a service knows of somebody's being under way. ``running``: codes of what is (``application``, ``employment`` …)."""

    request_id: Id
    service: str = Field(max_length=40)
    running: tuple[Words, ...] = Field(default=(), max_length=MOST)
    last_act_at: Instant | None = Field(default=None, description="Of the person, or of who accompanies them")


class ErasedCount(EventModel):
    """Of one kind of thing that a service kept: how many were found, and how many a look afterwards still found."""

    collection: str = Field(max_length=80)
    title: str = Field(max_length=200)
    found: Count
    left: Count


class ErasureReport(EventModel):
    """What a service erased of somebody. ``request_id`` is the profile's id, which names nobody any more."""

    request_id: Id
    service: str = Field(max_length=40)
    erased: tuple[ErasedCount, ...] = Field(default=(), max_length=MOST)
    tombstones: Count = Field(default=0, description="Null records that follow on this service's own topics")
