"""The manifest: every topic, once. Topic creation, ACLs, AsyncAPI, documentation and tests derive from it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.contracts.events.base import EventModel
from shared.contracts.events.clauses import ContractState, OfferRequestState
from shared.contracts.events.matching import RecommendationState
from shared.contracts.events.notifications import DeliveryState
from shared.contracts.events.offers import AgendaState, ApplicationState, CompanyState, NoticeState, OfferState
from shared.contracts.events.profiles import ContactState, ProfileState, SeekerRegistered, StaffState
from shared.contracts.events.rights import ErasureReport, ExportPart, RightsQuestion, Standing

SERVICES = ("offers", "profiles", "matching", "notifications", "clauses")
HOLDERS = ("offers", "matching", "notifications", "clauses")
"""Services beside profiles that keep something of people: what is asked for a person's rights is asked of them."""

DAY_MS = 86_400_000
TOLD_WITHIN_MS = 7 * DAY_MS
"""What is there to be told once is told within a week or not at all, so its topic keeps it no longer: ids and reasons of
somebody who was erased are gone from it then. States stay for who begins anew, and go with their tombstone.
"""


class Visibility(StrEnum):
    """Who may read a topic."""

    PUBLIC = "public"
    PARTNER = "partner"
    INTERNAL = "internal"
    RESTRICTED = "restricted"


@dataclass(frozen=True)
class Topic:
    """A topic of the system.

    ``compacted`` topics hold the last state per key; erasure there is a tombstone. ``retention_ms`` is how long the
    others keep records (and how long a compacted one guarantees every single event). ``key`` names the field of the data
    that the record's key is; ``subject`` the one that names the aggregate, where that is another.
    """

    name: str
    owner: str
    title: str
    key: str
    visibility: Visibility
    types: Mapping[str, type[EventModel]]
    consumers: tuple[str, ...] = ()
    partitions: int = 6
    compacted: bool = True
    retention_ms: int = 30 * DAY_MS
    subject: str | None = None

    @property
    def subject_field(self) -> str:
        """The field of the data that names the aggregate."""
        return self.subject or self.key


def _types(model: type[EventModel], *names: str) -> dict[str, type[EventModel]]:
    return {f"{name}.v1": model for name in names}


OFFERS = Topic(
    name="offers.offers.v1",
    owner="offers",
    title="Offers, full public state",
    key="offer_id",
    visibility=Visibility.PARTNER,
    types=_types(
        OfferState,
        "offer-created",
        "offer-updated",
        "offer-refreshed",
        "offer-suspended",
        "offer-resumed",
        "offer-filled",
        "offer-closed",
        "offer-withdrawn",
        "offer-archived",
    ),
    consumers=("matching", "notifications"),
)
APPLICATIONS = Topic(
    name="offers.applications.v1",
    owner="offers",
    title="Applications and introductions: ids and states, no person",
    key="application_id",
    visibility=Visibility.INTERNAL,
    types=_types(ApplicationState, "application-submitted", "application-advanced", "application-closed"),
    consumers=("matching", "notifications", "profiles", "clauses"),
)
AGENDA = Topic(
    name="offers.agenda.v1",
    owner="offers",
    title="Workshops, job datings, fairs and places left",
    key="agenda_id",
    visibility=Visibility.PARTNER,
    types=_types(AgendaState, "agenda-published", "agenda-updated", "agenda-cancelled"),
    partitions=3,
)
OFFER_NOTICES = Topic(
    name="offers.notices.v1",
    owner="offers",
    title="Things to tell employers, seekers and counsellors about offers, applications and the agenda",
    key="notice_id",
    visibility=Visibility.RESTRICTED,
    types=_types(NoticeState, "notice-requested"),
    consumers=("notifications",),
    partitions=3,
    compacted=False,
    retention_ms=TOLD_WITHIN_MS,
)
OFFER_CONTACTS = Topic(
    name="offers.contacts.v1",
    owner="offers",
    title="Contact points of employers' users",
    key="subject_id",
    visibility=Visibility.RESTRICTED,
    types=_types(ContactState, "contact-updated"),
    consumers=("notifications",),
    partitions=3,
)
COMPANIES = Topic(
    name="offers.companies.v1",
    owner="offers",
    title="Which accounts act for which employer",
    key="company_id",
    visibility=Visibility.INTERNAL,
    types=_types(CompanyState, "company-updated"),
    consumers=("matching", "profiles", "clauses"),
    partitions=3,
)
PROFILES = Topic(
    name="profiles.profiles.v1",
    owner="profiles",
    title="What matching needs of a profile, and nothing else",
    key="profile_id",
    visibility=Visibility.INTERNAL,
    types=_types(ProfileState, "profile-created", "profile-updated"),
    consumers=("matching", "offers", "clauses"),
)
REGISTRATIONS = Topic(
    name="profiles.registrations.v1",
    owner="profiles",
    title="Newly registered seekers, for the onboarding workshop",
    key="profile_id",
    visibility=Visibility.RESTRICTED,
    types=_types(SeekerRegistered, "seeker-registered"),
    consumers=("offers",),
    partitions=3,
    compacted=False,
    retention_ms=TOLD_WITHIN_MS,
)
CONTACTS = Topic(
    name="profiles.contacts.v1",
    owner="profiles",
    title="Contact points, language, channels and consent",
    key="subject_id",
    visibility=Visibility.RESTRICTED,
    # A tombstone says which of two things happened: an account takes its contact points back (contact-updated), or a
    # person is erased (person-erased), which takes everything along that was told to them.
    types=_types(ContactState, "contact-updated", "person-erased"),
    consumers=("notifications",),
)
STAFF_NOTICES = Topic(
    name="profiles.notices.v1",
    owner="profiles",
    title="Invitations to work for a département, and what happens in the pool of CVs, to be told",
    key="notice_id",
    visibility=Visibility.RESTRICTED,
    types=_types(NoticeState, "notice-requested"),
    consumers=("notifications",),
    partitions=3,
    compacted=False,
    retention_ms=TOLD_WITHIN_MS,
)
STAFF = Topic(
    name="profiles.staff.v1",
    owner="profiles",
    title="Who left the staff of a département",
    key="territory",
    visibility=Visibility.INTERNAL,
    types=_types(StaffState, "staff-updated"),
    consumers=("clauses",),
    partitions=1,
)
RECOMMENDATIONS = Topic(
    name="matching.recommendations.v1",
    owner="matching",
    title="Recommendations made and withdrawn, with score and reason codes",
    key="profile_id",
    subject="recommendation_id",
    visibility=Visibility.INTERNAL,
    types=_types(RecommendationState, "recommendation-created", "recommendation-withdrawn"),
    consumers=("notifications",),
    compacted=False,
    retention_ms=TOLD_WITHIN_MS,
)
CONTRACTS = Topic(
    name="clauses.contracts.v1",
    owner="clauses",
    title="Objectives and progress of contracts with a social clause, without people",
    key="contract_id",
    visibility=Visibility.PARTNER,
    types=_types(ContractState, "contract-created", "contract-updated"),
    partitions=3,
)
OFFER_REQUESTS = Topic(
    name="clauses.offer-requests.v1",
    owner="clauses",
    title="Offers that desks wish for, because a contract's hours fall behind",
    key="request_id",
    visibility=Visibility.INTERNAL,
    types=_types(OfferRequestState, "offer-requested", "offer-request-withdrawn"),
    consumers=("offers",),
    partitions=3,
)
CLAUSE_NOTICES = Topic(
    name="clauses.notices.v1",
    owner="clauses",
    title="Invitations of contractors and authorities, and what the desk, contractors and buyers are told of contracts",
    key="notice_id",
    visibility=Visibility.RESTRICTED,
    types=_types(NoticeState, "notice-requested"),
    consumers=("notifications",),
    partitions=3,
    compacted=False,
    retention_ms=TOLD_WITHIN_MS,
)
CLAUSE_CONTACTS = Topic(
    name="clauses.contacts.v1",
    owner="clauses",
    title="Addresses of people who are invited and have not answered",
    key="subject_id",
    visibility=Visibility.RESTRICTED,
    types=_types(ContactState, "contact-updated"),
    consumers=("notifications",),
    partitions=3,
)
DELIVERIES = Topic(
    name="notifications.deliveries.v1",
    owner="notifications",
    title="What became of each notification, without its content",
    key="notification_id",
    visibility=Visibility.INTERNAL,
    types=_types(DeliveryState, "notification-sent", "notification-failed", "notification-bounced"),
    compacted=False,
    retention_ms=TOLD_WITHIN_MS,
)

