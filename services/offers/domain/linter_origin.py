"""Conditions of origin and residence."""

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
    LIFTED,
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
    r"nationalitee?", r"citoyen(?:s|ne|nes)? (?:francais|europeen)\w*", r"citoyennete (?:francaise|europeenne|de l')", r"ressortissant(?:e|s|es)?", r"etrangers?", r"etrangeres?", r"souche", r"langues? maternelles?", r"peau \w+", r"(?:gens|personnes) de couleur", r"(?:pre)?noms? (?:francais|europeen|a consonance)\w*", r"consonance \w+",
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
                demanded
                or has(words("il faut etre", "etre", "vous etes"), s.before(start, 3))
                or has(
                    words("de souche", "de naissance", "uniquement", "exclusivement", "de preference", "s' abstenir"),
                    after,
                ),
            )
        elif strong or demanded:
            yield start, end, not civic


_LIVE = words(
    r"habit(?:er|ez|es|ant|ants|e|ent)", r"resid(?:er|ez|es|ant|ants|e|ent)", r"residences?", r"domicili(?:e|ee|es|ees|er)", r"domicile", r"log(?:er|ez|eant|e)", r"habitations?", r"vivant (?:a|dans|pres|sur|en)", r"(?<!faire )vivre (?:a|dans|pres|sur|en)", r"demeur(?:er|ant)",
    r"quartiers? prioritaires?", r"qpv", r"(?:personnes?|candidat(?:e|s|es)?|gens|candidatures?) (?:de|d'|du|des|locales?|locaux)(?! ?(?:\d|moins|plus|niveau|tou[st]|metier|confiance|terrain|bon|formation|profil))(?: ?\w*)", r"locaux uniquement", r"etre (?:du|de la) (?:village|coin|pays|cru|secteur|canton|commune|region)", r"vivez (?:a|dans|pres|sur|en)", r"adresse", r"(?:reserve\w* aux?|seuls? les|uniquement (?:des|les|aux)) \w{3,}(?:ois|oises|ais|aises)", r"habitants d\w*'?", r"du coin", r"hors (?:du |de la |de l' )?(?:departement|secteur|region|canton|creuse|commune)", r"(?:a |dans un rayon de )?(?:moins|plus) de \d+ km",
)  # fmt: skip
_THEIR_HOME = words(
    r"(?:au|a|aux) domiciles?", r"a domicile", r"de domicile", r"domicile (?:du|des?|de la|de l'|d')(?= (?!moins))", r"residences? (?:services?|seniors?|autonomie|accueillant|hoteliere|etudiante|sociale|se situe|de tourisme)", r"la residence", r"en residence", r"notre residence", r"une residence",
    r"logements?", r"loge(?:e|s)? sur place", r"chambre", r"studio", r"heberge\w*", r"fourni\w*", r"(?:clients?|patients?|beneficiaires?|usagers?|particuliers?|locataires?|familles?) (?:qui )?(?:habit|resid|domicili|loge)\w*",
    r"ou que", r"si vous", r"que vous", r"n' habitent pas", r"n' habitez pas", r"dans un autre", r"necessite de service", r"pendant l' astreinte", r"aide au logement", r"en dehors", r"possibilites?", r"co(?:l)?location", r"collocation", r"appartements?",
)  # fmt: skip
_ASK_PLACE = words(
    r"exig\w+", r"obligatoir\w+", r"imperati\w+", r"indispensabl\w+", r"necessaires?", r"souhait\w+", r"priorit\w+", r"privilegi\w+", r"prefer\w+", "uniquement", "exclusivement", "seulement", r"reserv\w+", r"doi(?:t|s|vent)", r"dev(?:ez|ra|rez|oir)",
    r"il faut", r"pre ?- ?requis", "(?<!- )etre", r"appreci\w+", r"requis\w*",
)  # fmt: skip
_NEARBY = words(
    r"a proximite",
    "pres",
    r"a moins de",
    r"a plus de",
    r"(?:le|la|un|une|notre) (?:village|bourg|commune|quartier|canton|hameau)",
    "dans",
    "sur",
    "proche",
    "entre",
    "a",
    "aux? alentours?",
    "aux? environs?",
    r"le secteur",
    "en",
)


_PLACES = words(
    "canton",
    "commune",
    "departement",
    "village",
    "secteur",
    r"quartiers?",
    "coin",
    "ville",
    r"cites?",
    r"banlieues?",
    "zup",
    "hlm",
)


