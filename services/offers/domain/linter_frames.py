"""The frames in which whoever applies is wanted, left out or asked to tell: a trait of people right beside one is a condition,
whatever else the sentence speaks of.

The readers and ``linter_doubt`` know the words of conditions and look around for whom they mean. Here it is the other way
round: the frame says that somebody is hired, kept out or questioned, and takes any trait of ``linter_people`` that stands in
its place. A new trait is found in all frames, a new frame with all traits.
"""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re
from collections.abc import Iterator, Sequence

from services.offers.domain.linter_beside import FEMALE_SIGNS as FEMALE
from services.offers.domain.linter_beside import SIGNS as BESIDE
from services.offers.domain.linter_beside import beside, in_feminine
from services.offers.domain.linter_clauses import Sentence
from services.offers.domain.linter_heads import any_of
from services.offers.domain.linter_people import HAS, TOLD, WHO, Trait
from services.offers.domain.linter_words import CIVIC, LAW, LIFTED, ROLES, SCHEMES, STUDIES, WELCOMES, for_them, words

_KIND = r"(?:jeunes?|bonn?e?s?|vraie?s?|gentil(?:le)?s?|braves?|autres?|futur(?:e|s|es)?|petite?s?|seule?s?|personnes? (?:de |d' )?|quelqu' un (?:de |d' )?|candidat(?:e|s|es)?|profils?|gens|type|simples?)"
_ARTICLE = r"(?:une? |des |les |le |la |l' |du |de |d' |aux? |a |pour |ma |mon |que |qu' |par |avec |entre |en |sur )"
_BETWEEN = rf"(?:{_ARTICLE}){{0,3}}(?:{_KIND} ){{0,2}}$"
_ADVERB = r"(?:(?:bien|plutot|uniquement|seulement|exclusivement|avant tout|surtout|en priorite|idealement|de preference|d' abord|donc|absolument|aussi|ici|ne|rester) )"
_ONLY = r"(?:uniquement|exclusivement|seulement|rien que)"
_DEMANDED = r"(?:exige\w*|obligatoires?|imperati\w+|requis\w*|indispensables?)"
_WISHED = r"(?:souhaitee?s?|appreciee?s?|privilegiee?s?|preferee?s?|prioritaires?|attendue?s?|recherche(?:e|s|es)|recherche(?= (?:$|par |en (?:cdi|cdd|interim)|dans |sur |immediatement|[,.;:(!]|(?:pour|afin|a) (?!(?:\S+ ){0,6}?(?:sa|son|ses|leurs?|notre|nos|mon|ma|mes|(?<!d' )une?) )))|demandee?s?|desiree?s?|visee?s?|bienvenue?|si possible|appliquee?s?|preferables?|ideale?s?)"
_SUBJECT = r"(?:poste|emploi|offre|place|mission|job|travail|metier|contrat|recrutement|candidature|complement|offres|postes|annonce)s?"

