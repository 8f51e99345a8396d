"""Staff join by invitation: a manager of the territory invites, the account accepts, the identity provider gives the role."""

import json
from typing import Any

import httpx
import pytest

from services.profiles.commands import staff
from services.profiles.domain.staff import GrantState
from shared.auth import Role
from shared.auth.provider import IdentityProvider, ProviderAway, ProviderRefused
from tests.service.profiles.builders import a_body
from tests.support import Running, Stack, outbox_rows

REALM = "https://id.example/realms/bassin"
DESK = "/v1/staff/23"


class Keycloak(httpx.AsyncBaseTransport):
    """The Admin API in memory: what a real one does with these calls is shown in tests/identity."""

    def __init__(self) -> None:
        self.users: dict[str, dict[str, Any]] = {}
        self.roles: dict[str, set[str]] = {}
        self.away = False
        self.refuses: set[str] = set()
        self.asked: list[str] = []

    def account(self, id: str, roles: tuple[str, ...] = (), territories: tuple[str, ...] = ()) -> None:
        self.users[id] = {"id": id, "email": f"{id}@example.org", "attributes": {"territories": list(territories)}}
        self.roles[id] = {"seeker", *roles}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.away:
            raise httpx.ConnectError("down")
        path = request.url.raw_path.decode()
        self.asked.append(f"{request.method} {path}")
        if path.endswith("/token"):
            return httpx.Response(200, json={"access_token": "t", "expires_in": 300})
        assert request.headers["authorization"] == "Bearer t"
        parts = path.removeprefix("/admin/realms/bassin/").split("/")
        if parts[0] == "roles":
            return httpx.Response(200, json={"id": parts[1], "name": parts[1]})
        if parts[1] not in self.users:
            return httpx.Response(404, json={})
        if parts[1] in self.refuses and request.method != "GET":
            return httpx.Response(400, json={"errorMessage": "error-person-name-invalid-character"})
        if len(parts) == 2 and request.method == "GET":
            return httpx.Response(200, json=self.users[parts[1]])
        if len(parts) == 2:
            self.users[parts[1]] = json.loads(request.content)
            return httpx.Response(204)
        named = {one["name"] for one in json.loads(request.content or b"[]")}
        if request.method == "POST":
            self.roles[parts[1]] |= named
        elif request.method == "DELETE":
            self.roles[parts[1]] -= named
        return httpx.Response(200, json=[{"name": name} for name in sorted(self.roles[parts[1]])])

    def has(self, id: str) -> tuple[set[str], list[str]]:
        return self.roles[id] - {"seeker"}, self.users[id]["attributes"]["territories"]


@pytest.fixture
def keycloak() -> Keycloak:
    return Keycloak()


@pytest.fixture
def provider(keycloak: Keycloak) -> IdentityProvider:
    return IdentityProvider(REALM, "bassin-services", "secret", transport=keycloak)


@pytest.fixture
async def desk(stack: Stack, provider: IdentityProvider) -> Any:
    async with stack.running("profiles") as running:
        object.__setattr__(running.app.state.context, "provider", provider)
        yield running


@pytest.fixture
def manager(stack: Stack) -> dict[str, str]:
    return stack.token("manager", subject="paul")


async def invited(desk: Running, manager: dict[str, str], **body: Any) -> str:
    answer = await desk.client.post(f"{DESK}/invitations", json=body, headers=manager)
    assert answer.status_code == 201, answer.text
    link = str(answer.json()["link"])
    return f"{link[link.index('/v1/') :]}/acceptance"


async def states(desk: Running, manager: dict[str, str]) -> dict[tuple[str, str], tuple[str, str]]:
    items = (await desk.client.get(DESK, headers=manager)).json()["items"]
    return {(one["user_id"], one["role"]): (one["state"], one["reason"]) for one in items}


