"""Notices of the offers service: which category each template belongs to, and the matters of a notice."""

from datetime import datetime

from services.notifications.domain.matter import Category, Matter
from shared.contracts.events.offers import NoticeState

CATEGORIES: dict[str, Category] = {
    "offer_confirm_reminder": Category.OFFERS,
    "offer_suspended": Category.OFFERS,
    "offer_sent_back": Category.OFFERS,
    "schedule_asked": Category.OFFERS,
    "company_approved": Category.OFFERS,
    "company_suspended": Category.OFFERS,
    "application_received": Category.APPLICATIONS,
    "application_reminder": Category.APPLICATIONS,
    "hire_proposed": Category.APPLICATIONS,
    "hire_recorded": Category.APPLICATIONS,
    "workshop_registered": Category.AGENDA,
    "workshop_waiting": Category.AGENDA,
    "agenda_reminder": Category.AGENDA,
    "agenda_moved": Category.AGENDA,
    "agenda_cancelled": Category.AGENDA,
    "waitlist_promoted": Category.AGENDA,
    "follow_up_due": Category.FOLLOW_UP,
    "counsellor_info": Category.FOLLOW_UP,
}


def category_of(template: str) -> Category:
    """Category of a template; one that we do not know yet is told by its prefix, or counts as about offers."""
    known = CATEGORIES.get(template)
    if known is not None:
        return known
    for prefix, category in (
        ("application", Category.APPLICATIONS),
        ("agenda", Category.AGENDA),
        ("workshop", Category.AGENDA),
        ("follow", Category.FOLLOW_UP),
    ):
        if template.startswith(prefix):
            return category
    return Category.OFFERS


def matters_of(notice: NoticeState, key: str, event_id: str, happened_at: datetime) -> list[Matter]:
    """One matter for each recipient, each once."""
    return [
        Matter(
            key=f"{key}:{recipient}",
            subject_id=recipient,
            territory=notice.territory,
            template=notice.template,
            category=category_of(notice.template),
            params=notice.params,
            link=notice.link,
            about=notice.params.get("profile_id"),
            caused_by=event_id,
            caused_at=happened_at,
        )
        for recipient in dict.fromkeys(notice.recipients)
    ]
