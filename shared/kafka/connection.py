"""How every client of Kafka connects: addresses, account, encryption. No other module names a bootstrap server."""

import ssl
from typing import Any

from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

from shared.connections import Connections, SaslMechanism
from shared.kafka.beginning import begin_tidily

_SASL = {
    SaslMechanism.SCRAM_SHA_512: SASLScram512,
    SaslMechanism.SCRAM_SHA_256: SASLScram256,
    SaslMechanism.PLAIN: SASLPlaintext,
}


def servers(settings: Connections) -> list[str]:
    """The bootstrap servers, each ``host:port``."""
    return [one.strip() for one in settings.kafka_bootstrap_servers.split(",") if one.strip()]


def connection_arguments(settings: Connections) -> dict[str, Any]:
    """What aiokafka's consumers, producers, admin and plain clients are given alike."""
    begin_tidily()
    protocol = settings.kafka_security_protocol
    arguments: dict[str, Any] = {"bootstrap_servers": servers(settings), "security_protocol": protocol.value}
    if protocol.encrypts:
        arguments["ssl_context"] = _tls(settings)
    if protocol.authenticates:
        arguments |= {
            "sasl_mechanism": settings.kafka_sasl_mechanism.value,
            "sasl_plain_username": settings.kafka_username,
            "sasl_plain_password": settings.kafka_password,
        }
    return arguments


def broker_security(settings: Connections) -> BaseSecurity | None:
    """The same for FastStream's broker."""
    protocol = settings.kafka_security_protocol
    context = _tls(settings) if protocol.encrypts else None
    if protocol.authenticates:
        kind = _SASL[settings.kafka_sasl_mechanism]
        return kind(settings.kafka_username, settings.kafka_password, ssl_context=context, use_ssl=protocol.encrypts)
    return BaseSecurity(ssl_context=context) if context else None


def _tls(settings: Connections) -> ssl.SSLContext:
    # The system's authorities unless the operator names others; the name in the certificate is always checked.
    context = ssl.create_default_context(cafile=settings.kafka_ca_file or None)
    if settings.kafka_certificate_file:
        context.load_cert_chain(settings.kafka_certificate_file, settings.kafka_key_file or None)
    return context
