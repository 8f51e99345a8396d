"""What the text of an offer asks for and its fields do not: experience, CACES, diplomas, a vehicle, early and late hours."""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from services.offers.domain.imports.numbers import SPELT
from services.offers.domain.linter_clauses import Sentence
from services.offers.domain.linter_heads import Words, any_of
from shared.contracts.vocabulary import Card
from shared.reference.alternatives import either_of
from shared.reference.caces import in_words
from shared.reference.caces_said import caces_in, machine_in
from shared.reference.demand_needs import but_by_day

Value: TypeAlias = bool | int | float | str
"""What a field of an offer would hold."""


WHEN = {
    "text_says_early": "Travail tôt le matin ? Précisez les horaires.",
    "text_says_late": "Travail le soir ? Précisez les horaires.",
    "text_says_night": "Travail de nuit ? Précisez les horaires.",
    "text_says_weekend": "Travail le week-end ? Précisez les jours.",
}
"""By rule, what is asked of who said when the work is and did not fill in its fields."""


class Asked(NamedTuple):
    """A fact named between two places of a sentence's text; ``proposal`` is what the author is asked, ``value`` what the
    field would hold (None: the text does not say how much or which).
    """

    rule: str
    start: int
    end: int
    proposal: str
    value: Value | None


_MUST = r"(?:exig\w+|obligatoir\w+|indispensabl\w+|requis\w*|imperati\w+|necessaires?|demande\w*)"
_WISHED = Words(
    r"souhait\w+", r"appreci\w+", "un plus", r"avantages?", "serait", "seraient", r"atouts?", "de preference", r"prefer\w+", r"facultati\w+", r"ideal\w*",
    r"pas (?:\w+ )?(?:exige|obligatoire|necessaire|indispensable|requis)\w*", r"non (?:exige|obligatoire|necessaire|requis)\w*", "ou pas", r"financ\w+", r"passer", r"(?:caces|formation|diplome|bafa|fimo|habilitation)s? (?:\w+ ){0,2}?pris\w* en charge", "en interne", r"(?:caces|formation|diplome) possible", r"fourni\w*", r"forme\w* (?:au|aux)",
)  # fmt: skip
_NOT = re.compile(r" (?:pas|sans|ni|aucune?|jamais|non|ferme\w*)(?: \w+'?){0,2} $")
_N = rf"\d+|{'|'.join(SPELT)}"
_YEARS = Words(
    rf"(?P<n>{_N}) (?:(?:a|-|/|ou) \d+ )?(?P<u>ans?|annees?|mois) (?:minimum |min |mini )?(?:d' |de )?(?:\w+ )?experiences?",
    rf"experiences? (?:\w+'? ){{0,6}}?(?:d' |de |minimum |mini |au moins |: |\( |>|= )+(?P<n2>{_N}) (?:(?:a|-|/|ou) \d+ )?(?P<u2>ans?|annees?|mois)",
)
_SAME_POST = Words(
    rf"(?:minimum |au moins |mini )?(?P<n>{_N}) (?P<u>ans?|annees?|mois) (?:minimum |au moins |mini )?(?:(?:dans|sur|a) (?:une? |ce |le |meme |type de )*(?:postes?|fonctions?) (?:equivalent|similaire|identique|comparable)e?s?|de (?:metier|conduite|pratique))"
)
"""«Minimum 3 ans dans un poste équivalent»: experience without its name."""
_EXPERIENCE = Words(
    rf"experiences? (?:\w+'? ){{0,5}}?{_MUST}",
    rf"{_MUST} ?:? (?:une )?experience",
    r"(?:justifi\w+|disposez|dispose|possed\w+|avez|beneficiez) (?:\w+'? ){0,3}?experience",
)
_EMPLOYERS = re.compile(
    r" (?:nos|notre|ses|son|leurs?|riches?|fort|forte|forts|fortes|depuis|cumule\w*|societe|entreprise|groupe|cabinet|agence|association|mairie|commune|maison|etablissement|syndicat|residence|structure)(?: \w+'?){0,4} $"
)
_CACES = Words(r"caces(?: (?:r ?\d{3}\w?|cat|categories?|n|no|\d\w?|[abc]|,|et|ou|/|-|:|\(|\)|\.))*")
_EITHER = Words(
    r"(?:ou|defaut)(?: \w+'?){0,7}? (?:experiences?|diplome\w*|cap|bep|bac|bts)",
    r"debutante?s? acceptee?s? (?:si|avec)",
)
_NAMES = r"(?:diplome|cap|bep|bp|cqp|bac|baccalaureat|bts|dut|but|licence|master|deug|deaes|deavs|deas|deamp|dees|desjeps|bpjeps|bafa|bafd|bnssa|caf\w*|titre professionnel|certificat|certification|brevet|habilitations?|fimo|fco|ssiap|carte professionnelle)"
_DIPLOMA = Words(
    rf"titulaires? (?:\( e \) )?(?:d' (?:un|une) |du |de la |de l' |des |d' |de )?(?:\w+'? ){{0,1}}?{_NAMES}(?: (?!{_MUST})[\w+'-]+){{0,6}}",
    r"diplomes? d' etat(?: (?:d'|de|en|\w+)){0,5}",
    rf"{_NAMES}(?: [\w+'/-]+){{0,6}}? {_MUST}",
    r"(?:bafa|bafd|bpjeps|bnssa) (?:complete?|valide|ou equivalent)\w*",
    r"carte professionnelle (?:d' )?(?:agent|securite|vtc|taxi|chauffeur|conducteur)\w*(?: \w+'?){0,3}",
    r"(?:de )?(?:formation|niveau) (?:de )?(?:type |niveau )?(?:minimum )?(?:cap|bep|bac|bts|dut|but|licence|master)(?: [+/\d]+){0,3}",
)
_VEHICLE = Words(
    rf"(?<!permis )(?:vehicules?|voitures?) (?:\w+ ){{0,3}}?{_MUST}",
    r"(?:etre|etes|soyez|candidat\w*) vehicule\w*",
    r"(?:il faut|faudra|disposer|disposez|posseder|possedez|avoir|avez) (?:(?:absolument|bien|imperativement|disposer|avoir|posseder) ){0,2}(?:d' )?une? (?:vehicule|voiture)(?! (?:de (?:service|fonction|l'|societe)|fourni|sera|est|mis|a disposition|sans))",
    rf"moyens? de (?:locomotion|transport)s? (?:\w+ ){{0,2}}?{_MUST}",
    rf"permis (?:b )?(?:et|\+) (?:vehicule|voiture)s?(?: \w+){{0,2}}? ?{_MUST}?",
)
_TEAMS = r"[2345] ?[x*] ?8|travail poste|postes? en equipes?|equipes? (?:alternantes?|successives?|tournantes?)|horaires? (?:decales?|postes?)"
_CLOCK = r"h(?: ?\d\d)?"
_EARLY = Words(
    _TEAMS,
    rf"(?:des|a partir de|de|entre|(?:prise de poste|embauche)(?: :)?(?: a| des)?|debut\w* (?:a|des)) 0?[3-6] {_CLOCK}",
    rf"0?[3-6] {_CLOCK} (?:-|/|a|–) \d\d? ?h",
    r"(?:a partir de|des) [3-6] heures(?! (?:par|/|de|hebdo|sup))",
    r"tot le matin",
    r"(?:horaires?|travail) (?:tres )?matina(?:l|ux)",
    r"tres tot",
    r"de matin et de soir",
)
_LATE = Words(
    _TEAMS,
    rf"\d\d? {_CLOCK} (?:-|/|a|–) (?:19 h [1-5]\d|2[0-3] {_CLOCK})",
    rf"(?:1[6-9]|2[0-3]) {_CLOCK} (?:-|/|a|–) 0?\d {_CLOCK}",
    rf"\d\d? {_CLOCK} (?:-|/|a|–) minuit",
    rf"jusqu' ?a (?:2[0-3]|minuit) ?{_CLOCK}?",
    rf"entre \d\d? {_CLOCK} et (?:19 h [1-5]\d|2[0-3] {_CLOCK})",
    r"apres 2[0-3] h(?:eures)?(?! (?:par|/|de|hebdo))",
    rf"(?:finiss\w+|termin\w+|fin (?:de (?:poste|service|journee))?|debauche)(?: :)?(?: a| vers)? (?:2[0-3]|minuit) ?{_CLOCK}?",
    r"(?:le|en|du) soir(?:ee)?s?",
    r"en soiree",
    r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)s? soirs?(?! (?:de |: |a )?\d)",
    r"(?:soirs?|soirees?) (?:et|,|/|ou) (?:(?:les|un|une|des) )?(?:week|samedi|dimanche|jours feries)",
    r"fermeture (?:du magasin|a 2[0-3])",
    r"service du soir",
    r"(?:apres - midi|journees?|matinees?|matins?|midis?|couchers?) (?:et|/|ou) (?:les |des |en |le |du )?(?:soirees?|soirs?)",
)
NO_NIGHTS = Words(r"(?:aucune?|pas de|sans|ni(?: de)?|jamais (?:la|de)) (?:travail (?:de |la )?)?nuits?")
"""Of a sentence that denies them, whatever nights it names are somebody else's."""
BY_THE_CLOCK = Words(
    r"(?:departs?|debut\w*|prises? de (?:poste|service)|embauche|commenc\w+|demarr\w+)(?: (?:a|des|vers|:))? (?:0?[1-3]) h(?:eures?)?(?: [0-5]\d)?(?! (?:par|/|de |a \d|-|\d))",
    r"0?[1-3] h(?:eures?)?(?: [0-5]\d)? du matin",
    r"fins? de (?:service|poste|journee)(?: :)?(?: (?:a|vers))? 0?[1-4] h(?:eures?)?(?: [0-5]\d)?(?! par)",
    r"(?:1[4-9]|2[0-3]) h(?: [0-5]\d)? (?:a|-|/|–|jusqu' ?a) 0?[1-4] h(?:eures?)?(?! (?:par|hebdo|/ ?sem))",
)
"""Begun or ended in the middle of the night."""
# What matching reads of hours has more shapes than these lists («2*8»), and a figure in all of them.
_OF_HOURS = _LATE.bit | Words(r"\d+").bit
TIMES = _EARLY.bit | _OF_HOURS
_DAYS_OFF = re.compile(
    r" (?:conges?|repos|fermee?s?|fermetures?(?= (?:les? |hebdomadaire )?(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche))|libres?|off|chomee?s?) "
)


