"""``python -m tests.bench.real [--unseen]``: figures on the half of the people that a fit may look at, or on the other.

``--unread`` prints the pairs among the first five that nobody has read yet, for the next round of labelling.
"""

import argparse
import sys

from rich.console import Console
from rich.table import Table

from services.matching.domain.configuration import Configuration
from tests.bench.real.comparing import ENGINE, baseline_lists, engine_lists, ids, judged, market, wider_ids
from tests.bench.real.judging import FIRST
from tests.bench.real.labels import labels
from tests.bench.real.offers import at_hand
from tests.bench.real.people import FITTED, UNSEEN


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.real", description=__doc__)
    parser.add_argument("--unseen", action="store_true", help="the half that no fit may look at")
    parser.add_argument("--unread", action="store_true", help="pairs shown first that nobody has read")
    parser.add_argument("--wrong", action="store_true", help="what is shown first and was read as a no")
    arguments = parser.parse_args()
    if not at_hand():
        print("The real offers are not beside the project; nothing to measure.")
        return 0
    on = market()
    half = UNSEEN if arguments.unseen else FITTED
    recommended = engine_lists(on, Configuration())
    engine, wider = ids(recommended), wider_ids(recommended)
    lists = {ENGINE: engine, **baseline_lists(on)}
    columns = (
        "precision_at_5", "precision_at_1", "precision_all", "lines_at_5", "ndcg_at_10", "ndcg_alone", "found", "shown", "unread",
        "empty", "nothing",
    )  # fmt: skip
    table = Table("", *columns, title=f"Real offers, people of the half «{half}»")
    for name, mine in lists.items():
        figures = judged(on, mine, half, wider if name == ENGINE else None).as_dict()
        table.add_row(name, *(f"{figures[column]:.3f}".removesuffix(".000") for column in columns))
    Console(width=130).print(table)
    for person, mine in engine.items():
        for offer in mine[:FIRST]:
            label = labels().get((person, offer))
            if arguments.unread and label is None:
                print(person, offer, sep="\t")
            if arguments.wrong and label and not label.grade and on.people[person].half == half:
                print(person, on.people[person].who[:50], on.offers[offer].title[:50], label.no, sep=" | ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
