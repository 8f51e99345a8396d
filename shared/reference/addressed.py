"""Whom a sentence of an offer speaks of where it names a diploma, a card, experience: who applies, or somebody or something else.

What excludes people has to be an unmistakable demand on who applies: «vous êtes titulaire du CAP», «CACES exigé», a line
that says «Permis B» and no more. «Vous encadrez une aide-soignante diplômée», «un tuteur titulaire d'un CAP», «magasin
ouvert le dimanche» name the same things and ask nothing; where it cannot be told, nothing was asked.
"""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re
from collections.abc import Iterator
from enum import Enum, auto
from functools import lru_cache
from typing import NamedTuple

from shared.reference.text import unaccented

LONGEST_SENTENCE = 400
"""Characters. Longer ones (lists without stops) are read in pieces, so that the cost grows with the text only."""


def words(pattern: str) -> re.Pattern[str]:
    """A pattern of folded text that begins and ends with whole words."""
    return re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])")


class Whom(Enum):
    """Of whom a sentence speaks before a place in it."""

    APPLICANT = auto()
    OTHER = auto()
    NOBODY = auto()


_BLANKS = re.compile(r"[^\S\n]+")
_BOTH_SEXES = re.compile(
    r" ?\((?:e|s|es|ne|nes|le|se|ve|re|te|trice|rice|euse|ere|iere|enne)\)s?|[·•](?:e|ne|se|le|trice|rice|euse|ere|ienne)(?:[·•]?s)?\b|\.e(?:\.?s)?\b| ?\(?\b[hf] ?/ ?[hf]\b(?: ?/ ?x)?\)?"
)
_GLUED = re.compile(r"(?<=[a-zà-ÿ)])[.!?](?=[A-ZÀ-Ý])")
"""«…en équipe.Vous êtes…»: many texts have lost the blanks between their sentences."""
_STOP = re.compile(r"[.!?](?=\s|$|[A-Z•*.!?-])|[;•*\n\r…]| [-–—](?= ?\w)")


class _Read(NamedTuple):
    """A text with single blanks: as it was written, folded, and folded without the marks of both sexes (which stand where in the
    former).
    """

    tidy: str
    folded: str
    marks: tuple[tuple[int, int], ...]
    plain: str


