"""Enumerations that travel in events. They live here once; services import them, never copy them."""

from enum import StrEnum

from shared.kept_enum import StoredEnum


class OpportunityKind(StoredEnum):
    """What an offer proposes (Bénévolat et RSA, PMSMP, alternance: an opportunity is more than a job)."""

    JOB = "job"
    APPRENTICESHIP = "apprenticeship"
    TRAINING = "training"
    IMMERSION = "immersion"
    VOLUNTEERING = "volunteering"
    IAE_POST = "iae_post"
    URGENT_MISSION = "urgent_mission"


class ContractKind(StoredEnum):
    """The contract proposed. ``cddi`` is the fixed-term contract of an IAE structure."""

    CDI = "cdi"
    CDD = "cdd"
    TEMPORARY = "temporary"
    SEASONAL = "seasonal"
    APPRENTICESHIP = "apprenticeship"
    PROFESSIONALISATION = "professionalisation"
    CDDI = "cddi"
    TRAINING = "training"
    IMMERSION = "immersion"
    VOLUNTEERING = "volunteering"
    SELF_EMPLOYED = "self_employed"
    OTHER = "other"


class OfferStatus(StoredEnum):
    """Life of an offer. Events speak only of those that have been published once."""

    DRAFT = "draft"
    PENDING = "pending"
    PUBLISHED = "published"
    SUSPENDED = "suspended"
    FILLED = "filled"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"


class OfferSource(StoredEnum):
    """Deposited by the employer, collected by the département's canvassing, or sent by a partner."""

    DEPOSITED = "deposited"
    COLLECTED = "collected"
    PARTNER = "partner"


class ReservedPublic(StoredEnum):
    """Publics to whom an offer may be reserved; a profile carries the flags that it is eligible for, never why."""

    CLAUSE = "clause"
    IAE = "iae"
    DISABILITY = "disability"


class TravelMeans(StoredEnum):
    """How a person can travel."""

    FOOT = "foot"
    BICYCLE = "bicycle"
    MOPED = "moped"
    CAR = "car"
    PUBLIC_TRANSPORT = "public_transport"


class Licence(StoredEnum):
    """Driving licences that jobs ask for."""

    AM = "AM"
    A = "A"
    B = "B"
    BE = "BE"
    C = "C"
    CE = "CE"
    D = "D"


class Card(StoredEnum):
    """Certificates beside a diploma that jobs ask for and people hold: one word for each kind; ``Caces`` says which of them.

    ``caces``: conduct of machines (R482 … R490); ``electrical``: habilitation of NF C18-510; ``care``: diploma or title of care
    at home or in an institution; ``road``: FIMO, FCO, ADR; ``security``: card of the CNAPS, SSIAP; ``animation``: BAFA, BPJEPS;
    ``welding``: welder's qualification; ``phyto``: certificate for plant protection products.
    """

    CACES = "caces"
    ELECTRICAL = "electrical"
    CARE = "care"
    ROAD = "road"
    SECURITY = "security"
    ANIMATION = "animation"
    WELDING = "welding"
    PHYTO = "phyto"


class Caces(StoredEnum):
    """Which CACES: a recommendation of the Cnam since 2020, with its category; without one: some category of it, not said which.

    R482 works machines (valid for 10 years, all others for 5), R483 mobile cranes, R484 overhead cranes, R485 pedestrian
    stackers, R486 aerial platforms, R487 tower cranes, R489 fork-lift trucks, R490 lorry cranes.
    """

    R482 = "R482"
    R482_A = "R482-A"
    R482_B1 = "R482-B1"
    R482_B2 = "R482-B2"
    R482_B3 = "R482-B3"
    R482_C1 = "R482-C1"
    R482_C2 = "R482-C2"
    R482_C3 = "R482-C3"
    R482_D = "R482-D"
    R482_E = "R482-E"
    R482_F = "R482-F"
    R482_G = "R482-G"
    R483 = "R483"
    R483_A = "R483-A"
    R483_B = "R483-B"
    R484 = "R484"
    R484_1 = "R484-1"
    R484_2 = "R484-2"
    R485 = "R485"
    R485_1 = "R485-1"
    R485_2 = "R485-2"
    R486 = "R486"
    R486_A = "R486-A"
    R486_B = "R486-B"
    R486_C = "R486-C"
    R487 = "R487"
    R487_1 = "R487-1"
    R487_2 = "R487-2"
    R487_3 = "R487-3"
    R489 = "R489"
    R489_1A = "R489-1A"
    R489_1B = "R489-1B"
    R489_2A = "R489-2A"
    R489_2B = "R489-2B"
    R489_3 = "R489-3"
    R489_4 = "R489-4"
    R489_5 = "R489-5"
    R489_6 = "R489-6"
    R489_7 = "R489-7"
    R490 = "R490"


class FrenchLevel(StoredEnum):
    """CEFR level of French, in rising order."""

    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"
    C1 = "C1"
    C2 = "C2"


