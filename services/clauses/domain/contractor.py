"""Contractors: awardees of contracts, as a territory knows them."""

from shared.invitations import Members


class Contractor(Members):
    """Who acts for an awardee in one territory: another one's facilitators decide about their own contracts only."""

    contractor_id: str


def contractor_key(territory: str, contractor_id: str) -> str:
    """Its identity."""
    return f"{territory}:{contractor_id}"