async def test_an_accepted_invitation_gives_the_role_for_the_territory_and_removal_takes_it(
    desk: Running, stack: Stack, manager: dict[str, str], keycloak: Keycloak
) -> None:
    keycloak.account("lea")
    path = await invited(desk, manager, role="counsellor", email="lea@example.org")
    lea = stack.token("seeker", subject="lea", territories=(), email="lea@example.org")
    answer = await desk.client.post(path, headers=lea)
    assert (answer.status_code, answer.json()["role"]) == (200, "counsellor")
    # Nothing is given by our word alone: her token says what she may, until the provider says more.
    assert (await desk.client.get("/v1/profiles", headers=lea)).status_code == 403
    assert await states(desk, manager) == {("lea", "counsellor"): ("pending", "")}
    context = desk.app.state.context
    keycloak.away = True
    with pytest.raises(ProviderAway):
        await staff.tell_provider(context)
    assert await states(desk, manager) == {("lea", "counsellor"): ("pending", "")}
    keycloak.away = False
    assert (await staff.tell_provider(context), await staff.tell_provider(context)) == (1, 0)
    assert keycloak.has("lea") == ({"counsellor"}, ["23"])
    assert await states(desk, manager) == {("lea", "counsellor"): ("given", "")}
    assert keycloak.users["lea"]["email"] == "lea@example.org", "what else the account holds stays"
    removed = await desk.client.delete(f"{DESK}/users/lea", headers=manager)
    assert (removed.status_code, await staff.tell_provider(context)) == (204, 1)
    assert keycloak.has("lea") == (set(), [])
    assert await states(desk, manager) == {}
    assert (await desk.client.delete(f"{DESK}/users/lea", headers=manager)).status_code == 404


@pytest.mark.parametrize(
    ("roles", "territories", "role", "outcome"),
    [
        ((), (), Role.MANAGER, None),
        (("counsellor",), ("23",), Role.MANAGER, None),
        (("counsellor",), ("19",), Role.COUNSELLOR, None),
        # A token holds roles and territories apart: these would be manager in 19, and counsellor in 23.
        (("counsellor",), ("19",), Role.MANAGER, "roles-would-mix"),
        (("counsellor", "manager"), ("19",), Role.COUNSELLOR, "roles-would-mix"),
        ((), ("19",), Role.COUNSELLOR, "roles-would-mix"),
    ],
)
async def test_no_role_reaches_a_territory_where_nobody_gave_it(
    keycloak: Keycloak, provider: IdentityProvider, roles: Any, territories: Any, role: Role, outcome: str | None
) -> None:
    keycloak.account("lea", roles, territories)
    before = keycloak.has("lea")
    if outcome is None:
        await provider.give("lea", role, "23")
        await provider.give("lea", role, "23")
        assert keycloak.has("lea") == ({*roles, role.value}, sorted({*territories, "23"}))
    else:
        with pytest.raises(ProviderRefused, match=outcome):
            await provider.give("lea", role, "23")
        assert keycloak.has("lea") == before


async def test_an_odd_account_id_reaches_nothing_but_an_account(keycloak: Keycloak, provider: IdentityProvider) -> None:
    for id in ("../roles/manager", "a/../../clients", "x?y#z", "%2e%2e"):
        with pytest.raises(ProviderRefused, match="account-unknown"):
            await provider.give(id, Role.MANAGER, "23")
        await provider.take(id, Role.MANAGER, "23")
    assert all(one.startswith(("GET /admin/realms/bassin/users/", "POST /realms/")) for one in keycloak.asked)
    assert not any("/roles" in one for one in keycloak.asked)


async def test_only_managers_of_the_territory_invite_and_only_to_roles_of_the_territory(
    desk: Running, stack: Stack, manager: dict[str, str]
) -> None:
    body = {"role": "counsellor", "email": "lea@example.org"}
    for headers, status in (
        ({}, 401),
        (stack.token("counsellor", subject="c"), 403),
        (stack.token("operator", subject="o"), 403),
        (stack.token("manager", subject="m", territories=("19",)), 403),
    ):
        assert (await desk.client.post(f"{DESK}/invitations", json=body, headers=headers)).status_code == status
    for role in ("operator", "partner", "employer", "seeker", "contractor", "king"):
        refused = await desk.client.post(f"{DESK}/invitations", json=body | {"role": role}, headers=manager)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "role")
    known = {"role": "counsellor", "user_id": "paul"}
    answers = [
        await desk.client.post(f"{DESK}/invitations", json=one, headers=manager)
        for one in (body, known, known | {"user_id": "nobody-of-that-name"})
    ]
    assert {(one.status_code, frozenset(one.json())) for one in answers} == {(201, frozenset(answers[0].json()))}


