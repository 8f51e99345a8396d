"""Every event that the contract lets in, place by place and value by value, through each service's own handlers."""

import pytest

from shared.contracts.topics import SERVICES
from tests.contract.test_events_that_are_valid import takes_what_the_contract_lets_in
from tests.support import Stack


@pytest.mark.parametrize("service", SERVICES)
async def test_every_service_takes_all_that_the_contract_lets_in(stack: Stack, service: str) -> None:
    await takes_what_the_contract_lets_in(stack, service)
