"""What a title of a column is likely to mean, by the likeness of its words to those that name a field. Pure.

«Rémunér.», «Grade / emploi», «Quotitée», «zip» are no titles that ``titles`` knows; each word that is the beginning of a field's
word, or a letter or two away from one, speaks for this field, the first of them most.
"""

from collections.abc import Collection
from functools import lru_cache

from rapidfuzz.distance import OSA

from services.offers.domain.imports.sheets.titles import Column, is_internal
from shared.tables.titles import bare_title

_WORDS: tuple[tuple[Column, str], ...] = (
    (Column.REFERENCE, "reference"),
    (Column.TITLE, "intitule libelle poste emploi fonction metier grade profession appellation title job role travail"),
    (
        Column.PLACE,
        "lieu commune ville village bourg localite localisation site affectation city town location place antenne",
    ),
    (Column.POSTCODE, "postal zip postcode cp"),
    (Column.CONTRACT, "contrat contract nature cdi cdd"),
    (Column.DURATION, "duree duration periode"),
    (Column.HOURS, "heures hebdomadaire quotite etp hours temps"),
    (Column.SCHEDULE, "horaires planning amplitude rythme roulement schedule shift jours"),
    (Column.SALARY, "salaire remuneration paie paye traitement brut salary wage pay taux gages retribution euros"),
    (Column.SALARY_MAX, "maximum maxi plafond"),
    (
        Column.STARTS_ON,
        "debut demarrage embauche arrivee compter commencement partir start entree disponibilite quand prise recrutement",
    ),
    (Column.ENDS_ON, "fin terme end"),
    (Column.APPLY_BY, "limite cloture butoir deadline"),
    (Column.POSITIONS, "nombre effectif quantite openings combien personnes monde"),
    (Column.EXPERIENCE, "experience anciennete debutant"),
    (Column.DIPLOMA, "diplome formation niveau etudes qualification degree education"),
    (Column.LICENCE, "permis licence conduire"),
    (Column.VEHICLE, "vehicule voiture"),
    (
        Column.EMPLOYER,
        "employeur entreprise societe etablissement structure association organisme company employer client",
    ),
    (Column.DESCRIPTION, "descriptif description missions taches activites"),
)


def _split(words: str) -> frozenset[str]:
    return frozenset(words.split())


_WEAK = _split(
    "nature temps jours site place role travail end brut taux prise entree combien nombre fin niveau client euros"
)
"""Said of other things as well: half a word's weight, so that any other word beside it decides."""
_NOT = _split(
    "demande creation saisie maj mise jour publication envoi naissance service pole direction secteur agent nom"
    " prenom tuteur entretien visite validation budget ligne visa dossier essai"
)
"""What is told of the file and not of the post: with one of these in it a title is no field's."""
_FILL = _split(
    "h f hf m type date text texte lib obligatoire exact prevue souhaitee pourvoir min max souhaite c est on nous"
    " je vous qu que ce il y requis exige"
)

_SHORTEST, _LONG = 3, 6
_VOWELS, _MOST_CONSONANTS = frozenset("aeiouy"), 0.6
_LEAST, _SURE = 0.35, 0.65


def tells_of_the_file(title: str) -> bool:
    """Whether a title is of what the keeper of a table notes for themselves: «Date de saisie», «Prénom», «Service»."""
    return bool(_NOT & set(bare_title(title.replace("_", " ")).split()))


def is_bare_date(title: str) -> bool:
    """«Date», «Dates»: of what, it does not say."""
    return bare_title(title) in ("date", "dates")


def likely(title: str, taken: Collection[Column | None] = ()) -> Column | None:
    """The field that a title is likely to mean; None where nothing speaks for one, or as much for another. ``taken``: fields that
    have their column.
    """
    if not title or len(title) > 60 or is_internal(title):
        return None
    words = [word for word in bare_title(title.replace("_", " ").replace("/", " ")).split() if not word.isdecimal()]
    if not words or len(words) > 6 or _NOT & set(words):
        return None
    scores: dict[Column, float] = {}
    for at, word in enumerate(words):
        for column, weight in _means(word):
            scores[column] = scores.get(column, 0.0) + weight * (1.25 if at == 0 else 1.0)
    if Column.SALARY_MAX in scores:
        # «Maxi» is one of pay and of nothing else.
        scores[Column.SALARY_MAX] = scores[Column.SALARY] + 0.1 if Column.SALARY in scores else 0.0
    ranked = sorted(((score, column) for column, score in scores.items() if column not in taken), reverse=True)
    if not ranked or ranked[0][0] < _LEAST or (len(ranked) > 1 and ranked[1][0] == ranked[0][0]):
        return None
    # Half of what it says must be understood («Prime de fin d'année»), all where its words are weak («Prise en charge»).
    known = sum(bool(_means(word)) or word in _FILL for word in words)
    needed = len(words) if ranked[0][0] < _SURE else len(words) / 2
    return ranked[0][1] if known >= needed else None


@lru_cache(maxsize=2048)
def _means(word: str) -> tuple[tuple[Column, float], ...]:
    found = []
    for column, words in _WORDS:
        best = max((_weight(word, one) for one in words.split()), default=0.0)
        if best:
            found.append((column, best))
    top = max((weight for _, weight in found), default=0.0)
    return tuple((column, weight) for column, weight in found if weight == top)


def _weight(word: str, known: str) -> float:
    whole = 0.5 if known in _WEAK else 1.0
    if word in (known, f"{known}s", f"{known}e", f"{known}es") or f"{word}s" == known:
        return whole
    if len(word) >= _SHORTEST and known.startswith(word):
        return 0.7 * whole
    if len(word) >= _SHORTEST and _skeleton(word, known):
        return 0.6 * whole
    if min(len(word), len(known)) >= _LONG and OSA.distance(word, known, score_cutoff=2) <= (
        1 if len(known) < 8 else 2
    ):
        return 0.8 * whole
    return 0.0


def _skeleton(word: str, known: str) -> bool:
    """Whether it is what is left of a word without its vowels, or most of them: «nbr», «qté», «ctrt»."""
    said, whole = (sum(letter not in _VOWELS for letter in one) for one in (word, known))
    if word[0] != known[0] or len(word) - said > 1 or said < _MOST_CONSONANTS * whole:
        return False
    letters = iter(known)
    return all(letter in letters for letter in word)
