"""Two services and the topics between them: who applied is read by the employer, and by nobody else, anywhere."""

from typing import Any

from services.profiles.domain.disclosure import TEXT_VERSION
from shared.clock import HandClock
from shared.contracts.topics import TOPICS
from shared.kafka.reading import records_of
from tests.service.offers.support import Desk
from tests.service.profiles.builders import a_body
from tests.service.profiles.pages import look
from tests.support import Stack, eventually

PERSON = ("Zébulonne", "Marquée", "zebulonne@example.org", "+33612345678")
LETTER = "Ma lettre à cet employeur"
# Contact points of the person, for notifications alone.
RESTRICTED = "profiles.contacts.v1"


async def test_an_application_reaches_the_employer_and_a_withdrawal_takes_it_back(
    stack: Stack, clock: HandClock, capsys: Any
) -> None:
    async with (
        stack.running("offers", clock=clock, worker=True) as offers,
        stack.running("profiles", clock=clock, worker=True) as profiles,
    ):
        desk = Desk(stack, offers)
        company = await desk.company()
        offer = await desk.offer(company)
        body = a_body(first_name="Zébulonne", last_name="Marquée", email="zebulonne@example.org")
        made = await profiles.client.post("/v1/profiles", json=body, headers=desk.seeker)
        profile = made.json()["id"]
        await eventually(lambda: offers.store.collection("people").find_one({"_id": profile}))

        agreed = {"company_id": company, "offer_id": offer, "contacts": ["email"], "text_version": TEXT_VERSION}
        agreed["cv"] = {"kind": "made", "layout": "sidebar"}
        path = f"/v1/profiles/{profile}/disclosures"
        receipt = (await profiles.client.post(path, json=agreed, headers=desk.seeker)).json()["id"]
        applied = await desk.post(
            f"/v1/offers/{offer}/applications", desk.seeker, {"message": LETTER, "disclosure_id": receipt}
        )
        assert applied.status_code == 201, applied.text
        seen = (await desk.client.get(f"/v1/offers/{offer}/applications", headers=desk.employer)).json()["items"]
        assert [(one["disclosure_id"], one["message"]) for one in seen] == [(receipt, LETTER)]
        assert not any(mark in str(seen) for mark in PERSON)

        async def read(who: dict[str, str], what: str = "") -> Any:
            return await profiles.client.get(f"/v1/disclosures/{seen[0]['disclosure_id']}{what}", headers=who)

        async def answers(status: int) -> bool:
            return (await read(desk.employer)).status_code == status

        await eventually(lambda: answers(200))
        shown = (await read(desk.employer)).json()
        assert (shown["first_name"], shown["last_name"], shown["email"], shown["phone"]) == (*PERSON[:3], None)
        for stranger in (desk.other_employer, desk.manager, desk.counsellor, desk.seeker, desk.partner):
            assert (await read(stranger)).status_code == 404
            assert (await read(stranger, "/cv")).status_code == 404
        words = look((await read(desk.employer, "/cv")).content).words
        assert [mark in words for mark in (*PERSON[:3], "06 12 34 56 78", "Tilleuls")] == [True] * 3 + [False] * 2

        leaves = {"to": "withdrawn", "reason": "found_elsewhere"}
        await desk.post(f"/v1/applications/{applied.json()['id']}/advance", desk.seeker, leaves)
        await eventually(lambda: answers(404))
        assert (await read(desk.employer, "/cv")).status_code == 404
        again = await desk.post(f"/v1/offers/{offer}/applications", desk.seeker, {"disclosure_id": receipt})
        assert (again.status_code, again.json()["code"]) == (409, "disclosure-used")

        settings = stack.settings(offers.service)
        for topic in TOPICS:
            async for record in records_of(settings, stack.topic_prefix + topic.name):
                said = b"".join((record.key or b"", record.value or b"", *(v for _, v in record.headers))).decode()
                told = [mark for mark in (*PERSON, LETTER) if mark in said]
                assert not told or topic.name == RESTRICTED, (topic.name, told)
                assert LETTER not in said
    assert not any(mark in capsys.readouterr().out for mark in (*PERSON, LETTER))
