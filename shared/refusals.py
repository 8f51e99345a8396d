"""What people read where a value is refused: a French sentence for each kind of error that pydantic knows.

Pydantic's own messages are English, and some of them repeat what was sent: a social security number in the wrong field must be in
no answer and no log. So a sentence is made of the kind of the error and of the limits that *we* declared, never of the value.
What our own types refuse (``PydanticCustomError``) says its French sentence itself, and is shown as it is.

No library does it: pydantic-i18n (last released in 2024) looks up finished English messages in tables that one writes
oneself, and has no French; pydantic-translations knows pydantic 1.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeVar, get_args

from pydantic import ValidationError
from pydantic_core import core_schema

from shared.errors import FieldError
from shared.written import counted, in_french

OTHERWISE: Final = "Cette valeur n'est pas acceptée."
_NO_VALUE: Final = "Ce champ est obligatoire."
_MOST_VALUES: Final = 20
"""So many values of an enumeration are listed; a longer one (cards, columns) is chosen from, not read."""

_Error = TypeVar("_Error", bound=Mapping[str, Any])

Sentence = str | Callable[[Mapping[str, Any], str], str]
"""A sentence, or what makes one of the error's context and the name of the field, which tells the unit."""

_SHAPES: dict[str, str] = {}


def shaped(pattern: str, sentence: str) -> str:
    """The pattern, remembered with what people are told who miss it: ``Field(pattern=shaped(r"^[0-9]{5}$", "Cinq chiffres."))``.

    Raises:
        ValueError: the pattern has another sentence elsewhere; it means one thing.
    """
    if _SHAPES.setdefault(pattern, sentence) != sentence:
        raise ValueError(f"{pattern} says something else already: {_SHAPES[pattern]}")
    return pattern


_UNITS: Final[Mapping[str, tuple[str, str]]] = {
    "km": ("km", "km"),
    "percent": ("%", "%"),
    "euros": ("€", "€"),
    "hourly": ("€", "€"),
    "hours": ("heure", "heures"),
    "minutes": ("minute", "minutes"),
    "days": ("jour", "jours"),
    "weeks": ("semaine", "semaines"),
    "months": ("mois", "mois"),
}
"""By the word in a field's name that says its unit; the first of them where there are several (``euros_per_hour``)."""


def _measured(value: object, field: str) -> str:
    """A limit with the unit that the field's name tells: «300 km», «1 heure», a year as it is written."""
    words = field.split("_")
    if "year" in words and isinstance(value, int):
        return str(value)
    unit = next((unit for word, unit in _UNITS.items() if word in words), None)
    written = in_french(value)
    if unit is None or not isinstance(value, int | float | Decimal):
        return written
    return f"{written}\u00a0{unit[0 if -2 < value < 2 else 1]}"


def _bounded(key: str, before: str, day: str) -> Sentence:
    def say(context: Mapping[str, Any], field: str) -> str:
        limit = context[key]
        if isinstance(limit, str):  # so pydantic tells the limit of a day or an instant
            return f"Cette date doit être {day} {in_french(date.fromisoformat(limit[:10]))}."
        return f"Ce nombre doit être {before} {_measured(limit, field)}."

    return say


def _at_least(one: str, several: str, subject: str) -> Sentence:
    def say(context: Mapping[str, Any], _: str) -> str:
        least = context["min_length"]
        if least == 1 and several == "caractères":
            return "Ce champ ne peut pas être vide."
        return f"{subject} doit avoir au moins {counted(least, one, several)}."

    return say


def _at_most(one: str, several: str, subject: str) -> Sentence:
    return lambda context, _: f"{subject} doit avoir au plus {counted(context['max_length'], one, several)}."


_VALUE = re.compile(r"'((?:[^'\\]|\\.)*)'|(-?\w[\w.]*)(?=$|,| ou | or )")


def _one_of(context: Mapping[str, Any], _: str, key: str = "expected") -> str:
    """The values of an enumeration, as the document writes them: people choose from a list, programs read this."""
    values = [quoted or plain for quoted, plain in _VALUE.findall(str(context[key]))]
    if not values:
        return "Cette valeur n'est pas dans la liste des valeurs possibles."
    if len(values) == 1:
        return f"La seule valeur possible est {values[0]}."
    if len(values) > _MOST_VALUES:
        rest = len(values) - _MOST_VALUES
        return f"Valeurs possibles : {', '.join(values[:_MOST_VALUES])}, et {counted(rest, 'autre', 'autres')}."
    return f"Valeurs possibles : {', '.join(values[:-1])} ou {values[-1]}."


def _of_a_shape(context: Mapping[str, Any], _: str) -> str:
    return _SHAPES.get(str(context["pattern"]), "Ce texte n'a pas la forme attendue.")


