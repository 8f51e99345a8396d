"""The places that a question names: «annecy», «à Mâcon», «près de Guéret», «23000», «(23)», «en Creuse», «limousin»."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from services.offers.search import place_parts
from services.offers.search.areas import AREAS
from services.offers.search.chips import Chip
from services.offers.search.homographs import EVERYDAY, evident
from services.offers.search.mistyped_places import CITY, Correct, MistypedPlaces
from services.offers.search.ordinary import ORDINARY
from services.offers.search.place_words import (
    ABROAD,
    ARTICLES,
    AT,
    BEGINNINGS,
    CEDEX,
    INDEFINITE,
    LOOSE,
    OF_TOWNS,
    WEAK_AT,
)
from services.offers.search.regions import area, area_words
from services.offers.search.talk import asks
from services.offers.search.trades import Trades, families_named
from services.offers.search.word_uses import Counts, Seen, WordUses
from services.offers.search.words import STOP, Word, term_of
from shared.geo import distance_km
from shared.reference.communes import Commune, Communes
from shared.reference.departments import DEPARTMENTS, REGION_KEYS, is_region, region_named, was_region
from shared.reference.text import folded

_OVERSEAS = "97"
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
_SURER = 3
"""So many times more employers than places may be called like a town that is written as its name."""


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
    _uses: WordUses = field(init=False)
    _mistyped: MistypedPlaces = field(init=False)

    def __post_init__(self) -> None:
        uses = WordUses(self.trades, self.counts, self.seen)
        object.__setattr__(self, "_uses", uses)
        object.__setattr__(self, "_mistyped", MistypedPlaces(self.communes, uses, self.correct))

    def find(self, words: Sequence[Word], free: frozenset[int]) -> tuple[Chip, ...]:
        possible = frozenset(at for at in free if self._possible(words[at].folded))
        strange = frozenset(at for at in free if self._uses.strange(words[at]))
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
            best = self._mistyped.found(words, possible | strange, left, least) or best
        return best

    def _read(self, words: Sequence[Word], start: int, end: int, *, narrows: bool, listed: bool = False) -> Chip | None:
        if all(word.folded in AT or word.folded in STOP for word in words[start:end]):
            return None  # «à côté», «pas le»
        text = " ".join(word.folded for word in words[start:end])
        around = AREAS.get(text) or area(words, start, end)
        if around is not None:
            return place_parts.of_area(words, start, end, around, self.communes)
        if start and (words[start - 1].folded == "quartier" or words[start - 1].folded in INDEFINITE):
            return None  # a part of a town, which villages elsewhere are called like
        # «Le Biot ou Abondance»: what is listed behind a place is one, where it is written as a name.
        said = place_parts.said(words, start) or (listed and words[start].text[0].isupper())
        capital = end - start == 1 and not said and place_parts.a_name(words, start)
        if end - start == 1 and not (said or capital) and self._uses.of_trades(words[start]):
            word = words[start].folded
            if word.isalpha() and word not in _OTHER_WORDS:
                return None  # as ``_names_it`` would say of most words: what follows takes longer
        corsica = text == place_parts.CORSICA and (said or (start > 0 and words[start - 1].folded in WEAK_AT))
        region = region_named("corse" if corsica else text)
        if region is not None:
            return place_parts.chip(words, start, end, f"{region[0]} ({', '.join(region[1])})", territory=region[1])
        everyday = words[end - 1].folded in EVERYDAY and (end - start == 1 or text.split()[0] in ARTICLES)
        if everyday and end - start <= 2 and not evident(words, start, end, self._uses.works):
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
            and self._uses.of_trades(words[start])
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
            begun = len(text) > 3 and commune.population < CITY
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
        former = former or (length == 1 and self._uses.unheard_of(words[start]))
        commune = self.communes.named(text, former=former) or self._along(text) or self._begun(words, start, length)
        articled = length == 2 and words[start].folded in ARTICLES
        if commune is not None and (length == 1 or articled) and commune.population < _VILLAGE:
            # «Tournon» is hardly ever the village of that name but Tournon-sur-Rhône, «Le Puy» Le Puy-en-Velay.
            town = self.communes.named(text, begun=True) if articled else self._begun(words, start, length)
            commune = town if town is not None and town.population >= _MORE * commune.population else commune
        return commune

    def _names_it(
        self, words: Sequence[Word], commune: Commune, before: Word | None, after: Word | None, *, said: bool
    ) -> bool:
        """Whether words that are a commune's name stand for it; ``said``: the word ``before`` says so («à», «près de»)."""
        of_trades = all(map(self._uses.of_trades, words)) and (
            len(words) == 1 or self._of_one_title(words, commune, before, said=said)
        )
        # «La garde de personnes», «excepté la garde d'enfants»
        done = words[0].folded in ARTICLES and after is not None and after.folded in ("de", "d", "des", "du")
        if before is not None and said:
            loose = before.folded in LOOSE
            # «Opérateur sur machine», «scie à bois»: more often the trade's words than La Machine and Bois.
            if len(words) > 1 and words[-1].text.islower() and families_named(words[-1].folded, alone=True):
                return False  # «à l'hôpital de Vichy»
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
            commune.population >= place_parts.KNOWN_TOWN or not self._uses.elsewhere(words[0].term)
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
        return self._uses.unheard_of(word) and folded(commune.name).startswith(f"{word.folded} ")

    def _along(self, text: str) -> Commune | None:
        """«tournon/rhône», «chalon saône»: people leave out what joins."""
        first, _, rest = text.partition(" ")
        return self.communes.named(f"{first} sur {rest}") if rest and " " not in rest and len(first) > 2 else None

    def _begun(self, words: Sequence[Word], start: int, length: int) -> Commune | None:
        """The town whose name goes on: «brive», «la voulte»."""
        first = words[start].folded
        articled = length > 1 and first in ARTICLES
        word = words[start + articled]
        if length > 1 and not articled and place_parts.joined_names(words, start, start + length):
            # «Saint-Dié», «Font-Romeu»
            commune = self.communes.named(" ".join(one.folded for one in words[start : start + length]), begun=True)
            return commune if commune is not None and commune.population >= _VILLAGE_BEGUN else None
        if length > 1 + articled or len(word.folded) < 4 or word.folded in BEGINNINGS:
            return None
        if articled and (word.folded in ORDINARY or self._uses.usual(word.term)):
            return None
        commune = self.communes.named(f"{first} {word.folded}" if articled else first, begun=True)
        least = _KNOWN_WITH_ARTICLE if articled else place_parts.KNOWN_TOWN
        if len(word.folded) >= _TELLING and self._uses.strange(word) and not self.counts(word.term)[1]:
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
                if departments and departments[0].startswith(_OVERSEAS) and len(name) > 1 and name[-1] in AT | WEAK_AT:
                    name = name[:-1]  # «Saint-Paul à la Réunion»
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
