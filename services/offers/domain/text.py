"""French words made comparable beyond accents: plurals and the usual feminine endings fall away."""

from shared.reference.text import folded
from shared.reference.titles import stem

# Words that say nothing about a job; "h" and "f" come from "(H/F)".
_STOP_WORDS = (
    "a ai as au aux avec ce ces cet cette chez d dans de des du elle en entre est et etre eu f h hf fh il ils j je l la le "
    "les leur leurs lui m ma mais me meme mes mon n ne nos notre nous on ou par pas plus pour qu que qui s sa sans se ses "
    "si son sont sous sur t ta te tes ton tu un une vos votre vous y x"
)
_STOP = frozenset(_STOP_WORDS.split())
_LEGAL = "sa sas sasu sarl eurl sci scop snc ei eirl ste societe groupe ets etablissements"
_LEGAL_FORMS = frozenset(_LEGAL.split())


def tokens(text: str) -> list[str]:
    """Stems of the words that carry meaning, in order, each once."""
    return list(dict.fromkeys(stem(word) for word in folded(text).split() if word not in _STOP))


def key_of(text: str) -> str:
    """A key under which two writings of a name meet: legal forms and punctuation fall away."""
    words = folded(text).split()
    return " ".join(word for word in words if word not in _LEGAL_FORMS) or " ".join(words)