async def test_the_invited_are_told_by_mail_until_the_invitation_is_over(
    desk: Running, stack: Stack, manager: dict[str, str], keycloak: Keycloak
) -> None:
    path = await invited(desk, manager, role="counsellor", email="Lea@Example.org", label="Léa")
    rows = await outbox_rows(desk.store)
    contact = json.loads(next(row["data"] for row in rows if row["topic"] == "profiles.contacts.v1"))
    notice = json.loads(next(row["data"] for row in rows if row["topic"] == "profiles.notices.v1"))
    assert (contact["email"], notice["recipients"]) == ("lea@example.org", [contact["subject_id"]])
    assert (notice["template"], path.removesuffix("/acceptance") in notice["link"]) == ("invited", True)
    lea = stack.token(subject="lea", territories=(), email="lea@example.org")
    assert (await desk.client.post(path, headers=lea)).status_code == 200
    ends = [row for row in await outbox_rows(desk.store) if row["topic"] == "profiles.contacts.v1"]
    assert [(row["key"], row["data"]) for row in ends[1:]] == [(contact["subject_id"], None)]
    again = await desk.client.post(path, headers=lea)
    assert (again.status_code, again.json()["code"]) == (422, "link-refused")
    twice = await invited(desk, manager, role="counsellor", user_id="lea")
    taken = await desk.client.post(twice, headers=lea)
    assert (taken.status_code, taken.json()["code"]) == (409, "already-exists")


