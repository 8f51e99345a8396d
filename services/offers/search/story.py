"""What a long question tells, clause by clause: «j'étais caissière, mon mari travaille de nuit, je cherche plutôt un poste de …».

People who dictate tell where they come from before they say what they wish. A story is cut where a sentence pauses, where a word
joins clauses and where somebody new is spoken of; each clause is a wish, or what was, what others do and what one is tired of
(its background), or neither. Only where a wish is said does the rest count less: then times, contracts and places of the
background are no filters, and its words are not what is looked for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise

from services.offers.search.optional import paused
from services.offers.search.words import Word

_LONG = 16
"""From so many words on a question is a story."""
_JOINS = frozenset({"alors", "car", "donc", "mais", "parce", "puisque", "sinon", "tandis"})
_SUBJECTS = frozenset({"je", "j", "il", "elle", "on", "nous", "ils", "elles", "moi", "c"})
_HOLDS = frozenset({"que", "qu", "dont", "si", "comme", "chez", "pour", "moi", "quand"})
"""Behind these a subject begins no clause of its own."""
_OF_SOMEBODY = frozenset({"mon", "ma", "mes", "son", "sa", "notre", "le", "la", "un", "une"})
_WITHIN = frozenset({"a", "au", "avec", "c", "chez", "comme", "d", "de", "est", "et", "que", "par", "pour", "sur"})
"""Before «mon frère»: he is no subject there."""
_OTHERS_WORDS = (
    "mari femme epoux epouse conjoint conjointe compagnon compagne copain copine ami amie frere soeur pere mere "
    "maman papa oncle tante cousin cousine voisin voisine grand parents medecin docteur patron patronne chef "
    "conseiller conseillere assistante"
)
_OTHERS = frozenset(_OTHERS_WORDS.split())
_BODY_WORDS = (
    "dos genou genoux epaule epaules main mains jambe jambes poignet poignets hanche pied pieds sante coeur yeux vue"
)
_BODY = frozenset(_BODY_WORDS.split())
_WISHES_WORDS = (
    "aimerais aimerait aimerions auriez avez cherche cherchait chercher cherchons desire envie envisage interesse "
    "interesserait interessee pensais pense plairait prefere prefererais prefererait recherche recherchons reve "
    "souhaite souhaiterais souhaiterait tente tenterait vise veut veux voudrais voudrait voulais voulait apprendre "
    "preferais projet"
)
_WISHES = frozenset(_WISHES_WORDS.split())
_NO_WISH_BEHIND = frozenset({"dire", "pas", "plus"})
_HAVE = frozenset({"a", "ai", "ont", "avons", "ayant", "avait", "avais", "eu"})
_ONCE_WORDS = (
    "avais avait etais etait bossais bossait exercais exercait faisais faisait gardais gardait travaillais "
    "travaillait tenais vendais conduisais vivais habitais"
)
_ONCE = frozenset(_ONCE_WORDS.split())
_SPEAKS = _SUBJECTS | _OTHERS | {"m", "n", "l", "y", "t", "qui", "s"}
"""Before «ai», «a», which else is «à»."""
_COMES = frozenset({"viens", "vient", "venons"})
_LEAVES_WORDS = "finis finit quitte sors sort termine"
_LEAVES = frozenset(_LEAVES_WORDS.split())
_ADVERBS_WORDS = "beaucoup bien deja encore jamais longtemps pas peu plutot surtout toujours toute tout un"
_ADVERBS = frozenset(_ADVERBS_WORDS.split())
_DONE_IRREGULAR_WORDS = (
    "eu ete fait dit mis pris appris obtenu perdu tenu venu suivi vendu conduit vecu su pu fini grandi choisi muni "
    "construit"
)
_DONE_IRREGULAR = frozenset(_DONE_IRREGULAR_WORDS.split())
_MOVED_WORDS = "arrive arrivee tombe tombee venu venue parti partie ne nee reste restee sorti sortie passe passee"
_MOVED = frozenset(_MOVED_WORDS.split())
_WEARY = frozenset({"marre", "bol", "sature", "saturee", "supporte", "degoute", "degoutee"})
_IN = frozenset({"a", "au", "aux", "chez", "dans", "en", "sur"})
_TURNS_WORDS = "autre autres changer changement evoluer plutot reconversion reconvertir tranquille"
_TURNS = frozenset(_TURNS_WORDS.split())
_CAUSE = "cause"
"""«À cause des enfants»."""
_TALK_WORDS = (
    "ans apprendre avec bas carrement cause ca coup cote demande dessus dire doucement enfin exemple explique "
    "expliquer faut fois genre interesse interesserait lancer maintenant marre mettre oui ouais pareil pareille "
    "pensais pense plairait possible prefere prefererais prefererait reconvertir reprendre retrouver revenir "
    "similaire site sors sortir tourner voulu aurais auriez voulais aimer envie reve souci rentrer dormir salaire "
    "paye paie fixe fixes equilibre rythme horaire horaires"
)
_TALK = frozenset(_TALK_WORDS.split())
"""What people say around a wish, which in a story is no work. A short question has it seldom, and then means it."""


class Says(Enum):
    """What a clause is of."""

    WISH = auto()
    PRESENT = auto()
    """What somebody is or has."""
    BACKGROUND = auto()
    """What was, what others do, what one is tired of."""


@dataclass(frozen=True, slots=True)
class Story:
    """What each word's clause says, by the number of the word."""

    says: tuple[Says, ...]
    weary: frozenset[int]
    """Numbers of the words of what somebody is tired of."""

    def background(self, at: int) -> bool:
        return self.says[at] is Says.BACKGROUND