_WANTED = re.compile(
    r" (?:"
    rf"(?:(?:re)?cherch(?:e|ons|ent)|(?<=a )recruter|rech|ch|recrut(?:e|ons|er|era|erons|ent)|embauch(?:e|ons|er|era|erons)|engage(?:ons|r|ra|rons)?|prenons|prendr\w+|prend|retenons|retiendr\w+|voulons|veut|veux|veulent|voudri\w+|prefer(?:e|ons|er|era|erons|ent|erions)|privilegi(?:e|ons|er|era|erons)|souhait(?:e|ons|ez|erions)|aimerions|aimerais|verrai\w*|verri\w+|pens(?:ons|e|ee|es) (?:plutot )?(?:a|pour)|il (?:nous |me |vous )?(?:faut|faudra|faudrait)|besoin|favoris(?:e|ons|era|erons)|vis(?:ons|e)|demand(?:e|ons)) {_ADVERB}{{0,2}}"
    r"|(?:nous|on) (?!accueill|accompagn|aid|soign|heberg|form|encadr|serv|recev|livr|transport|habill|coiff|equip|propos|offr|conseill|suiv|inser|sout|gard|visit|anim|proteg|log|travaill|organis|fabri|vend|sommes|avons|aurons|dispos|compt|constru|port|permet|donn|rend|met|adress|invit|remerc|engage(?:ons|ant) a|touch|rassembl|reun|aim|instruis|educ|nourr|lavons|dirig|gere|gerons|emmen|conduis|present|montr|veill|occup|assist|parl|dev|sav|connais|pouv)(?:\w+(?:ons|era|erait|ra|e|ait)) (?=une? |des |plutot |que |d' |avec |$)"
    r"|c' est (?:plutot )?(?=le |la |une? |les |aux? )"
    r"|preference (?:sera |est )?(?:donnee |accordee |aux? |a |pour |nettement )*|priorite (?:absolue |sera |est |donnee |aux? |a )*|en priorite "
    rf"|(?:ne|n') \w+ (?:\w+ ){{0,3}}?qu(?:e|') |{_ONLY} |de preference |plutot |idealement |l' ideal (?:: |serait |est |, )*|ideal : |avant tout "
    r"|accept\w+ (?:de )?|le fait d' etre |(?:metier|travail|boulot) (?=d')|(?:d' )?(?<!- )etre |issue?s? (?=d')|(?:en accord avec|partag(?:er|ez|eant)|adher(?:er|ez)|souten(?:ir|ez)(?= (?:les |l' |la |le )?(?:idees?|action|politique|opinions?|valeurs|parti))|approuv(?:er|ez)) |(?:partage(?:ant|nt)?|adher(?:ant|e)|epous(?:ant|e)|acquise?s?|fideles?|sensibles?|attachee?s?|favorables?|convaincue?s?|proches?|(?:en )?(?:phase|accord|communion)) (?:a |de |d' |avec |par )?(?:nos|notre|les memes?|mes|ces) |(?:personne|quelqu' un|candidat\w*|profil|collegue) (?:dont (?:les deux )?|(?:qui (?:a|ait|aurait)|ayant) (?:encore )?)|(?:personnes?|ceux|celles|candidat\w*) (?:qui (?:ont|aient|possed\w+|dispos\w+ d')|ayant|disposant d'|possedant|titulaires? d'|detenant) |(?<=aux )titulaires? d' |vous etes |soyez |vous serez |doit etre |devra etre |(?:en realite|soit|donc) (?=un)"
    r"|seule?s? (?:les |des )?(?:personnes? |candidat\w* |gens |ceux |celles )?(?:qui )?"
    r")" + _BETWEEN
)
_OFFERED = re.compile(
    rf" (?:arrang\w+|interess\w+|tent\w+|conviendr\w+) (?:a )?(?:une? |des |les )?(?:{_KIND} )?$| (?:^|.*?{_SUBJECT} (?:\S+ ){{0,5}}?|[:;,(–-] |.*? (?:qui|et) |cela |ca |ce )?(?:reserve\w*|destine\w*|ideal\w*|parfait\w*|ouvert\w* {_ONLY}|fait|pense|propose|adapte|convien\w+|irait|ira|plaira\w*|arrang\w+|interess\w+|tenter\w*|profiter\w+|s' adresse|confie) (?:bien |mieux |tres bien |plutot |en priorite |{_ONLY} )?(?:aux?|a|pour)(?: des| les| l'| la| le| une?)? "
    + _BETWEEN.removeprefix(rf"(?:{_ARTICLE}){{0,3}}")
)
"""«Poste qui irait bien à une personne à la retraite»; whoever else something may be kept for is named before it."""
_WANTED_AFTER = re.compile(
    rf" (?:\( \S+ \) )?(?:\w+ ){{0,2}}?(?:[,:(-] )?(?:(?:est|sont|sera|seront|serait|seraient) )?(?:(?P<hard>{_ONLY}|{_DEMANDED}|seule?s (?:accept|admis)\w*|only|required|needed|mandatory)|{_WISHED}|de preference|d' abord|avant tout|en priorite|minimum|maximum|tout au plus)(?= )"
    r"| (?:\w+ ){0,2}?(?:[,:-] )?(?:serait|seraient|est|sera|c' est|ce serait|ferait|sont) (?:un (?:vrai |reel |gros |petit )?(?:plus|atout|avantage)|mieux|l' ideal|idea\w+|parfait\w*|bienvenu\w*|l' affaire|prefer\w+|appreci\w+|attendue?s?)"
)
_OUT_BEFORE = re.compile(
    r" (?:(?P<hard>pas (?:d'|de|un seul|une seule)|aucune?|ni|sans|jamais (?:de|d')|interdit aux?|refus(?:ons|e) (?:les|toute?s?|tous)|exclu(?:ons|t) (?:les|toute?s?))|plus (?:de|d')|hors|evit(?:ons|e|er)|ecart(?:ons|e)|non"
    r"|(?:ne|n')(?: \S+){1,2}? (?:d' )?(?:pas|plus|jamais|guere|aucune?|ni|point|personne)(?: (?!besoin|obligation|oblige)\w+)?|(?<=^ )absence (?:totale )?d[e']|exempt\w*|indemne|libres?|trop \w+ pour|mal adapte (?:a|aux?)|peu (?:adapte|indique) (?:aux?|a|pour)|incompatible avec|deconseille (?:aux?|a)|ne pas(?: (?!besoin)\w+){0,2})"
    rf"(?: (?:d'|de|des|les|une?|aux?|a|aucune?|toute|pour|la|le|l'|avec|sur|moindre|quelqu' un|ete|en|candidat\w*|profils?|personnes?|gens|d' etre|du)){{0,3}}(?: {_KIND}){{0,2}} $"
)
_OUT_AFTER = re.compile(
    r" (?:\w+ ){0,3}?(?:[,:(–-] )?(?P<hard>s' abstenir|abstenez|passez|ne (?:postulez|candidatez)|inutile de|(?:(?:est|sont|sera|seront) )?(?:exclue?s?|refusee?s?|interdite?s?|ecartee?s?|elimines?)|non (?:merci|accept\w+|admise?s?|retenue?s?|souhait\w+|recevable\w*|bienvenue?s?)|poste ferme|pas (?:accept|admis|retenu|bienvenu|les bienvenu)\w*|pas la peine|merci de ne|priere de ne|hors de question|(?:et )?c' est non|on (?:les |l' )?evite|nous (?:les )?evitons|redhibitoires?|eliminatoires?|= (?:\w+ ){0,2}?(?:non|refus\w*|rejet\w*|poubelle|corbeille|panier|elimin\w+|dehors|porte|(?:au )?revoir|ecart\w+|exclu\w*))(?= )"
    r"| (?:\w+ ){0,4}?(?:[,:] )?(?:(?:ce |cet |le )?(?:poste|emploi|job|travail)? ?(?:n' est|ne (?:sont(?! (?:pas|plus|nullement) (?:\w+ )?(?:exclu|ecart|oubli|refus|laiss|interdit|elimin|reje|en reste|obligat|exig|requis|necess|demand|une? (?:frein|obstacle|probleme|critere)))|sera|seront|serons|pourr\w+|peu\w+|convien\w+|donner\w+|s' \w+|vous|nous|prenons|recrut\w+|donnons|correspond\w*)|nous ne|n' (?:ont|a|aur\w+|iron\w+)) (?:\w+ ){0,3}?(?:pas|plus|jamais|guere|aucun\w*|rien a)|(?:choisissez|cherchez|voyez|allez voir|attendez|tournez - vous|optez)|(?:ne|n') (?:peu\w+|saur\w+|pourr\w+) (?:pretendre (?:au poste|a (?:l'|cet|ce|notre|cette) ?(?:emploi|poste|offre|place))|postuler|candidater|convenir|exercer ce|etre (?:recrut|embauch|retenu|recu|admis)\w*)|aur(?:a|ont) du mal|risqu\w+ de ne pas|incompatibles?|poste(?: \w+)? ferme)(?= )"
)
_ASKED = re.compile(
    r"(?<! vous)(?: |^)(?:indiqu(?:er|ez)|(?:merci de|veuillez|merci de nous|veuillez nous|nous) signaler|signalez(?: nous| - nous)?|faites (?:nous )?(?:- nous )?(?:part|savoir|connaitre)|precis(?:er|ez)|mentionn(?:er|ez)|renseign(?:er|ez)|communiqu(?:er|ez)|declar(?:er|ez)|joindre|joignez|fourni(?:r|ssez)|dites|donnez|envoy(?:er|ez)|detaill(?:er|ez)|a deposer[^.]*:|devr(?:ez|a|ont) (?:indiquer|preciser|fournir|mentionner)) (?:(?!client|patient|usager|locataire|resident|eleve|beneficiaire|produit|dechet)\S+ ){0,7}?$"
)
_ASKED_AFTER = re.compile(
    r" (?:(?!client|patient|usager|locataire|resident|eleve|beneficiaire|produit)\S+ ){0,6}?(?:a (?!\w+(?:teur|er) (?:des|les|aux) )(?:(?:re)?port|indiqu|precis|mentionn|renseign|communiqu|declar|detaill|pass|gliss|not|coch|donn|agraf|coll)er|a (?:fournir|joindre|remplir|inscrire|produire|ecrire|transmettre)|(?:doi(?:t|vent)|devr\w+) (?:etre |y )?(?:figur|appara|indiqu|mention|precis|renseign)\w+|prevue?s?(?= (?:cette|dans|en) )|demandee?s?|exigee?s?|obligatoires?|requise?s?|(?:a|avant|lors de) l' (?:embauche|entretien))(?= )"
)
_MUST_BE = re.compile(
    r" (?:(?:du|de la|de l'|des|d' une?) (?:candidat\w*|postulant\w*|personne|salarie\w*|recrues?|titulaires?) )?(?:devra|devront|doi(?:t|vent)|devrait|sera (?:determinant|decisi\w+|un critere|compris|pris|etudie)\w*|comptera|compte(?= (?:pour|beaucoup|dans))|entre\w* en (?:compte|ligne)|importe)(?= (?!pas |guere |peu |nullement )| $)"
)
"""What «votre âge», «l'âge du candidat» has to be."""
_OF_WHO_APPLIES = re.compile(r" (?:votre|vos|ton|tes|son|leur) $")
_QUESTION = re.compile(
    r" (?:avez - vous|y a - t - il|etes - vous|souffrez - vous|prenez - vous|envisagez - vous|combien|qui garde|ou sont|quel(?:le)?s? (?:est|sont)|d' ou|votre|vos|prevoyez - vous|que fait|as - tu|es - tu|attendez - vous|vivez - vous) (?:\S+ ){0,5}?$"
)
_EVEN = re.compile(r" quel(?:le)?s? que (?:soi\w+)|,? peu importe")
"""«Pas de candidats hors UE, quel que soit leur titre de séjour»: who is left out without exception is left out."""
_AMONG_EQUALS = re.compile(r" a competences? egales?")
"""Beside a handicap the law wants it (L5213-6); beside anything else it is a preference."""
_STUDENT = re.compile(r"(?:\w+ )?(?:etudiant|lyceen|collegien)")
_ENCOURAGED = re.compile(
    r" encourag(?:e|ons|eons|er)(?! (?:\w+ )?(?:uniquement|exclusivement|seulement))(?: (?:vivement|fortement|particulierement|aussi|egalement|les|des|la|toutes))* $"
)
_ENCOURAGED_AFTER = re.compile(r" (?:sont|est) (?:vivement |fortement |aussi |particulierement )?encouragee?s? ")
"""Who is under-represented may be encouraged to write (labour code L1142-4): nobody is left out by it."""
_IN_ORDER = words(
    r"(?<!pas de )titre de sejour(?= (?:valide|en cours|autorisant|a jour|accept))",
    "permis de travail",
    "situation reguliere",
    "autorisation de travail",
)
_VERIFIED = words(
    r"controle\w*",
    r"verifi\w+",
    r"saisi\w*",
    r"gestion",
    r"gerez",
    r"suivi",
    r"clients?",
    r"patients?",
    r"usagers?",
    r"locataires?",
    r"residents?",
    r"eleves?",
    r"familles",
    r"beneficiaires?",
    r"adherents?",
    r"assures?",
    r"animaux",
    r"animal",
    r"vehicules?",
    r"colis",
    r"camions?",
    r"produits?",
    r"salaries",
)
"""Whose papers and particulars are part of the work."""
_ADAPTED = words(r"entreprises? adaptees?", "esat", "agrement", "obligation d' emploi", "oeth", "boeth")
"""Where a handicap is what opens the post (labour code L5213-13)."""
_THEIR_PLACES = re.compile(
    r" (?:sejours?|logements?|residences?|hebergements?|tarifs?|chambres?|menus?|animations?|ateliers?|activites?|clubs?|salles?|centres?|foyers?|cours|offres? commerciales?|produits?|gammes?|rayons?|vetements?|vestiaires?|toilettes|sanitaires|accueil|service|services|structures?|etablissements?|dispositifs?|programmes?|association|internat|collections?|boutiques?|marques?|repas|espaces?|creches?|garderies?|colonies?|arbres? de noel|maisons?|ecoles?|formations?|prets?|magasins?|jeux|livres|equipements?|dechets?|stationnement|places|aupres|chez(?! nous)|rayons?) (?:[^\s,:;.(]+ ){0,5}$"
)
_LISTED = re.compile(
    r"^ (?:- )?(?:profils?|criteres?|qualites?|caracteristiques|candidat\w*)(?: \w+){0,2} : (?:[^.;:]* , )?(?:une? )?\|(?: \w+)? [,.;] |^ (?:- )?(?:profils?|criteres?|qualites?)(?: \w+){0,2} : (?:[^.;:]* , )?(?:une? )?\|(?: \w+)? $| \( (?:une? |plutot |si possible |de preference )*\| \) "
)
"""«Critères : femme, 2 ans d'expérience», «veilleur de nuit (un homme)»."""
_OPENS = re.compile(
    r"^ (?:- )?(?:une? )?\|(?: (?!en|de|du|des|a|au|aux|sur|chez|dans|s')\w+)?(?: (?:et|,) \w+)? (?:(?:\S+ ){0,6}, pour (?:(?:une?|des|du) (?:poste|emploi|place|missions?|contrat|travail|menage|garde|creche)|(?:accompagn|gard|surveill|assur|tenir|remplac)\w*)|pour (?:le|la|les|l'|un|une|notre|tenir|garder|aider|servir|travail\w*|aller|faire|ce)|a l' accueil|au comptoir|disponible|derriere) "
)
"""A short line of nothing but a kind of person and what for: «gaillard pour le bûcheronnage»."""
_LINE = 14
_JOINED = re.compile(
    r" (?:hommes?|femmes?|dames?|messieurs|garcons?|filles?|gars)(?: ,)? (?:ou|et|/|comme|que) (?:d' |une? |les |des |aux |l' )*(?:jeunes? )?(?:hommes?|femmes?|dames?|messieurs|garcons?|filles?) "
)
_NAMED = any_of(*(trait.named for trait in (*WHO, *HAS, *TOLD)))
_PEOPLE = tuple((trait.named.bit, trait) for trait in (*WHO, *HAS))
_TOLD = tuple((trait.named.bit, trait) for trait in TOLD)
SIGNS = _NAMED | BESIDE | FEMALE

