"""How a process reaches MongoDB and Kafka: addresses, accounts and encryption, for servers of one's own and managed ones."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from shared.secret_files import SecretFiles
from shared.store.driver import Access, Driver

_MONGODB = re.compile(r"mongodb(\+srv)?://[^\s/]")
_BROKER = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}")


class SecurityProtocol(StrEnum):
    """Kafka's names for encryption and authentication of a listener."""

    PLAINTEXT = "PLAINTEXT"
    SSL = "SSL"
    SASL_PLAINTEXT = "SASL_PLAINTEXT"
    SASL_SSL = "SASL_SSL"

    @property
    def authenticates(self) -> bool:
        """Whether a user name and password are sent (by SASL)."""
        return self in (SecurityProtocol.SASL_PLAINTEXT, SecurityProtocol.SASL_SSL)

    @property
    def encrypts(self) -> bool:
        """Whether the connection is TLS."""
        return self in (SecurityProtocol.SSL, SecurityProtocol.SASL_SSL)


class SaslMechanism(StrEnum):
    """How the password is proved. PLAIN sends it as it is, so it wants encryption."""

    SCRAM_SHA_512 = "SCRAM-SHA-512"
    SCRAM_SHA_256 = "SCRAM-SHA-256"
    PLAIN = "PLAIN"


class Connections(BaseSettings):
    """The part of the settings that is the same for whoever speaks with the servers. Any variable may end in ``_FILE``."""

    # Empty is not set: Compose's `${X:-}` hands on as an empty text what nobody has chosen.
    model_config = SettingsConfigDict(
        env_prefix="BASSIN_", env_ignore_empty=True, extra="ignore", populate_by_name=True, frozen=True
    )

    mongodb_url: str = Field(
        default="mongodb://localhost:27017/?replicaSet=rs0",
        validation_alias="MONGODB_URL",
        description="A replica set (transactions, change streams); an account may be in it, or in the two settings below",
    )
    mongodb_driver: Driver = Field(default=Driver.MOTOR, description="motor, or pymongo: its own asynchronous API")
    mongodb_username: str = Field(default="", description="Account at MongoDB; empty: the one in MONGODB_URL, or none")
    mongodb_password: str = Field(default="", description="Its password")
    mongodb_auth_source: str = Field(default="admin", description="Database that keeps the account")
    mongodb_tls_ca_file: str = Field(
        default="", description="Authorities that MongoDB's certificate is checked against"
    )

    kafka_bootstrap_servers: str = Field(
        default="localhost:9092", validation_alias="KAFKA_BOOTSTRAP_SERVERS", description="host:port, several by commas"
    )
    kafka_security_protocol: SecurityProtocol = Field(
        default=SecurityProtocol.PLAINTEXT, description="Encryption (SSL) and account (SASL) at Kafka"
    )
    kafka_sasl_mechanism: SaslMechanism = Field(
        default=SaslMechanism.SCRAM_SHA_512, description="How the password is proved; PLAIN sends it, so only with SSL"
    )
    kafka_username: str = Field(default="", description="Account at Kafka, e.g. bassin-offers")
    kafka_password: str = Field(default="", description="Its password")
    kafka_ca_file: str = Field(default="", description="Authorities that Kafka's certificate is checked against (PEM)")
    kafka_certificate_file: str = Field(default="", description="This process's own certificate, for mutual TLS (PEM)")
    kafka_key_file: str = Field(default="", description="Its private key; empty: it is in the certificate's file")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is handed in, then the environment, then files that the environment names."""
        return (init_settings, env_settings, SecretFiles(settings_cls))

    @field_validator("mongodb_tls_ca_file", "kafka_ca_file", "kafka_certificate_file", "kafka_key_file")
    @classmethod
    def _there(cls, value: str) -> str:
        if value and not Path(value).is_file():
            raise ValueError("it names a file that is not there")
        return value

    @field_validator("mongodb_url")
    @classmethod
    def _of_mongodb(cls, value: str) -> str:
        """The driver refuses a wrong form too, where it looks like a server that is out of reach."""
        if not _MONGODB.match(value):
            raise ValueError("it must be an address such as mongodb://db.departement.fr:27017/?replicaSet=rs0")
        if value.partition("://")[2].split("/", 1)[0].count("@") > 1:
            raise ValueError("an «@» in the account or its password is written %40")
        return value

    @field_validator("kafka_bootstrap_servers")
    @classmethod
    def _brokers(cls, value: str) -> str:
        if any(not _BROKER.fullmatch(one.strip()) for one in value.split(",")):
            raise ValueError("it must be host:port, several by commas")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        protocol = self.kafka_security_protocol
        if bool(self.mongodb_username) != bool(self.mongodb_password):
            raise ValueError("BASSIN_MONGODB_USERNAME and BASSIN_MONGODB_PASSWORD go together")
        if bool(self.kafka_username) != bool(self.kafka_password):
            raise ValueError("BASSIN_KAFKA_USERNAME and BASSIN_KAFKA_PASSWORD go together")
        if protocol.authenticates and not self.kafka_username:
            raise ValueError(f"BASSIN_KAFKA_SECURITY_PROTOCOL={protocol} needs BASSIN_KAFKA_USERNAME")
        # An operator who set them believes that they protect something.
        if self.kafka_username and not protocol.authenticates:
            raise ValueError(f"BASSIN_KAFKA_USERNAME is of no use with BASSIN_KAFKA_SECURITY_PROTOCOL={protocol}")
        if (self.kafka_ca_file or self.kafka_certificate_file or self.kafka_key_file) and not protocol.encrypts:
            raise ValueError(f"certificates are of no use with BASSIN_KAFKA_SECURITY_PROTOCOL={protocol}")
        if self.kafka_key_file and not self.kafka_certificate_file:
            raise ValueError("BASSIN_KAFKA_KEY_FILE needs BASSIN_KAFKA_CERTIFICATE_FILE")
        return self

    @property
    def mongodb_access(self) -> Access:
        """What the driver is told beside the address."""
        return Access(self.mongodb_username, self.mongodb_password, self.mongodb_auth_source, self.mongodb_tls_ca_file)