_TEXT = "Un texte est attendu ici."
_LIST = "Une liste est attendue ici."
_OBJECT = "Un objet, avec ses champs, est attendu ici."
_WHOLE = "Un nombre entier est attendu ici."
_NUMBER = "Un nombre est attendu ici."
_YES_NO = "Oui ou non est attendu ici."
_DAY = "Une date s'écrit année-mois-jour, par exemple 2026-03-09."
_CLOCK = "Une heure s'écrit heures:minutes, par exemple 08:30."
_MOMENT = "Un instant s'écrit avec son fuseau, par exemple 2026-03-09T14:30:00+01:00."
_DURATION = "Une durée est attendue ici, par exemple PT1H30M."
_ADDRESS = "Cette adresse de site n'est pas valable. Exemple : https://exemple.fr"
_UNIQUE_ID = "Cet identifiant n'est pas valable."
_UNKNOWN = "Ce champ n'est pas connu ici : retirez-le."
_FIXED = "Ce champ ne se change pas."
_EMPTY = "Ce champ doit rester vide (null)."
_TOO_DEEP = "Ce contenu est imbriqué trop profondément."

SENTENCES: Final[Mapping[str, Sentence]] = {
    # What was sent at all.
    "json_invalid": "Le contenu envoyé n'est pas du JSON valable.",
    "json_type": "Du JSON est attendu ici, comme un texte.",
    "recursion_loop": _TOO_DEEP,
    "recursion_depth_exceeded": _TOO_DEEP,
    "missing": _NO_VALUE,
    "missing_argument": _NO_VALUE,
    "missing_keyword_only_argument": _NO_VALUE,
    "missing_positional_only_argument": _NO_VALUE,
    "missing_sentinel_error": _EMPTY,
    "none_required": _EMPTY,
    "ellipsis_error": _EMPTY,
    "extra_forbidden": _UNKNOWN,
    "no_such_attribute": _UNKNOWN,
    "unexpected_keyword_argument": _UNKNOWN,
    "unexpected_positional_argument": _UNKNOWN,
    "multiple_argument_values": "Ce champ est donné plusieurs fois.",
    "frozen_field": _FIXED,
    "frozen_instance": _FIXED,
    "invalid_key": "Le nom d'un champ est un texte.",
    # Objects and lists.
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dataclass_type": _OBJECT,
    "dataclass_exact_type": _OBJECT,
    "dict_type": _OBJECT,
    "frozen_dict_type": _OBJECT,
    "ordered_dict_type": _OBJECT,
    "counter_type": _OBJECT,
    "mapping_type": _OBJECT,
    "arguments_type": _OBJECT,
    "named_tuple_type": _LIST,
    "iterable_type": _LIST,
    "list_type": _LIST,
    "deque_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "frozen_set_type": _LIST,
    "set_item_not_hashable": "Un texte ou un nombre est attendu dans cette liste.",
    "too_short": _at_least("élément", "éléments", "Cette liste"),
    "too_long": _at_most("élément", "éléments", "Cette liste"),
    # Texts.
    "string_type": _TEXT,
    "bytes_type": _TEXT,
    "string_unicode": "Ce texte n'est pas en UTF-8.",
    "bytes_invalid_encoding": "Ce contenu n'est pas dans le codage attendu.",
    "string_too_short": _at_least("caractère", "caractères", "Ce texte"),
    "string_too_long": _at_most("caractère", "caractères", "Ce texte"),
    "bytes_too_short": _at_least("octet", "octets", "Ce contenu"),
    "bytes_too_long": _at_most("octet", "octets", "Ce contenu"),
    "string_not_ascii": "Ce texte ne prend ni accent, ni autre signe que ceux d'un clavier anglais.",
    "string_pattern_mismatch": _of_a_shape,
    # What is chosen.
    "enum": _one_of,
    "literal_error": _one_of,
    "union_tag_invalid": lambda context, field: _one_of(context, field, "expected_tags"),
    "union_tag_not_found": "Il manque à cet objet le champ qui dit de quelle sorte il est.",
    "bool_type": _YES_NO,
    "bool_parsing": _YES_NO,
    # Numbers.
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": "Un nombre entier est attendu ici, sans virgule.",
    "int_parsing_size": "Ce nombre est trop grand.",
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "fraction_type": _NUMBER,
    "fraction_parsing": _NUMBER,
    "complex_type": _NUMBER,
    "complex_str_parsing": _NUMBER,
    "finite_number": "Ce nombre doit être fini.",
    "greater_than": _bounded("gt", "supérieur à", "après le"),
    "greater_than_equal": _bounded("ge", "d'au moins", "au plus tôt le"),
    "less_than": _bounded("lt", "inférieur à", "avant le"),
    "less_than_equal": _bounded("le", "d'au plus", "au plus tard le"),
    "multiple_of": lambda context, field: (
        f"Ce nombre doit être un multiple de {_measured(context['multiple_of'], field)}."
    ),
    "decimal_max_digits": lambda context, _: (
        f"Ce nombre doit avoir au plus {counted(context['max_digits'], 'chiffre', 'chiffres')}."
    ),
    "decimal_max_places": lambda context, _: (
        f"Ce nombre doit avoir au plus {counted(context['decimal_places'], 'chiffre', 'chiffres')} après la virgule."
    ),
    "decimal_whole_digits": lambda context, _: (
        f"Ce nombre doit avoir au plus {counted(context['whole_digits'], 'chiffre', 'chiffres')} avant la virgule."
    ),
    # Days and times.
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": "Une date est attendue ici, sans heure.",
    "date_past": "Cette date doit être passée.",
    "date_future": "Cette date doit être à venir.",
    "time_type": _CLOCK,
    "time_parsing": _CLOCK,
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_object_invalid": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "datetime_past": "Cet instant doit être passé.",
    "datetime_future": "Cet instant doit être à venir.",
    "timezone_naive": "Un instant s'écrit ici sans fuseau, par exemple 2026-03-09T14:30:00.",
    "timezone_aware": _MOMENT,
    "timezone_offset": "Cet instant n'est pas dans le fuseau attendu.",
    "time_delta_type": _DURATION,
    "time_delta_parsing": _DURATION,
    # Addresses and identifiers.
    "url_type": _ADDRESS,
    "url_parsing": _ADDRESS,
    "url_syntax_violation": _ADDRESS,
    "url_too_long": _at_most("caractère", "caractères", "Cette adresse"),
    "url_scheme": lambda context, _: (
        f"Cette adresse doit commencer par {_either(str(context['expected_schemes']), '://')}."
    ),
    "uuid_type": _UNIQUE_ID,
    "uuid_parsing": _UNIQUE_ID,
    "uuid_version": _UNIQUE_ID,
    # What says nothing of its own that could be shown: the text of an exception may repeat the value.
    "value_error": OTHERWISE,
    "assertion_error": OTHERWISE,
    "default_factory_not_called": OTHERWISE,
    "get_attribute_error": OTHERWISE,
    "iteration_error": OTHERWISE,
    "is_instance_of": OTHERWISE,
    "is_subclass_of": OTHERWISE,
    "callable_type": OTHERWISE,
    "needs_python_object": OTHERWISE,
}
"""By pydantic's kinds of errors; a test goes through those of the installed version."""

