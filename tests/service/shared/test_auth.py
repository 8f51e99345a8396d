"""Tokens: what holds, what is refused, and that a local key never opens production."""

import time
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jwt
import pytest

from shared.auth import Principal, Role, TerritoryRequired, TokenVerifier, Unauthenticated, territory_of, tokens
from shared.auth.local import ensure_local_keys, local_token
from shared.auth.tokens import CLOCK_LEEWAY_SECONDS, check_jwks_setting
from shared.errors import Forbidden
from shared.settings import ConfigurationError, Settings, load_settings


def verifier(keys: Path, **settings: object) -> TokenVerifier:
    values = {"environment": "test", "jwks": str(keys / "jwks.json")} | settings
    return TokenVerifier(load_settings(Settings, **values))


async def test_a_token_becomes_a_principal(local_keys: Path) -> None:
    token = local_token(local_keys, ["counsellor", "made-up"], "c-1", territories=["23", "19"], organisation="o-1")
    caller = await verifier(local_keys).verify(token)
    # Whatever answers for longer than a request asks again then.
    ends = jwt.decode(token, options={"verify_signature": False})["exp"]
    assert caller.ends_at == ends + CLOCK_LEEWAY_SECONDS
    assert 0 < ends - time.time() <= 12 * 3_600
    assert caller.subject == "c-1"
    assert caller.roles == {Role.COUNSELLOR}
    assert caller.may_see("19")
    assert not caller.may_see("41")
    caller.require_territory("19")
    with pytest.raises(Forbidden):
        caller.require_territory("41")
    assert caller.organisation == "o-1"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"valid_for": timedelta(minutes=-5)}, "session est terminée"),
        ({"audience": "elsewhere"}, "un autre service"),
    ],
)
async def test_what_does_not_hold_is_refused(local_keys: Path, arguments: dict, sentence: str) -> None:
    token = local_token(local_keys, ["manager"], "m", **arguments)
    with pytest.raises(Unauthenticated, match=sentence):
        await verifier(local_keys).verify(token)


async def test_a_token_that_held_before_is_refused_once_its_key_is_withdrawn(local_keys: Path) -> None:
    checked = verifier(local_keys)
    token = local_token(local_keys, ["manager"], "m")
    assert (await checked.verify(token)).subject == (await checked.verify(token)).subject == "m"
    checked.keys._keys.clear()
    with pytest.raises(Unauthenticated, match="clé inconnue"):
        await checked.verify(token)
    with pytest.raises(Unauthenticated, match="est refusé"):
        await verifier(local_keys).verify(token[:-6] + "AAAAAA")