def story_of(text: str, words: Sequence[Word]) -> Story | None:
    """The clauses of a long question that says a wish; None of any other."""
    if len(words) < _LONG:
        return None
    folded = [word.folded for word in words]
    starts = [at for at in range(len(words)) if at == 0 or _begins(text, words, folded, at)]
    ends = [*starts[1:], len(words)]
    said: list[Says | None] = []
    tired: list[bool] = []
    for start, end in zip(starts, ends, strict=True):
        clause = [_as_said(word) for word in words[start:end]]
        weary = _is_weary(clause)
        meant = Says.BACKGROUND if weary else _says(clause)
        if (
            weary
            and start
            and not paused(text, words, start)
            and said
            and said[-1] is not Says.WISH
            and starts[len(said) - 1] < start
        ):
            said[-1], tired[-1] = Says.BACKGROUND, True  # «la caisse j'en ai marre»
        if meant is None and said:
            meant = _going_on(clause, said[-1])
        said.append(meant)
        tired.append(weary)
    if Says.WISH not in said:
        return None
    says: list[Says] = []
    weary_words: set[int] = set()
    for start, end, meant, weary in zip(starts, ends, said, tired, strict=True):
        says += [meant or Says.PRESENT] * (end - start)
        weary_words |= set(range(start, end)) if weary else set()
    return Story(tuple(says), frozenset(weary_words))


def looked_for(
    story: Story, words: Sequence[Word], asking: Sequence[Word], names_work: Callable[[str], bool]
) -> tuple[list[Word], list[Word]]:
    """Of the words that ask for something, those that are looked for, and those that only tell: what the wishes name, and what
    somebody is where a wish names but where («je suis infirmière, je cherche dans une clinique»); what was, where no wish
    names anything."""
    number = {word.start: at for at, word in enumerate(words)}
    telling = [
        word
        for word in asking
        if word.folded not in _TALK
        and (at := number[word.start]) not in story.weary
        and _CAUSE not in (one.folded for one in words[max(0, at - 2) : at])
    ]
    of = {says: [word for word in telling if story.says[number[word.start]] is says] for says in Says}
    wished, present = of[Says.WISH], of[Says.PRESENT]
    turns = any(word.folded in _TURNS for at, word in enumerate(words) if story.says[at] is Says.WISH)
    named = bool(wished) and names_work(" ".join(word.folded for word in wished))
    if named and (turns or not present or not all(_where(words, number[word.start]) for word in wished)):
        kept = wished
    else:
        # «Je suis infirmière, je voudrais plus de temps», «j'étais secrétaire, je voudrais la même chose»
        kept = [*wished, *present] or of[Says.BACKGROUND]
    kept = sorted(kept, key=lambda word: word.start)
    return (kept, [word for word in telling if word not in kept]) if kept else (list(asking), [])


def _as_said(word: Word) -> str:
    """A word with what its accent tells: «à» is not «a», and «gardé», which may stand as what is done, is a participle."""
    if word.text == "à":
        return "à"
    return word.folded[:-1] if word.folded[-1] == "r" and word.text[-1] == "é" else word.folded


def _where(words: Sequence[Word], at: int) -> bool:
    """Whether it is where somebody would work: «dans un cabinet»."""
    return any(word.folded in _IN for word in words[max(0, at - 2) : at])


def _begins(text: str, words: Sequence[Word], folded: Sequence[str], at: int) -> bool:
    before, word = folded[at - 1], folded[at]
    if paused(text, words, at):
        return True
    if word in _JOINS:
        return before not in _JOINS
    if before in _JOINS:
        return False
    if word in _SUBJECTS:
        return before not in _HOLDS
    return word in _OF_SOMEBODY and at + 1 < len(folded) and folded[at + 1] in _OTHERS | _BODY and before not in _WITHIN


def _is_weary(clause: Sequence[str]) -> bool:
    said = " ".join(clause)
    return not _WEARY.isdisjoint(clause) or "en peux plus" in said or "en ai assez" in said or "en a assez" in said


def _says(clause: Sequence[str]) -> Says | None:
    """What a clause says; None where it has no verb that tells."""
    for at, word in enumerate(clause):
        behind = clause[at + 1] if at + 1 < len(clause) else ""
        if word in _WISHES and behind not in _NO_WISH_BEHIND:
            return Says.WISH
    for at, word in enumerate(clause):
        behind = next((one for one in clause[at + 1 :] if one not in _ADVERBS), "")
        if (
            word in _ONCE
            or (word in _HAVE and at > 0 and clause[at - 1] in _SPEAKS and _done(behind))
            or (word in _COMES and behind in ("d", "de"))
            or (word in ("suis", "est", "sommes") and behind in _MOVED)
            or (word in _LEAVES and at > 0 and clause[at - 1] in _SUBJECTS)
        ):
            return Says.BACKGROUND
    if any(one in _OF_SOMEBODY and other in _OTHERS | _BODY for one, other in pairwise(clause[:4])):
        return Says.BACKGROUND if len(clause) > 3 and clause[0] not in ("c", "pour") else None
    if not _SUBJECTS.isdisjoint(clause):
        return Says.PRESENT
    return None


def _done(word: str) -> bool:
    return word in _DONE_IRREGULAR or (len(word) > 3 and word.endswith(("e", "ee", "es")) and word not in _OF_SOMEBODY)


def _going_on(clause: Sequence[str], before: Says | None) -> Says | None:
    """What a clause without a verb goes on with: a wish, or, from «dans», «comme» on, what was."""
    if before is Says.WISH or clause[0] in ("donc", "plutot", "alors"):
        return Says.WISH
    return before if clause[0] in _IN | {"à", "comme", "et"} else None
