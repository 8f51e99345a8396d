"""Conditions of origin."""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re

from services.offers.domain.linter_clauses import Sentence
from services.offers.domain.linter_heads import any_of
from services.offers.domain.linter_words import (
    APPLICANT,
    CIVIC,
    DEMAND,
    EXCLUDES,
    LAW,
    NOBODY,
    OBJECT,
    SERVED,
    Found,
    free,
    has,
    last,
    words,
)

_NATION = words(
    r"nationalitee?", r"citoyen(?:s|ne|nes)? (?:francais|europeen)\w*", r"citoyennete (?:francaise|europeenne|de l')", r"ressortissant(?:e|s|es)?", r"etrangers?", r"etrangeres?", r"souche", r"langues? maternelles?", r"peau (?:claire|foncee|noire|blanche|mate|nette|pale|metissee|basanee|bronzee|laiteuse|blanc|noir)", r"(?:gens|personnes) de couleur", r"(?:pre)?noms? (?:francais|europeen|a consonance)\w*", r"consonance \w+",
    r"(?:race|type|apparence|couleur) (?:blanc|noir|europeen|african|africain|maghrebin|asiatique|caucasien|occidental|arabe|antillais|slave|mediterraneen|nord)\w*", r"accents? \w+", r"(?:carte (?:nationale )?d' identite|passeport) (?:francaise?|europeen\w*)", r"nationaux (?:europeens|francais)", r"origines? \w+", r"d' origine", r"nee?s? (?:en france|a l' etranger|de parents|dans (?:la|le|les)|sur (?:le|la)|ici|a|au|en)", r"blancs?", r"noirs?",
    r"(?:gens|personnes) du voyage", r"roms?", r"gitans?", r"(?:gens|personnes|travailleurs) de l' est", r"europeen(?:s|ne|nes)?", r"africains?", r"maghrebins?", r"arabes?", r"asiatiques?", r"francais(?:e|es)?",
)  # fmt: skip
_FIELD = words(r"(?:pays|lieux?|ville|departement) de naissance :", r"origines? ethniques? :")
"""As on a form: asked of everybody."""
_THEIR_TYPE = words(
    r"(?:profils?|candidat(?:e|s|es)?|personnes?|physique) (?:plutot )?(?:d[e'] )?(?:type )?(?:europeen|africain|maghrebin|asiatique|occidental|caucasien|antillais|slave|arabe|mediterraneen|nordique)(?:s|ne|nes|e|es)?"
)
"""Right behind who applies, whatever else the sentence names."""
_NOT_THEIRS = re.compile(r" n' est pas (?:la|leur|une?) (?:seule )?$")
_SENT_AWAY = words("s' abstenir", r"abstenez", r"refus\w+", r"exclu\w*")
_IN_BRACKETS = re.compile(r"\( nee?s? en france \)")
_FOUNDED = re.compile(r"nee?s? en (?:19|20)\d\d(?= , (?!vous|candidat))")
"""«Né en 2015, Bien'ici …»: a company."""
_OF_ANOTHER = re.compile(r"(\w+) de $")
_PEOPLE = words(
    r"candidat(?:e|s|es)?", r"personnes?", r"profils?", "gens", "vous", "tu", r"nee?s?", "il faut etre", "etre", r"travailleurs?", r"salaries?",
)  # fmt: skip
_ALWAYS_ORIGIN = (
    "carte",
    "passeport",
    "nationaux",
    "prenom",
    "nom ",
    "noms ",
    "nationalit",
    "citoyen",
    "ressortissant",
    "souche",
    "langue maternelle",
    "race",
    "peau",
    "consonance",
    "type",
    "nee",
    "ne ",
)


