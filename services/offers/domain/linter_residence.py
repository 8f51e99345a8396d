"""Conditions on where people live."""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re

from services.offers.domain.linter_clauses import Sentence
from services.offers.domain.linter_heads import any_of
from services.offers.domain.linter_words import DEMAND, EXCLUDES, LIFTED, NOBODY, SERVED, Found, has, last, words

_LIVE = words(
    r"habit(?:er|ez|es|ant|ants|e|ent)", r"resid(?:er|ez|es|ant|ants|e|ent)", r"residences?", r"domicili(?:e|ee|es|ees|er)", r"domicile", r"log(?:er|ez|eant|e)", r"habitations?", r"vivant (?:a|dans|pres|sur|en)", r"(?<!faire )vivre (?:a|dans|pres|sur|en)", r"demeur(?:er|ant)",
    r"quartiers? prioritaires?", r"qpv", r"(?:personnes?|candidat(?:e|s|es)?|gens|candidatures?) (?:de|d'|du|des|locales?|locaux)(?! ?(?:\d|moins|plus|niveau|tou[st]|metier|confiance|terrain|bon|formation|profil))(?: ?\w*)", r"locaux uniquement", r"etre (?:du|de la) (?:village|coin|pays|cru|secteur|canton|commune|region)", r"vivez (?:a|dans|pres|sur|en)", r"adresse", r"(?:reserve\w* aux?|seuls? les|uniquement (?:des|les|aux)) \w{3,}(?:ois|oises|ais|aises)", r"habitants d\w*'?", r"du coin", r"hors (?:du |de la |de l' )?(?:departement|secteur|region|canton|creuse|commune)", r"(?:a |dans un rayon de )?(?:moins|plus) de \d+ km",
)  # fmt: skip
_THEIR_HOME = words(
    r"(?:au|a|aux) domiciles?", r"a domicile", r"de domicile", r"domicile (?:du|des?|de la|de l'|d')(?= (?!moins))", r"residences? (?:services?|seniors?|autonomie|accueillant|hoteliere|etudiante|sociale|se situe|de tourisme)", r"la residence", r"en residence", r"notre residence", r"une residence",
    r"logements?", r"loge(?:e|s)? sur place", r"chambre", r"studio", r"heberge\w*", r"fourni\w*", r"(?:clients?|patients?|beneficiaires?|usagers?|particuliers?|locataires?|familles?) (?:qui )?(?:habit|resid|domicili|loge)\w*",
    r"ou que", r"si vous", r"que vous", r"n' habitent pas", r"n' habitez pas", r"dans un autre", r"necessite de service", r"pendant l' astreinte", r"aide au logement", r"en dehors", r"possibilites?", r"co(?:l)?location", r"collocation", r"appartements?",
)  # fmt: skip
_INSISTS = words(
    r"exig\w+", r"obligatoir\w+", r"imperati\w+", r"indispensabl\w+", r"requis\w*", r"eliminatoires?", r"uniquement", r"exclusivement", r"souhait\w+",
)  # fmt: skip
"""What is asked, beside a home that is named."""
_KEPT_FOR = words(r"priorite aux", r"reservee?s? aux")
_WILL_BE = words(r"ser(?:ez|as|a|ont|ons)")
"""«Vous serez logé à Aubusson»: it is given, not asked."""
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
_RELAYS = words(r"adultes? (?:- )?relais")
_LAW_SAYS = words(r"loi", r"code du travail", r"l ?51\d\d", r"articles? l ?\d+", r"decret")
_ZONE = words(r"quartiers? prioritaires?", r"qpv", r"zones?")
"""With a text that wants it, or as a relay in such a quarter (labour code L5134-100, L5134-102), living there is a lawful condition."""
_SERVES = words(
    r"clients?",
    r"patients?",
    r"beneficiaires?",
    r"usagers?",
    r"locataires?",
    r"familles?",
    r"enfants?",
    r"seniors?",
    r"agees?",
    r"residents?",
)
_AT = r"(?:a|au|aux|dans|sur|en|pres|le|la|ici|tout|proche|non loin|autour)"
_YOU_LIVE = re.compile(
    rf"^ (?!.* (?:si|ou que|que) vous)(?:profil(?: \w+)? : )?(?:vous|tu) .*? (?P<said>(?:habit|resid|demeur|log)(?:ez|es)|viv(?:ez|s)(?= (?!l[ea]))) {_AT} (?!equipe|rythme|nos valeurs|accord|autonomie|harmonie|phase)"
)
"""«Vous savez rendre la monnaie et demeurez dans le pays de …»: one of the things that whoever applies is or does."""
_YOU_MUST_LIVE = re.compile(
    rf"^ (?:vous|tu) (?P<said>(?:habit|resid|demeur|log)(?:ez|es)|viv(?:ez|s)) (?:imperativement|obligatoirement|necessairement|forcement|deja|idealement|de preference|absolument|toute l' annee|vous - meme) {_AT} "
)
_YOU_INHABIT = re.compile(r"^ (?:vous|tu) (?P<said>habit(?:ez|es)) (?!loin|deja|ou |trop|peut)")
_LIVING = re.compile(
    rf"(?:[,:(-]| et| ou|^)(?: (?:etre|deja|idealement|de preference))? (?P<said>(?:domicilie|residant|habitant|demeurant|logeant)e?s?) {_AT} (?!domicile|site)"
)
_HOME = words(
    r"(?:habit|resid|demeur|log)(?:ez|es)",
    "vivez",
    r"(?:domicilie|residant|habitant|demeurant|logeant)e?s?",
    "domicile",
    "habitation",
    "logement",
    "residence",
    "adresse",
)
_PEOPLE_OF = words(
    r"candidat\w*",
    r"profils?",
    r"personnes?",
    "vous",
    r"titulaires?",
    r"motive\w*",
    r"serieu\w+",
    r"permis",
    r"dynami\w+",
    r"ponctuel\w*",
    r"autonome\w*",
    r"organise\w*",
    "etre",
    "cap",
    r"experience\w*",
)
_FAR = re.compile(
    r" (?P<said>(?:domicile|habitation|logement|residence|adresse|demeurant|resida\w+|habit(?:ez|er)|(?<!l' )habitant|resid(?:ez|er)|log(?:er|ez|eant))(?: (?:doit|devra) (?:se trouver|etre(?: situee?)?)| \w+)? (?:a|dans)(?: moins d[e']| un rayon d[e']| environ)* (?:\d+|un quart|une demi|dix|quinze|vingt|trente) (?:-? ?)?(?:km|kms|kilometres|minutes|min|mn|d' heure|heure))(?: \S+){0,6}? (?:maxi\w*|max|tout au plus|au plus|exige\w*|imperati\w+|obligatoire|indispensable|demande|souhaite|du|de|d'|autour|$)"
)


