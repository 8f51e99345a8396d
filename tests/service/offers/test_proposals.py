"""What the text of an offer says and its fields do not is asked with its sentence, and taken only once it is accepted."""

import json
from typing import Any

import httpx

from shared.contracts.topics import OFFERS
from tests.service.offers.support import Desk
from tests.service.offers.test_imports import deliver, row

TEXT = (
    "Préparation de commandes en entrepôt, travail de nuit en équipe de six personnes. Contrat de 28 heures par semaine.\n"
    "Permis B exigé. Permis C exigé. CACES R489 exigé. Une expérience est exigée."
)


async def asked(desk: Desk, offer: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    answer = await desk.client.get(f"/v1/offers/{offer}/proposals", headers=headers or desk.employer)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    assert answer.headers["etag"] == f'"{found["version"]}"'
    return found


def of(found: dict[str, Any], field: str, value: Any) -> dict[str, Any]:
    (one,) = [one for one in found["items"] if (one["field"], one["value"]) == (field, value)]
    return dict(one)


async def accept(
    desk: Desk, offer: str, proposal: str, version: Any = "*", body: Any = None, headers: dict[str, str] | None = None
) -> httpx.Response:
    match = "*" if version == "*" else f'"{version}"'
    path = f"/v1/offers/{offer}/proposals/{proposal}/accept"
    return await desk.post(path, headers or desk.employer, body, extra={"If-Match": match})


async def test_the_employer_accepts_or_dismisses_what_the_text_says(desk: Desk) -> None:
    company = await desk.company()
    # One licence of the two is stated: only the other is asked after.
    bare: dict[str, Any] = {"shifts": [], "weekly_hours": None, "licences": ["C"], "description": TEXT}
    offer = await desk.offer(company, title="Préparateur de commandes (H/F)", **bare)
    found = await asked(desk, offer)
    assert {(one["field"], one["value"], one["state"]) for one in found["items"]} == {
        ("declared_schedule.night", True, "open"),
        ("weekly_hours", 28.0, "open"),
        ("licences", "B", "open"),
        ("caces", "R489", "open"),
        ("experience_months", None, "open"),
    }
    night, licence = of(found, "declared_schedule.night", True), of(found, "licences", "B")
    assert "travail de nuit en équipe" in night["sentence"]
    assert night["sentence"] in TEXT
    # Until somebody says yes nothing is known, to whoever follows the events either.
    told = json.loads([row for row in await desk.events(OFFERS.name) if row["key"] == offer][-1]["data"])
    assert ("night" in told["schedule"]["unknown"], told["weekly_hours"], told["licences"]) == (True, None, ["C"])

    stale = await accept(desk, offer, night["id"], found["version"] - 1)
    assert (stale.status_code, (await asked(desk, offer))) == (412, found)
    taken = await accept(desk, offer, night["id"], found["version"])
    assert taken.status_code == 200, taken.text
    assert taken.json()["schedule"] == {"early": None, "late": None, "night": True, "weekend": None}
    again = await accept(desk, offer, night["id"])
    assert (again.status_code, again.json()["version"]) == (200, taken.json()["version"])

    # What the text does not count needs a value, held to the rules of the field.
    experience = of(found, "experience_months", None)["id"]
    for body, rule in (
        (None, "required"),
        ({"value": 5_000}, "less-than-equal"),
        ({"value": "beaucoup"}, "int-parsing"),
    ):
        refused = await accept(desk, offer, experience, body=body)
        assert refused.status_code == 422, refused.text
        assert [(error["field"], error["rule"]) for error in refused.json()["errors"]] == [("value", rule)]
    assert (await accept(desk, offer, experience, body={"value": "12"})).json()["experience_months"] == 12
    wrong = await accept(desk, offer, licence["id"], body={"value": "D"})
    assert (wrong.status_code, wrong.json()["errors"][0]["rule"]) == (422, "not_proposed")

    for _ in range(2):
        no = await desk.post(f"/v1/offers/{offer}/proposals/{licence['id']}/dismiss", desk.employer)
        assert (no.status_code, of(no.json(), "licences", "B")["state"]) == (200, "dismissed")
    after = await asked(desk, offer, desk.manager)
    assert of(after, "declared_schedule.night", True)["state"] == "accepted"
    assert of(after, "experience_months", None)["state"] == "accepted"
    accepted = await desk.post(f"/v1/offers/{offer}/proposals/{night['id']}/dismiss", desk.employer)
    assert (accepted.status_code, accepted.json()["code"]) == (409, "already-stated")
    # Who changes the field takes the yes back; another sentence is another question, and the old one is gone.
    changed = TEXT.replace("Permis B exigé.", "Le permis B est indispensable.")
    patch = {"declared_schedule": None, "weekly_hours": 20, "description": changed}
    headers = {**desk.employer, "If-Match": f'"{after["version"]}"'}
    assert (await desk.client.patch(f"/v1/offers/{offer}", json=patch, headers=headers)).status_code == 200
    renewed = await asked(desk, offer)
    assert of(renewed, "declared_schedule.night", True)["state"] == "open"
    assert (of(renewed, "licences", "B")["state"], of(renewed, "licences", "B")["id"] == licence["id"]) == (
        "open",
        False,
    )
    assert "weekly_hours" not in {one["field"] for one in renewed["items"]}
    assert (await accept(desk, offer, licence["id"])).status_code == 404


async def test_strangers_learn_nothing_and_an_offer_that_is_over_is_asked_nothing(desk: Desk) -> None:
    company = await desk.company()
    body: dict[str, Any] = {"shifts": [], "description": TEXT}
    draft = await desk.offer(company, publish=False, **body)
    live = await desk.offer(company, title="Préparateur de commandes (H/F)", **body)
    night = of(await asked(desk, live), "declared_schedule.night", True)["id"]
    for headers in (desk.other_employer, desk.foreign_manager, desk.seeker, desk.counsellor, desk.partner):
        for offer, status in ((draft, 404), (live, 403), ("unknown", 404)):
            path = f"/v1/offers/{offer}/proposals"
            answers = [
                await desk.client.get(path, headers=headers),
                await accept(desk, offer, night, headers=headers),
                await desk.post(f"{path}/{night}/dismiss", headers),
            ]
            assert [answer.status_code for answer in answers] == [status] * 3
    # The question of one offer is none of another.
    assert (await accept(desk, draft, night)).status_code == 404
    closed = await desk.post(f"/v1/offers/{live}/close", desk.employer, {"outcome": "cancelled"})
    assert closed.status_code == 200
    assert (await asked(desk, live))["items"] == []
    assert (await accept(desk, live, night)).status_code == 409
    assert (await desk.post(f"/v1/offers/{live}/proposals/{night}/dismiss", desk.employer)).status_code == 409


async def test_a_feed_neither_undoes_what_was_accepted_nor_is_held_up_by_it(desk: Desk) -> None:
    text = "Gardiennage d'un dépôt de matériaux, poste de nuit sur le secteur de Guéret. Permis B exigé."
    fields = {"description": text, "dureeTravailLibelle": "35H"}
    first = await deliver(desk, [row(1, **fields)])
    offer = first["rows"][0]["offer_id"]
    found = await asked(desk, offer, desk.manager)
    for field, value in (("declared_schedule.night", True), ("licences", "B")):
        taken = await accept(desk, offer, of(found, field, value)["id"], headers=desk.manager)
        assert taken.status_code == 200, taken.text

    async def known() -> tuple[Any, ...]:
        one = (await desk.client.get(f"/v1/offers/{offer}", headers=desk.manager)).json()
        return one["title"], one["schedule"]["night"], one["licences"]

    # The row changes and says no more of it than before; then its own fields speak; then they are silent again.
    moved = await deliver(desk, [row(1, **fields, intitule="Gardien de dépôt (H/F)")])
    assert (moved["accepted"], moved["rows"][0]["change"]) == (1, "updated")
    assert await known() == ("Gardien de dépôt (H/F)", True, ["B"])
    day = fields | {"dureeTravailLibelle": "35H Travail en journée", "permis": [{"libelle": "C", "exigence": "E"}]}
    await deliver(desk, [row(1, **day, intitule="Gardien de dépôt (H/F)")])
    assert (await known())[1:] == (False, ["C", "B"])
    assert "declared_schedule.night" not in {one["field"] for one in (await asked(desk, offer, desk.manager))["items"]}
    await deliver(desk, [row(1, **fields, intitule="Gardien de dépôt (H/F)")])
    assert (await known())[1:] == (True, ["B"])


async def test_a_text_without_end_asks_a_bounded_number_of_short_questions(desk: Desk) -> None:
    company = await desk.company()
    many = " ".join(f"Durée {10 + n % 50} heures par semaine, zone {n // 50 + 1}." for n in range(280))
    for text in (many[:9_999], "nuit " * 1_990 + "de nuit", "é" * 9_000 + " permis b exigé " + "ß" * 900):
        offer = await desk.offer(company, publish=False, shifts=[], weekly_hours=None, description=text)
        items = (await asked(desk, offer))["items"]
        assert 1 <= len(items) <= 50
        assert all(one["words"] and one["words"] in text and len(one["sentence"]) <= 400 for one in items)
        assert len({(one["field"], one["value"]) for one in items}) == len(items)


async def test_which_caces_is_asked_category_by_category_and_travels_once_accepted(desk: Desk) -> None:
    company = await desk.company()
    text = "Vous conduisez les chariots de l'entrepôt. CACES 3 ou 5 exigé."
    offer = await desk.offer(company, title="Agent de quai (H/F)", description=text)
    found = await asked(desk, offer)
    wanted = {("caces", "R489-3", "open"), ("caces", "R489-5", "open"), ("caces_one_is_enough", True, "open")}
    assert wanted <= {(one["field"], one["value"], one["state"]) for one in found["items"]}
    assert not [one for one in found["items"] if one["field"] == "cards"]
    three = of(found, "caces", "R489-3")
    assert (three["sentence"], three["question"]) == (
        "CACES 3 ou 5 exigé",
        "Le CACES R489 catégorie 3 est-il nécessaire ? Indiquez-le.",
    )
    for one in (three, of(found, "caces", "R489-5"), of(found, "caces_one_is_enough", True)):
        assert (await accept(desk, offer, one["id"])).status_code == 200
    told = json.loads([row for row in await desk.events(OFFERS.name) if row["key"] == offer][-1]["data"])
    assert (told["cards"], told["caces"], told["caces_one_is_enough"]) == (["caces"], ["R489-3", "R489-5"], True)
    assert {one["state"] for one in (await asked(desk, offer))["items"]} == {"accepted"}


async def test_a_diploma_or_experience_is_proposed_as_such(desk: Desk) -> None:
    company = await desk.company()
    text = "Aide au repas et au lever. CAP exigé ou 3 ans d'expérience."
    offer = await desk.offer(company, title="Aide à domicile (H/F)", description=text)
    either = of(await asked(desk, offer), "diploma_or_experience", True)
    assert either["sentence"] == "CAP exigé ou 3 ans d'expérience"
    assert (await accept(desk, offer, either["id"])).json()["diploma_or_experience"] is True
    told = json.loads([row for row in await desk.events(OFFERS.name) if row["key"] == offer][-1]["data"])
    assert told["diploma_or_experience"] is True


async def test_what_an_import_does_not_declare_is_proposed_by_the_sentence_that_says_it(desk: Desk) -> None:
    shelves = "Vous mettez les produits en rayon et encaissez les clients."
    fields = {"romeCode": None, "description": f"Notre équipe est jeune d'esprit. {shelves} Débutant accepté."}
    first = (await deliver(desk, [row(1, **fields, intitule="Équipier polyvalent (H/F)")]))["rows"][0]
    # The title alone means fast food.
    [warned] = [one for one in first["warnings"] if one["rule"] == "text_says_occupation"]
    assert (warned["field"], warned["message"]) == (
        "description",
        f"« {shelves.removesuffix('.')} » : Aucun métier n'est déclaré. "
        "Le métier est-il « Employé(e) de libre-service » (D1507) ? Choisissez le métier.",
    )
    offer = first["offer_id"]

    async def declared() -> tuple[Any, Any]:
        one = (await desk.client.get(f"/v1/offers/{offer}", headers=desk.manager)).json()
        return one["occupation_code"], one["occupation_label"]

    # It is nobody's knowledge before somebody says yes.
    assert await declared() == (None, None)
    found = of(await asked(desk, offer, desk.manager), "occupation_code", "D1507")
    assert (found["said_in"], found["state"], found["sentence"]) == ("description", "open", shelves.removesuffix("."))
    taken = await accept(desk, offer, found["id"], headers=desk.manager)
    assert taken.status_code == 200, taken.text
    assert await declared() == ("D1507", "Employé(e) de libre-service")
    assert of(await asked(desk, offer, desk.manager), "occupation_code", "D1507")["state"] == "accepted"
    # The feed says no more of it than before; then it says something else.
    again = await deliver(desk, [row(1, **fields, intitule="Équipier polyvalent (F/H)")])
    assert again["rows"][0]["change"] == "updated"
    assert await declared() == ("D1507", "Employé(e) de libre-service")
    await deliver(desk, [row(1, **fields | {"romeCode": "G1603"}, intitule="Équipier polyvalent (F/H)")])
    assert (await declared())[0] == "G1603"


async def test_who_declares_an_occupation_is_not_asked_after_it_and_an_unlikely_one_is_no_question(desk: Desk) -> None:
    company = await desk.company()
    text = "Vous mettez les produits en rayon et encaissez les clients."
    told = await desk.offer(company, title="Équipier polyvalent (H/F)", description=text)
    silent = await desk.offer(company, title="Poste à pourvoir", description="À voir ensemble.", occupation_code=None)
    for offer in (told, silent):
        assert "occupation_code" not in {one["field"] for one in (await asked(desk, offer))["items"]}


async def test_length_first_day_and_pay_are_asked_after_and_filled_by_the_weeks_hours(desk: Desk) -> None:
    company = await desk.company()
    text = "Contrat de 6 mois, 28 heures par semaine, prise de poste le 15 juin. Salaire : 1 600 € brut par mois."
    bare: dict[str, Any] = {"shifts": [], "weekly_hours": None, "salary": {}, "description": text}
    offer = await desk.offer(company, title="Agent d'accueil (H/F)", contract_kind="cdd", duration_months=None, **bare)
    found = await asked(desk, offer)
    pay = "1\u202f600 € brut par mois"
    length, day, paid = of(found, "duration_months", 6.0), of(found, "starts_on", None), of(found, "salary", pay)
    assert (length["state"], paid["sentence"]) == ("open", "Salaire : 1 600 € brut par mois")
    taken = (await accept(desk, offer, length["id"])).json()
    assert (taken["duration_months"], taken["starts_on"]) == (6, None)
    wrong = await accept(desk, offer, day["id"], body={"value": "juin"})
    assert [error["field"] for error in wrong.json()["errors"]] == ["value"]
    assert (await accept(desk, offer, day["id"], body={"value": "2027-06-15"})).json()["starts_on"] == "2027-06-15"
    # A month's pay of the 28 hours that the text says, though nobody stated them yet.
    salary = (await accept(desk, offer, paid["id"])).json()["salary"]
    assert (salary["text"], salary["hourly_min"], salary["hourly_max"]) == (pay, 13.19, 13.19)
    after = await asked(desk, offer)
    assert {one["field"] for one in after["items"] if one["state"] == "accepted"} == {
        "duration_months",
        "starts_on",
        "salary",
    }
    # A contract without a term is asked after none, a pay that no hour follows from is not asked after.
    part = {"shifts": [], "weekly_hours": None, "salary": {}}
    part["description"] = "Mission de 6 mois à temps partiel. Salaire : 900 € brut par mois."
    other = await desk.offer(company, title="Agent d'accueil (H/F)", contract_kind="cdi", **part)
    assert {one["field"] for one in (await asked(desk, other))["items"]} == {"weekly_hours"}


async def test_a_feed_does_not_undo_a_pay_or_a_day_that_was_accepted(desk: Desk) -> None:
    text = "Poste à pourvoir au 3 mai 2027. Rémunération de 2 100 à 2 300 € brut par mois."
    fields = {"description": text, "dureeTravailLibelle": "35H"}
    first = await deliver(desk, [{key: value for key, value in row(1, **fields).items() if key != "salaire"}])
    offer = first["rows"][0]["offer_id"]
    for field, value in (("starts_on", "2027-05-03"), ("salary", "2\u202f100 à 2\u202f300 € brut par mois")):
        found = of(await asked(desk, offer, desk.manager), field, value)
        assert (await accept(desk, offer, found["id"], headers=desk.manager)).status_code == 200
    again = row(1, **fields, intitule="Ouvrier de scierie (H/F)")
    again.pop("salaire", None)
    await deliver(desk, [again])
    one = (await desk.client.get(f"/v1/offers/{offer}", headers=desk.manager)).json()
    assert (one["title"], one["starts_on"], one["salary"]["hourly_min"]) == (
        "Ouvrier de scierie (H/F)",
        "2027-05-03",
        13.85,
    )
