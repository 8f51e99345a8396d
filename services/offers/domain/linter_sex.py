"""Conditions of sex."""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re

from services.offers.domain.linter_clauses import Sentence
from services.offers.domain.linter_heads import any_of
from services.offers.domain.linter_words import (
    EXCLUDES,
    OBJECT,
    PICKS,
    ROLES,
    SERVED,
    Found,
    for_them,
    free,
    has,
    last,
    words,
)

_MALE = words(
    r"hommes?",
    r"messieurs",
    r"monsieur",
    r"garcons?",
    r"masculin(?:e|s|es)?",
    r"papas?",
    r"mecs?",
    r"gars",
    r"h(?= [/.,-] f)",
    r"(?<=f [/.,-] )h",
)
_FEMALE = words(
    r"femmes?",
    r"dames?",
    r"mesdames",
    r"madame",
    r"filles?",
    r"feminin(?:e|s|es)?",
    r"mamans?",
    r"demoiselles?",
    r"mesdemoiselles",
    r"f",
)
_SEX = words(
    r"(?:jeunes? )?(?:hommes?|femm?es?|dames?|filles?|garcons?)", "messieurs", "mesdames", r"monsieur", r"madame", r"masculin(?:e|s|es)?", r"feminin(?:e|s|es)?", r"papas?", r"mamans?",
    r"demoiselles?", r"gars", r"mecs?",
)  # fmt: skip
_IDIOMS = words(
    r"(?:femmes?|hommes?|garcons?|filles?|dames?) (?:(?:et|ou|/) (?:femmes?|hommes?) )?(?:de |d' |toutes? ?)(?:affaires|menage|chambre|cafe|service|salle|compagnie|etage|cour|metier|mains?|terrain|piste|entretien|loi|ferme|cuisine|hall|bureau|quart|chambres|lettres|paix)",
    r"(?:sage ?- ?femmes?|prud' ?hommes?|homme ?- ?cle|hommes? grenouilles?|femmes? de charge)", r"hommes? (?:et|,|/|ou) (?:de )?femmes?", r"femmes? (?:et|,|/|ou) (?:d' |les |aux |des )?hommes?", r"femmes? (?:et|,|/|ou) (?:d' |un )?valets? de chambre",
    r"droits? de l' homme", r"rayon \w+", r"madame ,? monsieur", r"mesdames ,? (?:et )?messieurs", r"monsieur ,? madame",
)  # fmt: skip
_FOR = words(
    r"(?:poste|emploi|travail|metier|offre|place|mission)\b.*\b(?:pour|reserve\w*|destine\w*|adapte\w*|convien\w+|conviendrait|ideal|fait|ouvert|accessible)\b.*",
    r"(?:reserve|reservee|destine|adapte|convient|conviendrait) (?:a|aux?)", r"preference (?:pour|a)", r"serait", r"prefer\w+", r"confie\w* (?:a|aux?)",
)  # fmt: skip


# Right beside the word a demand speaks of it, whatever else the sentence names.
_ADJOINING = words(
    r"souhaite\w*", r"exige\w*", r"imperati\w+", "uniquement", "exclusivement", "seulement", "de prefer[ae]nce", r"privilegi\w+", r"obligatoir\w+", r"ideale?", r"preferable\w*", r"appreci\w+", r"requis\w*", r"indispensabl\w+",
    "s' abstenir", r"plutot (?:une?|des)",
)  # fmt: skip


_ONE_FORM = re.compile(
    r" (?P<stem>\w{3,}?)(?:euse|trice|iere|ere|ienne|enne|onne|ne|te|e)s? (?:(?:exclusivement|uniquement|seulement) )?(?:, |\( |et |mais )?(?:pas|non|plutot qu'|plutot que|et non|jamais|surtout pas)(?: de| d'| un| des| pas)* (?P=stem)(?:eur|teur|ier|er|ien|en|on|n|t)?s?(?= )"
    r"| (?P<male>\w{3,}?)(?:eur|teur|ier|er|ien|en|on|n|t)?s? (?:(?:exclusivement|uniquement|seulement) )?(?:, |\( |et |mais )?(?:pas|non|plutot qu'|plutot que|et non|jamais|surtout pas)(?: de| d'| une| des| pas)* (?P=male)(?:euse|trice|iere|ere|ienne|enne|onne|ne|te|e)s?(?= )"
)
"""«Une vendeuse, pas de vendeur»: one form of a job is wanted and the other is not."""
_NOT_BOTH = words("pas", "non", "plutot", "jamais")
"""One of them is in whatever that finds."""