def _so_far(s: Sentence) -> Found:
    """Where or how far away whoever applies lives, among other things that are said of them."""
    if s.says(_SERVES):
        return
    for match in _FAR.finditer(s.text):
        # A room that is near is given, not asked for.
        yield *match.span("said"), not match["said"].startswith("logement")
    for match in (*_YOU_LIVE.finditer(s.text), *_YOU_MUST_LIVE.finditer(s.text), *_YOU_INHABIT.finditer(s.text)):
        yield *match.span("said"), False
    for match in _LIVING.finditer(s.text):
        if s.says(_PEOPLE_OF):
            yield *match.span("said"), False


def residence(s: Sentence) -> Found:
    """Where people live is asked for, preferred or left out."""
    for match in s.all(_ONLY_IF):
        yield match.start(), match.end(), True
    if s.asked or s.says(LIFTED):
        return
    if s.says(_RELAYS) or (s.says(_LAW_SAYS) and s.says(_ZONE)):
        return
    measure = s.says(_MEASURE)
    if not measure:
        yield from _so_far(s)
    if s.says(_THEIR_HOME):
        return
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
        if word.startswith(("loge", "domicili")) and has(_WILL_BE, s.before(start, 2)):
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
            # Who houses («la commune loge») and a home that is named ask nobody yet to live anywhere.
            sure = (
                (verb and word != "loge")
                or s.says(EXCLUDES)
                or has(_INSISTS, f"{s.before(start, 4)}|{s.after(end, 8)}")
                or has(_KEPT_FOR, s.before(start, 4))
            )
            yield start, end, not measure and sure


RESIDENCE_SIGNS = any_of(_LIVE, _ONLY_IF, _HOME)
