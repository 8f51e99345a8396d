"""Joining by a signed link: members of a company, a contractor, an authority or a département's staff, and who may accept."""

from shared.invitations.inviting import Inviting, Letter
from shared.invitations.key import LinkKey
from shared.invitations.links import LinkRefused
from shared.invitations.members import Invitation, Members, TooManyUsers

__all__ = ["Invitation", "Inviting", "Letter", "LinkKey", "LinkRefused", "Members", "TooManyUsers"]