def _off(s: Sentence, match: re.Match[str]) -> bool:
    """«Congés le dimanche soir et le lundi»."""
    return match[0].endswith(("soir", "soirs")) and _DAYS_OFF.search(s.before(match.start(), 8)) is not None


_MOST_YEARS = 15
"""More years are the employer's."""


_ITS_OPENING = re.compile(
    r" (?:magasins?|boutiques?|commerces?|restaurants?|etablissements?|creches?|ehpad|accueils?|usines?|ateliers?|sites?|mairies?|bureaux?|agences?|salles?|structures?|centres?|gites?|hotels?|bars?|stations?|piscines?|mediatheques?|bibliotheques?|decheteries?|guichets?|salons?|garages?|supermarches?|boulangeries?|pharmacies?|residences?|cabinets?|musees?|parcs?|foyers?|caisses?|drives?|clients?|clientele|visiteurs?|touristes)"
    r" (?:[^\s,;:]+ ){0,6}?(?:ouvert\w*|ouvre|ouvrent|fonctionne|fonctionnent|accueille|vient|viennent)(?: [^\s,;]+){0,6} $"
)
_OF_WHO_APPLIES = re.compile(
    r" (?:vous|votre|vos|poste|horaires?|roulement|travail\w*|planning|prise|rejoi\w+|integr\w+|recrut\w+|recherch\w+|cherch\w+|candidat\w*) "
)
_BY_A_COLLEAGUE = re.compile(
    r" (?:\S+ ){0,4}?(?:remplac|delegu|sous - trait|assur|effectu|tenu|pris|fait|couvert|realis|gere|confi)\w*(?: en charge)? (?:par|a) (?:une? |des |les? |la |nos |notre |l' |d' )?(?:autre|collegue|equipe|personne|prestataire|societe|veilleur|titulaire|patron|gerant|agent|astreinte)"
)
_A_TEAM = re.compile(
    r" (?:une|l'|notre|cette|leur) (?:equipe|brigade|collegue|veilleuse?|veilleur|garde|surveillante?) $"
)


