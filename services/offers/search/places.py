"""The places that a question names: «annecy», «à Mâcon», «près de Guéret», «23000», «(23)», «en Creuse», «limousin»."""

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import OSA

from services.offers.search import place_parts
from services.offers.search.areas import AREAS
from services.offers.search.chips import Chip
from services.offers.search.homographs import EVERYDAY, evident
from services.offers.search.index import stems_of
from services.offers.search.ordinary import ORDINARY
from services.offers.search.place_words import (
    ABROAD,
    ARTICLES,
    AT,
    BEGINNINGS,
    CEDEX,
    LOOSE,
    OF_TOWNS,
    WEAK_AT,
)
from services.offers.search.regions import area, area_words
from services.offers.search.sound import heard
from services.offers.search.spelling import correction
from services.offers.search.talk import asks, asks_mistyped
from services.offers.search.town_names import town_sounding
from services.offers.search.trades import Trades
from services.offers.search.words import STOP, Word, term_of
from shared.geo import distance_km
from shared.reference.communes import Commune, Communes
from shared.reference.departments import DEPARTMENTS, REGION_KEYS, is_region, region_named, was_region
from shared.reference.text import folded

_TOWN = 15_000
"""Inhabitants from which a town («Vienne») comes before a département of its name; «Creuse» has 250."""


def _said_plainly(word: Word) -> bool:
    return word.text.islower() and (word.folded in ORDINARY or word.folded in ARTICLES or asks(word.folded))


_OF_A_POSTCODE = 50
_MOST_PLACES = 4
_NEAR_KM = 60.0
"""So far from where they are people take a place of a name to be the one that they know."""
_KNOWN_WITH_ARTICLE = 2_500
"""The same where an article is said as well: «la voulte»."""
_SELDOM = 3
"""Occupations that have a word in their titles, which is hardly one of a trade: «souterraine»."""
_TELLING, _VILLAGE_BEGUN = 8, 1_000
"""Letters of a word that is no other one, and inhabitants of the place whose name it begins."""
_VILLAGE, _MORE = 3_000, 10
"""A village gives way to a town so many times larger that people call by the same word."""
_NARROWING = CEDEX.union(*(name.split() for name in place_parts.BY_NAME)) - WEAK_AT
"""Without one of these or a number no département and no postcode is named beside a place."""
_OTHER_WORDS = CEDEX.union(OF_TOWNS, *(name.split() for name in (*place_parts.BY_NAME, *REGION_KEYS, *AREAS)))
"""Words of places that are no communes."""
_NO_BEGINNING = WEAK_AT - ARTICLES
_SHORTEST, _SHORTEST_WHOLE = 5, 9
"""Letters of a word, and of a name of several, in which a typing error is looked for."""
_ELSEWHERE = 20
"""A word that so many times more offers have than name the place is an ordinary word."""
_LONG_QUESTION = 16
"""Words from which on typing errors are looked for in places that somebody says to be one."""
_SURER = 3
"""So many times more employers than places may be called like a town that is written as its name."""
_SEEN = 2
"""A word that more offers have is no typing error."""
_KNOWN_MISSPELT, _CITY = 2_000, 100_000
"""Inhabitants of a place that a mistyped word alone is taken for; and where it might be a mistyped trade as well."""
_TWICE = re.compile(r"(.)\1+")
Counts = Callable[[str], tuple[int, int]]
"""In how many offers a term names the place, and in how many the employer."""
Seen = Callable[[str], int]
"""In how many offers a term occurs."""
Correct = Callable[[Word], str | None]
"""The word of titles that a mistyped one probably is."""


@dataclass(frozen=True, slots=True)
class Home:
    """What is known of where the caller is: it settles which of several communes of one name is meant.

    ``point``: latitude and longitude; ``departments``: those that were asked outright (``asked``), or that the caller
    belongs to.
    """

    point: tuple[float, float] | None = None
    departments: tuple[str, ...] = ()
    asked: bool = False


NOWHERE = Home()
"""Nothing is known of where the caller is."""


