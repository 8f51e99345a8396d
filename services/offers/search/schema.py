"""The fields under which the full-text index holds an offer, and how their texts become terms."""

from functools import lru_cache

from tantivy import Filter, Schema, SchemaBuilder, TextAnalyzerBuilder, Tokenizer

from services.offers.search.words import LONGEST

TITLE, TRADE, ABOUT, COMPANY, PLACE, BODY = "title", "trade", "about", "company", "place", "body"
FIELDS = (TITLE, TRADE, ABOUT, COMPANY, PLACE)
"""Fields that hold our own terms; the body holds tantivy's French stems."""

COUNTED = ("kind", "contract", "source")
CODES = ("occupation", "commune")
FLAGS = "flags"
"""Fields that the engine counts by itself. Codes are kept as numbers: to name 250 of thousands of texts took longer than to count
them. The last holds all flags that are counted in one value, which is cheaper than many."""
COUNTED_FLAGS = ("early", "late", "night", "weekend", "car_free", "no_licence")
FRESH = "fresh"
"""What an offer's words are weighed by."""

SPACES = TextAnalyzerBuilder(Tokenizer.whitespace()).build()
FRENCH = (
    TextAnalyzerBuilder(Tokenizer.regex(r"[\p{L}\p{N}]+[+#]*"))
    .filter(Filter.remove_long(LONGEST))
    .filter(Filter.lowercase())
    .filter(Filter.ascii_fold())
    .filter(Filter.stemmer("french"))
    .build()
)


@lru_cache(maxsize=65_536)
def stems_of(folded: str) -> tuple[str, ...]:
    """The stems of a folded word of a question under which the body holds it."""
    return tuple(FRENCH.analyze(folded))


def schema_builder() -> SchemaBuilder:
    """The fields of the index."""
    builder = SchemaBuilder()
    for name in FIELDS:
        builder.add_text_field(name, tokenizer_name="spaces")
    builder.add_text_field(BODY, tokenizer_name="french")
    builder.add_text_field("facts", tokenizer_name="spaces", index_option="basic")
    for name in (*COUNTED, FLAGS):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in CODES:
        builder.add_unsigned_field(name, fast=True)
    builder.add_float_field(FRESH, fast=True)
    builder.add_unsigned_field("row", fast=True, indexed=True)
    return builder


SCHEMA: Schema = schema_builder().build()
