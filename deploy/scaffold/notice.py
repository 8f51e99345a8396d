"""A further thing that offers asks notifications to tell: kind, category, French text, and who asks for it."""

from deploy.scaffold.edits import DoesNotFit, Edits, identifier
from services.notifications.domain.notices import category_of
from shared.contracts.vocabulary import Notice


def new_notice(edits: Edits, name: str) -> list[str]:
    """Add the notice everywhere that it must stand. Returns what is left to do.

    Raises:
        DoesNotFit: there is one of this name.
    """
    value = identifier(name, "_")
    constant = value.upper()
    if value in {notice.value for notice in Notice}:
        raise DoesNotFit(f"There is a notice {value} already.")
    category = category_of(value).name
    last = list(Notice)[-1].name
    edits.replace(
        "shared/contracts/vocabulary.py",
        rf'(^class Notice\(.*?^    {last} = "[a-z_]+"\n)',
        rf'\g<1>    {constant} = "{value}"\n',
    )
    edits.replace(
        "services/notifications/domain/notices.py",
        r"^(CATEGORIES:[^\n]*\{\n.*?)^\}",
        rf"\g<1>    Notice.{constant}: Category.{category},\n}}",
    )
    edits.create(
        f"services/notifications/templates/items/{value}.j2",
        "{% block title %}À propos de votre offre : {{ offer_title }}{% endblock %}\n"
        "{% block text %}Il y a du nouveau pour l’offre « {{ offer_title }} ».{% endblock %}\n"
        "{% block action %}{% if link %}Ouvrir l’offre{% endif %}{% endblock %}\n",
    )
    edits.replace("services/offers/README.md", r"(Notices:.*?)(\.\n\n)", rf"\g<1> `{value}`\g<2>")
    edits.replace("services/notifications/README.md", r"(Notices: [^.]*)\.", rf"\g<1>, `{value}`.")
    edits.create(f"services/offers/commands/tell_{value}.py", _command(value, constant))
    edits.create(f"tests/service/notifications/test_notice_{value}.py", _test(value, constant, category))
    edits.replace(
        "tests/service/notifications/test_texts.py",
        r'^(    "generic": \{\},\n)',
        rf'    "{value}": {{"offer_title": "Maçon", "company": "C"}},\n\g<1>',
    )
    return [
        f"Write the French of services/notifications/templates/items/{value}.j2 (the reader, what happened, what to do).",
        f"Call tell_{value} where it happens, in the same Work as the change that it tells of (``tell`` of",
        "  ``act`` in services/offers/commands/offers.py takes such a function); the test in",
        f"  tests/service/notifications/test_notice_{value}.py says what is read.",
    ]


def _command(value: str, constant: str) -> str:
    return f'''"""Tells the people of an offer's company: {value}."""

from services.offers.context import Context
from services.offers.domain.company import Company
from services.offers.domain.offer import Offer
from shared.contracts.vocabulary import Notice
from shared.store import Work


def tell_{value}(context: Context, work: Work, offer: Offer, company: Company | None) -> None:
    """Put the notice into ``work``, to travel with the change that it tells of."""
    params = {{"offer_title": offer.content.title, "company": offer.company.name}}
    context.notify(work, offer.territory, offer.told_of(company), Notice.{constant}, params, about=None)
'''


def _test(value: str, constant: str, category: str) -> str:
    return f'''"""{value}: what people read."""

from services.notifications.domain.matter import Category, Matter
from services.notifications.domain.notices import CATEGORIES
from services.notifications.settings import NotificationsSettings
from services.notifications.templates.texts import Texts
from shared.contracts.vocabulary import Notice
from shared.settings import load_settings
from tests.service.notifications.builders import NOW


def test_it_is_told_in_french() -> None:
    matter = Matter(
        key="k",
        subject_id="s",
        territory="23",
        template=Notice.{constant}.value,
        category=CATEGORIES[Notice.{constant}],
        params={{"offer_title": "Maçon", "company": "Dupont"}},
        caused_by="e",
        caused_at=NOW,
    )
    item = Texts(load_settings(NotificationsSettings)).item(matter, None)
    assert "Maçon" in item.title
    assert "Maçon" in item.text
    assert CATEGORIES[Notice.{constant}] is Category.{category}
'''
