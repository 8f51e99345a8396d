"""The ACLs as the manifest says, without a broker (``tests/faults/test_locks.py`` tries them on one)."""

import pytest

from deploy.access.acls import (
    OPERATOR,
    Grant,
    Operation,
    Pattern,
    Resource,
    all_grants,
    grants,
    partner_grants,
    partner_user,
    service_user,
)
from shared.contracts.topics import SERVICES, TOPICS, Visibility, consumer_group, dead_letter_topic


def may(granted: list[Grant], operation: Operation, resource: Resource, name: str) -> bool:
    def meant(one: Grant) -> bool:
        return name.startswith(one.name) if one.pattern is Pattern.PREFIX else one.name in (name, "*")

    return any(one.resource is resource and meant(one) and operation in one.operations for one in granted)


@pytest.mark.parametrize("prefix", ["", "creuse."])
@pytest.mark.parametrize("service", SERVICES)
def test_a_services_rules_are_its_lines_of_the_manifest(service: str, prefix: str) -> None:
    granted = grants(service, prefix=prefix)
    for topic in TOPICS:
        name = prefix + topic.name
        assert may(granted, Operation.WRITE, Resource.TOPIC, name) is (topic.owner == service)
        consumes = service in topic.consumers
        assert may(granted, Operation.READ, Resource.TOPIC, name) is (consumes or topic.owner == service)
        for other in topic.consumers:
            letters = prefix + dead_letter_topic(other, topic)
            assert may(granted, Operation.WRITE, Resource.TOPIC, letters) is (other == service)
            group = prefix + consumer_group(other, topic)
            assert may(granted, Operation.READ, Resource.GROUP, group) is (other == service)
    assert not any(one.resource is Resource.CLUSTER for one in granted)


def test_partners_read_what_is_visible_to_them_and_write_nothing() -> None:
    granted = partner_grants("cap-emploi")
    for topic in TOPICS:
        open_to_them = topic.visibility in (Visibility.PARTNER, Visibility.PUBLIC)
        assert may(granted, Operation.READ, Resource.TOPIC, topic.name) is open_to_them
    assert {operation for one in granted for operation in one.operations} == {Operation.READ, Operation.DESCRIBE}
    assert may(granted, Operation.READ, Resource.GROUP, "partner-cap-emploi.feed")
    assert not may(partner_grants("cap"), Operation.READ, Resource.GROUP, "partner-cap-emploi.feed")
    assert not may(granted, Operation.READ, Resource.GROUP, consumer_group("matching", TOPICS[0]))


@pytest.mark.parametrize(
    "name", ["", "*", "Cap", "cap_emploi", "cap.emploi", "-cap", "cap-", "a" * 41, "cap;User:x", "é"]
)
def test_a_partners_name_cannot_be_more_than_a_name(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        partner_user(name)


LOOKS = {Operation.DESCRIBE, Operation.DESCRIBE_CONFIGS}
"""What shows that a topic or a group is there and how it is kept, and none of its records."""


def test_no_user_is_like_another_and_none_may_everything() -> None:
    users = all_grants(["cap-emploi"])
    assert set(users) == {service_user(service) for service in SERVICES} | {OPERATOR, "partner-cap-emploi"}
    for user, granted in users.items():
        assert len(set(granted)) == len(granted)
        for one in granted:
            assert one.name != "*" or (user == OPERATOR and {*one.operations} <= LOOKS)
