"""How people talk to a search: the words with which they ask, as they are spelt on a telephone, and with typing errors."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from services.offers.search.sound import sound

_ASK = (
    "annonce annonces boulot boulots cherche chercher cherches emploi emplois job jobs offre offres poste postes recherche "
    "rechercher recrute taf taff travail travailler travaille trouver trouve bosser bosse bossez urgent urgence embauche "
    "embaucher postuler candidature boulo boulos tof taffe tafs tafer tafez gagner gagne deplace"
)
_TALK = (
    "actuellement aimerais argent besoin bonjour bonsoir bjr bsr slt salut coucou hello chose disponible disponibles "
    "disponibilite dispo faire habite habitant importe interesse interessee merci nimporte peu peux pouvoir quelque quelques "
    "rapidement recherchant souhaite souhaiterais stp suis chui chuis suite svp tout toute toutes tous tres veux vis vite "
    "voudrais vraiment galere parle parler plz ya pr ds ki ke koi kom tt bcp "
    "dis dites trouvez trouve donne donnez montre montrez savoir sais sait lire ecrire "
    "voila cordialement jsui kesk keske mnt vs aller venir rendre qqch qqun qqn kelkun kelk quelqu quelquun "
    "tranquille tranquilles peinard pepere cool sympa "
    "facile faciles vacances stable stables endroit endroits "
    "truc trucs machin veut avez auriez euh heu hum bah ok okay google siri alexa hey plait plais importe "
    "allergique mem memes ptit ptite ptits ptites parce parceque pck pcq psk puisque juste justement devant autre autres "
    "kelke qq jsp dsl vrmt auj ojd tjs tjrs koman kan biz bizz cc wesh kiff svpp silvouplait bonj madame monsieur mme mlle mr "
    "mettez mets affichez affiche "
    "voulais voulait voudrait pourrais pourrait pourriez peuvent existe reste restent regarde regarder venu vient viens "
    "dan cherchons recherchons cherchent personnellement honnetement franchement normalement"
)
# Pronouns, adverbs, days and verbs that join: they say how somebody wants to work, seldom what.
_CLOSED = (
    "moi toi lui eux elles quoi quel quelle quels quelles laquelle lequel rien quiconque aucun aucune certains plusieurs "
    "apres avant depuis pendant durant jusque jusqu des lors puis ensuite deja encore seulement uniquement surtout plutot "
    "aussi toujours jamais souvent parfois demain aujourd hui hier maintenant bientot tard moins autant assez trop environ "
    "presque peut maximum max maxi minimum min mini pres loin proche cote autour ici partir commencer commence commencant "
    "debut debuter fini finir finit date immediat immediatement sinon voir donc alors car comme lundi mardi mercredi jeudi "
    "vendredi lundis mardis mercredis jeudis vendredis "
    "pourquoi comment quand combien importe exclusivement idealement eventuellement preference vivant "
    "soit adorerais adore ferais ferai fais prends prendre accepte aucunement possible possibles soi gens"
)
ASKING = frozenset(f"{_ASK} {_TALK} {_CLOSED}".split())
"""Words with which people ask for work; they count only where nothing else is asked."""

_PEOPLE = (
    "jeune jeunes homme hommes femme femmes senior seniors retraite retraitee retraites mineur mineure personne "
    "serieux serieuse motive motivee courageux courageuse debrouillard debrouillarde ponctuel ponctuelle"
)
OURSELVES = frozenset(_PEOPLE.split())
"""What people say of themselves: no title has to have it."""
_MONTHS = "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre"
MONTHS = frozenset(_MONTHS.split())
"""They say when work begins, which titles seldom do."""
WEEKDAYS = frozenset({"lundi", "mardi", "mercredi", "jeudi", "vendredi"})
"""Words of how people talk that may be left out all the same: «pas le mercredi»."""

_CLIPPED_VERBS = re.compile(
    r"(?:je?)?(?:cherch|chrch|crch|rech|rch)|"
    r"je?(?:veu[xt]?|cherche?|recherche?|voudrai[st]?|aimerai[st]?|trouve?|sui[st]?|ai|habite|souhaite)s?|g|ch?ui"
)
"""«jcherche», «jveux»: people leave out the apostrophe."""

_TELEPHONE = {
    "aprem": "apres midi", "aprm": "apres midi", "compl": "complet", "ctre": "centre", "deb": "debutant",
    "dimanch": "dimanche", "dipl": "diplome", "experimente": "experimente",
    "experimentee": "experimentee", "exp": "experience", "g": "j ai",
    "jamai": "jamais", "jame": "jamais", "jms": "jamais", "mat1": "matin", "mitemps": "mi temps",
    "mitps": "mi temps", "nui": "nuit", "nuite": "nuit", "pa": "pas", "permi": "permis", "plain": "plein", "plin": "plein",
    "ss": "sans",
    "samdi": "samedi", "sem": "semaine", "soire": "soir", "swar": "soir", "tem": "temps", "temp": "temps", "tems": "temps",
    "tps": "temps", "we": "week end", "weekand": "week end", "wikend": "week end", "wk": "week end", "wkd": "week end",
    "xp": "experience",
}  # fmt: skip
"""Spellings of a telephone → the words that filters are read in."""
_WORDS_OF_FILTERS = (
    "alternance alternant apprentissage apprenti apprentie benevolat complet debutant debutante dimanche diplome experience "
    "interim interimaire partiel permis professionnalisation saisonnier saisonniere samedi vehicule voiture weekend "
    "septembre octobre novembre decembre"
)
_LONG = 6
_VERY_LONG = 10


@lru_cache(maxsize=16_384)
def spelt(folded: str) -> str:
    """A word as filters are written: «we» is «week end», «saisonier» «saisonnier». Anything else is itself."""
    known = _TELEPHONE.get(folded)
    if known is not None:
        return known
    return _near(folded, _FILTERING) or folded


def spelt_together(words: Sequence[str]) -> list[str]:
    """The words of a question as filters are written, those of two words also by how both sound: «mi tan» is «mi temps»."""
    written = [spelt(word) for word in words]
    for at in range(len(written) - 1):
        one, other = written[at], written[at + 1]
        if one[0] in _BEGUN and len(other) > 2 and (pair := _BY_SOUND.get(_sounds(one, other))) is not None:
            written[at], written[at + 1] = pair
    return written


@lru_cache(maxsize=8_192)
def _sounds(one: str, other: str) -> str:
    return f"{sound(one)} {sound(other)}"


@lru_cache(maxsize=16_384)
def asks(folded: str) -> bool:
    """Whether it is a word with which people ask: «cherche», «jveux»."""
    return folded in ASKING or _CLIPPED_VERBS.fullmatch(folded) is not None


@lru_cache(maxsize=16_384)
def asks_mistyped(folded: str) -> bool:
    """Whether a word that is none is one typing error away from one with which people ask: «travial», «cherch»."""
    return _near(folded, _ASKING_LONG) is not None


def _near(folded: str, words: Mapping[str, Sequence[str]]) -> str | None:
    """The long word of the same first letter that is one error away, in very long ones two."""
    if len(folded) < _LONG - 1 or not folded.isalpha():
        return None
    errors = 2 if len(folded) >= _VERY_LONG else 1
    for word in words.get(folded[0], ()):
        if OSA.distance(folded, word, score_cutoff=errors) <= errors:
            return word
    return None


def _by_letter(words: Iterable[str]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for word in words:
        found.setdefault(word[0], []).append(word)
    return found


_OF_TWO = (
    "mi temps", "plein temps", "temps plein", "temps partiel", "temps complet", "week end", "sans permis", "pas permis",
    "sans experience", "pas experience", "sans diplome", "jamais travaille", "premier emploi", "petit boulot",
)  # fmt: skip
_BY_SOUND = {_sounds(*pair.split()): (pair.split()[0], pair.split()[1]) for pair in _OF_TWO}
"""Filters of two words by how they sound."""
_BEGUN = frozenset(pair[0] for pair in _OF_TWO)
_FILTERING = _by_letter(_WORDS_OF_FILTERS.split())
"""Long words of filters by their first letters, in which a typing error is seen through."""
_ASKING_LONG = _by_letter(sorted(word for word in ASKING if len(word) >= _LONG))
