"""Reads an offer as the law does: refuses forbidden conditions, warns about what keeps people away."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from services.offers.domain.linter_certain import certain as is_certain
from services.offers.domain.linter_clauses import Cut, Sentence
from services.offers.domain.linter_doubt import SIGNS as OF_DOUBT
from services.offers.domain.linter_doubt import doubts
from services.offers.domain.linter_frames import SIGNS as OF_FRAMES
from services.offers.domain.linter_frames import Framed, framed
from services.offers.domain.linter_kinds import SIGNS as OF_CONDITIONS
from services.offers.domain.linter_kinds import readers_of
from services.offers.domain.linter_learnt import learnt
from services.offers.domain.linter_letters import FOREIGN, HIDDEN, LOOK_ALIKES, UNSEEN, as_read, put_together
from services.offers.domain.linter_rules import CRITERIA, DOUBTED, STEREOTYPES, Criterion, Rule
from services.offers.domain.linter_words import of_served
from services.offers.domain.schedule import DeclaredSchedule, flags_of
from services.offers.domain.spoken import Fields, spoken
from shared.contracts.events.base import Shift
from shared.contracts.events.offers import Salary
from shared.contracts.vocabulary import ContractKind, Licence
from shared.errors import FieldError
from shared.reference.text import OneByOne, unaccented

MAX_FINDINGS = 20
"""Told of one field: a text that repeats itself a thousand times is not answered a thousand times."""

_FRENCH_WORDS = (
    "le la les de des du un une et est sont vous nous pour dans avec sur au aux en que qui par votre notre vos nos ou ce "
    "cette poste travail on il elle chez se son sa ses nos ne pas plus sans avoir etre tout toute"
)
_ENGLISH_WORDS = (
    "the of and to in is are you we for with at our your will be that this from have by work job who "
    "looking wanted required provided full time must start team worker no"
)
# Spanish, German, Portuguese, Italian: the languages in which offers at the border and for seasons appear.
_OTHER_WORDS = "el los las una con por para und der die das mit fur sie wir ist sind o os uma com gli che per"
_FRENCH = frozenset(_FRENCH_WORDS.split())
_FOREIGN = (frozenset(_ENGLISH_WORDS.split()), frozenset(_OTHER_WORDS.split()))
# A token of the linter's keeps an apostrophe («that'»).
_ANY_FOREIGN: frozenset[str] = frozenset(word + end for words in _FOREIGN for word in words for end in ("", "'"))
_LANGUAGE_WORDS_MIN = 20
_SHORT_MIN = 8
_SHORT_FOREIGN_MIN = 3
"""A shorter text without any French word is foreign by so many."""
_WORD = re.compile("[a-z]+")


@dataclass(frozen=True)
class Finding:
    """Words of one field that break a rule; ``start``/``end`` are offsets into the field as it was written."""

    rule: str
    field: str
    words: str
    start: int
    end: int
    message: str
    proposal: str
    law: str

    def as_error(self) -> FieldError:
        """The finding as problem+json shows it."""
        quoted = f"« {self.words} » : " if self.words else ""
        return FieldError(self.field, self.rule, f"{quoted}{self.message} {self.proposal}".strip())


@dataclass(frozen=True)
class Report:
    """``refusals`` keep the offer from being published; ``warnings`` do not."""

    refusals: tuple[Finding, ...]
    warnings: tuple[Finding, ...]


@dataclass(frozen=True)
class Draft:
    """What the linter reads of an offer. ``legal_basis``: the text that imposes a condition, when one does."""

    title: str
    description: str
    kind: str = "job"
    legal_basis: str | None = None
    shifts: tuple[Shift, ...] = ()
    schedule: DeclaredSchedule | None = None
    weekly_hours: float | None = None
    salary: Salary | None = None
    licences: tuple[Licence, ...] = ()
    contract_kind: ContractKind | None = None
    experience_months: int = 0
    vehicle_required: bool = False
    skills: tuple[str, ...] = ()
    either: bool = False
    """The diploma or the experience is enough."""


_GOES_ON = "de des du le la les un une et ou au aux a pour par sans pas entre moins que ne etre notre votre nos vos"
"""No sentence ends with one of them, though a line may."""
_MOST_KEPT = 5_000
_SIGNS = OF_CONDITIONS | OF_FRAMES | OF_DOUBT


class _Plain(dict[int, str]):
    """Of each character the one that stands for it."""

    def __missing__(self, code: int) -> str:
        known = LOOK_ALIKES.get(code) or UNSEEN.get(code)
        char = chr(code)
        plain = known or ("'" if char in "’ʼ`´" else char if code < 128 else unaccented(char))
        if known is None and 0x370 <= code < 0x530 and char.isalpha():
            plain = FOREIGN
        # A ligature keeps its first letter, which no pattern minds.
        found = plain[0] if plain else " "
        if len(self) < _MOST_KEPT:
            self[code] = found
        return found


_PLAIN = _Plain()


def _quickly(one: str) -> str | None:
    plain = _PLAIN[ord(one.lower())]
    return None if plain in (HIDDEN, FOREIGN) else plain


_QUICK = OneByOne(_quickly)


_BROKEN = re.compile(
    r"\n(?:(?=(?:uniquement|exclusivement|seulement|s'abst|de preference\b|exige|obligatoire|imperati|indispensable|ans\b"
    r"|revolus?\b))" + "".join(rf"|(?<= {word}\n)" for word in _GOES_ON.split()) + ")"
)


def same_length_fold(text: str) -> str:
    """Folded text in which every character keeps its place, so that words can be quoted as they were written. Where a line ends
    in the middle of a sentence is a blank.
    """
    folded = _QUICK.translate(text)
    if folded is None:
        lowered = text.lower()
        # A few capitals grow when they are lowered (İ); then each letter is folded by itself.
        kept = lowered if len(lowered) == len(text) else "".join(one.lower()[:1] for one in text)
        folded = put_together(kept.translate(_PLAIN))
    folded = as_read(folded)
    return _BROKEN.sub(" ", folded) if "\n" in folded else folded


def lint(draft: Draft, *, by_rules_alone: bool = False) -> Report:
    """Everything that the rules say about a draft, in the order of the text, and behind it what resembles a condition
    (``linter_learnt``), unless ``by_rules_alone``. Its cost grows with the text only.
    """
    refusals: list[Finding] = []
    warnings: list[Finding] = []
    stated = _stated(draft)
    wanted = _SIGNS | stated.unsaid
    only_french = True
    for field, text in (("title", draft.title), ("description", draft.description)):
        folded = same_length_fold(text)
        cut = Cut(folded)
        read = cut.sentences(wanted)
        only_french = only_french and _ANY_FOREIGN.isdisjoint(cut.tokens)
        conditions = sorted(_conditions(draft, field, text, read), key=lambda one: one[0].start)
        refused = [finding for finding, certain in conditions if certain]
        refusals.extend(refused[:MAX_FINDINGS])
        doubts = [finding for finding, certain in conditions if not certain]
        doubts += _stereotypes(field, text, folded)
        if len(doubts) < MAX_FINDINGS and not by_rules_alone:
            told = [(one.start, one.end) for one in (*refused, *doubts)]
            doubts += islice(_learnt(draft, field, text, cut, told), MAX_FINDINGS - len(doubts))
        warnings.extend(doubts[:MAX_FINDINGS])
        warnings.extend(_spoken(stated, field, text, folded, read))
    language = None if only_french else _not_french(draft.title, draft.description)
    if language:
        refusals.append(language)
    warnings.extend(_missing(draft))
    if not refusals:
        _remember(_print_of(draft))
    return Report(tuple(refusals), tuple(warnings))


def forbidden(draft: Draft) -> tuple[Finding, ...]:
    """What the law forbids in a draft that was deposited before: whoever did was told the rest. What this process read before
    and found lawful is not read again (0.4 ms of processor at each publication); no text is kept for that.
    """
    return () if _print_of(draft) in _LAWFUL else lint(draft, by_rules_alone=True).refusals


_LAWFUL: dict[bytes, None] = {}
_MOST_LAWFUL = 20_000


def _print_of(draft: Draft) -> bytes:
    """Of all that refusals follow from."""
    basis = draft.legal_basis
    # With their lengths, so that nothing of one is taken for something of another.
    read = f"{len(draft.title)} {len(draft.description)} {draft.kind} {basis is None} {draft.title}{draft.description}{basis}"
    return blake2b(read.encode(errors="surrogatepass"), digest_size=16).digest()


def _remember(lawful: bytes) -> None:
    if len(_LAWFUL) >= _MOST_LAWFUL:
        _LAWFUL.clear()
    _LAWFUL[lawful] = None


def _conditions(draft: Draft, field: str, text: str, read: list[Sentence]) -> Iterator[tuple[Finding, bool]]:
    """Conditions on people, and whether each is certain; no more than are told of once there are so many of both."""
    sure = unsure = 0
    for sentence in read:
        bits = sentence.bits
        readers = readers_of(bits)
        if not (readers or bits & _OF_MORE):
            continue
        said = [
            (name, left, right, certain)
            for name, reader, _, _ in readers
            if draft.kind not in CRITERIA[name].exempt_kinds
            for left, right, certain in reader(sentence)
        ]
        if not said and bits & _OF_MORE:
            said = [one for one in _further(sentence) if draft.kind not in CRITERIA[one[0]].exempt_kinds]
        # Whose sentence it is is asked where it says something: nearly none does.
        if not said or of_served(sentence):
            continue
        for name, left, right, certain in said:
            criterion = CRITERIA[name]
            certain = certain and not (criterion.exempt_with_basis and draft.legal_basis)
            certain = certain and is_certain(sentence, name, left, right)
            yield _finding(name, criterion, field, text, *sentence.span(left, right)), certain
            sure, unsure = sure + certain, unsure + (not certain)
        if min(sure, unsure) >= MAX_FINDINGS:
            return


_OF_MORE = OF_DOUBT | OF_FRAMES


def _further(sentence: Sentence) -> list[Framed]:
    """Where the readers find nothing: the frames, or else the doubts."""
    found = framed(sentence) if sentence.bits & OF_FRAMES else []
    if not found and sentence.bits & OF_DOUBT:
        return [(name, left, right, False) for name, left, right in doubts(sentence)]
    return found


def _finding(name: str, told: Criterion | Rule, field: str, text: str, start: int, end: int) -> Finding:
    return Finding(name, field, text[start:end].strip()[:200], start, end, told.message, told.proposal, told.law)


_HINTED = sorted({hint for rule in STEREOTYPES for hint in rule.hints})
_HINTS = AhoCorasick(_HINTED, MatchKind.Standard, False, Implementation.DFA)
"""All looked for in one pass: a pattern costs a hundred times as much, and an import reads thousands of texts."""


def _stereotypes(field: str, text: str, folded: str) -> Iterator[Finding]:
    hinted = _HINTS.find_matches_as_indexes(folded, overlapping=True)
    if not hinted:
        return
    named = {_HINTED[number] for number, _, _ in hinted}
    for rule in STEREOTYPES:
        if named.isdisjoint(rule.hints) or (rule.title_only and field != "title"):
            continue
        if rule.unless is not None and rule.unless.search(folded):
            continue
        for match in islice(rule.pattern.finditer(folded), MAX_FINDINGS):
            yield _finding(rule.name, rule, field, text, *match.span())


def _learnt(draft: Draft, field: str, text: str, cut: Cut, told: list[tuple[int, int]]) -> Iterator[Finding]:
    """Sentences that resemble a condition, beside what rules ``told`` of: a warning, whatever they say."""
    for one in learnt().doubts(cut, told):
        doubted = DOUBTED[one.criterion]
        if draft.kind not in doubted.exempt_kinds:
            yield _finding(one.criterion, doubted, field, text, one.start, one.end)


def _stated(draft: Draft) -> Fields:
    # Of shifts everything is known, so their flags say it as well.
    schedule = flags_of(draft.shifts) if draft.shifts else draft.schedule or DeclaredSchedule()
    return Fields(
        schedule.night,
        schedule.weekend,
        draft.weekly_hours,
        draft.licences,
        draft.contract_kind,
        early=schedule.early,
        late=schedule.late,
        experience_months=draft.experience_months,
        vehicle=draft.vehicle_required,
        skills=unaccented(" ".join(draft.skills)),
        either=draft.either,
    )


def _spoken(stated: Fields, field: str, text: str, folded: str, read: list[Sentence]) -> Iterator[Finding]:
    """What the text says and the fields do not: see ``spoken``."""
    for one in spoken(folded, read, stated, title=field == "title"):
        message = "Le texte le dit, les champs de l'offre non."
        yield Finding(one.rule, field, text[one.start : one.end].strip(), one.start, one.end, message, one.proposal, "")


def _not_french(title: str, description: str) -> Finding | None:
    words = _WORD.findall(unaccented(f"{title} {description}"))
    if len(words) < _SHORT_MIN:
        return None
    french = _counted(words, _FRENCH)
    foreign = max(_counted(words, language) for language in _FOREIGN)
    if len(words) < _LANGUAGE_WORDS_MIN and (french or foreign < _SHORT_FOREIGN_MIN):
        return None
    if french >= foreign or foreign < len(words) * 0.08:
        return None
    return Finding(
        "not_french",
        "description",
        "",
        0,
        0,
        "Une offre est rédigée en français.",
        "Traduisez le texte ; une version étrangère peut suivre la version française.",
        "L5331-4",
    )


def _counted(words: Sequence[str], language: frozenset[str]) -> int:
    return sum(map(language.__contains__, words))


def _missing(draft: Draft) -> list[Finding]:
    found = []
    if not draft.shifts and draft.schedule is None:
        found.append(_NO_SCHEDULE)
    if draft.salary is None or (draft.salary.hourly_min is None and not draft.salary.text):
        found.append(_NO_SALARY)
    if len(draft.description) < 80:
        found.append(_SHORT if draft.description else _NO_DESCRIPTION)
    return found


_NO_SCHEDULE = Finding(
    "schedule_missing",
    "shifts",
    "",
    0,
    0,
    "Les horaires manquent : tôt le matin, le soir et le week-end, la garde d'enfants n'est pas assurée.",
    "Donnez les jours et les heures, même approximatifs.",
    "",
)
_NO_SALARY = Finding("salary_missing", "salary", "", 0, 0, "Le salaire manque.", "Indiquez au moins un minimum.", "")
_DESCRIBE = "Décrivez les tâches, le lieu et l'équipe."
_SHORT = Finding("description_short", "description", "", 0, 0, "La description est très courte.", _DESCRIBE, "")
_NO_DESCRIPTION = Finding("description_missing", "description", "", 0, 0, "La description manque.", _DESCRIBE, "")
