"""What somebody did before and does not look for: «j'étais caissière», «ex militaire cherche …», «ancien boucher».

Only beside a wish for something else: who writes «ancien chef de cuisine» alone looks for that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from services.offers.search.words import Word

_HAVING = frozenset({"a", "ai", "ayant"})
_DONE = frozenset({"bosse", "ete", "exerce", "fait", "occupe", "tenu", "travaille"})
_WAS = frozenset(
    {"bossais", "bossait", "etais", "etait", "exercais", "faisais", "faisait", "travaillais", "travaillait"}
)
_ONCE = frozenset({"ancien", "ancienne", "anciennement", "ex"})
_MARKS = _DONE | _WAS | _ONCE | {"apres"}
_WISHES = frozenset(
    {
        "aimerais",
        "aimerait",
        "cherchant",
        "cherche",
        "recherche",
        "rechercher",
        "souhaitant",
        "souhaite",
        "souhaiterais",
    }
    | {"veut", "veux", "vise", "voudrais", "voudrait"}
)
_TURNS = frozenset({"desormais", "maintenant", "mais"})
"""Behind these comes what is now."""
_OTHER = frozenset({"assis", "assise", "autre", "autres", "changer", "changement", "reconversion", "reconvertir"})
_ANEW = "reconversion"
"""Between what was and what is wished, where nothing else says so: «opératrice, reconversion conductrice»."""


@dataclass(frozen=True, slots=True)
class Former:
    """``words``: of what was done, in the order of the question. ``left``: something else is asked for, whatever it be."""

    words: tuple[Word, ...] = ()
    left: bool = False

    @property
    def barred(self) -> tuple[tuple[Word, ...], ...]:
        """What is not looked for any more."""
        named = tuple(word for word in self.words if word.folded not in _WAS | _ONCE | _DONE)
        return (named,) if self.left and named else ()


def former(words: Sequence[Word], asking: Sequence[Word], *, barred: bool) -> Former:
    """What was done before, where something else is wished. ``asking``: the words that are looked for; ``barred``: something
    is said not to be wanted."""
    folded = [word.folded for word in words]
    begins, anew = _begins(words), _anew(words, asking)
    if begins is None and anew is None:
        return Former()
    begins = 0 if begins is None else begins
    wishes = [at for at, word in enumerate(folded) if word in _WISHES and not _denied(folded, at)]
    wish = next((at for at in reversed(wishes) if at > begins), anew)
    other = not _OTHER.isdisjoint(folded[begins:])
    turns = [
        at
        for at, word in enumerate(folded)
        if at > begins and (word in _TURNS or (word in _WISHES and at not in wishes))
    ]
    end = min([at for at in (wish, *turns) if at is not None], default=len(words))
    done = tuple(
        word
        for word in asking
        if words[begins].start <= word.start and (end == len(words) or word.start < words[end].start)
    )
    behind = wish is not None and any(word.start > words[wish].start and word not in done for word in asking)
    if behind:
        return Former(done)
    return Former(done, left=True) if done and (barred or (other and wish is not None)) else Former()


def _anew(words: Sequence[Word], asking: Sequence[Word]) -> int | None:
    """The number of the word between what somebody was and what they turn to."""
    for at, word in enumerate(words):
        if word.folded == _ANEW and word not in asking:
            before = any(one.start < word.start for one in asking)
            return at if before and any(one.start > word.start for one in asking) else None
    return None


def _begins(words: Sequence[Word]) -> int | None:
    """The number of the word behind which stands what was done."""
    folded = [word.folded for word in words]
    if _MARKS.isdisjoint(folded):  # most questions
        return None
    found = [at + 1 for at, pair in enumerate(pairwise(folded)) if pair[0] in _HAVING and pair[1] in _DONE]
    found += [at for at, word in enumerate(folded) if word in _WAS]
    found += [at for at, word in enumerate(folded) if word in _ONCE]
    # «Après 15 ans comme vendeuse»
    found += [
        at
        for at, word in enumerate(folded[:-2])
        if word == "apres" and folded[at + 1].isdigit() and folded[at + 2] == "ans"
    ]
    return min(found, default=None)


def _denied(folded: Sequence[str], at: int) -> bool:
    return at + 1 < len(folded) and folded[at + 1] in ("pas", "plus")
