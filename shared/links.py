"""Addresses that nobody else can reach: in production they would be printed into messages, and lead nowhere."""

import ipaddress
from email.utils import parseaddr
from urllib.parse import urlsplit

# RFC 6761 and RFC 2606: names that never exist; RFC 6762: names of one link only.
_FICTITIOUS = ("invalid", "test", "example", "example.com", "example.net", "example.org")
_HERE = ("localhost", "localdomain", "local")


def fictitious(host: str) -> bool:
    """Whether the name is one of those set aside for documents and tests, which never exist."""
    return _within(_name(host), _FICTITIOUS)


def unreachable_host(host: str) -> bool:
    """Whether no one but this machine (or no one at all) is at this name or address."""
    name = _name(host)
    try:
        address = ipaddress.ip_address(name.split("%", 1)[0])
    except ValueError:
        # Other spellings that resolvers take for an address: 127.1, 2130706433, 0x7f000001.
        numeric = name.replace(".", "").isdigit() or name.startswith("0x")
        return not name or numeric or _within(name, (*_FICTITIOUS, *_HERE))
    mapped = getattr(address, "ipv4_mapped", None) or address
    return bool(mapped.is_loopback or mapped.is_unspecified or mapped.is_link_local)


def refuse_unreachable_link(variable: str, url: str) -> None:
    """Refuse a link that people could not follow.

    Raises:
        ValueError: a sentence that names the variable.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and (parts.port or True)
        host = parts.hostname or ""
    except ValueError:
        usable, host = False, ""
    if not usable or not host:
        raise ValueError(f"{variable} must be an address such as https://emploi.departement.fr")
    if unreachable_host(host):
        raise ValueError(f"{variable} names {host}, where nobody else reaches us; production needs the public address")


def refuse_unreachable_sender(variable: str, sender: str) -> None:
    """Refuse a sender's address whose domain does not exist: mail servers drop what comes from there.

    Raises:
        ValueError: a sentence that names the variable.
    """
    domain = parseaddr(sender)[1].rpartition("@")[2]
    if unreachable_host(domain) or "." not in domain:
        raise ValueError(
            f"{variable} is at {domain}, a domain that does not exist; production needs an address of yours"
        )


def _name(host: str) -> str:
    return host.rstrip(".").lower().strip("[]")


def _within(name: str, domains: tuple[str, ...]) -> bool:
    return name in domains or name.endswith(tuple(f".{domain}" for domain in domains))