async def test_removed_while_the_role_is_being_given_ends_without_it(
    desk: Running, stack: Stack, manager: dict[str, str], keycloak: Keycloak, provider: IdentityProvider,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    keycloak.account("lea")
    path = await invited(desk, manager, role="facilitator", user_id="lea")
    await desk.client.post(path, headers=stack.token(subject="lea", territories=()))
    give = provider.give

    async def give_late(*arguments: Any) -> None:
        await give(*arguments)
        assert (await desk.client.delete(f"{DESK}/users/lea", headers=manager)).status_code == 204

    monkeypatch.setattr(provider, "give", give_late)
    context = desk.app.state.context
    assert await staff.tell_provider(context) == 0
    assert keycloak.has("lea") == ({"facilitator"}, ["23"])
    assert await staff.tell_provider(context) == 1
    assert keycloak.has("lea") == (set(), [])


async def test_an_account_that_the_provider_does_not_know_is_refused_and_said_so(
    desk: Running, stack: Stack, manager: dict[str, str]
) -> None:
    path = await invited(desk, manager, role="counsellor", user_id="from-elsewhere")
    await desk.client.post(path, headers=stack.token(subject="from-elsewhere", territories=()))
    assert await staff.tell_provider(desk.app.state.context) == 1
    assert await states(desk, manager) == {
        ("from-elsewhere", "counsellor"): (GrantState.REFUSED.value, "account-unknown")
    }


async def joins(desk: Running, stack: Stack, manager: dict[str, str], who: str, role: str) -> None:
    path = await invited(desk, manager, role=role, user_id=who)
    assert (await desk.client.post(path, headers=stack.token(subject=who, territories=()))).status_code == 200


async def test_one_account_that_the_provider_refuses_stops_no_other(
    desk: Running, stack: Stack, manager: dict[str, str], keycloak: Keycloak
) -> None:
    context = desk.app.state.context
    for who in ("bad", "good"):
        keycloak.account(who)
        await joins(desk, stack, manager, who, "counsellor")
    keycloak.refuses = {"bad"}
    await staff.tell_provider(context)
    assert await states(desk, manager) == {
        ("bad", "counsellor"): ("refused", "provider-refused"),
        ("good", "counsellor"): ("given", ""),
    }
    # Refused is not standing: once the account is mended it may be invited again.
    keycloak.refuses = set()
    await joins(desk, stack, manager, "bad", "counsellor")
    await staff.tell_provider(context)
    assert keycloak.has("bad") == ({"counsellor"}, ["23"])
    # A role that cannot be taken back stays to be taken back, and stops nobody either.
    keycloak.refuses = {"bad"}
    for who in ("bad", "good"):
        assert (await desk.client.delete(f"{DESK}/users/{who}", headers=manager)).status_code == 204
    await staff.tell_provider(context)
    assert (keycloak.has("good"), keycloak.has("bad")) == ((set(), []), ({"counsellor"}, ["23"]))
    keycloak.refuses = set()
    await staff.tell_provider(context)
    assert keycloak.has("bad") == (set(), [])


async def test_removing_somebody_takes_nothing_that_the_invitation_never_gave(
    desk: Running, stack: Stack, manager: dict[str, str], keycloak: Keycloak
) -> None:
    keycloak.account("lea", ("counsellor",), ("23", "87"))
    await joins(desk, stack, manager, "lea", "manager")
    context = desk.app.state.context
    await staff.tell_provider(context)
    assert await states(desk, manager) == {("lea", "manager"): ("refused", "roles-would-mix")}
    assert (await desk.client.delete(f"{DESK}/users/lea", headers=manager)).status_code == 204
    await staff.tell_provider(context)
    assert keycloak.has("lea") == ({"counsellor"}, ["23", "87"])
    assert await states(desk, manager) == {}


async def test_who_was_removed_is_written_to_of_nobody_by_name_and_their_links_end(
    desk: Running, stack: Stack, manager: dict[str, str]
) -> None:
    """Their token ends by itself, a mailbox and a link do not."""
    await joins(desk, stack, manager, "lea", "counsellor")
    lea = stack.token("counsellor", subject="lea")
    left = {"email": "lea@example.org", "territory": "23"}
    assert (await desk.client.put("/v1/contacts/me", json=left, headers=lea)).status_code == 201
    made = await desk.client.post("/v1/profiles", json=a_body(), headers=lea)
    whose = {"email": "double@example.org"}
    link = (await desk.client.post(f"/v1/profiles/{made.json()['id']}/account", json=whose, headers=lea)).json()["link"]
    assert (await desk.client.delete(f"{DESK}/users/lea", headers=manager)).status_code == 204

    async def told() -> list[bool]:
        rows = await outbox_rows(desk.store, "profiles.contacts.v1")
        return [json.loads(row["data"])["staff"] for row in rows if row["key"] == "lea"]

    assert await told() == [True, False]
    # Their last token says otherwise for some minutes more.
    again = await desk.client.put("/v1/contacts/me", json=left | {"first_name": "Léa"}, headers=lea)
    assert (again.status_code, await told()) == (200, [True, False, False])
    double = stack.token("seeker", subject="double", territories=(), email="double@example.org")
    refused = await desk.client.post(f"{link[link.index('/v1/') :]}/acceptance", headers=double)
    assert (refused.status_code, refused.json()["code"]) == (422, "link-refused")


async def test_others_hear_which_facilitators_left_and_came_back(
    desk: Running, stack: Stack, manager: dict[str, str], keycloak: Keycloak
) -> None:
    async def told() -> list[list[str]]:
        rows = [row for row in await outbox_rows(desk.store) if row["topic"] == "profiles.staff.v1"]
        assert {row["key"] for row in rows} <= {"23"}
        return [json.loads(row["data"])["left_facilitators"] for row in rows]

    async def joins(account: str, role: str) -> None:
        path = await invited(desk, manager, role=role, user_id=account)
        joined = await desk.client.post(path, headers=stack.token(subject=account, territories=()))
        assert joined.status_code == 200, joined.text

    async def goes(account: str) -> None:
        assert (await desk.client.delete(f"{DESK}/users/{account}", headers=manager)).status_code == 204

    for account, role in (("lea", "facilitator"), ("paul", "counsellor"), ("zoe", "facilitator")):
        await joins(account, role)
    assert await told() == []
    await goes("paul")  # accompanied people, and followed no contract
    await goes("lea")
    await goes("zoe")
    await joins("lea", "counsellor")
    assert await told() == [["lea"], ["lea", "zoe"]]
    await joins("lea", "facilitator")
    assert (await told())[-1] == ["zoe"]
