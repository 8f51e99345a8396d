"""French texts: one Jinja template per kind of message with the blocks title, text and action; two frames for e-mail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateNotFound,
    UndefinedError,
    pass_context,
    select_autoescape,
)
from jinja2.runtime import Context

from services.notifications.domain import french, recommendations
from services.notifications.domain.matter import TARGETS, Matter
from services.notifications.domain.notices import REMINDERS
from services.notifications.domain.notification import Item
from services.notifications.settings import NotificationsSettings
from shared import civil, metrics, reasons
from shared.domain import made_of
from shared.logs import get_logger
from shared.visible import clean_line

FOLDER = Path(__file__).parent
GENERIC = "generic"
LONGEST_TITLE = 200
KEPT = 200
"""Texts of offers of which each reader's differ by the reasons alone, some kilobytes each."""

A_PERSON = "Une personne que vous accompagnez"

_log = get_logger()


def _shortened(title: str) -> str:
    """A title that is too long ends with a whole word, and says so: half the name of a commune is another one."""
    if len(title) <= LONGEST_TITLE:
        return title
    kept = title[: LONGEST_TITLE - 1]
    whole = kept if title[LONGEST_TITLE - 1].isspace() else kept.rpartition(" ")[0]
    return f"{(whole or kept).rstrip(' ,–:')}…"


@dataclass(frozen=True)
class OfferCard:
    """What texts say of an offer."""

    id: str
    title: str
    company: str
    place: str | None
    status: str


def _said_of(offer: OfferCard) -> dict[str, Any]:
    return {"offer_title": offer.title, "company": offer.company, "place": offer.place}


@dataclass(frozen=True)
class Mail:
    """A message as it is read: subject, and the same content twice."""

    subject: str
    text: str
    html: str


def _day_of(matter: Matter) -> tuple[date | None, str | None]:
    """The day that a reminder is of, and whose clocks say whether it has begun."""
    if matter.template not in REMINDERS:
        return None, None
    try:
        day = french.day(matter.params.get("date", ""))
    except ValueError:
        return None, None
    return day, matter.appointment.zone if matter.appointment else civil.zone_of(matter.territory).key


class _OfOffer:
    """What is told of an offer, to be filled in for one reader after the other: by name only their reasons differ."""

    def __init__(self, template: Template, values: Mapping[str, Any]) -> None:
        self._reasons: list[str] = []
        # To make a context costs more than to fill in what takes a reader's reasons.
        self._context = template.new_context({**values, "reasons": self._reasons})
        self._template = template
        self.title = clean_line(_block(template, "title", self._context))
        self.action = _block(template, "action", self._context)

    def text(self, reasons: Sequence[str]) -> str:
        """The text for a reader to whom it is told for these reasons."""
        self._reasons[:] = reasons
        return _block(self._template, "text", self._context)


def _block(template: Template, name: str, context: Context) -> str:
    return "".join(template.blocks[name](context)).strip() if name in template.blocks else ""


@pass_context
def _when(context: Context, value: str) -> str:
    """Dates and instants by the clocks of the territory that the message belongs to."""
    return french.when(value, context.get("territory"))


