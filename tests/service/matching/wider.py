"""A pytest plugin under which the enumerations have grown: ``pytest -p tests.service.matching.wider``.

Never import it: it changes the vocabulary of the process that does.
"""

from enum import StrEnum
from typing import Any

import shared.contracts.vocabulary as vocabulary

GROWN = {"ContractKind": 3, "OpportunityKind": 2, "Licence": 2, "ReservedPublic": 7, "FrenchLevel": 1}


def grown(name: str, more: int) -> Any:
    """The enumeration with so many values more at its end."""
    members = [(member.name, member.value) for member in getattr(vocabulary, name)]
    members += [(f"LATER_{at}", f"later_{at}") for at in range(more)]
    return StrEnum(name, members)  # type: ignore[misc]  # its members are known when it runs only


for _name, _more in GROWN.items():
    setattr(vocabulary, _name, grown(_name, _more))