Framed = tuple[str, int, int, bool]
"""Criterion, start and end in the sentence's text, whether it is certain."""


def framed(s: Sentence) -> list[Framed]:
    """Traits of people in a frame that wants them, leaves them out or asks about them."""
    bits = s.bits
    found: list[Framed] = [("sex", *span, False) for span in in_feminine(s)] if bits & FEMALE else []
    told = {one[0] for one in found}
    if bits & BESIDE:
        for criterion, start, end in beside(s):
            if criterion not in told:
                told.add(criterion)
                found.append((criterion, start, end, False))
    if not bits & _NAMED:
        return found
    for trait, start, end, certain in (*_people(s), *_questions(s)):
        if trait.criterion not in told:
            told.add(trait.criterion)
            found.append((trait.criterion, start, end, certain))
    return found


def _named(s: Sentence, traits: Sequence[tuple[int, Trait]]) -> Iterator[tuple[Trait, int, int]]:
    bits = s.bits
    for trait in [one for bit, one in traits if bits & bit]:
        for match in trait.named.finditer(s.text):
            yield trait, *match.span()


def _by_law(s: Sentence) -> bool:
    """Whether a text may ask for the nationality, or a permit to work is enough."""
    return s.says(LAW) or s.says(CIVIC) or s.says(_IN_ORDER)