class ApplicationStatus(StoredEnum):
    """Life of an application or introduction."""

    INVITED = "invited"
    SUBMITTED = "submitted"
    SEEN = "seen"
    INTERVIEW = "interview"
    PROPOSED = "proposed"
    POSTPONED = "postponed"
    HIRED = "hired"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    OBSOLETE = "obsolete"
    NO_ANSWER = "no_answer"


EMPLOYER_READS_NO_MORE = frozenset({ApplicationStatus.WITHDRAWN, ApplicationStatus.OBSOLETE, ApplicationStatus.REFUSED})
"""What an application ends in that shows the employer nothing more of the person, neither who they are nor what they wrote."""


class ApplicationOrigin(StoredEnum):
    """Who brought the two together."""

    SEEKER = "seeker"
    COUNSELLOR = "counsellor"
    EMPLOYER = "employer"


class AgendaKind(StoredEnum):
    """Kinds of agenda events."""

    WORKSHOP = "workshop"
    JOB_DATING = "job_dating"
    JOB_FAIR = "job_fair"
    INVERTED_JOB_FAIR = "inverted_job_fair"
    GROUP_BRIEFING = "group_briefing"
    COMPANY_VISIT = "company_visit"
    TRAINING_SESSION = "training_session"


class ClauseKind(StoredEnum):
    """Kinds of social clause (public procurement code L2112-2, L2113-12, L2113-13, L2113-13-1; grants)."""

    EXECUTION_CONDITION = "execution_condition"
    RESERVED_IAE = "reserved_iae"
    RESERVED_DISABILITY = "reserved_disability"
    RESERVED_BOTH = "reserved_both"
    RESERVED_PRISON = "reserved_prison"
    AWARD_CRITERION = "award_criterion"
    QUALIFICATION_TRAINING_OBJECT = "qualification_training_object"
    GRANT_CONDITION = "grant_condition"


class Channel(StoredEnum):
    """Ways to reach somebody. ``counsellor``: through the accompanying counsellors, who tell the person."""

    EMAIL = "email"
    INBOX = "inbox"
    COUNSELLOR = "counsellor"


class DeliveryStatus(StrEnum):
    """What became of a notification."""

    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"


class Notice(StrEnum):
    """What services ask notifications to tell. Each has its text (``services/notifications/templates/items``)."""

    OFFER_CONFIRM_REMINDER = "offer_confirm_reminder"
    OFFER_SUSPENDED = "offer_suspended"
    OFFER_SENT_BACK = "offer_sent_back"
    SCHEDULE_ASKED = "schedule_asked"
    COMPANY_APPROVED = "company_approved"
    COMPANY_SUSPENDED = "company_suspended"
    APPLICATION_RECEIVED = "application_received"
    APPLICATION_REMINDER = "application_reminder"
    INTERVIEW_PROPOSED = "interview_proposed"
    INTERVIEW_MOVED = "interview_moved"
    INTERVIEW_CANCELLED = "interview_cancelled"
    INTERVIEW_REMINDER = "interview_reminder"
    INTERVIEW_ANSWERED = "interview_answered"
    SEARCH_ALERT = "search_alert"
    OUTCOME_ASKED = "outcome_asked"
    HIRE_PROPOSED = "hire_proposed"
    HIRE_RECORDED = "hire_recorded"
    WORKSHOP_REGISTERED = "workshop_registered"
    WORKSHOP_WAITING = "workshop_waiting"
    AGENDA_REMINDER = "agenda_reminder"
    AGENDA_MOVED = "agenda_moved"
    AGENDA_CANCELLED = "agenda_cancelled"
    WAITLIST_PROMOTED = "waitlist_promoted"
    FOLLOW_UP_DUE = "follow_up_due"
    COUNSELLOR_INFO = "counsellor_info"
    INVITED = "invited"
    CLAUSE_HOURS_DUE = "clause_hours_due"
    CLAUSE_HOURS_LATE = "clause_hours_late"
    CLAUSE_SHORTFALL = "clause_shortfall"
    CLAUSE_ELIGIBILITY_ENDING = "clause_eligibility_ending"
    CLAUSE_PARTICIPANTS_SILENT = "clause_participants_silent"
    CLAUSE_DIGEST = "clause_digest"
    CLAUSE_HIRE = "clause_hire"
    CLAUSE_AMENDMENTS = "clause_amendments"
    POOL_CONTACT = "pool_contact"
    INACTIVITY_WARNING = "inactivity_warning"
    EXPORT_READY = "export_ready"
    ACCOUNT_REMOVED = "account_removed"
    PROFILE_WITHHELD = "profile_withheld"
    APPLICATIONS_HELD = "applications_held"
    CLAUSE_CONTRACTOR_LEFT = "clause_contractor_left"
    CLAUSE_CONTRACTOR_ENDED = "clause_contractor_ended"
    PROFILE_TRANSFER = "profile_transfer"
