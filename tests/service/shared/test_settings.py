"""Settings: secrets as files, accounts and encryption that belong together, and what production refuses."""

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.notifications.settings import NotificationsSettings
from services.offers.settings import OffersSettings
from shared.cli import make_cli
from shared.contracts.topics import SERVICES
from shared.kafka.connection import connection_arguments
from shared.links import unreachable_host
from shared.settings import ConfigurationError, Settings, load_settings, variable_of
from shared.store.driver import connect
from shared.variables import Unread, listed, unread

PUBLIC = {
    "public_url": "https://emploi.creuse.fr/offers",
    "notifications_public_url": "https://emploi.creuse.fr/notifications",
    "smtp_host": "mail.creuse.fr",
    "smtp_from": "Emploi <ne-pas-repondre@creuse.fr>",
}


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    return monkeypatch


def test_any_setting_may_be_in_a_file(tmp_path: Path, variables: pytest.MonkeyPatch) -> None:
    for variable, text in {
        "BASSIN_SMTP_PASSWORD": " pass phrase with blanks \n",
        "MONGODB_URL": "mongodb://db.creuse.fr/",
        "BASSIN_LINK_SECRET": "s" * 32,
    }.items():
        file = tmp_path / variable
        file.write_text(text)
        variables.setenv(f"{variable}_FILE", str(file))
    variables.setenv("BASSIN_SMTP_USERNAME", "bassin")
    settings = load_settings(NotificationsSettings)
    assert settings.smtp_password == " pass phrase with blanks "
    assert settings.mongodb_url == "mongodb://db.creuse.fr/"
    assert load_settings(OffersSettings).link_secret == "s" * 32
    assert "pass phrase" not in repr(settings)


@pytest.mark.parametrize(
    ("variable", "name"), [("BASSIN_CURSOR_SECRET", "cursor_secret"), ("MONGODB_URL", "mongodb_url")]
)
def test_an_empty_variable_does_not_stand_before_the_file_that_is_named(
    tmp_path: Path, variables: pytest.MonkeyPatch, variable: str, name: str
) -> None:
    file = tmp_path / "secret"
    file.write_text("mongodb://" + "s" * 32)
    variables.setenv(variable, "")
    variables.setenv(f"{variable}_FILE", str(file))
    assert getattr(load_settings(Settings), name) == "mongodb://" + "s" * 32
    variables.setenv(f"{variable}_FILE", "")
    variables.setenv(variable, "mongodb://" + "v" * 32)
    assert getattr(load_settings(Settings), name) == "mongodb://" + "v" * 32


@pytest.mark.parametrize("name", SERVICES)
def test_every_setting_whose_variables_are_empty_is_as_if_nobody_had_named_it(
    variables: pytest.MonkeyPatch, name: str
) -> None:
    settings = importlib.import_module(f"services.{name}.app").SERVICE.settings
    names = [variable_of(one, field) for one, field in settings.model_fields.items()]
    for variable in names:
        variables.delenv(variable, raising=False)
    unset = load_settings(settings)
    for variable in names:
        variables.setenv(variable, "")
        variables.setenv(f"{variable}_FILE", "")
    assert load_settings(settings) == unset


@pytest.mark.parametrize("make", ["missing", "folder", "binary", "huge"])
def test_a_file_that_holds_no_secret_stops_the_start(tmp_path: Path, variables: pytest.MonkeyPatch, make: str) -> None:
    path = tmp_path / "secret"
    if make == "folder":
        path.mkdir()
    elif make != "missing":
        path.write_bytes(b"\xff\xfe" if make == "binary" else b"x" * 100_000)
    variables.setenv("BASSIN_CURSOR_SECRET_FILE", str(path))
    with pytest.raises(ConfigurationError, match="BASSIN_CURSOR_SECRET_FILE names a file"):
        load_settings(Settings)


