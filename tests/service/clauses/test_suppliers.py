"""Directories of structures and the search near a site: whole or not at all, twice is once, an honest empty answer."""

from typing import Any

import pytest

from services.clauses.domain.employment import SupplierKind
from services.clauses.domain.supplier import Asked, Supplier, near
from services.clauses.domain.trades import Evidence, Trade, trade_of_cpv, trades_of
from services.clauses.procurement.files import MAX_BYTES, rows_of
from services.clauses.suppliers.directory import NEEDS, Entry, read_entry
from shared.reference.communes import Communes
from shared.store.migrate import migrate
from tests.bench.clause_texts import TEXTS
from tests.service.clauses.builders import NOW, People, contract_body
from tests.support import Running

COMMUNES = Communes.load()
STRUCTURES = TEXTS.parents[1] / "structures"
GUERET = COMMUNES.get("23096")
HEAD = "siret,type,nom,code_postal,ville,naf,metiers,telephone,email,site,lat,lon\n"
GREEN = "34027049500021,EI,Jardins de la Creuse,23000,GUERET,8130Z,,05 55 00 00 00,contact@jardins.example,jardins.example,,\n"
LENDS = "38269518700049,ETTI,Creuse Interim,23000,Guéret,7820Z,,,,,,\n"
FAR = "79285470500029,ACI,Recyclerie d'Aubusson,23200,Aubusson,9499Z,,,,,,\n"
ESAT = "80746931700018,ESAT,ESAT du Clocher,23000,Guéret,8810C,,,,,,\n"
TABLE = HEAD + GREEN + LENDS + FAR + ESAT


def entries(content: bytes | str, kind: SupplierKind | None = None) -> list[Entry]:
    raw = content.encode() if isinstance(content, str) else content
    return [read_entry(row, kind, COMMUNES, NOW.date()) for row in rows_of(raw, NEEDS)]


def suppliers(content: str) -> list[Supplier]:
    return [Supplier.of("23", "desk", entry.listed, NOW) for entry in entries(content) if entry.listed]


def asked(**changes: Any) -> Asked:
    assert GUERET is not None
    return Asked(**({"lat": GUERET.lat, "lon": GUERET.lon, "radius_km": 30.0} | changes))


def test_a_row_is_read_with_its_place_trade_and_contact() -> None:
    [entry] = entries(HEAD + GREEN)
    listed = entry.listed
    assert listed is not None
    assert (listed.kind, listed.commune_code, listed.phone) == (SupplierKind.EI, "23096", "+33555000000")
    assert (listed.site, listed.email) == ("https://jardins.example/", "contact@jardins.example")
    assert trades_of(listed.declared, listed.activity, listed.name) == {Trade.GREEN_SPACES: Evidence.ACTIVITY}
    assert trades_of((), None, "Le Jardinier") == {}
    # A name in which the word means another thing, and one whose network says more than itself.
    for name in (
        "LES RESTAURANTS DU COEUR",
        "FOYER D ACCUEIL",
        "ESAT DU BOIS JOLI",
        "LYCEE GEN TECHNOL AGRICOLE ROANNE",
    ):
        assert trades_of((), "8899B", name) == {}
    network = trades_of((), "9499Z", "ASSOC REGIE DE QUARTIERS BEAUBREUIL")
    assert network == dict.fromkeys((Trade.CLEANING, Trade.GREEN_SPACES, Trade.BUILDING), Evidence.NETWORK)
    assert trades_of((Trade.BUILDING,), "8130Z", "BTP") == {
        Trade.GREEN_SPACES: Evidence.ACTIVITY,
        Trade.BUILDING: Evidence.DECLARED,
    }
    assert [trade_of_cpv(cpv) for cpv in ("45112700-2", "45214200", "77310000-6", "99999999")] == [
        Trade.GREEN_SPACES, Trade.BUILDING, Trade.GREEN_SPACES, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("34027049500021,Boulangerie,Pain,23000,Guéret,,,,,,,\n", "kind"),
        ("34027049500021,EI,,23000,Guéret,,,,,,,\n", "required"),
        (",EI,Sans numéro,23000,Guéret,,,,,,,\n", "required"),
        ("34027049500021,EI,Nulle part,,,,,,,,,\n", "required"),
        ("34027049500021,EI,1 85 02 23 096 042 17,23000,Guéret,,,,,,,\n", "personal-number"),
        ('34027049500021,"EI,Guillemet,23000\n', "kind"),
    ],
)
def test_what_keeps_a_directory_from_being_taken_over(row: str, rule: str) -> None:
    [entry] = entries(HEAD + row)
    assert rule in [error.rule for error in entry.errors]


