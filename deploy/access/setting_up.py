"""Telling the servers who there is: users and rules at Kafka, users at MongoDB, from the vault and the manifest."""

import asyncio
from pathlib import Path

from pydantic import Field

from deploy.access.acls import OPERATOR, all_grants, partner_user, service_user
from deploy.access.kafka import apply_grants, remove_users, set_passwords
from deploy.access.mongo import set_users
from deploy.access.vault import PARTNERS, Vault
from shared.contracts.topics import SERVICES
from shared.kafka.reading import admin_of
from shared.settings import Settings
from shared.store.driver import close, connect


class AccessSettings(Settings):
    """Those of a job that connects as an administrator."""

    access_secrets: str = Field(
        default="",
        description="Folder of the installation's secrets; empty: users and rules are somebody else's matter",
    )


async def set_up_kafka(settings: AccessSettings) -> str:
    """Make users and rules what vault and manifest say; a sentence about what was done.

    Raises:
        AccessRefused, KafkaError: the broker refuses or is out of reach.
        OSError: a secret is not there.
    """
    vault = Vault(Path(settings.access_secrets))
    partners = vault.partners
    users = [*map(service_user, SERVICES), OPERATOR]
    passwords = {user: vault.read(f"kafka_{user}") for user in users}
    passwords |= {partner_user(name): vault.read(f"{PARTNERS}/{name}") for name in partners}
    async with admin_of(settings) as admin:
        await set_passwords(admin, passwords)
        made, removed = await apply_grants(admin, all_grants(partners, prefix=settings.topic_prefix))
    return f"Kafka: {len(passwords)} users; {made} rules made, {removed} taken away."


async def set_up_mongo(settings: AccessSettings) -> str:
    """Make a user for each service; a sentence about what was done.

    Raises:
        PyMongoError: the server refuses or is out of reach.
        OSError: a secret is not there.
    """
    vault = Vault(Path(settings.access_secrets))
    client = connect(settings.mongodb_url, settings.mongodb_driver, settings.mongodb_access)
    try:
        passwords = {service: vault.read(f"mongo_{service_user(service)}") for service in SERVICES}
        await set_users(client, passwords, settings.database_prefix)
    finally:
        await close(client)
    return f"MongoDB: {len(passwords)} users."


async def remove_partner(settings: AccessSettings, name: str) -> None:
    """Shut a partner out: its user, rules and password are gone.

    Raises:
        ValueError: the name cannot be a partner's.
        AccessRefused, KafkaError: the broker refuses or is out of reach.
    """
    user = partner_user(name)
    async with admin_of(settings) as admin:
        await remove_users(admin, [user])
    path = Path(settings.access_secrets) / PARTNERS / name
    await asyncio.to_thread(path.unlink, missing_ok=True)