def test_a_secret_given_twice_stops_the_start_and_is_not_told(tmp_path: Path, variables: pytest.MonkeyPatch) -> None:
    file = tmp_path / "secret"
    file.write_text("a" * 40)
    variables.setenv("BASSIN_CURSOR_SECRET_FILE", str(file))
    variables.setenv("BASSIN_CURSOR_SECRET", "b" * 40)
    with pytest.raises(ConfigurationError, match="both set") as told:
        load_settings(Settings)
    assert "aaaa" not in str(told.value)
    assert "bbbb" not in str(told.value)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"kafka_security_protocol": "SASL_SSL"}, "needs BASSIN_KAFKA_USERNAME"),
        ({"kafka_security_protocol": "SASL_SSL", "kafka_username": "u"}, "go together"),
        ({"kafka_username": "u", "kafka_password": "p"}, "of no use"),
        ({"kafka_ca_file": __file__}, "of no use"),
        ({"kafka_security_protocol": "SSL", "kafka_key_file": __file__}, "needs BASSIN_KAFKA_CERTIFICATE_FILE"),
        ({"kafka_security_protocol": "SSL", "kafka_ca_file": "/nowhere/ca.pem"}, "not there"),
        ({"mongodb_password": "p"}, "go together"),
        ({"kafka_min_insync_replicas": 2}, "nothing could be written"),
    ],
)
def test_settings_that_contradict_each_other_stop_the_start(values: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        load_settings(Settings, **values)


@pytest.mark.parametrize(
    ("kind", "variable", "given", "said"),
    [
        (Settings, "MONGODB_URL", "postgres://db", "must be an address such as mongodb"),
        (Settings, "MONGODB_URL", "mongodb://", "must be an address such as mongodb"),
        (Settings, "MONGODB_URL", "mongodb://u:p@ss@db:27017/", "%40"),
        (Settings, "KAFKA_BOOTSTRAP_SERVERS", "kafka", "host:port"),
        (Settings, "KAFKA_BOOTSTRAP_SERVERS", "a:9092;b:9092", "host:port"),
        (Settings, "BASSIN_CORS_ORIGINS", "https://a.fr;https://b.fr", "by commas"),
        (Settings, "BASSIN_CORS_ORIGINS", "https://a.fr/", "without a path"),
        (OffersSettings, "BASSIN_REMINDER_DAYS", "11;14", "by commas"),
        (NotificationsSettings, "BASSIN_SMTP_HOST", "smtp.creuse.fr:587", "BASSIN_SMTP_PORT"),
        (NotificationsSettings, "BASSIN_SMTP_HOST", "smtp://smtp.creuse.fr", "BASSIN_SMTP_PORT"),
        (NotificationsSettings, "BASSIN_SMTP_FROM", "Emploi <a@creuse.fr>, b@creuse.fr", "must be an address"),
    ],
)
def test_what_only_looks_like_a_server_or_an_address_stops_the_start_with_a_sentence(
    variables: pytest.MonkeyPatch, kind: type[Settings], variable: str, given: str, said: str
) -> None:
    variables.setenv(variable, given)
    with pytest.raises(ConfigurationError, match=said) as told:
        load_settings(kind)
    assert str(told.value).startswith(f"{variable} is not usable: ")
    assert "p@ss" not in str(told.value)
    assert "Value error" not in str(told.value)


def test_lists_take_blanks_and_every_form_of_a_server(variables: pytest.MonkeyPatch) -> None:
    variables.setenv("MONGODB_URL", "mongodb+srv://bassin:p%40ss@cluster.creuse.fr/?tls=true")
    variables.setenv("KAFKA_BOOTSTRAP_SERVERS", "a.creuse.fr:9093, 10.0.0.7:9092,[2001:db8::1]:9092")
    variables.setenv("BASSIN_CORS_ORIGINS", " https://emploi.creuse.fr , http://localhost:3000,")
    variables.setenv("BASSIN_REMINDER_DAYS", "11, 14 ,")
    settings = load_settings(OffersSettings)
    assert settings.cors_origins == ("https://emploi.creuse.fr", "http://localhost:3000")
    assert settings.reminder_days == (11, 14)


def test_every_client_of_kafka_gets_account_and_encryption() -> None:
    settings = load_settings(
        Settings,
        KAFKA_BOOTSTRAP_SERVERS="a:9093, b:9093",
        kafka_security_protocol="SASL_SSL",
        kafka_username="bassin-offers",
        kafka_password="p",
    )
    arguments = connection_arguments(settings)
    context = arguments.pop("ssl_context")
    assert context.check_hostname
    assert arguments == {
        "bootstrap_servers": ["a:9093", "b:9093"],
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "bassin-offers",
        "sasl_plain_password": "p",
    }


def test_no_client_of_kafka_is_made_without_them() -> None:
    root = Path(__file__).resolve().parents[3]
    for file in [*(root / "shared").rglob("*.py"), *(root / "services").rglob("*.py")]:
        if file.name not in ("connection.py", "connections.py"):
            assert "kafka_bootstrap_servers" not in file.read_text(), file


async def test_the_account_at_mongodb_is_handed_to_the_driver() -> None:
    settings = load_settings(Settings, mongodb_username="bassin-offers", mongodb_password="p@ss:/word")
    client: Any = connect("mongodb://127.0.0.1:1/", settings.mongodb_driver, settings.mongodb_access)
    credentials = client.options._options  # what the driver understood
    assert credentials["username"] == "bassin-offers"
    assert credentials["password"] == "p@ss:/word"
    assert credentials["authsource"] == "admin"


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "LOCALHOST.", "app.localhost", "127.0.0.1", "127.8.8.8", "127.1", "2130706433", "0x7f000001", "0.0.0.0",
        "::1", "[::1]", "::", "::ffff:127.0.0.1", "169.254.0.1", "fe80::1%eth0", "bassin.invalid", "bassin.test",
        "emploi.example", "www.example.org", "printer.local", "",
    ],
)  # fmt: skip
def test_addresses_that_lead_nowhere(host: str) -> None:
    assert unreachable_host(host)