RIGHTS = Topic(
    name="profiles.rights.v1",
    owner="profiles",
    title="What is asked of every service about a person: all that it keeps, or whether something is under way",
    key="request_id",
    visibility=Visibility.RESTRICTED,
    types=_types(RightsQuestion, "export-requested", "standing-asked"),
    consumers=HOLDERS,
    partitions=1,
    compacted=False,
    # As long as an export is waited for: a service that was away for some days answers when it is back.
    retention_ms=TOLD_WITHIN_MS,
)
RIGHTS_ANSWERS: dict[str, Topic] = {
    name: Topic(
        name=f"{name}.rights.v1",
        owner=name,
        title="Sealed parts of exports, which profiles alone can open; what is under way; what was erased: counts",
        key="request_id",
        visibility=Visibility.RESTRICTED,
        types={
            "export-part.v1": ExportPart,
            "standing-told.v1": Standing,
            "erasure-reported.v1": ErasureReport,
        },
        consumers=("profiles",),
        partitions=1,
        compacted=False,
        retention_ms=7 * DAY_MS,
    )
    for name in HOLDERS
}
"""By the service that answers."""

TOPICS: tuple[Topic, ...] = (
    OFFERS,
    APPLICATIONS,
    AGENDA,
    OFFER_NOTICES,
    OFFER_CONTACTS,
    COMPANIES,
    PROFILES,
    REGISTRATIONS,
    CONTACTS,
    STAFF_NOTICES,
    STAFF,
    RECOMMENDATIONS,
    CONTRACTS,
    OFFER_REQUESTS,
    CLAUSE_CONTACTS,
    CLAUSE_NOTICES,
    DELIVERIES,
    RIGHTS,
    *RIGHTS_ANSWERS.values(),
)


def consumed_by(service: str) -> list[Topic]:
    """The topics that a service's workers read, and so may have dead letters of."""
    return [topic for topic in TOPICS if service in topic.consumers]


def topics_of(service: str, read: Iterable[Topic]) -> list[Topic]:
    """The topics that a service's workers need: those that it owns, and those that they read."""
    return list({topic.name: topic for topic in (*read, *(one for one in TOPICS if one.owner == service))}.values())


def group_of(service: str) -> str:
    """The name that a service's consumer groups begin with."""
    return f"bassin-{service}"


def consumer_group(service: str, topic: Topic) -> str:
    """Consumer group of a service for a topic.

    One group a topic, because members of one group share rebalances: with five topics in one group, each start of one
    consumer paused the four others (9.1 s until all had partitions, 1.1 s with a group each, embedded broker).
    """
    return f"{group_of(service)}.{topic.name}"


def dead_letter_topic(service: str, topic: Topic) -> str:
    """Where ``service`` puts the records of ``topic`` that it can never apply: ``<group>.<topic>.dlq``."""
    return f"{group_of(service)}.{topic.name}.dlq"