_SOMEBODY_ELSE = re.compile(
    r"(?:^|[,;:(]| et| mais| que) (?:votre|vos|une?|le|la|les|des|notre|nos|l'|son|ses|leurs?|d'|certaine?s?)(?: (?:autres?|papa et la|pere et la))* (?:collegues?|equipes?(?! (?:de nuit )?(?:recherch|recrut))|brigade|veilleu(?:r|se)s?|prestataires?|parents?|papa|maman|pere|mere|couple|famille|patron\w*|gerante?s?|titulaires?|binome|clients?|clientele|residents?|patients?|societe de gardiennage|surveillante?s?|infirmiere de garde|site|usine|magasin|boutique|restaurant|hotel)"
    r" (?!de nuit vous)(?:[^\s,;:]+ ){0,5}?(?:assur\w*|effectu\w*|tien(?:t|nent)|pren(?:d|nent)|gere\w*|travaill(?:e|ent)|tourn(?:e|ent)|intervien\w+|fonctionn\w+|recrut(?:e|ent) (?:aussi|egalement|par ailleurs)|veill(?:e|ent)) (?:[^\s,;:]+ ){0,4}$"
)
"""«Votre collègue assure les nuits», «les parents travaillent de nuit»."""
_STANDS_IN = r"(?:autres? [a-z]+|remplacante?s?|etudiante?s?|vacataires?|benevoles?|prestataires?|collegues?)"
_BY_WHO_STANDS_IN = re.compile(
    rf"(?:^|[,;:(]| et| mais| que) (?:une?|des|d'|deux|trois|quatre|plusieurs) {_STANDS_IN} (?:[^\s,;:]+ ){{0,3}}?"
    r"(?:assur|effectu|tien|pren|travaill|interv|veill|fait|font|partag|s' ?occup|remplac)\w* (?:[^\s,;:]+ ){0,4}$"
)
"""«Un remplaçant assure les samedis»: who is no more closely said is not whoever applies."""
_BY_ANOTHER = re.compile(
    rf" (?:[^\s.;]+ ){{0,5}}?(?:par|a) (?:une? |des |d' ?|deux )(?:{_STANDS_IN}|second\w*(?: [a-z]+)?)(?= )"
)
_TEAM_BEFORE = re.compile(r" equipes?(?: [a-z]+)? $")
_ALL_THERE = re.compile(
    r" (?:(?:est|sont|etant|deja|au) ){0,3}(?:complete?s?|constituees?|pourvue?s?)(?= (?:$|[,.;:)]|et ))"
)
"""«Équipe de nuit complète»: nobody is looked for there."""
_RELIEVES = re.compile(r" (?:[^\s,.;]+ )?(?:pren\w+|assur\w+) (?:le relais|la releve|la suite) ")
_OF_OURS = re.compile(
    r"(?:^|[,;:(]| et| mais) (?:nos|vos|leurs|ses) [a-z-]+s (?:font|tournent|assurent|effectuent|travaillent|interviennent|veillent) (?:[^\s.;]+ ){0,6}$"
)
"""«Nos soignants font 12h, jour et nuit»: theirs, as long as nobody says that whoever applies does so too."""
_ELSEWHERE = re.compile(
    r" (?:\S+ )?recrut\w+ (?:aussi|egalement|par ailleurs|en parallele)| (?:vous )?pas (?:vous|toi) "
)
_WHO_WORK_SO = re.compile(
    r" (?:aux?|des|nos|vos|les|pour|chez|d'|de) (?!personne|quelqu|equipe|collabora|salarie|candidat|profil)[^\s,;:]+[sx](?: [^\s,;:]+){0,3} qui [^\s,;:]+ent (?:[^\s,;:]+ ){0,2}$"
)
"""«Support aux hôpitaux qui tournent la nuit»."""
_ARRANGED = re.compile(
    r" (?:planifi|organis|etabliss|prepar|coordonn|affect|constru|elabor|supervis|pilot|gere)\w* (?:[^\s,;:]+ ){0,5}$"
)
_OF_THOSE = re.compile(
    r" (?:des|de nos|de vos|de ses|de leurs|des autres) (?!residents?|patients?|enfants?|usagers?|personnes|beneficiaires?)"
)
"""«Vous organisez les tournées de nuit des chauffeurs»: whose nights they are stands behind; whom whoever applies cares for has them too."""
_ARRANGED_FOR = re.compile(
    r" (?:planifi|organis|coordonn|affect|supervis|pilot|gere)\w* (?:[^\s,;:]+ ){0,3}?(?:des|les|nos|vos) (?!equipes |gardes |services |horaires |astreintes |permanences |soins )[a-z]+s $"
)
"""«Vous gérez à distance des conducteurs de nuit»."""
_PARTS = re.compile(r" (?=(?:mais|or|alors que|tandis que) )|(?<= [,;]) |(?<= mais) ")