def _people(s: Sentence) -> Iterator[tuple[Trait, int, int, bool]]:
    for trait, start, end in _named(s, _PEOPLE):
        if trait.criterion == "age_limit" and (s.says(SCHEMES) or (s.says(STUDIES) and _STUDENT.match(s.text, start))):
            continue
        if trait.criterion in ("sex", "age_limit") and s.says(ROLES):
            continue
        if trait.criterion == "origin" and _by_law(s):
            continue
        before, after = s.before(start, 9), s.after(end, 9)
        if trait.criterion == "sex" and _JOINED.search(s.around(start, end, 4)):
            continue
        if for_them(s, start) or _THEIR_PLACES.search(before):
            continue
        out = _OUT_BEFORE.search(before) or _OUT_AFTER.match(after)
        if out is not None:
            if not (s.says(LIFTED) and LIFTED.search(_EVEN.sub(" ", s.text))):
                yield trait, start, end, trait.sure and out["hard"] is not None
            continue
        if s.says(LIFTED) or _ENCOURAGED.search(before) or _ENCOURAGED_AFTER.match(after):
            continue
        if s.says(WELCOMES) and (
            trait.criterion == "health" or WELCOMES.search(_AMONG_EQUALS.sub(" ", s.text)) is not None
        ):
            continue
        if trait.plain:
            yield trait, start, end, False
        if not trait.wanted:
            continue
        after_it = _WANTED_AFTER.match(after)
        if after_it is not None:
            yield trait, start, end, trait.sure and after_it["hard"] is not None
        elif _WANTED.search(before) or _OFFERED.search(before) or _stands_alone(s, trait, start, end):
            yield trait, start, end, False