@lru_cache(maxsize=16)
def _read(text: str) -> _Read:
    tidy = _BLANKS.sub(" ", _GLUED.sub(".\n", text))
    folded = unaccented(tidy).replace("’", "'")
    marks = tuple(mark.span() for mark in _BOTH_SEXES.finditer(folded))
    between = zip((0, *(end for _, end in marks)), (*(start for start, _ in marks), None), strict=True)
    return _Read(tidy, folded, marks, "".join(folded[start:end] for start, end in between) if marks else folded)


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text: folded, blanks as one space, marks of both sexes left out, at most ``LONGEST_SENTENCE`` long."""
    plain = _read(text).plain
    for part in _STOP.split(plain):
        sentence = part.strip(" -–—:,")
        while len(sentence) > LONGEST_SENTENCE:
            at = sentence.rfind(" ", 0, LONGEST_SENTENCE)
            at = at if at > 0 else LONGEST_SENTENCE
            yield sentence[:at]
            sentence = sentence[at:].strip()
        if sentence:
            yield sentence


@lru_cache(maxsize=16)
def sentences_of(text: str) -> tuple[str, ...]:
    """The same at once; the readers of one offer come one after the other, and cutting is a large part of what each takes."""
    return tuple(sentences(text))


_TWO_LETTERS = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"})


def as_written(said: str, *texts: str) -> str:
    """A stretch of a sentence of one of the texts with the accents, capitals and marks of both sexes that it was written with;
    as it stands where it is not found again. What ends in the middle of a word is cut before it.
    """
    for text in texts:
        read = _read(text)
        start = read.plain.find(said)
        if start >= 0:
            return _quoted(read, said, start)
    return said


def _quoted(read: _Read, said: str, start: int) -> str:
    tidy, folded, marks, plain = read
    if len(folded) != len(tidy):
        tidy = tidy.translate(_TWO_LETTERS)
    if len(folded) != len(tidy):
        return said
    end = start + len(said)
    if plain[end - 1 : end].isalnum() and plain[end : end + 1].isalnum() and " " in said:
        end = start + said.rfind(" ")
    for left, right in marks:
        # One right behind the last word belongs to it.
        if left > end:
            break
        start += (right - left) * (left <= start)
        end += right - left
    return tidy[start:end].strip()


_HAVE = r"(?:etes|serez|avez|aurez|possedez|detenez|disposez|justifiez|beneficiez|maitrisez|parlez|devez|devrez)"
_TO_HAVE = r"(?:etre|avoir|posseder|detenir|disposer|justifier|maitriser|parler)"
_NEEDED = r"(?:obligatoire\w*|indispensables?|imperati\w+|necessaires?|requise?s?|exige\w*|exigeons|demande(?:e?s?|ons)|prerequis|pre-requis)"
_OPENS = r"(?:^|[:,(/] ?|(?:et|ou|mais|doit|doivent|devra|devront|devez|devrez|faut|faudra|d'|de) )"
_APPLICANT = words(
    rf"vous (?:\w+ )?{_HAVE}|vous(?= $)|(?:le|la|un|une|votre|notre|tout|chaque|les) (?:candidat|postulant|titulaire du poste|profil)\w* (?:\w+ )?(?:doi\w+|devr\w+|titulaires?|poss?ed\w+|detien\w+|justifi\w+|dispos\w+|(?:est|sera) (?:titulaire|diplome))|candidat\w* titulaires?"
    rf"|profils?(?: \w+)? ?:|pre-?requis|competences? requises? ?:?|diplomes? (?:requis|exiges?|demandes?) ?:?|formations? (?:requises?|exigees?|demandees?) ?:?|niveau (?:\w+'?d? ?){{0,2}}(?:requis|exige|demande|minimum) ?:?|qualifications? ?:"
    rf"|(?:nous |on |(?<!en ))(?:recherch(?:ons|e)|recrut(?:ons|e)|cherch(?:ons|e))|{_NEEDED}"
)
"""Words that speak of who applies wherever they stand."""
_OPENING = re.compile(
    rf"{_OPENS}(?:{_TO_HAVE}|{_HAVE}|titulaires?|diplomee?s?|munie?s?|issue?s? d|de formation|formation|formation initiale|niveau|diplomes?|permis|experiences?|justifiant|possedant|disposant|ayant|avec|minimum|au moins)(?![a-z])"
)
"""Words that speak of who applies where they open what is said; behind a noun they speak of that."""
_OTHER = words(
    r"encadr\w+|accompagn\w+|form(?:er|ez|erez|ons|ant|ateurs?|atrices?)|moniteurs?|monitrices?|accueil\w*|supervis\w+|conseill\w+|assist(?:er|ez|erez)|aid(?:er|ez|erez)|recrut(?:er|ez|erez|ements?|eurs?)|coordon\w+|coordin\w+|anim(?:er|ez|erez|ation|ateurs?|atrices?)|enseign\w+|prepar\w+|instruct\w+|instruire|evalu\w+|control\w+|verifi\w+|vend(?:re|ez|eur|euse)\w*|ventes?|lou(?:er|ez)|location|factur\w+|remplac(?:er|ez|erez)|collabor\w+|inser\w+|orient(?:er|ez|ation)|servir|servez|sert|distribu\w+|livr(?:er|ez|aisons?)|relai\w*|relayer|transmi\w+|transmett\w+"
    r"|sous l\w*'?|aupres d\w*|aux? cotes? d\w*|binome|lien avec|relation avec|contact avec|travail avec|par (?:un|une|des|le|la|les|nos|notre)|destine\w* (?:a|aux?)|reserve\w* (?:a|aux?)|chez (?:les|des|nos|un|une)|pour (?:les|des|le|nos|la|un|une)|compose\w* d\w*|constitue\w* d\w*"
    r"|tut(?:eur|rice)s?|tutorat|parrains?|collegues?|equipes?|equipiers?|personnes?|beneficiaires?|residents?|residentes?|clients?|clientes?|clienteles?|patients?|patientes?|usagers?|publics?|enfants?|parents?|papas?|mamans?|eleves?|etudiante?s?|stagiaires?|apprentie?s?|apprenante?s?|benevoles?|volontaires?|salarie\w*|collaborat\w+|intervenante?s?|interimaires?|prestataires?|sous-traitants?|partenaires?|fournisseurs?|demandeurs?|jeunes?|adultes?|adherents?|familles?|habitants?|locataires?|visiteurs?|voyageurs?|passagers?|conductrices?|professionnels|artisans?|agriculteurs?|createurs?|entrepreneurs?|employeurs?|responsables?|gerante?s?|directeurs?|directrices?|chefs?|cheffes?|infirmieres?|medecins?|educateurs?|auxiliaires?|ouvriers?|agents?|titulaires|membres?"
    r"|entreprises?|societes?|groupe|associations?|cabinet|magasins?|boutiques?|etablissements?|centres?|ecoles?|auto-?ecoles?|lycees?|colleges?|classes?|creches?|agences?|restaurants?|hotels?|usines?|ateliers?|residences?|maisons?|structures?|services?|sites?|musees?|piscines?|notre|nos|ses|son|leurs?"
)
"""Words of other people, of things, of what is done with them: what follows is theirs."""
_INTRODUCES = re.compile(
    r"\b(?:recherch(?:e|ons)|recrut(?:e|ons)|cherch(?:e|ons)|vous etes|etes|etre)\b(?: (?:actuellement |notre |nos |leurs? |son |sa )?(?:une?|des|deux|plusieurs|notre|nos|l[ea]s?)?)?(?P<job>[^,:;(/]*)$"
)
"""Who is looked for, or what one is: the nouns that follow are the applicant's, up to what they do for others."""
_FOR_OTHERS = words(
    r"pour|afin|aupres|avec|chez|sous|qui|dont|par|parmi|en|binome|aux? cotes?|dans|au sein|encadr\w+|accompagn\w+|form\w+|aid\w+|destine\w*|charge\w*|en relation|notre|nos"
)
_WITH = re.compile(r"(?:avec|ayant|possedant|justifiant|disposant)(?: (?:d'|de|une?|le|la|au moins|minimum))* $")
_BREAKS = re.compile(r"[,:;(/]")
_AFTER = re.compile(
    rf"^ ?(?:\(?[\w+'°]+\)?[ ,/]+){{0,5}}?(?:est |sont |\(|: |- |= )?(?:{_NEEDED}|minimum|mini|a jour|en cours de validite|valides?)(?![a-z])(?! (?:pour|par|chez) (?:tou\w+ )?(?:les|nos|le|la|l'|des|certain\w*) ?(?:client|eleve|personne|beneficiaire|candidat|resident|patient|usager|public|stagiaire|apprenti|benevole|salarie|intervenant|prestataire|conducteur|chauffeur|equipe|locataire|acheteur)\w*)"
)
_NOUN_BEFORE = re.compile(
    r"([a-z'-]{3,}) (?:de la |de l'|de |du |d'|des |au |aux |en |pour |a la |a l'|a )(?:le |la |l')?$"
)
_NOTED = words(
    r"titulaires?|possession|detention|diplomes?|certificat|attestation|niveau|formation|type|carte|permis|minimum|equivalent|obtention|cariste|conduct\w+|chauffeur|agent|operateur|profil|cap|bep|bac|bts"
)
_LONG = re.compile(r"[a-z]{4,}")
_VERB = words(r"(?!premier|dernier|metier|courrier|papier|chantier|poids-?leger|leger)\w{3,}(?:er|ez|ons|ront)")
_MOST_BESIDE = 3
"""Words of four letters or more beside the thing in a line that is a note: «Permis B valide», «CACES R489 catégorie 3»."""


