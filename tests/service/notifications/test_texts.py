"""French as people read it."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, nodes

from services.notifications.domain import french
from services.notifications.domain.matter import Category, Matter
from services.notifications.domain.notices import CATEGORIES
from services.notifications.domain.notification import Item
from services.notifications.settings import NotificationsSettings, StartTls
from services.notifications.templates.texts import FOLDER, OfferCard, Texts
from shared import metrics, reasons
from shared.settings import ConfigurationError, load_settings
from tests.service.notifications.builders import NOW

OFFER = OfferCard("offer-1", "Aide à domicile", "Creuse Services", "Aubusson", "published")


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts(load_settings(NotificationsSettings))


def a_matter(template: str, **changes: object) -> Matter:
    values: dict[str, object] = {
        "key": "k",
        "subject_id": "s",
        "territory": "23",
        "template": template,
        "category": Category.OFFERS,
        "caused_by": "e",
        "caused_at": NOW,
    }
    return Matter.model_validate(values | changes)


@pytest.mark.parametrize(
    ("name", "de", "a"),
    [
        ("Guéret", "de Guéret", "à Guéret"),
        ("Aubusson", "d’Aubusson", "à Aubusson"),
        ("Évaux-les-Bains", "d’Évaux-les-Bains", "à Évaux-les-Bains"),
        ("Le Grand-Bourg", "du Grand-Bourg", "au Grand-Bourg"),
        ("Les Mars", "des Mars", "aux Mars"),
        ("La Souterraine", "de La Souterraine", "à La Souterraine"),
        ("", "de ", "à "),
    ],
)
def test_place_names_take_their_preposition(name: str, de: str, a: str) -> None:
    assert (french.de(name), french.a(name)) == (de, a)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2026-08-04", "mardi 4 août 2026"),
        ("2026-09-01", "mardi 1er septembre 2026"),
        ("2026-08-04T12:30:00+00:00", "mardi 4 août 2026 à 14 h 30"),
        ("2026-01-05T08:00:00+00:00", "lundi 5 janvier 2026 à 9 h"),
        ("04/08/2026", "mardi 4 août 2026"),
        ("99/99/9999", "99/99/9999"),
        ("bientôt", "bientôt"),
    ],
)
def test_dates_are_told_in_words_and_in_french_time(value: str, said: str) -> None:
    assert french.when(value) == said


def test_hours_are_told_as_people_say_them() -> None:
    assert [french.hour(value) for value in ("14:30", "9:00", "09:05", "midi")] == ["14 h 30", "9 h", "9 h 05", "midi"]


def test_counts_take_the_singular_below_two() -> None:
    assert [french.count(n, "offre", "offres") for n in (0, 1, 2)] == ["0 offre", "1 offre", "2 offres"]


def test_reasons_become_sentences_and_unknown_ones_are_passed_over() -> None:
    told = reasons.sentences(
        [
            {"code": "occupation_near", "occupation": "K1304"},
            {"code": "distance", "km": "12"},
            {"code": "of_tomorrow"},
            {"code": "distance"},
            {"code": "skills", "have": "2", "asked": "3", "missing": "Repassage"},
            {"code": "skills", "have": "0", "asked": "1", "missing": "Soudure"},
            {"code": "skills", "have": "1", "asked": "1"},
            {"code": "experience", "months": "24"},
            {"code": "hours_wished", "hours": "17.5"},
            {},
        ]
    )
    assert told == [
        "C’est un métier proche du vôtre",
        "À 12 km de chez vous",
        "Vous avez 2 des 3 compétences demandées (il manque : Repassage)",
        "Compétences demandées : Soudure",
        "Vous avez la compétence demandée",
        "Votre expérience correspond (2 ans demandés)",
        "Le temps de travail vous convient (17,5 h par semaine)",
    ]


def test_a_missing_parameter_gives_the_general_text_and_keeps_the_link(texts: Texts) -> None:
    item = texts.item(a_matter("offer_confirm_reminder", link="https://x.test/c"), None)
    assert (item.title, item.link) == ("Un message du service emploi", "https://x.test/c")


SESSION = {"agenda_title": "Atelier Job 23", "date": "04/08/2026", "time": "14:00", "place": "Guéret"}
OFFER_LIFE = {"offer_title": "Maçon", "company": "C", "confirm_by": "16/03/2026", "archive_on": "30/04/2026"}
CLAUSE = {"contract_title": "Réhabilitation de l’école"}
INTERVIEW = {"offer_title": "Maçon", "date": "09/03/2026", "time": "14:30", "side": "person"}
WHERE = {
    "company": "C", "way": "on_site", "place": "Guéret", "phone": "", "video_url": "", "contact": "", "to_bring": "",
}  # fmt: skip
EXAMPLES: dict[str, dict[str, str]] = {
    "interview_proposed": INTERVIEW | WHERE,
    "interview_moved": INTERVIEW | WHERE,
    "interview_reminder": INTERVIEW | WHERE,
    "interview_cancelled": INTERVIEW | {"company": "C", "ended": "", "suspended": "yes"},
    "interview_answered": INTERVIEW | {"answer": "other_time", "wished": "yes"},
    "search_alert": {"count": "2", "name": "Maçon", "offers": "– Maçon", "others": "0"},
    "offer_confirm_reminder": OFFER_LIFE | {"day": "11"},
    "offer_suspended": OFFER_LIFE,
    "offer_sent_back": {"offer_title": "Maçon", "reason": "Précisez les horaires."},
    "schedule_asked": {"offer_title": "Maçon", "company": "C"},
    "company_approved": {"company": "C"},
    "company_suspended": {"company": "C"},
    "application_received": {"offer_title": "Maçon", "company": "C"},
    "application_reminder": {"offer_title": "Maçon", "submitted_on": "02/03/2026", "application_id": "a"},
    "hire_proposed": {"offer_title": "Maçon", "application_id": "a", "confirm_by": "09/03/2026"},
    "hire_recorded": {"offer_title": "Maçon", "application_id": "a", "confirm_by": "09/03/2026"},
    "workshop_registered": SESSION | {"profile_id": "p"},
    "workshop_waiting": SESSION,
    "agenda_reminder": SESSION,
    "agenda_moved": SESSION,
    "agenda_cancelled": SESSION,
    "waitlist_promoted": {"agenda_title": "Atelier Job 23"},
    "follow_up_due": {"offer_title": "Maçon", "month": "3", "application_id": "a", "profile_id": "p"},
    "counsellor_info": SESSION | {"profile_id": "p"},
    "invited": {"place": "Département 23", "what": "Vous êtes invité.", "until": "2026-03-16T09:00:00+00:00"},
    "clause_hours_due": CLAUSE | {"period_end": "2026-03-31", "due_on": "2026-04-15"},
    "clause_hours_late": CLAUSE | {"period_end": "2026-03-31", "due_on": "2026-04-15", "to_desk": "yes"},
    "clause_shortfall": CLAUSE | {"as_of": "2026-03-31", "missing_hours": "120", "offer": "yes"},
    "clause_eligibility_ending": CLAUSE | {"count": "2", "first_day": "2026-06-30"},
    "clause_participants_silent": CLAUSE | {"count": "2", "weeks": "6"},
    "clause_digest": {"count": "2", "hours_late": "École ; Pont", "silent": "École", "silent_more": "3"},
    "clause_hire": CLAUSE,
    "clause_contractor_left": CLAUSE,
    "clause_contractor_ended": CLAUSE,
    "clause_amendments": CLAUSE | {"count": "2"},
    "pool_contact": {"side": "person"},
    "inactivity_warning": {"date": "31/08/2026"},
    "export_ready": {"date": "31/08/2026", "profile_id": "p"},
    "account_removed": {},
    "profile_withheld": {"profile_id": "p"},
    "profile_transfer": {"profile_id": "p", "side": "arrived"},
    "applications_held": {"count": "2", "offers": "– Maçon", "others": "0", "profile_id": "p"},
    "generic": {},
}
FROM_OFFERS = {name for name in Texts(load_settings(NotificationsSettings)).known if name not in EXAMPLES}


@pytest.mark.parametrize("template", sorted(EXAMPLES))
def test_every_notice_has_a_text_with_the_facts_that_offers_sends(texts: Texts, template: str) -> None:
    before = metrics.TEXT_FALLBACKS.labels("parameter")._value.get()
    item = texts.item(a_matter(template, params=EXAMPLES[template], link="https://x.test/y", about="p"), None, "Nadia")
    assert metrics.TEXT_FALLBACKS.labels("parameter")._value.get() == before
    assert "\n\n\n" not in item.text
    assert "{" not in item.title + item.text
    assert item.title.strip()
    assert item.text.strip()


RUN_TOGETHER = re.compile(r"[^\W\d_][.!?][A-ZÀ-Ý]")
"""The end of a sentence and the beginning of the next without a space: «Guéret.Demandez»."""


@pytest.mark.parametrize("way", ["on_site", "phone", "video"])
@pytest.mark.parametrize("template", ["interview_proposed", "interview_moved", "interview_reminder"])
@pytest.mark.parametrize("side", ["person", "employer"])
def test_no_sentence_of_an_interview_runs_into_the_next(texts: Texts, template: str, way: str, side: str) -> None:
    """«Sur place : 12 rue de la Gare, Guéret.Demandez Mme Durand.»: a line that ends with a tag loses its end."""
    full = {"place": "12 rue de la Gare, Guéret", "contact": "Mme Durand", "to_bring": "un CV", "phone": "05 55 52 00 00",
            "video_url": "https://visio.example.org/a"}  # fmt: skip
    for given in ({}, full, {"contact": "Mme Durand"}, {"to_bring": "un CV"}):
        params = EXAMPLES[template] | {"way": way, "side": side} | given
        for about in ("s", "p"):
            text = texts.item(a_matter(template, params=params, about=about), None, "Nadia").text
            assert not RUN_TOGETHER.search(text), text
            assert "Demandez" not in text or "\nDemandez" in text
            assert "À apporter" not in text or "\nÀ apporter" in text
            assert "\n\n\n" not in text


@pytest.mark.parametrize("template", sorted(EXAMPLES))
def test_no_sentence_runs_into_the_next(texts: Texts, template: str) -> None:
    """Whatever its parameters are: each one absent, present, or an everyday word."""
    for value in (None, "", "yes", "Mme Durand"):
        params = (
            EXAMPLES[template] if value is None else {name: one or value for name, one in EXAMPLES[template].items()}
        )
        item = texts.item(a_matter(template, params=params, link="https://x.test/y", about="p"), None, "Nadia")
        assert not RUN_TOGETHER.search(item.text), item.text


def test_an_approved_employer_is_not_told_that_a_deposit_is_public(texts: Texts) -> None:
    """A deposit is a draft: «Vos offres sont publiées dès que vous les déposez» let drafts lie."""
    said = texts.item(a_matter("company_approved", params={"company": "C"}), None).text
    assert "dès que vous les publiez" in said
    assert "déposez" not in said


def test_each_side_of_a_transfer_reads_its_own_words(texts: Texts) -> None:
    sides = ("asked", "waiting", "arrived", "left", "refused", "expired")
    told = {
        side: texts.item(a_matter("profile_transfer", params={"side": side}, about="p"), None, "Nadia").title
        for side in sides
    }
    assert len(set(told.values())) == len(sides)
    assert "n’a pas répondu" in told["expired"]


@pytest.mark.parametrize("template", sorted(FROM_OFFERS))
def test_every_text_about_an_offer_needs_nothing_but_the_offer(texts: Texts, template: str) -> None:
    item = texts.item(a_matter(template, offer_id="offer-1"), OFFER)
    assert item.title != "Un message du service emploi"
    assert "Aide à domicile" in item.title


def test_every_category_is_that_of_a_text(texts: Texts) -> None:
    assert set(CATEGORIES) <= texts.known


def test_a_follow_up_speaks_to_the_person_or_to_the_counsellor(texts: Texts) -> None:
    params = EXAMPLES["follow_up_due"]
    to_counsellor = texts.item(a_matter("follow_up_due", params=params, about="p"), None, "Nadia")
    assert to_counsellor.title == "À faire : Nadia, 3 mois après l’embauche"
    to_the_person = texts.item(a_matter("follow_up_due", params=params, about="p", subject_id="p"), None)
    assert to_the_person.title == "Êtes-vous toujours en poste ? Maçon"


def test_a_clause_is_told_in_french_to_the_desk_and_to_others(texts: Texts) -> None:
    def said(template: str, **changes: str) -> str:
        params = {name: value for name, value in (EXAMPLES[template] | changes).items() if value}
        return texts.item(a_matter(template, params=params), None).text

    late = "mercredi 15 avril 2026"
    assert said("clause_hours_late").startswith("Un titulaire n’a pas déclaré toutes les heures")
    assert late in said("clause_hours_late", to_desk="")
    assert "120 heures" in said("clause_shortfall")
    assert not any(one.isdigit() for one in said("clause_shortfall", missing_hours="").replace("31 mars 2026", ""))
    assert said("clause_eligibility_ending", count="1").startswith(
        "L’éligibilité d’un participant prend fin le mardi 30"
    )
    assert said("clause_participants_silent", count="1").startswith("Un participant est\nsans heures")
    assert "– Heures en retard : École ; Pont.\n– Participants sans heures : École ; et 3 de plus." in said(
        "clause_digest"
    )


def test_a_session_is_told_with_day_hour_and_place(texts: Texts) -> None:
    item = texts.item(a_matter("workshop_registered", params=SESSION), None)
    assert item.title == "Vous avez une place : Atelier Job 23, mardi 4 août 2026"
    assert item.text.startswith("Rendez-vous mardi 4 août 2026 à 14 h, à Guéret.")


def test_a_recommendation_names_the_place_in_good_french(texts: Texts) -> None:
    item = texts.item(a_matter("recommendation", offer_id="offer-1", reasons=({"code": "distance", "km": "3"},)), OFFER)
    assert item.title == "Une offre pour vous : Aide à domicile, à Aubusson"
    assert item.text == "Creuse Services, à Aubusson\n\n– À 3 km de chez vous"
    mail = texts.mail("recommendation", (item, item), "Nadia", None, NOW)
    assert mail.subject == "2 offres pour vous près d’Aubusson"
    far = item.model_copy(update={"place": "Guéret"})
    assert texts.mail("recommendation", (item, far), None, None, NOW).subject == "2 offres pour vous près de chez vous"


def test_what_people_wrote_cannot_become_markup(texts: Texts) -> None:
    offer = OfferCard("o", "<b>Chef</b> & co", "<script>alert(1)</script>", None, "published")
    item = texts.item(a_matter("recommendation", offer_id="o"), offer)
    mail = texts.mail("recommendation", (item,), "<i>N</i>", "https://x.test/?a=1&b=2", NOW)
    assert "<script>" not in mail.html
    assert "<i>" not in mail.html
    assert "&lt;b&gt;Chef" in mail.html
    assert "<b>Chef</b> & co" in mail.text


def test_a_long_list_is_cut_and_the_rest_is_counted(texts: Texts) -> None:
    item = texts.item(a_matter("recommendation", offer_id="offer-1"), OFFER)
    mail = texts.mail("recommendation", (item,) * 13, None, None, NOW)
    assert mail.subject.startswith("13 offres")
    assert "… et 3 autres" in mail.text


def test_a_title_that_is_too_long_ends_with_a_whole_word(texts: Texts) -> None:
    """«à Saint-Rémy-en-Bouz» is no place, and nothing said that more followed."""
    place = "Saint-Rémy-en-Bouzemont-Saint-Genest-et-Isson"
    whole = texts.item(a_matter("recommendation"), OfferCard("o", "x" * 120, "C", place, "published"))
    assert whole.title.endswith(f" {place}")
    cut = texts.item(a_matter("recommendation"), OfferCard("o", "x" * 160, "C", place, "published"))
    assert cut.title == f"Une offre pour vous : {'x' * 160}, à…"
    told = texts.for_counsellor(whole, "Anne-Sophie " * 5)
    assert (len(told.title) <= 200, told.title[-1]) == (True, "…")
    endless = texts.item(a_matter("recommendation"), OfferCard("o", "x" * 200, "C", place, "published"))
    assert endless.title == "Une offre pour vous…"


def test_no_template_is_out_of_use() -> None:
    assert {path.name for path in FOLDER.iterdir() if path.is_file() and path.suffix != ".py"} == {
        "mail.html.j2",
        "mail.txt.j2",
        "unsubscribe.html.j2",
    }
    assert all(path.suffix == ".j2" for path in Path(FOLDER / "items").iterdir())


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"smtp_from": "nobody"}, "BASSIN_SMTP_FROM"),
        ({"smtp_starttls": "perhaps"}, "BASSIN_SMTP_STARTTLS"),
        ({"offer_link": "https://x.test/offres"}, "BASSIN_OFFER_LINK"),
        ({"digest_seconds": -1}, "BASSIN_DIGEST_SECONDS"),
    ],
)
def test_a_wrong_setting_is_told_by_its_variable(wrong: dict[str, object], named: str) -> None:
    with pytest.raises(ConfigurationError, match=named):
        load_settings(NotificationsSettings, **wrong)


def test_the_distance_between_digests_is_an_hour_in_production_only() -> None:
    assert load_settings(NotificationsSettings).digest_gap == 3600
    assert load_settings(NotificationsSettings, environment="local").digest_gap == 0
    assert load_settings(NotificationsSettings, digest_gap_seconds=5).digest_gap == 5
    assert load_settings(NotificationsSettings).smtp_starttls is StartTls.AUTO


def test_each_reader_of_an_offer_is_told_their_own_reasons(texts: Texts) -> None:
    """The rest is made once for all of them."""

    def told(*kilometres: str, link: str | None = None) -> tuple[str, str, str | None]:
        why = tuple({"code": "distance", "km": one} for one in kilometres)
        item = texts.item(a_matter("recommendation", reasons=why, offer_id="offer-1", link=link), OFFER)
        return item.title, item.text, item.action

    for_each = [told("12"), told(), told("3.5", "4"), told("12")]
    # What has a link of its own is made for its reader alone.
    assert for_each == [told("12", link="l"), told(link="l"), told("3.5", "4", link="l"), told("12", link="l")]
    assert ["12 km" in text for _, text, _ in for_each] == [True, False, False, True]
    items = [texts.item(a_matter("recommendation", offer_id="offer-1"), OFFER) for _ in range(2)]
    assert items[0] == Item.model_validate(items[0].model_dump())
    assert items[0].facts is not items[1].facts, "nobody shares what may be changed"


def test_reasons_are_in_texts_only() -> None:
    """A title and an action are kept for all readers of an offer."""
    environment = Environment(loader=FileSystemLoader(FOLDER))
    for name in environment.list_templates(filter_func=lambda one: one.startswith("items/")):
        assert environment.loader is not None
        tree = environment.parse(environment.loader.get_source(environment, name)[0])
        for block in tree.find_all(nodes.Block):
            names = {one.name for one in block.find_all(nodes.Name)}
            assert block.name == "text" or "reasons" not in names, name