@pytest.mark.parametrize(
    ("lat", "lon", "noted"), [("46.17", "1.87", 0), ("48.85", "2.35", 1), ("nan", "x", 0), ("1e999", "0", 0)]
)
def test_a_point_is_believed_near_its_commune_only(lat: str, lon: str, noted: int) -> None:
    [entry] = entries(HEAD + GREEN.replace(",,\n", f",{lat},{lon}\n"))
    assert entry.listed is not None
    assert entry.listed.point is not None
    assert round(entry.listed.point.lat) == 46
    assert len(entry.notes) == noted


def test_the_surest_trade_comes_first_then_the_nearest() -> None:
    found = near(suppliers(TABLE), asked(trade=Trade.GREEN_SPACES))
    assert [(one.supplier.listed.kind.value, one.fit.value) for one in found.items] == [
        ("ei", "trade"), ("etti", "lends_people"), ("esat", "trade_unknown"),
    ]  # fmt: skip
    assert (found.widened, found.reason, found.radius_km) == ([], None, 30.0)
    every = near(suppliers(TABLE), asked(radius_km=60.0))
    assert [one.km for one in every.items] == sorted(one.km for one in every.items)
    assert len(every.items) == 4


def test_a_guess_is_said_comes_after_what_is_known_and_sets_nobody_aside() -> None:
    rows = [
        "80746931700018,ESAT,ESAT LES JARDINS DE VIERSAT,23000,Guéret,,,,,,,",
        "34027049500021,EI,Verts,23000,Guéret,8130Z,,,,,46.3,1.9",
        "38269518700049,GEIQ,GEIQ BTP 23,23000,Guéret,7830Z,,,,,,",
        "79285470500029,ACI,Association Y,23000,Guéret,9499Z,,,,,,",
    ]
    every = suppliers(HEAD + "\n".join(rows))
    fits = {
        trade: [(one.supplier.listed.kind.value, one.fit.value) for one in near(every, asked(trade=trade)).items]
        for trade in (Trade.GREEN_SPACES, Trade.CLEANING, Trade.BUILDING)
    }
    assert fits[Trade.GREEN_SPACES] == [
        ("ei", "trade"), ("esat", "trade_likely"), ("aci", "trade_unknown"),
    ]  # fmt: skip
    assert dict(fits[Trade.CLEANING]) == {"esat": "trade_unknown", "aci": "trade_unknown"}
    assert fits[Trade.BUILDING][0] == ("geiq", "trade")
    # Two directories list the same: once, by the one that says most.
    [same] = suppliers(HEAD + "34027049500021,EI,Jardins,23000,Guéret,,nettoyage,,,,,")
    twice = near([*every, same], asked(trade=Trade.CLEANING)).items
    assert [one.evidence for one in twice if one.supplier.listed.kind is SupplierKind.EI] == [Evidence.DECLARED]


@pytest.mark.parametrize(
    ("cells", "town", "notes"),
    [
        ("23011,Guéret CEDEX,,", "23096", 0),
        ("23000,Aubusson,,", "23008", 1),
        ("75015,Paris 15,,", "75056", 0),
        ("23000,Guéret,1.87,46.17", "23096", 1),
        ("97400,Saint-Denis,55.45,-20.88", "97411", 1),
        ("23000,Le Maupuy,,", "23096", 0),
    ],
)
def test_a_place_is_what_the_row_writes_out(cells: str, town: str, notes: int) -> None:
    postcode, name, lat, lon = cells.split(",")
    [entry] = entries(HEAD + f"34027049500021,EI,X,{postcode},{name},,,,,,{lat},{lon}\n")
    assert entry.listed is not None
    assert (entry.listed.commune_code, len(entry.notes)) == (town, notes)
    assert entry.listed.point is not None
    if name == "Paris 15":
        assert (round(entry.listed.point.lat, 2), round(entry.listed.point.lon, 2)) == (48.84, 2.29)