_WRITING = words("au masculin", "ecriture inclusive", r"genre(?! (?:\w+ )?:)")
"""What is said of how the offer itself is written."""
_FEMALE_CANDIDATES = words("candidates", "postulantes")
_FIELD = words(
    r"sexe (?:: )?(?:f|h|m)(?! ?[/.-] ?[fhm])",
    r"(?:sexe|genre|civilite)(?: (?:\w+ ){1,2}:| :) (?:f|h|m|femme|homme|feminin|masculin|madame|monsieur|mme|mr?)(?! (?:[/,-]|ou|et) )",
)
"""«Sexe : F», as on a form."""
_THEIR_PLACE = re.compile(
    r" (?:clubs?|salles?|structures?|centres?|foyers?|marques?|boutiques?|magasins?|residences?|internats?|ecoles?|lycees?|associations?|maisons?|etablissements?|hebergements?|accueils?|ateliers?|gammes?|collections?)"
    r" (?:(?!poste|emploi|offre|place|mission|candidat)\S+ ){0,4}?(?:dedie|reserve|destine|ouvert)\w* (?:exclusivement |uniquement |seulement )?(?:aux?|a des|a un|pour) (?:jeunes )?$"
)
"""A place kept for one sex, which says nothing of who works there: «club de fitness dédié exclusivement aux femmes»."""
_NO_TRADE_OF = re.compile(
    r" (?:n'|ne) \w+ (?:pas|plus|en rien)(?: une?| seulement| qu'| l'){0,2} (?:metier|travail|affaire|boulot|emploi|poste) (?:d'|de|pour)(?: les| des)? $| (?:n'|ne) \w+ (?:pas|plus|en rien|nullement) (?:\w+ )?reservee?s?(?: qu'| seulement)? (?:aux?|a des|a un|a l')(?: seuls)? $"
)
"""«Ce n'est pas un métier d'homme.»"""
_RATHER = re.compile(r" (?:de preference|preferablement|idealement|plutot)(?: par| pour| a)? (?:une?|des) $")
_BESIDE_THE_OTHER = re.compile(
    r" (?:ou|et|,|/) (?:d' )?(?:une?|des)? ?(?:hommes?|femmes?|dames?|messieurs|filles?|garcons?) "
)