@dataclass(frozen=True, slots=True)
class Places:
    """Finds places as INSEE names them, and as people write them. A word of job titles («Bar», «Port», «maçon») is one only
    behind «à».

    ``offered``: how many offers a département has. ``correct``: of titles where it is not given.
    """

    communes: Communes
    trades: Trades
    counts: Counts
    seen: Seen = lambda _: 0
    correct: Correct | None = None
    home: Home = NOWHERE
    offered: Callable[[str], int] = lambda _: 0

    def find(self, words: Sequence[Word], free: frozenset[int]) -> tuple[Chip, ...]:
        possible = frozenset(at for at in free if self._possible(words[at].folded))
        strange = frozenset(at for at in free if self._strange(words[at]))
        if not possible and not strange:
            return ()
        free = possible | strange
        first = self._best(words, possible, strange)
        if first is None:
            return ()
        rank, chip = first
        found = [(rank[1], rank[1] + rank[0], chip)]
        # People list places side by side: «annecy ou chambéry», «23, 87».
        while len(found) < _MOST_PLACES:
            taken = {at for start, end, _ in found for at in range(start, end)}
            beside = [
                (start, end, one)
                for start, end in place_parts.stretches(len(words), free - taken)
                if (other := place_parts.beside(words, (start, end), [one[:2] for one in found])) is not None
                and (one := self._read(words, start, end, narrows=False, listed=True)) is not None
                and (one.parameters.keys() == chip.parameters.keys() or place_parts.either(words, (start, end), other))
            ]
            if not beside:
                break
            start, end, one = max(beside, key=lambda one: (one[1] - one[0], one[0]))
            same = next((at for at, other in enumerate(found) if other[2].parameters == one.parameters), None)
            if same is None:
                found.append((start, end, one))
            else:  # «creuse 23»
                start, end = min(start, found[same][0]), max(end, found[same][1])
                found[same] = start, end, place_parts.chip(words, start, end, one.label, **one.parameters)
        if len({tuple(one.parameters) for _, _, one in found}) > 1:
            # «Le 74 ou le pays de Gex»: what is in one of two départements.
            return tuple(place_parts.as_department(one) for _, _, one in found)
        return tuple(one for _, _, one in found)

    def _possible(self, word: str) -> bool:
        """Whether a name can have the word: most questions have none."""
        return (
            word in self.communes.words_of_names or word in _OTHER_WORDS or word in area_words() or not word.isalpha()
        )

    def _best(
        self, words: Sequence[Word], possible: frozenset[int], strange: frozenset[int]
    ) -> tuple[tuple[int, int], Chip] | None:
        best: tuple[tuple[int, int], Chip] | None = None
        narrows = any(word.folded in _NARROWING or word.folded[0].isdigit() for word in words)
        for start, end in place_parts.stretches(len(words), possible):
            chip = self._read(words, start, end, narrows=narrows)
            # The longest name, then the last: people write the place behind the trade.
            if chip is not None and (best is None or (end - start, start) > best[0]):
                best = (end - start, start), chip
        left = {at for at in strange if not (best and place_parts.inside(words[at], best[1]))}
        if left:
            least = best[0][0] + 1 if best else 1
            best = self._misspelt(words, possible | strange, left, least) or best
        return best

    def _read(self, words: Sequence[Word], start: int, end: int, *, narrows: bool, listed: bool = False) -> Chip | None:
        if all(word.folded in AT or word.folded in STOP for word in words[start:end]):
            return None  # «à côté», «pas le»
        text = " ".join(word.folded for word in words[start:end])
        around = AREAS.get(text) or area(words, start, end)
        if around is not None:
            return place_parts.of_area(words, start, end, around, self.communes)
        if start and words[start - 1].folded == "quartier":
            return None  # a part of a town, which villages elsewhere are called like
        # «Le Biot ou Abondance»: what is listed behind a place is one, where it is written as a name.
        said = place_parts.said(words, start) or (listed and words[start].text[0].isupper())
        capital = end - start == 1 and not said and place_parts.a_name(words, start)
        if end - start == 1 and not (said or capital) and self._of_trades(words[start]):
            word = words[start].folded
            if word.isalpha() and word not in _OTHER_WORDS:
                return None  # as ``_names_it`` would say of most words: what follows takes longer
        corsica = text == place_parts.CORSICA and (said or (start > 0 and words[start - 1].folded in WEAK_AT))
        region = region_named("corse" if corsica else text)
        if region is not None:
            return place_parts.chip(words, start, end, f"{region[0]} ({', '.join(region[1])})", territory=region[1])
        everyday = words[end - 1].folded in EVERYDAY and (end - start == 1 or text.split()[0] in ARTICLES)
        if everyday and end - start <= 2 and not evident(words, start, end, self._works):
            return None
        code = place_parts.department(text, words, start, end, said or listed)
        town = self.communes.named(text) if code is not None and not text.isdigit() else None
        if code is not None and (town is None or town.population < _TOWN):
            return place_parts.chip(words, start, end, f"{DEPARTMENTS[code]} ({code})", territory=code)
        town = self.communes.named(OF_TOWNS[text]) if said and text in OF_TOWNS else None
        if town is not None:
            return place_parts.of_commune(words, start, end, town)
        commune = self._commune(text, end - start, said, words, start)
        if (
            commune is not None
            and capital
            and self._of_trades(words[start])
            and not self._town_named(words, start, commune)
        ):
            return None
        if commune is None and narrows and end - start > 1:
            commune = self._narrowed(words, start, end)
        elif commune is not None and not text.isdigit():
            commune = self._at_home(commune, text)
        return None if commune is None else place_parts.of_commune(words, start, end, commune)

    def _at_home(self, commune: Commune, text: str) -> Commune:
        """Of communes that have one name the one that the caller means: near them, else where offers are."""
        same = self.communes.homonyms(text)
        if same and commune not in same and not self.home.departments and self.home.point is None:
            return commune
        departments = self.home.departments
        if self.home.point is not None:
            lat, lon = self.home.point
            nearest = min(same or [commune], key=lambda one: (distance_km(lat, lon, one.lat, one.lon), one.code))
            if distance_km(lat, lon, nearest.lat, nearest.lon) <= _NEAR_KM:
                return nearest
            departments = (self.communes.nearest(lat, lon).department,)
        if departments:
            begun = len(text) > 3 and commune.population < _CITY
            return self.communes.named(text, begun=begun, departments=departments) or commune
        if len(same) < 2:
            return commune
        return max(same, key=lambda one: self.offered(one.department) > 0)

    def _commune(self, text: str, length: int, said: bool, words: Sequence[Word], start: int) -> Commune | None:
        if length == 1 and place_parts.POSTCODE.fullmatch(text):
            found = [hit.commune for hit in self.communes.search(text, _OF_A_POSTCODE)]
            # «75015» is the arrondissement's, not only the town's.
            return next((one for one in found if one.parent), found[0] if found else None)
        if len(text) < 2 or text.isdigit() or text in ABROAD:
            return None
        commune = self._named(text, length, said, words, start)
        if commune is None:
            return None
        if commune.population < _TOWN and (is_region(text) or was_region(text)):
            return None  # «Bretagne» is a village, too
        return (
            commune
            if self._names_it(
                words[start : start + length],
                commune,
                words[start - 1] if start else None,
                words[start + length] if start + length < len(words) else None,
                said=said,
            )
            else None
        )

    def _named(self, text: str, length: int, said: bool, words: Sequence[Word], start: int) -> Commune | None:
        # Most old names of one word are ordinary words, or somebody's name.
        former = said or length > 1 + (words[start].folded in ARTICLES)
        former = former or (length == 1 and self._unheard_of(words[start]))
        commune = self.communes.named(text, former=former) or self._along(text) or self._begun(words, start, length)
        if commune is not None and length == 1 and commune.population < _VILLAGE:
            # «Tournon» is hardly ever the village of that name but Tournon-sur-Rhône.
            town = self._begun(words, start, length)
            commune = town if town is not None and town.population >= _MORE * commune.population else commune
        return commune

    def _names_it(
        self, words: Sequence[Word], commune: Commune, before: Word | None, after: Word | None, *, said: bool
    ) -> bool:
        """Whether words that are a commune's name stand for it; ``said``: the word ``before`` says so («à», «près de»)."""
        of_trades = all(map(self._of_trades, words)) and (
            len(words) == 1 or self._of_one_title(words, commune, before, said=said)
        )
        # «La garde de personnes», «excepté la garde d'enfants»
        done = words[0].folded in ARTICLES and after is not None and after.folded in ("de", "d", "des", "du")
        if before is not None and said:
            loose = before.folded in LOOSE
            # «Opérateur sur machine», «scie à bois»: more often the trade's words than La Machine and Bois.
            if not (loose and commune.population < place_parts.KNOWN_TOWN and of_trades):
                # «à la montagne», but «près de Mer»
                return not (loose and all(map(_said_plainly, words)))
        if len(words) > 1:
            return (commune.population >= _TOWN and not done) or not of_trades
        if of_trades:
            return words[0].text == commune.name  # written as a name: ``_read`` looks at what is around it
        if not (place_parts.may_be(words[0], commune) or self._renamed(words[0], commune)):
            return False
        places, employers = self.counts(words[0].term)
        town = commune.population >= _TOWN and words[0].text == commune.name  # «Gap»
        return employers <= (_SURER * places if town else places) and (
            commune.population >= place_parts.KNOWN_TOWN or not self._elsewhere(words[0].term)
        )

    def _of_one_title(self, words: Sequence[Word], commune: Commune, before: Word | None, *, said: bool) -> bool:
        """Whether words of a name need not be one, since titles have them side by side, or people say them so: «la machine»,
        «de la couture», but not «la souterraine», though work is done underground."""
        if words[0].folded in ARTICLES:
            joined = before is not None and before.folded in STOP and not said
            plainly = words[-1].text.islower() and (joined or self.trades.vocabulary[words[-1].term] > _SELDOM)
            if plainly or commune.population < _KNOWN_WITH_ARTICLE or all(map(_said_plainly, words)):
                return True
        return any(pair in self.trades.pairs for pair in pairwise([word.folded for word in words]))

    def _town_named(self, words: Sequence[Word], at: int, commune: Commune) -> bool:
        """Whether a word of trades is a known town here: «serveur Moulins», but not «conducteur de Moulins»."""
        known = commune.population >= place_parts.KNOWN_TOWN and words[at].text == commune.name
        return known and (words[at - 1].folded, words[at].folded) not in self.trades.pairs

    def _renamed(self, word: Word, commune: Commune) -> bool:
        """Whether it is what a commune was called before it grew: «Laguenne» is Laguenne-sur-Avalouze."""
        return self._unheard_of(word) and folded(commune.name).startswith(f"{word.folded} ")

    def _works(self, word: Word) -> bool:
        """Whether a title begins with the word, as who works does."""
        return word.term in self.trades.heads

    def _of_trades(self, word: Word) -> bool:
        return self.trades.known(word.term) or len(word.term) < 3

    def _elsewhere(self, term: str) -> bool:
        """Whether offers have a word for anything rather than for the place where they are."""
        return self.seen(term) > _ELSEWHERE * self.counts(term)[0] + _SEEN

    def _usual(self, term: str) -> bool:
        """Whether titles have the word, or its masculine: «lourde»."""
        return self.trades.known(term) or (term.endswith("e") and self.trades.known(term[:-1]))

    def _unheard_of(self, word: Word) -> bool:
        """Whether no trade, no employer and hardly an offer has the word."""
        return self._strange(word) and not self.counts(word.term)[1] and self.seen(word.term) <= _SEEN

    def _along(self, text: str) -> Commune | None:
        """«tournon/rhône», «chalon saône»: people leave out what joins."""
        first, _, rest = text.partition(" ")
        return self.communes.named(f"{first} sur {rest}") if rest and " " not in rest and len(first) > 2 else None

    def _begun(self, words: Sequence[Word], start: int, length: int) -> Commune | None:
        """The town whose name goes on: «brive», «la voulte»."""
        first = words[start].folded
        articled = length > 1 and first in ARTICLES
        word = words[start + articled]
        if length > 1 + articled or len(word.folded) < 4 or word.folded in BEGINNINGS:
            return None
        if articled and (word.folded in ORDINARY or self._usual(word.term)):
            return None
        commune = self.communes.named(f"{first} {word.folded}" if articled else first, begun=True)
        least = _KNOWN_WITH_ARTICLE if articled else place_parts.KNOWN_TOWN
        if len(word.folded) >= _TELLING and self._strange(word) and not self.counts(word.term)[1]:
            least = _VILLAGE_BEGUN  # «Noirmoutier», «Les Contamines»: nothing else is called so
        return commune if commune is not None and commune.population >= least else None

    def _narrowed(self, words: Sequence[Word], start: int, end: int) -> Commune | None:
        """A name with its département or postcode before or behind it: «st maurice 23», «saint martin haute vienne»."""
        parts = [word.folded for word in words[start:end]]
        # «23011 Guéret Cedex», «Lyon Cedex 03»
        cedex = next((at for at, part in enumerate(parts) if part in CEDEX), None)
        if cedex is not None and len(parts) - cedex <= 2 and (parts[-1] in CEDEX or parts[-1].isdigit()):
            parts = parts[:cedex]
            if parts and not place_parts.where(parts[:1]):
                return self.communes.named(" ".join(parts))
        for size in range(1, min(len(parts), place_parts.LONGEST)):
            for where, name in ((parts[-size:], parts[:-size]), (parts[:size], parts[size:])):
                departments = place_parts.where(where)
                if not departments or name[0].isdigit() or name[-1] in AT | WEAK_AT | {"et"}:
                    continue
                text = " ".join(name)
                # A name alone comes before one that goes on: «Saint-Martin», «Saint-Martin-Château».
                found = self.communes.named(text, former=True, departments=departments) or (
                    self.communes.named(text, begun=True, departments=departments) if len(text) > 3 else None
                )
                if found is not None and not all(self.trades.known(term) for term in map(term_of, name)):
                    return found
        return None

    def _strange(self, word: Word) -> bool:
        """Whether it is no word that is known for anything else."""
        return (
            len(word.folded) >= _SHORTEST
            and word.folded.isascii()
            and word.folded.isalpha()
            and not self._usual(word.term)  # most words are: what follows takes longer
            and not (word.folded in STOP or word.folded in ORDINARY or word.folded in EVERYDAY or asks(word.folded))
            and not asks_mistyped(word.folded)
            and not (is_region(word.folded) or was_region(word.folded))
        )

    def _misspelt(
        self, words: Sequence[Word], free: frozenset[int], strange: Set[int], least: int
    ) -> tuple[tuple[int, int], Chip] | None:
        best: tuple[tuple[int, int], Chip] | None = None
        for start, end in place_parts.stretches(len(words), free):
            rank = end - start, start
            if rank[0] < least or strange.isdisjoint(range(start, end)) or (best is not None and rank < best[0]):
                continue
            said = place_parts.said(words, start)
            # In a pasted text everything might be a mistyped name.
            commune = self._meant(words[start:end], said=said) if said or len(words) <= _LONG_QUESTION else None
            if commune is not None:
                best = rank, place_parts.of_commune(words, start, end, commune)
        return best

    def _meant(self, words: Sequence[Word], *, said: bool) -> Commune | None:
        letters = sum(len(word.folded) for word in words)
        if len(words) > 1 and (letters < _SHORTEST_WHOLE or not all(word.folded.isalpha() for word in words)):
            return None
        sounding = self._sounding(words, said=said)
        if sounding is not None:
            return sounding
        text = " ".join(word.folded for word in words)
        if not said and not self._unread(words):
            # Texts are counted by stems: «etiene» is in as many as «Étienne».
            city = self.communes.misspelt(text) if len(words) > 1 and words[0].folded in BEGINNINGS else None
            return city if city is not None and city.population >= _CITY else None
        errors = 2 if letters >= _SHORTEST_WHOLE and (said or len(words) > 1) else 1
        commune = self.communes.misspelt(text, errors)
        if commune is not None and len(words) == 2 and not said and commune.population < _KNOWN_MISSPELT:
            # Two names are two errors away from some village: «Pierre Dupont», Pierrepont.
            commune = self.communes.misspelt(text)
        if commune is None or len(words) > 1:
            return commune
        if said:
            return commune if commune.population >= _KNOWN_MISSPELT or self._corrected(words[0]) is None else None
        if not words[0].text.isascii() and commune.name.isascii():
            return None  # who writes accents writes those of the name
        meant = self._corrected(words[0])
        # Offers name places in their titles: then the likeliest word of titles is the place's own name.
        least = _KNOWN_MISSPELT if meant is None or meant == term_of(folded(commune.name)) else _CITY
        return commune if commune.population >= least else None

    def _sounding(self, words: Sequence[Word], *, said: bool) -> Commune | None:
        """The town of a name that was spelt by ear: «bonevile», «sallanche», «thonnon»."""
        if not all(word.folded.isalpha() for word in words):
            return None
        if len(words) == 1 and not said and self.trades.vocabulary.sounding(heard(words[0])) is not None:
            return None
        name = town_sounding(words)
        if name is None:
            return None
        own = next(word for word in folded(name).split() if word not in ARTICLES)
        return self.communes.named(name) if said or len(words) > 1 or self._heard_only(words[0], own) else None

    def _heard_only(self, word: Word, name: str) -> bool:
        """Whether it is spelt nearly as the name («sallanche», not «burger» for Bourget), and no offer has it otherwise."""
        spelt = [_TWICE.sub(r"\1", text) for text in (word.folded, name)]
        errors = 2 if len(name) >= _SHORTEST_WHOLE else 1  # «dunkerke»
        if len(name) < _SHORTEST or OSA.distance(*spelt, score_cutoff=errors) > errors:
            return False
        # Texts are counted by stems, which both may share.
        return self.seen(word.term) <= _SEEN or bool(stems_of(word.folded) == stems_of(name))

    def _corrected(self, word: Word) -> str | None:
        return correction(word, 0, (self.trades.vocabulary,)) if self.correct is None else self.correct(word)

    def _unread(self, words: Sequence[Word]) -> bool:
        """Whether they may be a mistyped name where nobody says so: offers have them seldom."""
        if len(words) == 1:
            return self.seen(words[0].term) <= _SEEN
        # «Ranger les», «des signes» are words of offers, and no name ends like that.
        ends = words[0].folded in _NO_BEGINNING or words[-1].folded in STOP
        # «Clermont ferand»: offers have the first word because they are there.
        telling = [word for word in words if word.folded not in BEGINNINGS]
        return not ends and not any(self._strange(word) and self._elsewhere(word.term) for word in telling)