def others_time(s: Sentence, match: re.Match[str]) -> bool:
    """Whether the hours are a shop's, or those of somebody else who works there: the part of the sentence that names them says whose."""
    after = s.text[match.end() :]
    if any(one.match(after) for one in (_BY_A_COLLEAGUE, _BY_ANOTHER, _ELSEWHERE, _RELIEVES)):
        return True
    before = s.text[: match.start()] + " " * (not s.text[: match.start()].endswith(" "))
    begins = max((one.end() for one in _PARTS.finditer(before)), default=0)
    if _BY_WHO_STANDS_IN.search(before) or (_ALL_THERE.match(after) and _of_a_team(before, match)):
        return True
    if (
        _ARRANGED_FOR.search(before)
        or _WHO_WORK_SO.search(before)
        or (_ARRANGED.search(before) and _OF_THOSE.match(s.text[match.end() :]))
    ):
        return True
    if _SOMEBODY_ELSE.search(before) or _OF_OURS.search(before):
        return _OF_WHO_APPLIES.search(f" {before[begins:]}") is None or " vous " not in s.text[: match.end()]
    if _ITS_OPENING.search(before) is None and _A_TEAM.search(before) is None:
        return False
    behind = _PARTS.search(s.text, match.end() - 1)
    part = f" {s.text[begins : behind.start() + 1 if behind else len(s.text)]} "
    return _OF_WHO_APPLIES.search(part) is None