_ONLY_IF = words(r"(?:que|seulement|uniquement|exclusivement) si vous (?:habit|resid|viv|log|demeur)\w+")
_MEASURE = words(r"emplois? francs?", r"zrr", r"france ruralites")
"""What the law grants who live in certain zones is no discrimination (labour code L1133-5); whether it still does, somebody looks."""


def residence(s: Sentence) -> Found:
    """Where people live is asked for, preferred or left out."""
    for match in s.all(_ONLY_IF):
        yield match.start(), match.end(), True
    if s.asked or s.says(LIFTED) or s.says(_THEIR_HOME):
        return
    measure = s.says(_MEASURE)
    for match in s.all(_LIVE):
        start, end = match.span()
        word, after = match[0], s.after(end, 6)
        if word.startswith(("reserve", "seul", "uniquement")):
            # People named after a place: the Creusois, the Lyonnais.
            if not word.endswith(
                ("francais", "anglais", "mois", "fois", "bois", "trois", "francaises", "anglaises", "biais", "relais")
            ):
                yield start, end, False
            continue
        if word == "adresse" and not (
            s.says(words(r"exig\w+", r"obligatoir\w+", r"imperati\w+"))
            and has(words("km", "commune", "proche", "a moins", "dans"), after)
        ):
            continue
        named = word.startswith(("personne", "candidat", "gens"))
        if word.startswith("etre d"):
            yield start, end, False
            continue
        if word.startswith(("hors", "du coin")) or word.endswith("km"):
            apart = (
                s.says(EXCLUDES)
                if word.startswith("hors")
                else has(
                    words(
                        "vous etes",
                        "etre",
                        r"candidat\w*",
                        r"personnes?",
                        r"quelqu' un",
                        r"cherch\w+",
                        r"recherch\w+",
                        "votre domicile",
                    ),
                    s.before(start, 5),
                )
            )
            if apart and not s.says(
                words(
                    r"deplac\w+",
                    r"astreintes?",
                    r"interven\w+",
                    r"clients?",
                    r"trajets?",
                    "permis",
                    r"deplacements?",
                    r"vehicule",
                    r"chantiers?",
                    r"secteur d' activite",
                    r"site",
                )
            ):
                yield start, end, True
            continue
        if named:
            where = (
                has(words("uniquement", "exclusivement", "seulement", r"priorit\w+"), after)
                or (
                    has(_PLACES, s.text[start:])
                    and (
                        s.says(EXCLUDES)
                        or has(NOBODY, s.before(start, 2))
                        or s.says(words("que les", r"reserv\w+", r"seule?s (?:les|des)", "uniquement"))
                    )
                )
                or ("local" in word and (s.says(EXCLUDES) or s.says(DEMAND)))
            )
            if (
                where
                and (re.search(r" (?:du|des|de|d') ?\w+$", word) or "local" in word or "locaux" in word)
                and not has(words("terrain", "confiance", "metier", "qualite", "maniere"), s.text[start : end + 12])
            ):
                yield start, end, True
            continue
        if last(SERVED, s.before(start, 4)) >= 0 and not s.says(EXCLUDES):
            continue
        if word in ("resident", "residente", "residents", "residentes") and re.search(
            r" (?:du|des|le|la|les|un|une|au|aux|chaque|l') $", s.before(start, 1)
        ):
            continue
        asked = has(_ASK_PLACE, s.before(start, 8)) or has(_ASK_PLACE, s.after(end, 10)) or s.says(EXCLUDES)
        verb = word.startswith(("habit", "resid", "domicili", "log", "viv", "demeur")) and not word.startswith(
            ("residence", "habitation", "habitants")
        )
        told = (
            verb and has(words("vous", "tu", r"candidat\w*", "personnes?"), s.before(start, 3)) and has(_NEARBY, after)
        )
        begins = (
            word in ("habiter", "resider", "habitant", "residant", "loger", "logeant", "domicilie", "vivre")
            and (start <= 2 or s.text[:start].rstrip().endswith((":", "-", ",")))
            and has(_NEARBY, after)
        )
        if asked or told or begins:
            yield start, end, not measure


ORIGIN_SIGNS = any_of(_NATION, _FIELD, _THEIR_TYPE)
RESIDENCE_SIGNS = any_of(_LIVE, _ONLY_IF)