_OF_PYDANTIC: Final[frozenset[str]] = frozenset(get_args(core_schema.ErrorType))


def _either(expected: str, after: str) -> str:
    return " ou ".join(f"{one}{after}" for one in re.findall(r"'([^']*)'", expected)) or OTHERWISE


def sentence_of(error: Mapping[str, Any]) -> str:
    """What people are told of one of pydantic's errors."""
    kind: str = error["type"]
    said = SENTENCES.get(kind)
    context: Mapping[str, Any] = error.get("ctx") or {}
    if callable(said):
        named = [part for part in error["loc"] if isinstance(part, str)]
        try:
            return said(context, named[-1] if named else "")
        except KeyError:  # one of our types refuses by the same name («too_long») and with words of its own
            return str(error["msg"])
    if said is not None:
        return said
    # Ours says its sentence; one that a new pydantic brought and nobody translated says nothing English.
    return OTHERWISE if kind in _OF_PYDANTIC else str(error["msg"])


def rule_of(error: Mapping[str, Any]) -> str:
    """The stable code of an error, for programs: ``less-than-equal``."""
    return str(error["type"]).replace("_", "-")


def field_errors(error: ValidationError, *, whole: str = "(body)") -> list[FieldError]:
    """What a model refused, field by field: ``place.0.lat``, the rule and a French sentence, never the value.

    ``whole`` names the place of what is about no single field.
    """
    found = without_echoes(error.errors(include_url=False, include_input=False))
    return [FieldError(path_of(one["loc"]) or whole, rule_of(one), sentence_of(one)) for one in found]


def without_echoes(errors: Sequence[_Error]) -> list[_Error]:
    """Without what pydantic says of a tuple of which an item is refused: that it is too short, although the item was sent."""
    holders = {tuple(one["loc"][:at]) for one in errors for at in range(len(one["loc"]))}
    return [one for one in errors if one["type"] != "too_short" or tuple(one["loc"]) not in holders]


def path_of(location: Sequence[int | str]) -> str:
    """``("place", 0, "lat")`` → ``place.0.lat``."""
    return ".".join(map(str, location))