def _of_a_team(before: str, match: re.Match[str]) -> bool:
    return _TEAM_BEFORE.search(before) is not None or match[0].startswith("equipe")


def of_whoever_applies(s: Sentence, words: Words, denied: re.Pattern[str]) -> re.Match[str] | None:
    """Where such hours are named first that are neither denied nor somebody else's."""
    for match in s.all(words):
        if not denied.search(s.before(match.start(), 5)) and not others_time(s, match):
            return match
    return None


_ALWAYS = any_of(_YEARS, _SAME_POST, _EXPERIENCE, _CACES, _EITHER, _DIPLOMA)


def lists(*, vehicle: bool, early: bool, late: bool) -> int:
    """The bits of the lists without one of which a sentence asks for nothing beyond such fields. ``early``, ``late``: not known."""
    found = _ALWAYS
    if early:
        found |= _EARLY.bit
    if late:
        found |= _OF_HOURS
    return found if vehicle else found | _VEHICLE.bit


def asked(
    s: Sentence,
    folded: str,
    *,
    experience_months: int,
    vehicle: bool,
    early: bool | None,
    late: bool | None,
    named: str,
    either: bool,
) -> Iterator[Asked]:
    """What a sentence of ``folded`` asks for beyond the fields. ``named``: folded labels of the skills, in which a CACES may stand
    already.
    """
    bits = s.bits
    early_said = early is None and bits & _EARLY.bit
    late_said = late is None and bits & _LATE.bit
    if (early_said or late_said) and but_by_day(s.text):
        early_said = late_said = False
    if early_said and (match := _said(s, _EARLY)) and not others_time(s, match):
        yield Asked("text_says_early", *match.span(), WHEN["text_says_early"], True)
    if late_said and (match := _said(s, _LATE)) and not others_time(s, match) and not _off(s, match):
        yield Asked("text_says_late", *match.span(), WHEN["text_says_late"], True)
    wished = s.says(_WISHED)
    if not wished:
        yield from _experience(s, experience_months)
    elif (found := next(_experience(s, experience_months), None)) and not only_wished(s, found.start, found.end):
        yield found
    if (match := _said(s, _CACES)) and not only_wished(s, *match.span()):
        yield from _caces(s, folded, match, named)
    if not wished and not either and (match := s.first(_EITHER)) and either_of(folded[slice(*s.whole)]):
        question = "Le diplôme ou l'expérience suffit-il, l'un ou l'autre ? Indiquez-le."
        yield Asked("text_says_either", *match.span(), question, True)
    if (match := _said(s, _DIPLOMA)) and not only_wished(s, *match.span()):
        question = "Ce diplôme est-il nécessaire ? Ajoutez-le aux compétences."
        yield Asked("text_says_diploma", *match.span(), question, None)
    if not vehicle and (match := _said(s, _VEHICLE)) and not only_wished(s, *match.span()):
        yield Asked("text_says_vehicle", *match.span(), "Un véhicule est-il nécessaire ? Indiquez-le.", True)