def test_what_directories_write_otherwise_is_read_and_what_cannot_be_is_said() -> None:
    head = "SIRET;Type de structure;Nom de la structure;Code postal;Ville;NAF;Métiers;Téléphone;Email;État;Date fermeture\n"
    row = "34027049500021;{};X;23000;Guéret;81.30Z - Paysage;{};{};{};{};{}\n"
    kinds = ("Entreprise d'insertion (EI)", "Ateliers et chantiers d'insertion", "Établissement d'aide par le travail")
    read = entries(
        head
        + "".join(row.format(kind, "", "05.55.00.00.00 / 06 12 34 56 78", "a@b.fr;c@d.fr", "", "") for kind in kinds)
    )
    assert [
        (one.listed.kind.value, one.listed.activity, one.listed.phone, one.listed.email) for one in read if one.listed
    ] == [(kind, "8130Z", "+33555000000", "a@b.fr") for kind in ("ei", "aci", "esat")]
    [unknown] = entries(head + row.format("EI", "Gardiennage", "néant", "", "Actif", "01/01/2099"))
    assert (unknown.errors, len(unknown.notes), unknown.listed is None) == ([], 2, False)
    for state, day in (("F", ""), ("Fermé", ""), ("", "2024-05-01")):
        [closed] = entries(head + row.format("EI", "", "", "", state, day))
        assert (closed.listed, closed.errors, len(closed.notes)) == (None, [], 1)
    [both] = entries(head + row.format("Entreprise d'insertion et association intermédiaire", "", "", "", "", ""))
    assert [error.rule for error in both.errors] == ["kind"]
    [zeros] = entries(head + row.format("EI", "", "", "", "", "").replace("34027049500021", "0" * 14))
    assert [error.rule for error in zeros.errors] == ["siret"]


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("E.T.T.I.", SupplierKind.ETTI),
        ("A.I.", SupplierKind.AI),
        ("g.e.i.q", SupplierKind.GEIQ),
        ("Établissement et service d’accompagnement par le travail", SupplierKind.ESAT),
        ("Établissement et service d'aide par le travail (ESAT)", SupplierKind.ESAT),
    ],
)
def test_a_type_by_its_letters_and_by_the_name_that_the_law_gives_it_now(written: str, kind: SupplierKind) -> None:
    [entry] = entries(HEAD + GREEN.replace(",EI,", f",{written},"))
    assert entry.listed is not None
    assert entry.listed.kind is kind


@pytest.mark.parametrize("written", ["OPCS", "EITI", "E.I.T.I."])
def test_a_type_that_is_never_proposed_does_not_refuse_the_list(written: str) -> None:
    [entry] = entries(HEAD + GREEN.replace(",EI,", f",{written},"))
    assert (entry.listed, entry.errors, len(entry.notes)) == (None, [], 1)
    [unknown] = entries(HEAD + GREEN.replace(",EI,", ",Entreprise,"))
    assert [error.rule for error in unknown.errors] == ["kind"]


def test_an_empty_answer_widens_and_says_so_or_says_why() -> None:
    green = suppliers(HEAD + GREEN)
    assert near([], asked()).reason == "L'annuaire de ce département est vide : un gestionnaire doit l'importer."
    assert (
        near(green, asked(kinds=(SupplierKind.ESAT,))).reason == "L'annuaire n'a aucune structure de ces types (ESAT)."
    )
    agencies = near(green, asked(kinds=(SupplierKind.TEMP_AGENCY, SupplierKind.ETTI)))
    assert agencies.reason == "L'annuaire n'a aucune structure de ces types (agence d'intérim, ETTI)."
    farther = near(suppliers(HEAD + FAR), asked(trade=Trade.REUSE))
    assert (farther.radius_km, len(farther.items)) == (60, 1)
    assert farther.widened == ["Aucune à moins de 30 km : la recherche a été étendue à 60 km."]
    other = near(green, asked(trade=Trade.CATERING))
    assert [one.fit.value for one in other.items] == ["other_trade"]
    assert other.widened == ["Aucune n'a ce métier à moins de 200 km : voici celles d'autres métiers."]
    paris = near(green, asked(lat=48.85, lon=2.35, radius_km=5.0))
    assert paris.items == []
    assert paris.reason == "Aucune à moins de 200 km ; la plus proche est à 300 km."
    [closed] = green
    closed.close(NOW.date(), NOW)
    assert near(green, asked()).reason == "L'annuaire n'a aucune structure de ces types (aucune ouverte)."
    lost = closed.listed.model_copy(update={"point": None})
    assert near([Supplier.of("23", "desk", lost, NOW)], asked()).reason is not None


