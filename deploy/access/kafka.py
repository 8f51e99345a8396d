"""Users and ACLs at a broker that has an authorizer: made as the manifest says, and what it no longer says taken away.

aiokafka knows the requests for ACLs but has no call for them, and none for SCRAM users: that request is spelt out here
(KIP-554, API key 51; the salted password of RFC 5802 is made here, so the password itself is never sent).
"""

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError, for_code
from aiokafka.protocol.admin import CreateAclsRequest, CreateAclsRequest_v1, DeleteAclsRequest, DescribeAclsRequest
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import CompactArray, CompactString, Int8, Int16, Int32, Schema, TaggedFields
from aiokafka.protocol.types import CompactBytes as Raw

from deploy.access.acls import Grant, Operation, Pattern, Resource

ITERATIONS = 8_192
"""Rounds of PBKDF2; Kafka asks for 4,096 at least and 16,384 at most."""
_SCRAM_SHA_512 = 2
_ALLOW = 3
_ANY = 1
_RESOURCES = {Resource.TOPIC: 2, Resource.GROUP: 3, Resource.CLUSTER: 4}
_PATTERNS = {Pattern.LITERAL: 3, Pattern.PREFIX: 4}
_OPERATIONS = {
    Operation.READ: 3,
    Operation.WRITE: 4,
    Operation.CREATE: 5,
    Operation.DELETE: 6,
    Operation.DESCRIBE: 8,
    Operation.DESCRIBE_CONFIGS: 10,
}


class AccessRefused(Exception):
    """The broker did not take a user or an ACL; the message is a sentence for the operator."""


@dataclass(frozen=True, order=True)
class Acl:
    """One rule at the broker: its numbers are those of the protocol."""

    user: str
    resource: int
    name: str
    pattern: int
    operation: int

    @property
    def wire(self) -> tuple[int, str, int, str, str, int, int]:
        """As requests carry it: from any address, allowed."""
        return self.resource, self.name, self.pattern, f"User:{self.user}", "*", self.operation, _ALLOW


def acls(users: Mapping[str, Sequence[Grant]]) -> set[Acl]:
    """Every rule of these grants."""
    return {
        Acl(user, _RESOURCES[one.resource], one.name, _PATTERNS[one.pattern], _OPERATIONS[operation])
        for user, granted in users.items()
        for one in granted
        for operation in one.operations
    }


async def apply_grants(admin: AIOKafkaAdminClient, users: Mapping[str, Sequence[Grant]]) -> tuple[int, int]:
    """Make the rules of ``users`` what the broker has for them; other users' are left. Returns (made, taken away).

    Raises:
        AccessRefused: the broker has no authorizer, or this account may not.
        KafkaError: the broker is out of reach.
    """
    wanted = acls(users)
    there = {acl for acl in await described(admin) if acl.user in users}
    missing, surplus = sorted(wanted - there), sorted(there - wanted)
    if missing:
        answer = await admin._send_request(_CreateMany([acl.wire for acl in missing]))
        _check(answer.creation_responses, "an ACL could not be made")
    for acl in surplus:
        resource, name, pattern, principal, host, operation, permission = acl.wire
        request = DeleteAclsRequest(resource, name, pattern, principal, host, operation, permission)
        answer = await admin._send_request(request)
        _check([one[:2] for one in answer.filter_responses], "an ACL could not be taken away")
    return len(missing), len(surplus)


async def described(admin: AIOKafkaAdminClient) -> set[Acl]:
    """Every rule that the broker has and that could be ours (allowed, from any address).

    Raises:
        AccessRefused: the broker has no authorizer, or this account may not look.
    """
    answer = await admin._send_request(DescribeAclsRequest(_ANY, None, _ANY, None, None, _ANY, _ANY))
    _check([(answer.error_code, answer.error_message)], "the ACLs could not be read")
    return {
        Acl(principal.removeprefix("User:"), kind, name, pattern, operation)
        for kind, name, pattern, rules in ((r[0], r[1], r[2], r[3]) for r in answer.resources)
        for principal, host, operation, permission in (rule[:4] for rule in rules)
        if host == "*" and permission == _ALLOW
    }


async def set_passwords(admin: AIOKafkaAdminClient, passwords: Mapping[str, str]) -> None:
    """Make SCRAM-SHA-512 users, or give those that are there these passwords.

    Raises:
        AccessRefused: the broker did not take one of them.
        KafkaError: the broker is out of reach.
    """
    rows: list[tuple[object, ...]] = []
    for user, password in passwords.items():
        salt = secrets.token_bytes(32)
        salted = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ITERATIONS)
        rows.append((user, _SCRAM_SHA_512, ITERATIONS, salt, salted, {}))
    if rows:
        answer = await admin._send_request(_AlterUserScramCredentials([], rows))
        _check([one[1:3] for one in answer.results], "a user could not be made")


async def remove_users(admin: AIOKafkaAdminClient, users: Iterable[str]) -> None:
    """Take users away with their rules; one that is not there is none.

    Raises:
        AccessRefused: the broker refused.
    """
    names = list(users)
    await apply_grants(admin, dict.fromkeys(names, ()))
    answer = await admin._send_request(_AlterUserScramCredentials([(name, _SCRAM_SHA_512, {}) for name in names], []))
    _check([one[1:3] for one in answer.results if one[1] != _NO_SUCH_USER], "a user could not be taken away")


_NO_SUCH_USER = 91  # RESOURCE_NOT_FOUND


def _check(answers: Iterable[Sequence[Any]], what: str) -> None:
    for code, told in answers:
        if code:
            kind: type[KafkaError] = for_code(code)
            raise AccessRefused(f"{what}: {told or kind.__name__}")


class _CreateMany(CreateAclsRequest):  # type: ignore[misc]  # aiokafka ships no types
    """aiokafka's request takes one rule; the protocol takes many."""

    def __init__(self, rules: Sequence[tuple[Any, ...]]) -> None:
        self._rules = rules

    def build(self, request_struct_class: Any) -> Any:
        if request_struct_class is not CreateAclsRequest_v1:
            raise AccessRefused("the broker is older than Kafka 2.0 and knows no prefixed ACLs")
        return request_struct_class(list(self._rules))


class _ScramResponse(Response):  # type: ignore[misc]  # aiokafka ships no types
    API_KEY = 51
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "results",
            CompactArray(
                ("user", CompactString("utf-8")),
                ("error_code", Int16),
                ("error_message", CompactString("utf-8")),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _ScramRequest_v0(RequestStruct):  # type: ignore[misc]  # aiokafka ships no types  # noqa: N801 - aiokafka's way
    API_KEY = 51
    API_VERSION = 0
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = _ScramResponse
    SCHEMA = Schema(
        ("deletions", CompactArray(("name", CompactString("utf-8")), ("mechanism", Int8), ("tags", TaggedFields))),
        (
            "upsertions",
            CompactArray(
                ("name", CompactString("utf-8")),
                ("mechanism", Int8),
                ("iterations", Int32),
                ("salt", Raw),
                ("salted_password", Raw),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _AlterUserScramCredentials(Request[_ScramRequest_v0]):  # type: ignore[misc]  # aiokafka ships no types
    API_KEY = 51

    def __init__(self, deletions: Sequence[tuple[Any, ...]], upsertions: Sequence[tuple[Any, ...]]) -> None:
        self._deletions = deletions
        self._upsertions = upsertions

    def build(self, request_struct_class: Any) -> Any:
        return request_struct_class(list(self._deletions), list(self._upsertions), {})