_SUPPLIED = re.compile(
    r" [,;:(] (?:(?:le|la|les|votre|vos|avec) )?(?!permis|caces|formation|diplome|habilitation)[a-z]+ (?:[^\s,;:]+ ){0,3}?fourni\w*(?= )"
)
"""Something else of the list that is given: «permis B, tenue fournie»."""
_DEMANDED = re.compile(rf" (?:{_MUST}|titulaires?|vous avez|possed\w+|disposez|detent\w+)(?= )")
_PART = re.compile(r" [,;:(] | mais ")


def only_wished(s: Sentence, start: int, end: int) -> bool:
    """Whether the sentence wishes what stands there and does not demand it: «permis B exigé, permis BE apprécié» demands one of
    them and wishes the other.
    """
    if not s.says(_WISHED):
        return False
    if _WISHED.search(_SUPPLIED.sub(" ", s.text)) is None:
        return False
    first = max((match.end() - 1 for match in _PART.finditer(s.text, 0, start + 1)), default=0)
    behind = _PART.search(s.text, end - 1)
    part = s.text[first : behind.start() + 1 if behind else len(s.text)]
    return _WISHED.search(part) is not None or _DEMANDED.search(part) is None


# Of a whole text, which each of its sentences asks for.
_machine = lru_cache(maxsize=8)(machine_in)


def _caces(s: Sentence, folded: str, match: re.Match[str], named: str) -> Iterator[Asked]:
    """Each that the sentence names, and whether one of them is enough; the certificate alone where it does not say which."""
    start, end = s.whole
    which = caces_in(folded[start:end], lambda: _machine(folded))
    if not which.codes:
        if "caces" not in named:
            question = "Le CACES est-il nécessaire ? Dites lequel dans l'offre."
            yield Asked("text_says_caces", *match.span(), question, Card.CACES.value)
        return
    known = caces_in(named).codes
    for code in which.codes:
        if code not in known:
            question = f"Le CACES {in_words((code,))} est-il nécessaire ? Indiquez-le."
            yield Asked("text_says_caces", *match.span(), question, code.value)
    if which.one_of and not known:
        question = f"Un seul CACES suffit-il ({in_words(which.codes, 'ou')}) ? Indiquez-le."
        yield Asked("text_says_one_caces", *match.span(), question, True)


def _experience(s: Sentence, known: int) -> Iterator[Asked]:
    named = "experience" in s.text
    for match in s.all(_YEARS if named else _SAME_POST):
        groups = match.groupdict()
        written, unit = str(groups["n"] or groups.get("n2")), groups["u"] or groups.get("u2")
        number = SPELT.get(written) or int(written)
        months = number if unit == "mois" else 12 * number
        if months <= known or months > 12 * _MOST_YEARS or _EMPLOYERS.search(s.before(match.start(), 5)):
            continue
        question = f"{_length(months)} d'expérience exigés ? Indiquez-le."
        yield Asked("text_says_experience", *match.span(), question, months)
        return
    said = None if known or not named else _said(s, _EXPERIENCE)
    if said is not None and not _EMPLOYERS.search(s.before(said.start(), 5)):
        question = "De l'expérience est-elle exigée ? Indiquez combien."
        yield Asked("text_says_experience", *said.span(), question, None)


def _length(months: int) -> str:
    years, rest = divmod(months, 12)
    return f"{years} an{'s' if years > 1 else ''}" if not rest else f"{months} mois"


def _said(s: Sentence, words: Words) -> re.Match[str] | None:
    for match in s.all(words):
        if not _NOT.search(s.before(match.start(), 4)):
            return match
    return None
