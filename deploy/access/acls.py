"""Kafka's ACLs as a pure function of the manifest: what each user may do, and so everything that it may not.

``grants(user)`` and ``partner_grants(name)`` are what the init job applies at a broker, what Strimzi's KafkaUser resources
are generated from, and what tests compare refusals with. Nothing is granted but this (``allow.everyone.if.no.acl.found``
is off):

- a service writes the topics that it owns, reads those that the manifest says it consumes and those that it owns (resync
  after a restore looks at them), joins its own groups, and handles the dead-letter topics of its groups;
- the operators' user sees everything described and no content: topics and how they keep records, groups and their lag;
- a partner reads the topics that are visible to partners, in groups that begin with its own name, and writes nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.contracts.topics import SERVICES, TOPICS, Topic, Visibility, dead_letter_topic, group_of

ADMIN = "bassin-admin"
"""Superuser at the broker (``super.users``), used by the init job alone; no ACL names it."""
OPERATOR = "bassin-operator"
PARTNER_PREFIX = "partner-"
OPEN_TO_PARTNERS = frozenset({Visibility.PUBLIC, Visibility.PARTNER})
_PARTNER_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST_NAME = 40


class Resource(StrEnum):
    """What an ACL is about, as Strimzi spells it."""

    TOPIC = "topic"
    GROUP = "group"
    CLUSTER = "cluster"


class Pattern(StrEnum):
    """Whether the name is the whole name, or how it begins."""

    LITERAL = "literal"
    PREFIX = "prefix"


class Operation(StrEnum):
    """What is allowed, as Strimzi spells it."""

    READ = "Read"
    WRITE = "Write"
    CREATE = "Create"
    DELETE = "Delete"
    DESCRIBE = "Describe"
    DESCRIBE_CONFIGS = "DescribeConfigs"


@dataclass(frozen=True, order=True)
class Grant:
    """Operations that a user has on one resource. Each is an ACL of its own at the broker."""

    resource: Resource
    name: str
    pattern: Pattern
    operations: tuple[Operation, ...]


def service_user(service: str) -> str:
    """The user that the API and the worker of a service connect as."""
    return group_of(service)


def partner_user(name: str) -> str:
    """The user of a partner, e.g. ``partner-cap-emploi``.

    Raises:
        ValueError: the name is not lower-case words joined by hyphens, or longer than 40 characters.
    """
    if not _PARTNER_NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise ValueError(f"A partner's name is lower-case words joined by hyphens, {_LONGEST_NAME} characters at most.")
    return PARTNER_PREFIX + name


def grants(service: str, topics: Sequence[Topic] = TOPICS, prefix: str = "") -> list[Grant]:
    """What a service's user may do. ``prefix`` is the installation's topic prefix.

    Raises:
        ValueError: there is no such service.
    """
    if service not in SERVICES:
        raise ValueError(f"There is no service {service}.")
    found = []
    for topic in topics:
        operations: list[Operation] = []
        if service in topic.consumers or service == topic.owner:
            operations += [Operation.READ, Operation.DESCRIBE]
        if service == topic.owner:
            operations.append(Operation.WRITE)
        if operations:
            found.append(Grant(Resource.TOPIC, prefix + topic.name, Pattern.LITERAL, tuple(operations)))
        if service in topic.consumers:
            # An erasure empties the topic, or makes it anew at a broker that cannot delete records.
            everything = (Operation.READ, Operation.DESCRIBE, Operation.WRITE, Operation.DELETE, Operation.CREATE)
            found.append(Grant(Resource.TOPIC, prefix + dead_letter_topic(service, topic), Pattern.LITERAL, everything))
    read = (Operation.READ, Operation.DESCRIBE)
    found.append(Grant(Resource.GROUP, f"{prefix}{group_of(service)}.", Pattern.PREFIX, read))
    return found


def partner_grants(name: str, topics: Sequence[Topic] = TOPICS, prefix: str = "") -> list[Grant]:
    """What a partner's user may do: read what is meant for partners, in groups named ``partner-<name>.…``.

    Raises:
        ValueError: the name cannot be a partner's.
    """
    user = partner_user(name)
    read = (Operation.READ, Operation.DESCRIBE)
    found = [
        Grant(Resource.TOPIC, prefix + topic.name, Pattern.LITERAL, read)
        for topic in topics
        if topic.visibility in OPEN_TO_PARTNERS
    ]
    # With the dot, so that the partner "cap" has no way into the groups of "cap-emploi".
    return [*found, Grant(Resource.GROUP, f"{user}.", Pattern.PREFIX, read)]


def operator_grants(prefix: str = "") -> list[Grant]:
    """What the operators' user may do: see topics, groups and lag, and no content."""
    seen = (Operation.DESCRIBE,)
    everything = Pattern.PREFIX if prefix else Pattern.LITERAL
    return [
        Grant(Resource.TOPIC, prefix or "*", everything, (*seen, Operation.DESCRIBE_CONFIGS)),
        Grant(Resource.GROUP, prefix or "*", everything, seen),
        Grant(Resource.CLUSTER, "kafka-cluster", Pattern.LITERAL, seen),
    ]


def all_grants(
    partners: Sequence[str] = (), topics: Sequence[Topic] = TOPICS, prefix: str = ""
) -> dict[str, list[Grant]]:
    """Grants by user: the services, the operators and the partners named."""
    found = {service_user(service): grants(service, topics, prefix) for service in SERVICES}
    found[OPERATOR] = operator_grants(prefix)
    return found | {partner_user(name): partner_grants(name, topics, prefix) for name in partners}