async def sent(clauses: Running, people: People, content: bytes | str, **query: Any) -> Any:
    headers = people.manager | {"Content-Type": "text/csv"}
    query = {"source": "desk"} | query
    return await clauses.client.post("/v1/supplier-imports", content=content, params=query, headers=headers)


async def test_a_directory_is_taken_over_whole_and_twice_is_once(clauses: Running, people: People) -> None:
    preview = (await sent(clauses, people, TABLE, preview=True)).json()
    assert (preview["applied"], preview["created"], preview["refused"]) == (False, 4, 0)
    assert await clauses.store.collection("suppliers").count_documents({}) == 0
    broken = (await sent(clauses, people, TABLE + ",EI,Sans numéro,23000,,,,,,,,\n")).json()
    assert (broken["applied"], broken["refused"], broken["lines"][0]["line"]) == (False, 1, 6)
    assert await clauses.store.collection("suppliers").count_documents({}) == 0
    assert (await sent(clauses, people, TABLE)).json()["created"] == 4
    again = (await sent(clauses, people, TABLE)).json()
    assert (again["applied"], again["created"], again["updated"], again["unchanged"]) == (True, 0, 0, 4)
    without = (await sent(clauses, people, TABLE.replace(FAR, ""))).json()
    assert (without["closed"], without["closed_names"]) == (1, ["Recyclerie d'Aubusson"])
    # Another directory is a list of its own, and who comes back is open again.
    assert (await sent(clauses, people, HEAD + FAR, source="other")).json()["closed"] == 0
    assert (await sent(clauses, people, TABLE)).json()["updated"] == 1
    assert await clauses.store.collection("suppliers").count_documents({"closed_on": {"$ne": None}}) == 0


async def test_how_somebody_is_reached_is_kept_no_longer_than_the_directory_lists_them(
    clauses: Running, people: People
) -> None:
    await sent(clauses, people, TABLE)
    assert (await sent(clauses, people, TABLE.replace(GREEN, ""))).json()["closed"] == 1
    stored = clauses.store.collection("suppliers")
    closed = await stored.find_one({"closed_on": {"$ne": None}})
    assert closed is not None
    assert "contact@jardins.example" not in repr(closed)
    assert "+33555000000" not in repr(closed)
    assert (await sent(clauses, people, TABLE)).json()["updated"] == 1
    back = await stored.find_one({"_id": closed["_id"]})
    assert (back or {})["listed"]["email"] == "contact@jardins.example"
    # As an earlier release closed it.
    of_before = {"$set": {"closed_on": "2026-02-01"}, "$unset": {"_schema": ""}}
    await stored.update_one({"_id": closed["_id"]}, of_before)
    [spec] = [one for one in clauses.service.collections if one.name == "suppliers"]
    assert [one async for one in migrate(clauses.store, [spec])]
    migrated = repr(await stored.find_one({"_id": closed["_id"]}))
    assert "contact@jardins.example" not in migrated
    assert "+33555000000" not in migrated


async def test_a_file_that_lost_its_end_closes_nothing(clauses: Running, people: People) -> None:
    many = [GREEN.replace("Jardins", f"Jardins {n}").replace("34027049500021", f"{n:014}") for n in range(1, 30)]
    assert (await sent(clauses, people, HEAD + "".join(many))).json()["created"] == 29
    half = HEAD + "".join(many[:5])
    refused = await sent(clauses, people, half)
    assert (refused.status_code, refused.json()["errors"][0]["rule"]) == (422, "closes-most")
    assert (await sent(clauses, people, half, closes_most=True)).json()["closed"] == 24


