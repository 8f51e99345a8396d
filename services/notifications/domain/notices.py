"""Notices of the other services: which category each template belongs to, and the matters of a notice."""

from datetime import datetime

from services.notifications.domain.matter import Category, Matter
from shared.contracts.events.offers import NoticeState
from shared.contracts.vocabulary import Notice

CATEGORIES: dict[Notice, Category] = {
    Notice.OFFER_CONFIRM_REMINDER: Category.OFFERS,
    Notice.OFFER_SUSPENDED: Category.OFFERS,
    Notice.OFFER_SENT_BACK: Category.OFFERS,
    Notice.SCHEDULE_ASKED: Category.OFFERS,
    Notice.COMPANY_APPROVED: Category.OFFERS,
    Notice.COMPANY_SUSPENDED: Category.OFFERS,
    Notice.APPLICATION_RECEIVED: Category.APPLICATIONS,
    Notice.APPLICATION_REMINDER: Category.APPLICATIONS,
    Notice.INTERVIEW_PROPOSED: Category.APPLICATIONS,
    Notice.INTERVIEW_MOVED: Category.APPLICATIONS,
    Notice.INTERVIEW_CANCELLED: Category.APPLICATIONS,
    Notice.INTERVIEW_REMINDER: Category.APPLICATIONS,
    Notice.INTERVIEW_ANSWERED: Category.APPLICATIONS,
    Notice.POOL_CONTACT: Category.APPLICATIONS,
    Notice.SEARCH_ALERT: Category.OFFERS,
    Notice.OUTCOME_ASKED: Category.FOLLOW_UP,
    Notice.HIRE_PROPOSED: Category.APPLICATIONS,
    Notice.HIRE_RECORDED: Category.APPLICATIONS,
    Notice.WORKSHOP_REGISTERED: Category.AGENDA,
    Notice.WORKSHOP_WAITING: Category.AGENDA,
    Notice.AGENDA_REMINDER: Category.AGENDA,
    Notice.AGENDA_MOVED: Category.AGENDA,
    Notice.AGENDA_CANCELLED: Category.AGENDA,
    Notice.WAITLIST_PROMOTED: Category.AGENDA,
    Notice.FOLLOW_UP_DUE: Category.FOLLOW_UP,
    Notice.COUNSELLOR_INFO: Category.FOLLOW_UP,
    Notice.INVITED: Category.FOLLOW_UP,
    Notice.CLAUSE_HOURS_DUE: Category.FOLLOW_UP,
    Notice.CLAUSE_HOURS_LATE: Category.FOLLOW_UP,
    Notice.CLAUSE_SHORTFALL: Category.FOLLOW_UP,
    Notice.CLAUSE_ELIGIBILITY_ENDING: Category.FOLLOW_UP,
    Notice.CLAUSE_PARTICIPANTS_SILENT: Category.FOLLOW_UP,
    Notice.CLAUSE_DIGEST: Category.FOLLOW_UP,
    Notice.CLAUSE_AMENDMENTS: Category.FOLLOW_UP,
    Notice.CLAUSE_HIRE: Category.FOLLOW_UP,
    Notice.INACTIVITY_WARNING: Category.FOLLOW_UP,
    Notice.EXPORT_READY: Category.FOLLOW_UP,
    Notice.ACCOUNT_REMOVED: Category.FOLLOW_UP,
    Notice.PROFILE_WITHHELD: Category.FOLLOW_UP,
    Notice.APPLICATIONS_HELD: Category.APPLICATIONS,
    Notice.CLAUSE_CONTRACTOR_LEFT: Category.FOLLOW_UP,
    Notice.CLAUSE_CONTRACTOR_ENDED: Category.FOLLOW_UP,
    Notice.PROFILE_TRANSFER: Category.FOLLOW_UP,
}


REMINDERS = frozenset({Notice.INTERVIEW_REMINDER, Notice.AGENDA_REMINDER})
"""Told of a day that is near (``date``)."""


def category_of(template: str) -> Category:
    """Category of a template; one that we do not know yet is told by its prefix, or counts as about offers."""
    if template in CATEGORIES:
        return CATEGORIES[Notice(template)]
    for prefix, category in (
        ("application", Category.APPLICATIONS),
        ("interview", Category.APPLICATIONS),
        ("agenda", Category.AGENDA),
        ("workshop", Category.AGENDA),
        ("follow", Category.FOLLOW_UP),
        ("clause", Category.FOLLOW_UP),
    ):
        if template.startswith(prefix):
            return category
    return Category.OFFERS


def matters_of(notice: NoticeState, key: str, event_id: str, happened_at: datetime) -> list[Matter]:
    """One matter for each recipient, each once."""
    about = notice.params.get("profile_id")
    return [
        Matter(
            key=f"{key}:{recipient}",
            subject_id=recipient,
            territory=notice.territory,
            template=notice.template,
            category=category_of(notice.template),
            params=notice.params,
            link=notice.link,
            about=about,
            concerns=notice.about or about,
            beside=about is not None and about in notice.recipients and recipient != about,
            appointment=notice.appointment,
            caused_by=event_id,
            caused_at=happened_at,
        )
        for recipient in dict.fromkeys(notice.recipients)
    ]