@pytest.mark.parametrize(
    "host", ["emploi.creuse.fr", "10.0.0.7", "bassin", "invalid.fr", "mylocalhost.fr", "2001:db8::1"]
)
def test_addresses_that_somebody_may_be_at(host: str) -> None:
    assert not unreachable_host(host)


@pytest.mark.parametrize(
    ("changes", "variable"),
    [
        ({"public_url": "http://localhost:8001"}, "BASSIN_PUBLIC_URL"),
        ({"notifications_public_url": "http://127.0.0.1:8004"}, "BASSIN_NOTIFICATIONS_PUBLIC_URL"),
        ({"notifications_public_url": "emploi.creuse.fr"}, "BASSIN_NOTIFICATIONS_PUBLIC_URL"),
        ({"notifications_public_url": "https://[::1"}, "BASSIN_NOTIFICATIONS_PUBLIC_URL"),
        ({"offer_link": "https://bassin.invalid/{offer_id}"}, "BASSIN_OFFER_LINK"),
        ({"smtp_from": "Bassin <ne-pas-repondre@bassin.invalid>"}, "BASSIN_SMTP_FROM"),
        ({"smtp_from": "root@localhost"}, "BASSIN_SMTP_FROM"),
        ({"smtp_host": "mail.example"}, "BASSIN_SMTP_HOST"),
    ],
)
def test_production_refuses_what_leads_nowhere(changes: dict[str, Any], variable: str) -> None:
    load_settings(NotificationsSettings, **PUBLIC).refuse_what_cannot_work()
    with pytest.raises(ValueError, match=variable):
        load_settings(NotificationsSettings, **(PUBLIC | changes)).refuse_what_cannot_work()
    # Where people try things out it is what one wants.
    load_settings(NotificationsSettings, environment="local", **(PUBLIC | changes)).refuse_what_cannot_work()