def sex(s: Sentence) -> Found:
    """One sex is wanted, preferred or left out."""
    if s.says(_WRITING):
        return
    if free(s) and not s.says(EXCLUDES):
        return
    fem = s.first(_FEMALE_CANDIDATES)
    if fem and s.says(EXCLUDES) and not s.says(words("candidats?", "postulants?")):
        yield fem.start(), fem.end(), True
    for match in _ONE_FORM.finditer(s.text):
        yield match.start(), match.end(), True
    for match in s.all(_FIELD):
        yield match.start(), match.end(), True
    idioms = [match.span() for match in s.all(_IDIOMS)]
    both = s.says(_MALE) and s.says(_FEMALE)
    for match in s.all(_SEX):
        start, end = match.span()
        if any(left <= start and end <= right for left, right in idioms) or s.says(ROLES):
            continue
        rather = _RATHER.search(s.before(start, 4)) is not None and _BESIDE_THE_OTHER.match(s.after(end, 4)) is None
        if both and not rather and not s.says(EXCLUDES):
            continue
        if _NO_TRADE_OF.search(s.before(start, 6)):
            continue
        if match[0] == "homme" and s.text.endswith(" l' ", 0, start):
            continue  # mankind
        if _THEIR_PLACE.search(s.before(start, 12)) or for_them(s, start):
            continue
        if s.text.endswith(" ( ", 0, start) and s.text.startswith(" ) ", end):
            yield start, end, False  # «maîtresse de maison (femme)»
            continue
        before, after = s.before(start, 5), s.after(end, 4)
        beside = (
            re.search(_ADJOINING.pattern + r"(?: une?| des| les| aux?| pour des)? $", s.before(start, 3)) is not None
        )
        beside = beside or re.match(" (?:est |serait |etait )?" + _ADJOINING.pattern, after) is not None
        served = last(SERVED, s.before(start, 8)) >= 0 or last(OBJECT, s.before(start, 6)) >= 0
        served = served or has(SERVED, s.after(end, 5))
        # «Jeune femme souriante pour le service.»: nobody else is there to be meant.
        alone = (
            match[0] not in ("monsieur", "madame", "messieurs", "mesdames")
            and start <= 1
            and s.short
            and re.match(r" (?:pour|a |sur |de confiance|seri|souri|motiv|dynam|forte?|\w+e? )", after) is not None
        )
        # «Un homme, un vrai, pour le débardage.»
        alone = alone or (
            s.short
            and s.text.startswith(f" un{'e' if match[0] == 'femme' else ''} {match[0]} , ")
            and " pour " in s.text
        )
        beside = (
            beside
            or re.search(
                PICKS.pattern + r"(?: une?| des| d'| un\(e\))?(?: jeunes?| gentille?| bonne?)? $", s.before(start, 4)
            )
            is not None
        )
        put = s.says(words(PICKS.pattern, "il nous faut", "il faut")) and re.search(
            r" (?::|donc|,|soit) (?:une?|des) $", s.before(start, 3)
        )
        beside = beside or (put is not None and put is not False)
        inside = (
            re.search(
                r"(?:" + SERVED.pattern + "|" + OBJECT.pattern + r") (?:de |d' |des |pour |aux? )?$", s.before(start, 3)
            )
            is not None
        )
        if (
            inside
            or (served and not beside)
            or has(words(r"agee?s?", r"en (?:fauteuil|difficulte)", "seules", "victimes"), after)
        ):
            continue
        picked = has(PICKS, before) or bool(put)
        marked = has(words(
            "uniquement", "seulement", "exclusivement", r"de preference", r"exig\w+", r"imperati\w+", r"souhait\w+", r"privilegi\w+", r"obligatoir\w+", r"demande\w*", r"ideal\w*",
            r"plutot", r"preferable\w*", r"prefere\w*", r"appreci\w+", r"requis\w*", "s' abstenir", "ne pas postuler", r"indispensabl\w+", r"seuls?", r"seules?", r"prefer\w+", r"confie\w*",
        ), f"{s.before(start, 4)}|{after}")  # fmt: skip
        role = has(
            words(
                r"profils?",
                r"candidats?",
                r"candidatures?",
                "sexe :?",
                r"hotesses?",
                r"assistantes?",
                r"vendeuses?",
                r"serveuses?",
                r"secretaires?",
                "personnel",
                "equipier",
                "main d' oeuvre",
            ),
            s.before(start, 2),
        )
        offered = has(_FOR, s.before(start, 8))
        marked = marked or (
            match[0] in ("messieurs", "mesdames")
            and start <= 2
            and s.says(words("uniquement", "exclusivement", "seulement"))
        )
        denied = s.says(EXCLUDES) or has(words(r"pas d[e']", "pas aux?", "sans", "aucune?"), s.before(start, 3))
        if picked or marked or alone or (role and not both) or offered or denied:
            yield (
                start,
                end,
                picked
                or marked
                or alone
                or role
                or denied
                or has(words(r"reserv\w+", r"destine\w*", r"prefer\w+"), before),
            )


SEX_SIGNS = any_of(_FEMALE_CANDIDATES, _NOT_BOTH, _SEX, _FIELD)