async def test_who_may_ask_and_what_they_are_told(clauses: Running, people: People) -> None:
    await sent(clauses, people, TABLE)
    client = clauses.client
    near_gueret = {"commune_code": "23096", "trade": "green_spaces"}
    for who in (people.facilitator, people.manager):
        found = (await client.get("/v1/suppliers", params=near_gueret, headers=who)).json()
        assert found["items"][0]["name"] == "Jardins de la Creuse"
        assert found["items"][0]["why"] == "A ce métier (d'après son code d'activité), à 0 km."
    # A contractor that acts in the Creuse, one that acts nowhere, a facilitator of elsewhere with a directory of their own.
    asked_there = near_gueret | {"territory": "23"}
    assert (await client.get("/v1/suppliers", params=asked_there, headers=people.contractor)).status_code == 200
    assert (await client.get("/v1/suppliers", params=asked_there, headers=people.neighbour)).status_code == 403
    own = (await client.get("/v1/suppliers", params=near_gueret, headers=people.neighbour)).json()
    assert own["reason"] == "L'annuaire de ce département est vide : un gestionnaire doit l'importer."
    assert (await client.get("/v1/suppliers", params=asked_there)).status_code == 401
    assert (await sent(clauses, people, TABLE, territory="87")).status_code == 403


async def test_a_contract_names_the_site_and_to_whom_it_is_reserved(clauses: Running, people: People) -> None:
    await sent(clauses, people, TABLE)
    client = clauses.client
    body = contract_body(kind="reserved_disability", commune_code="23096")
    contract = (await client.post("/v1/contracts", json=body, headers=people.facilitator)).json()
    query: dict[str, Any] = {"contract_id": contract["id"]}
    found = (await client.get("/v1/suppliers", params=query, headers=people.contractor)).json()
    assert ([one["kind"] for one in found["items"]], found["kinds"]) == (["esat"], ["ea", "eatt", "esat"])
    refused = await client.get("/v1/suppliers", params=query | {"kind": ["ei", "aci"]}, headers=people.facilitator)
    assert (refused.status_code, refused.json()["errors"][0]["rule"]) == (422, "not-open-to")
    assert (await client.get("/v1/suppliers", params=query, headers=people.stranger)).status_code == 404
    nowhere = (await client.post("/v1/contracts", json=contract_body(), headers=people.facilitator)).json()
    refused = await client.get("/v1/suppliers", params={"contract_id": nowhere["id"]}, headers=people.facilitator)
    assert refused.json()["errors"][0]["field"] == "query.commune_code"
    for query, status in (
        ({"commune_code": "99999"}, 422),
        ({"commune_code": "23096", "radius_km": "nan"}, 422),
        ({}, 422),
    ):
        assert (await client.get("/v1/suppliers", params=query, headers=people.facilitator)).status_code == status


async def test_a_file_that_is_no_directory_is_one_sentence(clauses: Running, people: People) -> None:
    for content, status in ((b"", 422), (b"a,b\n1,2", 422), (b"[" * 1_000, 422), (b"x" * (MAX_BYTES + 1), 413)):
        answer = await sent(clauses, people, content)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


@pytest.mark.skipif(not STRUCTURES.exists(), reason="the directories are not here (../shared/data/structures)")
async def test_the_real_directories_are_taken_over(clauses: Running, people: People) -> None:
    iae = (STRUCTURES / "siae_les_emplois_2020.csv").read_bytes()
    esat = (STRUCTURES / "esat_liste.csv").read_bytes()
    first = (await sent(clauses, people, iae, source="les-emplois")).json()
    other = (await sent(clauses, people, esat, source="finess", kind="esat")).json()
    assert (first["created"], first["refused"], other["created"], other["refused"]) == (3_853, 0, 1_504, 0)
    assert (await sent(clauses, people, esat, source="finess", kind="esat")).json()["unchanged"] == 1_504
    query = {"commune_code": "23096", "trade": "building"}
    found = (await clauses.client.get("/v1/suppliers", params=query, headers=people.facilitator)).json()
    assert found["items"][0]["name"] == "GEIQ BTP 23"