def _stands_alone(s: Sentence, trait: Trait, start: int, end: int) -> bool:
    """Whether it is an item of a profile or a line of its own; who is served, sick or poor is often named so, too."""
    if trait.criterion not in ("sex", "age_limit", "appearance_religion_union", "family"):
        return False
    marked = f"{s.text[:start]}|{s.text[end:]}"
    return _LISTED.search(marked) is not None or (len(s.tokens) <= _LINE and _OPENS.match(marked) is not None)


def _has_to_be(before: str, said: str, after: str) -> bool:
    """Whether what somebody is has to be this or that: «votre âge devra s'accorder avec celui de l'équipe»."""
    must = _MUST_BE.match(after)
    return must is not None and (
        must[0].startswith((" du ", " de ", " des ", " d'"))
        or said.startswith(("votre", "vos", "leur"))
        or _OF_WHO_APPLIES.search(before) is not None
    )


def _questions(s: Sentence) -> Iterator[tuple[Trait, int, int, bool]]:
    for trait, start, end in _named(s, _TOLD):
        if s.says(LIFTED) or s.says(_VERIFIED) or s.says(_ADAPTED):
            return
        if trait.criterion == "origin" and _by_law(s):
            continue
        before = s.text[:start]
        if (
            _ASKED.search(before)
            or _ASKED_AFTER.match(s.text[end:])
            or _has_to_be(before, s.text[start:end], s.text[end:])
            or ((s.asked or "repon" in s.text or " ? " in s.text) and _QUESTION.search(before))
        ):
            yield trait, start, end, False