@cache
def environment() -> Environment:
    """Where the templates are looked up, made once in a process: compiling them takes a tenth of a second."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        # Plain text and inbox items must not be escaped; the HTML frame escapes everything that comes into it.
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        trim_blocks=True,
        lstrip_blocks=True,
        # A look at the file for each use tells of changes that no running process has.
        auto_reload=False,
    )
    made.filters |= {"de": french.de, "a": french.a, "when": _when, "hour": french.hour}
    return made


class Texts:
    """Renders items and e-mails. Templates are read once, at the start."""

    def __init__(self, settings: NotificationsSettings) -> None:
        self._settings = settings
        templates = environment()
        self._items = {
            Path(name).name.removesuffix(".j2"): templates.get_template(name)
            for name in templates.list_templates()
            if name.startswith("items/")
        }
        self._text_frame = templates.get_template("mail.txt.j2")
        self._html_frame = templates.get_template("mail.html.j2")
        self._page = templates.get_template("unsubscribe.html.j2")
        self._of_offer = lru_cache(KEPT)(self._without_reasons)

    @property
    def known(self) -> frozenset[str]:
        """Names of the templates that there are."""
        return frozenset(self._items)

    def item(self, matter: Matter, offer: OfferCard | None, person: str | None = None) -> Item:
        """The text of a matter; ``person`` is the first name of whom staff are told something.

        A template or parameter that is missing gives the generic text and is counted.
        """
        said = reasons.sentences(matter.reasons)
        try:
            if offer is not None and matter.params.keys() <= TARGETS and matter.link is matter.about is person is None:
                kept = self._of_offer(matter.template, offer, matter.territory)
                title, text, action = kept.title, kept.text(said), kept.action
            else:
                title, text, action = self._blocks(
                    self._template(matter.template), self._values(matter, offer, person, said)
                )
        except (TemplateNotFound, UndefinedError) as error:
            metrics.TEXT_FALLBACKS.labels(
                "unknown_template" if matter.template not in self._items else "parameter"
            ).inc()
            _log.warning("text_fallback", template=matter.template, cause=type(error).__name__)
            title, text, action = self._blocks(self._items[GENERIC], self._values(matter, offer, person, said))
        day, zone = _day_of(matter)
        link = matter.link or (self._settings.link_to_offer(offer.id) if offer is not None else None)
        return made_of(
            Item,
            {
                "title": _shortened(title),
                "text": text,
                "link": link,
                "action": action or None,
                "place": offer.place if offer is not None else None,
                "offer_id": offer.id if offer is not None else matter.offer_id or matter.params.get("offer_id"),
                "ref": matter.ref,
                "appointment": matter.appointment,
                "day": day,
                "zone": zone,
                "facts": {},
                "target": {name: id for name, id in matter.params.items() if name in TARGETS},
            },
        )

    def _values(
        self, matter: Matter, offer: OfferCard | None, person: str | None, said: Sequence[str]
    ) -> dict[str, Any]:
        return {
            **matter.params,
            **(_said_of(offer) if offer is not None else {}),
            "reasons": said,
            "link": matter.link,
            "person": person or A_PERSON,
            "of_oneself": matter.about == matter.subject_id,
            "territory": matter.territory,
        }

    def _without_reasons(self, template: str, offer: OfferCard, territory: str) -> _OfOffer:
        alike = {"link": None, "person": A_PERSON, "of_oneself": False, "territory": territory}
        return _OfOffer(self._template(template), {**_said_of(offer), **alike})

    def for_counsellor(self, item: Item, first_name: str | None) -> Item:
        """The same, addressed to the counsellor who tells the person."""
        return item.model_copy(update={"title": _shortened(f"{self.to_tell(first_name)} : {item.title}")})

    def to_tell(self, first_name: str | None) -> str:
        """How a counsellor is asked to pass something on."""
        return f"À dire à {first_name or 'une personne que vous accompagnez'}"

    def mail(
        self, template: str, items: tuple[Item, ...], first_name: str | None, unsubscribe: str | None, now: datetime
    ) -> Mail:
        """An e-mail with one or several items, as it leaves at ``now``."""
        items = tuple(item.on(now) for item in items)
        subject = clean_line(self._subject(template, items))
        values: dict[str, Any] = {
            "subject": subject,
            "first_name": first_name,
            "items": items[: self._settings.digest_offers],
            "left_out": len(items[self._settings.digest_offers :]),
            "unsubscribe": unsubscribe,
        }
        return Mail(
            subject=subject,
            text=self._text_frame.render(values),
            html=self._html_frame.render(values),
        )

    def unsubscribe_page(self, *, done: bool = False, gone: bool = False) -> str:
        """The page behind an unsubscribe link: a button first, then the confirmation; or that the link leads nowhere."""
        return self._page.render(done=done, gone=gone)

    def _subject(self, template: str, items: tuple[Item, ...]) -> str:
        if template != recommendations.TEMPLATE or len(items) == 1:
            return items[0].title
        places = {item.place for item in items}
        only = next(iter(places)) if len(places) == 1 else None
        near = f"près {french.de(only)}" if only else "près de chez vous"
        return f"{french.count(len(items), 'offre', 'offres')} pour vous {near}"

    def _template(self, name: str) -> Template:
        if name not in self._items:
            raise TemplateNotFound(name)
        return self._items[name]

    def _blocks(self, template: Template, values: dict[str, Any]) -> tuple[str, str, str]:
        context = template.new_context(values)
        title, text, action = (_block(template, block, context) for block in ("title", "text", "action"))
        return clean_line(title), text, action