async def test_a_token_that_held_before_is_refused_once_it_has_expired(
    local_keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = verifier(local_keys)
    token = local_token(local_keys, ["manager"], "m")
    ends = jwt.decode(token, options={"verify_signature": False})["exp"] + CLOCK_LEEWAY_SECONDS
    await checked.verify(token)
    now = ends - 1.0

    class At(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # only its instant is asked for
            return datetime.fromtimestamp(now, tz)

    monkeypatch.setattr(tokens, "time", SimpleNamespace(time=lambda: now))
    monkeypatch.setattr(jwt.api_jwt, "datetime", At)
    assert (await checked.verify(token)).subject == "m"
    now = float(ends)
    with pytest.raises(Unauthenticated, match="session est terminée"):
        await checked.verify(token)


async def test_a_token_that_held_is_not_looked_through_again_and_so_many_are_known(
    local_keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_through: list[str] = []
    decode = jwt.decode

    def counted(token: str, *given: Any, **named: Any) -> dict[str, Any]:
        looked_through.append(token)
        return decode(token, *given, **named)

    monkeypatch.setattr(tokens, "MOST_KEPT", 2)
    monkeypatch.setattr(jwt, "decode", counted)
    checked = verifier(local_keys)
    one, two, three = (local_token(local_keys, ["manager"], subject) for subject in ("m-1", "m-2", "m-3"))
    for token, subject in ((one, "m-1"), (one, "m-1"), (two, "m-2"), (one, "m-1"), (three, "m-3"), (two, "m-2")):
        assert (await checked.verify(token)).subject == subject
    assert looked_through == [one, two, three]
    assert (await checked.verify(one)).subject == "m-1"
    assert looked_through == [one, two, three, one], "the oldest was let go"


async def test_a_token_may_name_so_many_territories_and_no_more(local_keys: Path) -> None:
    named = [f"{n:03}" for n in range(tokens.MAX_CLAIMS + 1)]
    token = local_token(local_keys, ["manager"], "m", territories=named[:-1])
    assert len((await verifier(local_keys).verify(token)).territories) == tokens.MAX_CLAIMS
    with pytest.raises(Unauthenticated, match="territories"):
        await verifier(local_keys).verify(local_token(local_keys, ["manager"], "m", territories=named))


def test_a_role_counts_in_the_territories_of_its_token_alone() -> None:
    caller = Principal("c", frozenset({Role.COUNSELLOR}), frozenset({"19", "23"}))
    assert caller.is_staff_of("23", Role.MANAGER, Role.COUNSELLOR)
    assert not caller.is_staff_of("23", Role.MANAGER)
    assert not caller.is_staff_of("23")
    assert not caller.is_staff_of("87", Role.COUNSELLOR)
    with pytest.raises(Forbidden) as refusal:
        caller.require_territory("87")
    assert refusal.value.extra["territories"] == ["19", "23"]


def test_something_new_belongs_to_the_territory_that_is_named_or_to_the_only_one() -> None:
    of_one, of_two, of_none = (Principal("c", territories=frozenset(those)) for those in (["23"], ["19", "23"], []))
    assert (territory_of(of_one, None), territory_of(of_two, "19"), territory_of(of_none, "87", bound=False)) == (
        "23", "19", "87",
    )  # fmt: skip
    for caller, given in ((of_two, None), (of_none, None)):
        with pytest.raises(TerritoryRequired):
            territory_of(caller, given)
    for caller in (of_one, of_none):
        with pytest.raises(Forbidden):
            territory_of(caller, "87")


async def test_an_expiry_beyond_all_numbers_is_refused_with_a_sentence(local_keys: Path) -> None:
    header = jwt.get_unverified_header(local_token(local_keys, [], "m"))
    claims = {"sub": "m", "aud": "bassin", "exp": 10**400, "roles": ["manager"]}
    pem = (local_keys / "signing-key.pem").read_bytes()
    token = jwt.encode(claims, pem, algorithm=header["alg"], headers={"kid": header["kid"]})
    with pytest.raises(Unauthenticated, match="ne se lit pas"):
        await verifier(local_keys).verify(token)


async def test_a_symmetric_or_unsigned_token_is_refused(local_keys: Path) -> None:
    claims = {"sub": "m", "aud": "bassin", "exp": 4102444800, "roles": ["manager"]}
    for token in (
        jwt.encode(claims, "secret-secret-secret-secret-secret", algorithm="HS256"),
        jwt.encode(claims, None, algorithm="none"),
    ):
        with pytest.raises(Unauthenticated, match="signé par un de ces"):
            await verifier(local_keys).verify(token)


async def test_a_key_of_another_set_is_refused(local_keys: Path, tmp_path: Path) -> None:
    ensure_local_keys(tmp_path)
    with pytest.raises(Unauthenticated, match="clé inconnue"):
        await verifier(local_keys).verify(local_token(tmp_path, ["manager"], "m"))


async def test_production_refuses_local_keys_even_when_its_key_set_names_them(local_keys: Path) -> None:
    with pytest.raises(Unauthenticated, match="installation locale"):
        await verifier(local_keys, environment="production").verify(local_token(local_keys, ["manager"], "m"))


def test_the_private_key_is_readable_by_its_owner_only(local_keys: Path) -> None:
    assert (local_keys / "signing-key.pem").stat().st_mode & 0o077 == 0


def test_a_missing_key_set_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="BASSIN_JWKS must name"):
        check_jwks_setting(load_settings(Settings))
    (tmp_path / "there.json").touch()
    for found in (str(tmp_path / "there.json"), "http://provider.example/jwks", "https://provider.example/jwks"):
        check_jwks_setting(load_settings(Settings, jwks=found))
    with pytest.raises(ConfigurationError, match="not there"):
        check_jwks_setting(load_settings(Settings, jwks=str(tmp_path / "none.json")))


def test_a_wrong_setting_is_named_with_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BASSIN_PORT", "eighty")
    monkeypatch.setenv("BASSIN_LOG_LEVEL", "LOUD")
    with pytest.raises(ConfigurationError) as caught:
        load_settings(Settings)
    assert "BASSIN_PORT is not usable" in str(caught.value)
    assert "BASSIN_LOG_LEVEL is not usable" in str(caught.value)
