"""MongoDB's users: one per service, with rights on its own database and no other."""

from collections.abc import Mapping
from typing import Any

from shared.contracts.topics import SERVICES, group_of
from shared.store.driver import Client


def database_of(service: str, prefix: str = "bassin") -> str:
    """The database of a service."""
    return f"{prefix}_{service}"


def roles_of(service: str, prefix: str = "bassin") -> list[dict[str, str]]:
    """What a service's user may do: everything with the documents, collections and indexes of its database."""
    database = database_of(service, prefix)
    return [{"role": "readWrite", "db": database}, {"role": "dbAdmin", "db": database}]


async def set_users(client: Client, passwords: Mapping[str, str], prefix: str = "bassin") -> None:
    """Make the users of services, or give those that are there these passwords and roles.

    Args:
        client: connected as somebody who may (``userAdminAnyDatabase``).
        passwords: by service.
        prefix: what the databases' names begin with.

    Raises:
        PyMongoError: the server is out of reach, or refuses.
    """
    admin: Any = client["admin"]
    for service in SERVICES:
        if service not in passwords:
            continue
        user = group_of(service)
        known = await admin.command("usersInfo", user)
        verb = "updateUser" if known["users"] else "createUser"
        await admin.command(verb, user, pwd=passwords[service], roles=roles_of(service, prefix))
