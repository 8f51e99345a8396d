"""People meet: from a phone call, and from two accounts, to a hire that is asked after; nothing of them is told elsewhere.

Each walk goes over the five services, as processes. Then every record of every topic, every service's log, every refusal,
metrics and traces are searched for what tells who the person is.
"""

import email
import email.policy
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import httpx
import pytest
from icalendar import Calendar

from deploy.local.runner import LocalStack
from services.profiles.domain.disclosure import TEXT_VERSION
from services.profiles.domain.pool import TEXT_VERSION as POOL_TEXT
from shared.auth.local import local_token
from tests.journeys.evidence import Evidence, Marks, May, Spans
from tests.journeys.own_stack import own_stack
from tests.service.profiles.files import a_docx
from tests.service.profiles.pages import look
from tests.support import eventually

Json = dict[str, Any]

# Machines are busy when all tests run.
_SECONDS = 90.0
_TODAY = datetime.now(UTC).date()
# Whoever began so long ago is asked after today.
_HIRED_ON = _TODAY - timedelta(days=40)
_INTERVIEW = datetime.combine(_TODAY + timedelta(days=6), datetime.min.time(), UTC).replace(hour=9)
TERMS = {"contract_kind": "cdi", "starts_on": _HIRED_ON.isoformat(), "weekly_hours": 28}
NIR = "2 71 04 23 096 123"

CONTACTS = "profiles.contacts.v1"
REACHED = "notifications reaches the person by it, and nobody else reads this topic"


@dataclass(frozen=True)
class Who:
    """Somebody with an account and a token of one role."""

    role: str
    subject: str
    territories: tuple[str, ...] = ()


class Town:
    """A stack and everybody in it, with what it says beside its answers."""

    def __init__(self, stack: LocalStack, evidence: Evidence, http: httpx.AsyncClient) -> None:
        self.stack, self.evidence, self._http = stack, evidence, http

    async def answer(
        self, who: Who | None, method: str, service: str, path: str, body: Json | None = None, **more: Any
    ) -> httpx.Response:
        headers = more.pop("headers", {})
        if who is not None:
            token = local_token(self.stack.keys, [who.role], who.subject, territories=who.territories)
            headers = headers | {"Authorization": f"Bearer {token}"}
        url = self.stack.urls[service] + path
        return await self._http.request(method, url, json=body, headers=headers, **more)

    async def ask(
        self, who: Who, method: str, service: str, path: str, body: Json | None = None, **more: Any
    ) -> httpx.Response:
        """The answer, which is 2xx."""
        answer = await self.answer(who, method, service, path, body, **more)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    async def made(self, who: Who, service: str, path: str, body: Json | None = None, **more: Any) -> str:
        """The id of what a POST made."""
        return str((await self.ask(who, "POST", service, path, body or {}, **more)).json()["id"])

    async def refused(self, who: Who | None, status: int, method: str, service: str, path: str, **more: Any) -> Json:
        """The refusal, which says why."""
        answer = await self.answer(who, method, service, path, **more)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return dict(answer.json())

    async def items(self, who: Who, service: str, path: str) -> list[Json]:
        return list((await self.ask(who, "GET", service, path)).json()["items"])

    async def news(self, who: Who, words: str) -> Json:
        """What lies in the account's inbox with these words, as soon as it does."""

        async def there() -> list[Json]:
            return [
                one
                for one in await self.items(who, "notifications", "/v1/inbox")
                if words in f"{one['title']}\n{one['text']}"
            ]

        found: list[Json] = await eventually(there, _SECONDS)
        return found[0]

    async def recommended(self, who: Who, profile: str, offer: str) -> Json:
        async def there() -> list[Json]:
            found = await self.items(who, "matching", f"/v1/profiles/{profile}/recommendations")
            return [one for one in found if one["offer_id"] == offer]

        recommendations: list[Json] = await eventually(there, _SECONDS)
        return recommendations[0]

    async def employer(self, boss: Who, manager: Who, name: str, siret: str, title: str) -> tuple[str, str]:
        """A company that registers itself, is looked at, and publishes an offer near Guéret: their ids."""
        contact = {"first_name": "Hélène", "email": f"{boss.subject}@example.org"}
        body = {"name": name, "siret": siret, "territory": "23", "contact": contact}
        company = await self.made(boss, "offers", "/v1/companies", body)
        await self.ask(manager, "POST", "offers", f"/v1/companies/{company}/approve", {})
        offer = {
            "company_id": company,
            "title": title,
            "description": "Accompagner des personnes âgées chez elles, du lundi au vendredi.",
            "occupation_code": "K1302",
            "place": {"commune_code": "23193"},
            "contract_kind": "cdi",
            "weekly_hours": 28,
            "positions_total": 2,
            "declared_schedule": {"early": False, "late": False},
        }
        made = await self.made(boss, "offers", "/v1/offers", offer)
        await self.ask(boss, "POST", "offers", f"/v1/offers/{made}/publish", {})
        return company, made

    async def calendar(self, who: Who, application: str) -> Json:
        """The interview as a calendar reads it."""
        text = (await self.ask(who, "GET", "offers", f"/v1/applications/{application}/interview.ics")).text
        return _event(text)

    async def mails(self, address: str, words: str) -> list[EmailMessage]:
        """Mails to the address with these words in their subject, the latest last; as soon as there is one."""

        def there() -> list[EmailMessage]:
            texts = [file.read_bytes() for file in sorted(self.stack.mail_dir.glob("*.eml"))]
            read = [email.message_from_bytes(text, policy=email.policy.default) for text in texts]
            return [one for one in read if one["X-RcptTo"] == address and words in str(one["Subject"])]

        found: list[EmailMessage] = await eventually(there, _SECONDS)
        return found