def test_without_a_mail_server_there_is_no_mail_to_refuse() -> None:
    quiet = PUBLIC | {"smtp_host": "", "smtp_from": "Bassin <ne-pas-repondre@bassin.invalid>"}
    load_settings(NotificationsSettings, **quiet).refuse_what_cannot_work()


@pytest.mark.parametrize(
    "values",
    [
        {"smtp_username": "u"},
        {"smtp_password": "p"},
        {"smtp_username": "u", "smtp_password": "p", "smtp_starttls": "never"},
        {"smtp_tls": True, "smtp_starttls": "always"},
    ],
)
def test_mail_settings_that_cannot_work_stop_the_start(values: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="BASSIN_SMTP_"):
        load_settings(NotificationsSettings, **values)


def test_the_command_line_refuses_before_anything_starts(tmp_path: Path, variables: pytest.MonkeyPatch) -> None:
    from services.notifications.app import SERVICE

    keys = tmp_path / "jwks.json"
    keys.write_text("{}")
    variables.setenv("BASSIN_JWKS", str(keys))
    variables.setenv("BASSIN_ENVIRONMENT", "production")
    for command in ("api", "worker", "all"):
        result = CliRunner().invoke(make_cli(SERVICE), [command])
        assert isinstance(result.exception, ConfigurationError)
        assert "BASSIN_NOTIFICATIONS_PUBLIC_URL" in str(result.exception)


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("BASSIN_CONFRIM_DAYS", "BASSIN_CONFIRM_DAYS"),
        ("BASSIN_CONFIRMATION_DAYS", "BASSIN_CONFIRM_DAYS"),
        ("BASSIN_SMTP_USER", "BASSIN_SMTP_USERNAME"),
        ("BASSIN_MONGODB_URL", "MONGODB_URL"),
        ("BASSIN_KAFKA_PASWORD_FILE", "BASSIN_KAFKA_PASSWORD_FILE"),
        ("BASIN_JWKS", "BASSIN_JWKS"),
        ("bassin_log_levels", "BASSIN_LOG_LEVEL"),
        ("BASSIN_OFFERS_WORKERS_REPLICAS", "BASSIN_OFFERS_WORKER_REPLICAS"),
    ],
)
@pytest.mark.parametrize("kind", [Settings, OffersSettings, NotificationsSettings])
def test_a_misspelt_setting_stops_the_start_and_the_one_that_is_meant_is_named(
    variables: pytest.MonkeyPatch, kind: type[Settings], variable: str, meant: str
) -> None:
    variables.setenv(variable, "x")
    with pytest.raises(ConfigurationError, match=f"^{variable} is no setting: {meant} is.$"):
        load_settings(kind)
    variables.setenv(variable, "")
    load_settings(kind)


def test_what_others_read_is_no_mistake_and_what_nobody_knows_is_said(variables: pytest.MonkeyPatch) -> None:
    """Compose hands the whole of .env to each service, and somebody may keep variables of their own beside ours."""
    for variable in listed():
        assert unread({variable: "x", f"{variable}_FILE": "x"}, ()) == []
    own = {"BASSIN_BACKUP_TARGET": "x", "BASH_VERSION": "5", "BASSINET": "x"}
    assert unread(own, ()) == [Unread("BASSIN_BACKUP_TARGET", None)]
    variables.setenv("BASSIN_BACKUP_TARGET", "x")
    variables.setenv("BASSIN_ENVIRONMENT", "production")
    told = CliRunner().invoke(make_cli(importlib.import_module("services.notifications.app").SERVICE), ["worker"])
    assert isinstance(told.exception, ConfigurationError)
    assert {"unknown_setting", "BASSIN_BACKUP_TARGET"} <= set(re.findall(r"\w+", told.output))
