"""What every service does so that a person's rights are kept: give out what it keeps of them, and prove that it is gone."""

from shared.rights.answering import Answering
from shared.rights.erasing import Erasing
from shared.rights.holdings import Holding, Whose, by, documents_of

__all__ = ["Answering", "Erasing", "Holding", "Whose", "by", "documents_of"]
