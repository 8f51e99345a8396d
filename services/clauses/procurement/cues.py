"""By which words around a number is told whether it is a volume of insertion that a clause demands.

Stems, without accents. Written with thirty labelled texts in view (``tests/bench/clause_texts.py`` measures them).
"""

from collections.abc import Sequence
from functools import lru_cache

from services.clauses.procurement.words import Token

INSERTION = ("insertion", "eloigne", "inclusion")
"""What a demand is about."""
_CLAUSE = (
    "insertion", "eloigne", "inclusion", "social", "reserve", "embauch", "recrut", "demandeur", "rsa", "prioritaire",
    "handicap", "defavoris", "qualification",
)  # fmt: skip
_OTHER_SUBJECT = (
    "horaires", "ouverture", "telephon", "astreinte", "depannage", "livraison", "penalit", "retard", "reception",
    "garantie", "reemploi", "recycl", "environnement", "avance", "tva", "paiement",
)  # fmt: skip
SCHEDULE = ("hebdomadaire", "semaine", "jour", "quotidien", "journalier", "journee", "mensuel")
DEADLINE = ("sous", "delai", "delais", "preavis", "avant", "apres", "ouvert", "ouverture", "ouverts", "jusqu", "vers")
AFTER_DEADLINE = ("ouvre", "ouvrable", "avant", "apres", "suivant", "avance", "calendaire", "maximum apres")
OTHER_HOURS = (
    "formation", "cours", "reunion", "visite", "garde", "astreinte", "permanence", "ouverture", "location", "fonctionnement",
    "intervention", "maintenance", "conduite", "sommeil", "repos", "essai",
)  # fmt: skip
HOURS_OF = (
    "travail",
    "insertion",
    "main",
    "personne",
    "public",
    "production",
    "clause",
    "mise",
    "emploi",
    "embauche",
    "salarie",
)
PERCENT_OF_LABOUR = ("oeuvre", "salariale")
PERCENT_OF_HOURS = ("heure", "temps", "volume", "duree", "travail")
NOT_A_SHARE = (
    "tva", "avance", "retenue", "remise", "rabais", "ponder", "critere", "note", "point", "penalit", "garantie", "reemploi",
    "recycl", "issu", "bio", "majoration", "taux horaire", "prix", "penalis",
)  # fmt: skip
WORKFORCE = ("travailleur", "salarie", "handicap", "personne", "effectif", "employe")
AMOUNTS_TO = ("fixe", "eleve", "egal", "estime", "evalue", "hauteur", "porte", "ramene", "limite", "arrete")
REPLACED = ("passe", "passent", "passer", "ramene", "ramenes", "diminue", "augmente", "porte", "portes", "modifie")


@lru_cache(maxsize=256)
def _forms(stems: tuple[str, ...]) -> tuple[str, ...]:
    """Of stems; «dinsertion» has lost its apostrophe."""
    return (*stems, *("d" + stem for stem in stems))


def begins(token: Token, stems: tuple[str, ...]) -> bool:
    """Whether a word begins with one of the stems."""
    return token.text.startswith(_forms(stems))


def any_of(tokens: Sequence[Token], stems: tuple[str, ...]) -> bool:
    """Whether one of the words begins so."""
    forms = _forms(stems)
    return any(token.number is None and len(token.text) > 2 and token.text.startswith(forms) for token in tokens)


def speaks_of_clause(tokens: Sequence[Token]) -> bool:
    """Whether a piece is about a social clause."""
    return any_of(tokens, _CLAUSE)


def speaks_of_another(tokens: Sequence[Token]) -> bool:
    """Whether a piece is about something of which hours and shares are told as well."""
    return any_of(tokens, _OTHER_SUBJECT)