def whom(left: str) -> Whom:
    """Of whom the words before a place speak: the nearest that say so, others not beyond a comma."""
    left = f"{left.rstrip()} " if left else ""
    applicant = max((match.end() for match in _APPLICANT.finditer(left)), default=-1)
    applicant = max(applicant, max((match.end() for match in _OPENING.finditer(left)), default=-1))
    other = max((match.end() for match in _OTHER.finditer(left)), default=-1)
    if other > applicant:
        introduced = _INTRODUCES.search(_WITH.sub("", left))
        if introduced is not None and not _FOR_OTHERS.search(introduced["job"]):
            return Whom.APPLICANT
        return Whom.NOBODY if _BREAKS.search(left[other:]) else Whom.OTHER
    return Whom.APPLICANT if applicant >= 0 else Whom.NOBODY


def asked(sentence: str, start: int, end: int) -> bool:
    """Whether a sentence plainly asks what stands between two places of it, and asks it of who applies."""
    left, right = sentence[:start], sentence[end:]
    speaks_of = whom(left)
    if speaks_of is Whom.OTHER:
        return False
    return speaks_of is Whom.APPLICANT or bool(_AFTER.match(right)) or is_note(left, right)


def is_note(left: str, right: str) -> bool:
    """Whether a line says a thing and nearly nothing beside it, which is how profiles list what they ask."""
    beside = f"{left} {right}"
    if _OTHER.search(beside) or _VERB.search(beside) or len(_LONG.findall(beside)) > _MOST_BESIDE:
        return False
    noun = _NOUN_BEFORE.search(left)
    return noun is None or bool(_NOTED.fullmatch(noun[1]))