def _event(text: str) -> Json:
    calendar = Calendar.from_ical(text)
    [event] = calendar.walk("VEVENT")
    return {
        "method": str(calendar["METHOD"]),
        "at": event.decoded("DTSTART").astimezone(UTC),
        "sequence": int(event.decoded("SEQUENCE")),
        "where": str(event.get("LOCATION", "")),
    }


@pytest.fixture(scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    spans = Spans()
    said = {
        "BASSIN_LOG_LEVEL": "DEBUG",
        "BASSIN_TRACES_URL": spans.url,
        "OTEL_BSP_SCHEDULE_DELAY": "200",
        "BASSIN_DIGEST_SECONDS": "0.1",
    }
    with ExitStack() as stack:
        stack.enter_context(spans.collecting())
        running = stack.enter_context(own_stack(tmp_path_factory.mktemp("town"), environment=said))
        evidence = Evidence(running, spans)
        async with httpx.AsyncClient(timeout=60, event_hooks={"response": [evidence.heard]}) as http:
            yield Town(running, evidence, http)


async def test_a_phone_call_ends_in_a_hire_that_is_asked_after(town: Town) -> None:
    """A counsellor acts for somebody who has neither an e-mail address nor a smartphone."""
    lea, paul = Who("counsellor", "lea", ("23",)), Who("manager", "paul", ("23",))
    marie, rival = Who("employer", "marie"), Who("employer", "gilles")
    company, offer = await town.employer(marie, paul, "Aide et Présence", "73282932000074", "Auxiliaire de vie")
    relay = {"first_name": "Léa", "email": "lea@example.org", "territory": "23", "relays_employers": True}
    await town.ask(lea, "PUT", "profiles", "/v1/contacts/me", relay)

    # The call: who they are, where they live, what they did, how they get about.
    said = {
        "first_name": "Zébulonne",
        "last_name": "Marquée-Vallade",
        "birth_year": 1971,
        "phone": "05 55 52 71 93",
        "place": {"commune_code": "23096", "address": "3 rue des Tilleuls", "lat": 46.171987, "lon": 1.871413},
        "occupations": [{"code": "K1302", "experience_months": 64}],
        "travel": [{"means": "moped", "range_km": 15}],
        "vehicle": True,
        "channels": ["counsellor"],
        "consents_to_messages": True,
        "statuses": {"rsa_recipient": True},
    }
    presented = {"cv": {"presentation": f"Je suis née sous le numéro {NIR}"}}
    answer = await town.refused(lea, 422, "POST", "profiles", "/v1/profiles", body=said | presented)
    assert "cv.presentation" in str(answer["errors"]), answer
    person = await town.made(lea, "profiles", "/v1/profiles", said)
    path = f"/v1/profiles/{person}"

    # The CV: a page in which they are read.
    work = {"title": "Auxiliaire de vie", "employer": "Maison Hortensia", "begin": "2019-03", "end": "2024-06"}
    cv = {"cv": {"presentation": "Attentive aux habitudes de chacun", "experiences": [work]}}
    await town.ask(lea, "PATCH", "profiles", path, cv, headers={"If-Match": "*"})
    page = look((await town.ask(lea, "GET", "profiles", f"{path}/cv.pdf")).content)
    assert page.pages == 1
    assert all(words in page.words for words in ("Zébulonne", "Maison Hortensia", "05 55 52 71 93"))

    # The recommendation, which the counsellor is to pass on.
    recommendation = await town.recommended(lea, person, offer)
    assert "À dire à Zébulonne" in (await town.news(lea, "Auxiliaire de vie"))["title"]

    # What the employer will read is read out before, and agreed to on the phone.
    shown = (await town.ask(lea, "GET", "profiles", f"{path}/disclosure")).json()
    assert shown["choices"] == ["phone", "counsellor"]
    agreed = {"company_id": company, "offer_id": offer, "contacts": ["counsellor"], "cv": {"kind": "made"}}
    agreed |= {"text_version": TEXT_VERSION}
    unheard = await town.refused(lea, 422, "POST", "profiles", f"{path}/disclosures", body=agreed)
    assert [one["field"] for one in unheard["errors"]] == ["heard"]
    receipt = await town.made(lea, "profiles", f"{path}/disclosures", agreed | {"heard": "by_phone"})

    # The introduction: once.
    letter = "Recommandée par la maison du Grand-Bourg"
    applying = {"profile_id": person, "message": letter, "disclosure_id": receipt}
    applying |= {"recommendation_id": recommendation["recommendation_id"]}
    applications = f"/v1/offers/{offer}/applications"
    application = await town.made(lea, "offers", applications, applying)
    await town.refused(lea, 409, "POST", "offers", applications, body=applying)

    # The employer reads, and leaves a trace; another one and the public do not.
    await town.news(marie, "Auxiliaire de vie")
    [seen] = await town.items(marie, "offers", applications)
    assert (seen["message"], seen["disclosure_id"]) == (letter, receipt)
    await _shown(town, marie, receipt)
    read = (await town.ask(marie, "GET", "profiles", f"/v1/disclosures/{receipt}")).json()
    assert (read["first_name"], read["phone"], read["email"]) == ("Zébulonne", None, None)
    assert read["counsellor"]["email"] == "lea@example.org"
    chosen = look((await town.ask(marie, "GET", "profiles", f"/v1/disclosures/{receipt}/cv")).content)
    assert "Maison Hortensia" in chosen.words
    assert "Tilleuls" not in chosen.words
    for stranger, status in ((rival, 404), (None, 401)):
        await town.refused(stranger, status, "GET", "profiles", f"/v1/disclosures/{receipt}")
        await town.refused(stranger, status, "GET", "profiles", path)
        await town.refused(stranger, status, "GET", "offers", f"/v1/applications/{application}")
    readings = await town.items(lea, "profiles", f"{path}/disclosures/readings")
    assert {(one["reader_id"], one["what"]) for one in readings} == {("marie", "person"), ("marie", "cv")}

    # The interview: without an offset it is nobody's hour.
    place = f"/v1/applications/{application}/interview"
    interview = {"at": _INTERVIEW.isoformat(), "place": "12 rue de la Gare, Sainte-Feyre", "contact": "Mme Hélène"}
    vague = interview | {"at": _INTERVIEW.replace(tzinfo=None).isoformat()}
    assert "at" in str((await town.refused(marie, 422, "PUT", "offers", place, body=vague))["errors"])
    await town.ask(marie, "PUT", "offers", place, interview)
    assert "12 rue de la Gare" in (await town.news(lea, "12 rue de la Gare"))["text"]
    assert await town.calendar(lea, application) == await town.calendar(marie, application)
    assert (await town.calendar(lea, application))["at"] == _INTERVIEW
    wish = {"sequence": 0, "confirmed": True}
    await town.ask(lea, "POST", "offers", f"{place}/answer", wish)

    await _hired(town, marie, lea, application)
    [due] = [one for one in await town.items(lea, "offers", "/v1/follow-ups") if one["profile_id"] == person]
    asked = {"still_there": True, "note": "Tout va bien"}
    await town.ask(lea, "POST", "offers", f"/v1/applications/{application}/follow-ups/{due['month']}", asked)
    assert not [one for one in await town.items(lea, "offers", "/v1/follow-ups") if one["profile_id"] == person]

    marks = Marks(
        {
            "first name": "Zébulonne",
            "last name": "Marquée",
            "phone": "555527193",
            "birth": "birth",
            "NIR": "27104230961",
            "address": "Tilleuls",
            "latitude": "46.171987",
            "longitude": "1.871413",
            "message": "maison du Grand-Bourg",
            "CV": "Maison Hortensia",
            "CV's words": "Attentive aux habitudes",
            "status": "rsa_recipient",
        }
    )
    allowed = [May(CONTACTS, "first_name", "first name", REACHED), May(CONTACTS, "phone", "phone", REACHED)]
    wrong = await town.evidence.told(marks, allowed, refused=9)
    assert not wrong, "\n".join(wrong)


async def test_two_accounts_meet_with_nothing_but_their_accounts(town: Town) -> None:
    """Seeker and employer registered themselves: no staff acts for them, no claim in a token but the role."""
    nadia, adam = Who("seeker", "nadia"), Who("employer", "adam")
    paul, rival = Who("manager", "paul", ("23",)), Who("employer", "gilles")
    company, offer = await town.employer(adam, paul, "Pas à Pas Services", "35600000049837", "Aide à domicile")

    # She registers, and sends the CV that she has: what it says is proposed, and taken at her word.
    address = "nadia.vollatiline@example.org"
    said = {
        "first_name": "Nadejda",
        "last_name": "Vollatiline",
        "birth_year": 1989,
        "email": address,
        "phone": "06 98 76 54 31",
        "territory": "23",
        "place": {"commune_code": "23096", "address": "8 impasse des Glycines", "lat": 46.170543, "lon": 1.868219},
        "travel": [{"means": "car", "range_km": 30}],
        "vehicle": True,
        "consents_to_messages": True,
    }
    bad = await town.refused(nadia, 422, "POST", "profiles", "/v1/profiles", body=said | {"email": "nadia.vollatiline"})
    assert [one["field"] for one in bad["errors"]] == ["email"]
    person = await town.made(nadia, "profiles", "/v1/profiles", said)
    path = f"/v1/profiles/{person}"
    lines = ("Nadejda Vollatiline", "Permis B", "2019 - 2024 : Aide à domicile - Amicale des Myosotis, Guéret")
    sent = {"file": ("cv-vollatiline.docx", a_docx(*lines))}
    file = (await town.ask(nadia, "POST", "profiles", f"/v1/cv-files?profile_id={person}", files=sent)).json()["id"]
    macro = {"file": ("cv-vollatiline.docx", a_docx(*lines, word__vbaProject_bin=b"x"))}
    await town.refused(nadia, 422, "POST", "profiles", f"/v1/cv-files?profile_id={person}", files=macro)
    proposed = (await town.ask(nadia, "GET", "profiles", f"{path}/cv/proposals")).json()
    assert "K1302" in [one["code"] for one in proposed["occupations"]]
    right = {"occupations": [{"code": "K1302", "experience_months": 60}], "licences": ["B"]}
    await town.ask(nadia, "POST", "profiles", f"{path}/cv/proposals/confirmation", right)

    # He finds her in the pool without a name, asks, and learns who she is from her yes.
    await town.ask(nadia, "PUT", "profiles", f"{path}/cv/pool", {"text_version": POOL_TEXT})
    pool = f"/v1/cv-pool?company_id={company}&occupation=K1302&commune=23096"

    async def in_pool() -> list[Json]:
        answer = await town.answer(adam, "GET", "profiles", pool)
        return list(answer.json()["items"]) if answer.is_success else []

    [card] = await eventually(in_pool, _SECONDS)
    assert "Nadejda" not in str(card)
    question = {"company_id": company, "message": "Une aide à domicile à Sainte-Feyre, 28 h par semaine."}
    contact = await town.made(adam, "profiles", f"/v1/cv-pool/{card['pseudonym']}/contacts", question)
    await town.refused(rival, 404, "GET", "profiles", f"/v1/cv-pool/contacts/{contact}")
    await town.news(nadia, "Pas à Pas Services")
    yes = {"accept": True, "contacts": ["phone"]}
    await town.ask(nadia, "PUT", "profiles", f"{path}/cv/pool/contacts/{contact}", yes)
    known = (await town.ask(adam, "GET", "profiles", f"/v1/cv-pool/contacts/{contact}")).json()["person"]
    assert (known["first_name"], known["phone"]) == ("Nadejda", "+33698765431")

    # She is recommended the offer, and applies with her file.
    recommendation = await town.recommended(nadia, person, offer)
    assert recommendation["reasons"][0]["code"] == "occupation_same"
    agreed: Json = {"company_id": company, "offer_id": offer, "contacts": ["email"], "text_version": TEXT_VERSION}
    agreed |= {"cv": {"kind": "file", "file_id": file}}
    receipt = await town.made(nadia, "profiles", f"{path}/disclosures", agreed)
    letter = "Votre annonce parle de mon ancien quartier"
    applications = f"/v1/offers/{offer}/applications"
    application = await town.made(nadia, "offers", applications, {"message": letter, "disclosure_id": receipt})

    # Her application reaches his address, and says nothing of her there; he reads who she is where she agreed to it.
    [mail] = await town.mails("adam@example.org", "Aide à domicile")
    assert "Nadejda" not in mail.as_string()
    await _shown(town, adam, receipt)
    read = (await town.ask(adam, "GET", "profiles", f"/v1/disclosures/{receipt}")).json()
    assert (read["first_name"], read["email"], read["phone"]) == ("Nadejda", address, None)
    got = await town.ask(adam, "GET", "profiles", f"/v1/disclosures/{receipt}/cv")
    assert got.content == sent["file"][1]
    for stranger, status in ((rival, 404), (paul, 404), (None, 401)):
        await town.refused(stranger, status, "GET", "profiles", f"/v1/disclosures/{receipt}/cv")

    # The interview comes with an appointment for her calendar; she asks for another time and gets it.
    place = f"/v1/applications/{application}/interview"
    await town.ask(adam, "PUT", "offers", place, {"at": _INTERVIEW.isoformat(), "way": "phone", "minutes": 20})
    first = _attached((await town.mails(address, "Entretien"))[-1])
    assert (first["method"], first["at"], first["sequence"]) == ("PUBLISH", _INTERVIEW, 0)
    other = {"sequence": 0, "confirmed": False, "wish": "Plutôt le soir, je garde mes nièces"}
    await town.ask(nadia, "POST", "offers", f"{place}/answer", other)
    await town.news(adam, "Une autre heure est demandée")
    later = _INTERVIEW + timedelta(days=1, hours=7)
    await town.ask(adam, "PUT", "offers", place, {"at": later.isoformat(), "way": "phone", "minutes": 20})
    stale = {"sequence": 0, "confirmed": True}
    await town.refused(nadia, 409, "POST", "offers", f"{place}/answer", body=stale)

    async def moved() -> bool:
        return any(_attached(one)["at"] == later for one in await town.mails(address, "ntretien"))

    await eventually(moved, _SECONDS)
    assert (await town.calendar(nadia, application))["sequence"] == 1
    await town.ask(nadia, "POST", "offers", f"{place}/answer", {"sequence": 1, "confirmed": True})

    await _hired(town, adam, nadia, application)
    follow_ups = f"/v1/applications/{application}/follow-ups"
    await town.refused(rival, 404, "POST", "offers", f"{follow_ups}/1", body={"still_there": False})
    await town.refused(adam, 422, "POST", "offers", f"{follow_ups}/3", body={"still_there": True})
    await town.ask(adam, "POST", "offers", f"{follow_ups}/1", {"still_there": True})

    marks = Marks(
        {
            "first name": "Nadejda",
            "last name": "Vollatiline",
            "e-mail address": address,
            "phone": "698765431",
            "birth": "birth",
            "address": "Glycines",
            "latitude": "46.170543",
            "longitude": "1.868219",
            "message": "mon ancien quartier",
            "CV": "Amicale des Myosotis",
            "CV's name": "cv-vollatiline",
            "wish": "mes nièces",
        }
    )
    allowed = [
        May(CONTACTS, "first_name", "first name", REACHED),
        May(CONTACTS, "email", "e-mail address", REACHED),
        May(CONTACTS, "email", "last name", "it is in the address"),
        May(CONTACTS, "phone", "phone", REACHED),
    ]
    wrong = await town.evidence.told(marks, allowed, refused=7)
    assert not wrong, "\n".join(wrong)


def _attached(mail: EmailMessage) -> Json:
    """The appointment that goes with a mail."""
    [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return _event(str(part.get_content()))


async def _shown(town: Town, boss: Who, receipt: str) -> None:
    """Until profiles has heard of the application that carries the disclosure."""

    async def there() -> bool:
        return (await town.answer(boss, "GET", "profiles", f"/v1/disclosures/{receipt}")).is_success

    await eventually(there, _SECONDS)


async def _hired(town: Town, boss: Who, person: Who, application: str) -> None:
    """Proposed, accepted, hired."""
    path = f"/v1/applications/{application}"
    await town.ask(boss, "POST", "offers", f"{path}/advance", {"to": "proposed"})
    await town.ask(person, "POST", "offers", f"{path}/acceptance", {"obsolete_others": True})
    await town.ask(boss, "POST", "offers", f"{path}/advance", {"to": "hired", "hire": TERMS})
    told = (await town.ask(person, "GET", "offers", path)).json()
    assert (told["status"], [one["month"] for one in told["follow_ups"]]) == ("hired", [1, 3, 6])