def origin(s: Sentence) -> Found:
    """Nationality, birth, origin, looks that stand for it, a mother tongue."""
    if free(s):
        return
    for match in s.all(_FIELD):
        yield match.start(), match.end(), True
    for match in s.all(_THEIR_TYPE):
        if s.says(DEMAND):
            yield match.start(), match.end(), True
    for match in s.all(_NATION):
        start, end = match.span()
        word, before, after = match[0], s.before(start, 6), s.after(end, 5)
        if word.startswith("langue") and _NOT_THEIRS.search(before) and not s.says(_SENT_AWAY):
            continue
        if _IN_BRACKETS.match(s.text, start - 2):
            yield start, end, False
            continue
        if word.startswith("ne") and _FOUNDED.match(s.text, start):
            continue
        of = _OF_ANOTHER.search(before) if word.startswith("type ") else None
        if of is not None and not has(_PEOPLE, of[1]):
            # «Une prise de type européen»; of who is no candidate by name («un vigile de type …») the frames judge.
            continue
        if word == "type" or (
            word.startswith("francais")
            and has(
                words(
                    "en",
                    "le",
                    "du",
                    "cours d[e']",
                    "langue",
                    "couramment",
                    "un",
                    "et",
                    r"parl\w+",
                    r"professeur\w*",
                    "niveau",
                    "droit",
                    "marche",
                    r"maitris\w+",
                    r"bilingues?",
                ),
                s.before(start, 1),
            )
        ):
            continue
        if (
            last(OBJECT, before) >= 0
            or last(SERVED, before) >= 0
            or (word.startswith("origine d") and has(OBJECT, after))
            or has(
                words(
                    r"controlee",
                    "protegee",
                    r"langues?",
                    "des eleves",
                    "et petite enfance",
                    "dans leurs",
                    "de la region",
                    r"(?:du|des|de la|de l') (?:transporteurs?|vehicules?|navires?|clients?|clientes?|voyageurs?|passagers?|fournisseurs?|expediteurs?|visiteurs?)",
                ),
                after,
            )
        ):
            continue
        if word.startswith("langue") and has(words("est (?:ta|votre)"), before):
            continue
        if word.startswith("langue") and has(words("ou (?:niveau|bilingue|equivalent)", "ou"), after):
            continue
        if s.says(LAW) or has(
            words("(?<!pas de )titre de sejour", "permis de travail", "situation reguliere", "autorisation de travail"),
            s.text,
        ):
            continue
        demanded = s.says(DEMAND) or s.says(EXCLUDES) or has(NOBODY, s.before(start, 4))
        if word.startswith(("gens", "personnes du", "rom", "gitan")) and not (
            s.says(EXCLUDES) or has(NOBODY, s.before(start, 4))
        ):
            continue
        if (
            word.startswith(("accent", "ne"))
            and not (
                (s.says(EXCLUDES) or s.says(DEMAND) or s.says(APPLICANT))
                and (word.startswith("ne") or s.says(EXCLUDES))
            )
            and not (word.startswith("ne") and has(_PEOPLE, before))
        ):
            continue
        if has(words(r"droits? (?:des|d'|de)"), s.before(start, 3)):
            continue
        if s.says(words(r"nature (?:de ce|du|de l'|des) ?(?:poste|emploi|fonctions?|missions?)")):
            # Said to be imposed, without the text that does.
            yield start, end, False
            continue
        if (
            word.startswith("arab")
            and not has(words(r"candidat\w*", "personnes?", "gens", "type", "origine"), s.before(start, 2))
            and not s.says(EXCLUDES)
        ):
            continue
        strong = word.startswith(_ALWAYS_ORIGIN)
        plain_adjective = word.startswith(
            (
                "francais",
                "europeen",
                "blanc",
                "noir",
                "etranger",
                "origine",
                "d' origine",
                "african",
                "africain",
                "arabe",
                "maghrebin",
                "asiatique",
            )
        )
        civic = s.says(CIVIC)
        if plain_adjective:
            if civic:
                continue
            person = has(_PEOPLE, s.before(start, 3)) or has(
                words(
                    "s' abstenir",
                    "de souche",
                    "de naissance",
                    r"d' origine",
                    "uniquement",
                    "exclusivement",
                    "de preference",
                ),
                after,
            )
            person = person or (has(words(r"seuls? (?:les|des)", r"reserve\w* aux"), s.before(start, 3)))
            person = person or (
                word.startswith("etranger")
                and demanded
                and not has(words("a l'", "langue", "pays"), s.before(start, 2))
            )
            if not person or (
                word.startswith("francais")
                and has(words(r"courants?", "parle", "ecrit", "lu", "correct", r"niveau"), after)
            ):
                continue
            yield (
                start,
                end,
                # What comes from somewhere is a product's as well.
                (not word.startswith(("d' origine", "origine")) or has(_PEOPLE, s.before(start, 3)) or s.says(_PEOPLE))
                and (
                    demanded
                    or has(words("il faut etre", "etre", "vous etes"), s.before(start, 3))
                    or has(
                        words(
                            "de souche", "de naissance", "uniquement", "exclusivement", "de preference", "s' abstenir"
                        ),
                        after,
                    )
                ),
            )
        elif strong or demanded:
            yield start, end, not civic


ORIGIN_SIGNS = any_of(_NATION, _FIELD, _THEIR_TYPE)
