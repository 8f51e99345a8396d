"""Learns what sounds like a condition on people: ``python -m tests.bench.conditions [--offers FOLDER] [--across]``.

From sentences that were written by hand and labelled (the linter's probes and ``data/condition_sentences.tsv``, in which those of
part ``held`` are kept for a test), and from those of real offers beside the project as what is lawful nearly always. Writes
``shared/reference/data/conditions.npz``. A logistic regression over words, kinds of words, their pairs and rows of three, each
the heavier the rarer; one over words alone, which only leaves out what cannot be a condition; and one that tells grounds apart.

How sure a sentence must be follows from the offers: learnt from one half, ``NEWLY`` of the other's are newly warned of.

``--across`` writes nothing: it learns without one writer after another and without half of the offers, and says what is caught of
theirs by the rules, by what was learnt, and by both. ``--offers-read N`` prints of each half of the real offers up to N sentences
that are newly warned of by what the other half taught.
"""

import argparse
import csv
import gzip
import json
import sys
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

from services.offers.domain.linter import Draft, lint, same_length_fold
from services.offers.domain.linter_clauses import Cut
from services.offers.domain.linter_learnt import Learnt
from shared.reference import conditions
from shared.reference.conditions import PLACES, Conditions, Word, places, word, word_places

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Spans = Sequence[tuple[int, int]]

REPOSITORY = Path(__file__).resolve().parents[2]
PROBES = REPOSITORY / "tests" / "service" / "offers" / "data" / "linter_probes.tsv"
SENTENCES = Path(__file__).with_name("data") / "condition_sentences.tsv"
OFFERS = REPOSITORY.parent / "shared" / "data" / "offers"

NEWLY = 0.001
"""Share of real offers that may be newly warned of."""
REAL_COUNTS = 4.0
"""So often counts a sentence of real offers: there are ten thousand that name a ground, and nearly all are lawful."""
LOOSE = 100.0
"""How little weights are held back (the reciprocal of an L2 penalty)."""
_WORDS_LOOSE = 1.0
_TWICE = 2
"""What fewer hand-written sentences have is left out."""
_ROUNDS = 80
_KEPT = 0.998
"""Share of what is doubtful among what was learnt from that words alone must let through."""
_ASIDE = ("text_says_", "schedule_missing", "salary_missing", "description_short", "not_french")
GROUND = {
    "sex": "sex",
    "age": "age_limit",
    "origin": "origin",
    "language": "origin",
    "name": "origin",
    "family": "family",
    "pregnancy": "family",
    "health": "health",
    "disability": "health",
    "appearance": "appearance_religion_union",
    "religion": "appearance_religion_union",
    "politics": "appearance_religion_union",
    "union": "appearance_religion_union",
    "orientation": "appearance_religion_union",
    "gender_identity": "appearance_religion_union",
    "residence": "residence",
    "economic": "social_situation",
    "bank": "social_situation",
    "money": "payment_asked",
    "photo": "photo_asked",
}
"""What a ground that somebody wrote beside a sentence is called by the linter."""
_SAME = {
    "gendered_title": "sex",
    "gender_stereotype": "sex",
    "young_stereotype": "age_limit",
    "appearance_stereotype": "appearance_religion_union",
    "unpaid_trial": "payment_asked",
}


@dataclass(frozen=True)
class Row:
    """A labelled text; ``told``: where rules find something, ``refused``: whether that refuses it."""

    writer: str
    held: bool
    unlawful: bool
    ground: str | None
    text: str
    cut: Cut
    told: Spans
    refused: bool


@dataclass(frozen=True)
class Offer:
    """A real one: which half it is of, its fields, and where rules find something in each."""

    half: int
    cuts: tuple[tuple[Cut, Spans], ...]


@dataclass(frozen=True)
class Unit:
    """What is learnt from: the words of a sentence, and whose it is."""

    words: tuple[Word, ...]
    asked: bool
    unlawful: bool
    writer: str
    ground: str | None
    half: int = -1
    """Of a real offer's sentence."""


def _told(draft: Draft) -> list[Any]:
    report = lint(draft, by_rules_alone=True)
    return [one for one in (*report.refusals, *report.warnings) if not one.rule.startswith(_ASIDE)]


def labelled() -> list[Row]:
    """The probes and the sentences of other writers; those that are doubtful teach nothing."""
    with PROBES.open(encoding="utf-8", newline="") as table:
        rows = [dict(row, writer=f"probes {row['round']}") for row in csv.DictReader(table, **_TABLE)]
    with SENTENCES.open(encoding="utf-8", newline="") as table:
        rows += list(csv.DictReader(table, **_TABLE))
    found = []
    for row in rows:
        if row["verdict"] == "doubtful":
            continue
        draft = Draft("Employé polyvalent (H/F)", row["sentence"])
        told = _told(draft)
        unlawful = row["verdict"] == "illegal"
        named = [_SAME.get(one.rule, one.rule) for one in told]
        ground = GROUND.get(row.get("ground") or "") or next((one for one in named if one in GROUND.values()), None)
        found.append(
            Row(
                row["writer"],
                row.get("part") == "held",
                unlawful,
                ground if unlawful else None,
                row["sentence"],
                Cut(same_length_fold(row["sentence"])),
                [(one.start, one.end) for one in told],
                bool(lint(draft, by_rules_alone=True).refusals),
            )
        )
    return found


_TABLE: dict[str, Any] = {"delimiter": "\t", "quoting": csv.QUOTE_NONE}


def real(folder: Path) -> list[Offer]:
    """Distinct real offers; none where the materials are not."""
    if not folder.is_dir():
        return []
    with gzip.open(folder / "france_travail_v2.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = {(row.get("intitule") or "", row.get("description") or "") for row in map(json.loads, lines)}
    with gzip.open(folder / "offers_flat.csv.gz", "rt", encoding="utf-8", newline="") as table:
        texts |= {(row["intitule"], row["description"]) for row in csv.DictReader(table)}
    found = []
    for title, description in sorted(texts):
        told = _told(Draft(title, description))
        cuts = tuple(
            (
                Cut(same_length_fold(text)),
                [(one.start, one.end) for one in told if one.field == field],
            )
            for field, text in (("title", title), ("description", description))
        )
        found.append(Offer(zlib.crc32(description[:200].encode()) % 2, cuts))
    return found


def _words(cut: Cut, first: int, end: int) -> tuple[Word, ...]:
    return tuple(word(token) for token in cut.tokens[first:end])


def units(rows: Iterable[Row], offers: Iterable[Offer]) -> list[Unit]:
    """Sentences. Of an unlawful text of several it is not known which one is: they are learnt as one. Of real offers those that
    name a ground, each once, without those in which rules find something.
    """
    found = []
    for row in rows:
        read = [(_words(row.cut, *part), row.cut.asked(part[1])) for part in row.cut.parts]
        if row.unlawful and len(read) > 1:
            read = [(tuple(one for words, _ in read for one in words), read[-1][1])]
        found += [Unit(words, asked, row.unlawful, row.writer, row.ground) for words, asked in read]
    seen = set()
    for offer in offers:
        for cut, told in offer.cuts:
            for number, (first, end) in enumerate(cut.parts):
                words = _words(cut, first, end)
                key = (words, cut.asked(end))
                if key in seen or not any(one.ground for one in words):
                    continue
                seen.add(key)
                start, stop = cut.sentence(number).whole
                if not any(begun < stop and ended > start for begun, ended in told):
                    found.append(Unit(words, cut.asked(end), False, "", None, offer.half))
    return found


def _matrix(read: Sequence[NDArray[np.int64]]) -> sparse.csr_matrix:
    ends = np.concatenate([[0], np.cumsum([len(one) for one in read])])
    at = np.concatenate(read) if read else np.zeros(0, np.int64)
    return sparse.csr_matrix((np.ones(len(at)), at, ends), shape=(len(read), PLACES))


class Sample:
    """Units with the places of each, whole and of words alone."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self.units = units
        self.whole = _matrix([places(one.words, one.asked) for one in units])
        # As often as they are there: the words of a sentence add up.
        self.alone = _matrix([np.concatenate([word_places([w]) for w in one.words]) for one in units])
        self.unlawful = np.array([one.unlawful for one in units])
        self.half = np.array([one.half for one in units])
        self.writer = np.array([one.writer for one in units])
        self.by_hand = self.half < 0


def _fitted(bags: sparse.csr_matrix, right: NDArray[np.bool_], weight: Floats, loose: float) -> tuple[Floats, float]:
    """Weights and offset of a logistic regression."""
    turned, sign = bags.T.tocsr(), np.where(right, 1.0, -1.0)

    def cost(at: Floats) -> tuple[float, Floats]:
        margin = sign * (bags @ at[:-1] + at[-1])
        pull = -sign * weight / (1 + np.exp(np.minimum(margin, 500)))
        value = (weight * np.logaddexp(0, -margin)).sum() + 0.5 / loose * (at[:-1] @ at[:-1])
        return float(value), np.append(turned @ pull + at[:-1] / loose, pull.sum())

    found = minimize(cost, np.zeros(bags.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS})
    return found.x[:-1], float(found.x[-1])


def learnt(sample: Sample, rows: Numbers, offset: float | None = None) -> tuple[dict[str, Any], Floats]:
    """The arrays of a table that these rows teach, and how doubtful it finds each row of the sample. ``offset``: how sure a
    sentence must be, else as the regression says.
    """
    by_hand = sample.by_hand[rows]
    weight = np.where(by_hand, 1.0, REAL_COUNTS)
    right = sample.unlawful[rows]
    bags = sample.whole[rows]
    often = np.asarray((bags[by_hand] > 0).sum(0)).ravel()
    used = np.flatnonzero(often >= _TWICE)
    common = np.asarray((bags[:, used] > 0).T @ weight).ravel()
    rarity = np.log((1 + weight.sum()) / (1 + common)) + 1
    least = rarity.max() ** 2 / 255
    squares = np.maximum(np.round(rarity**2 / least), 1)
    rarity = np.sqrt(squares * least)

    def scaled(some: sparse.csr_matrix) -> sparse.csr_matrix:
        some = (some[:, used] @ sparse.diags(rarity)).tocsr()
        length = np.sqrt(np.asarray(some.multiply(some).sum(1)).ravel())
        return (sparse.diags(1 / np.maximum(length, least**0.5)) @ some).tocsr()

    fitted, own = _fitted(scaled(bags), right, weight, LOOSE)
    steps = fitted * rarity
    step = np.abs(steps).max() / 127
    whole = np.round(steps / step)
    doubt = scaled(sample.whole) @ (whole * step / rarity)
    offset = own if offset is None else offset
    doubt += offset

    alone = sample.alone[rows]
    words = np.flatnonzero(np.asarray((alone[by_hand] > 0).sum(0)).ravel() >= _TWICE)
    first, _ = _fitted(alone[:, words].tocsr(), right, weight, _WORDS_LOOSE)
    unit = np.abs(first).max() / 127
    firsts = np.round(first / unit)
    together = alone[:, words] @ firsts
    caught = by_hand & right & (doubt[rows] > 0)
    enough = np.quantile(together[caught], 1 - _KEPT) if caught.any() else 0.0

    grounds, of_ground, usual = _grounds(sample, rows[by_hand & right], words)
    arrays = {
        "stamp": np.int64(conditions.stamp()),
        "steps": np.array([used[0], *(after - before for before, after in pairwise(used))], np.uint32),
        "weights": whole.astype(np.int8),
        "rarities": squares.astype(np.uint8),
        "scale": np.float64(step / least**0.5),
        "offset": np.float64(offset),
        "word_places": words.astype(np.uint32),
        "firsts": firsts.astype(np.int8),
        "least": np.int64(np.floor(enough)),
        "grounds": np.array(grounds),
        "of_ground": of_ground,
        "often": usual,
    }
    return arrays, doubt


def _grounds(sample: Sample, rows: Numbers, words: Numbers) -> tuple[list[str], NDArray[np.int8], Floats]:
    """Names, and what each word speaks for each of them: one against the others."""
    known = np.array([row for row in rows if sample.units[row].ground is not None], np.int64)
    ground = np.array([sample.units[row].ground for row in known])
    names = sorted(set(ground.tolist()))
    bags = (sample.alone[known][:, words] > 0).astype(float).tocsr()
    fitted = [_fitted(bags, ground == name, np.ones(len(known)), _WORDS_LOOSE) for name in names]
    table, often = np.array([weights for weights, _ in fitted]).T, np.array([own for _, own in fitted])
    step = np.abs(table).max() / 127
    return names, np.round(table / step).astype(np.int8), often / step


def _newly_doubtful(table: Learnt, offers: Iterable[Offer]) -> Iterator[str]:
    for offer in offers:
        for cut, told in offer.cuts:
            for one in table.doubts(cut, told):
                yield f"{one.sure:.2f} {one.criterion}: " + " ".join(cut.plain[one.start : one.end].split())


def _looked_at(table: Learnt, offers: Iterable[Offer]) -> tuple[int, int]:
    """Sentences whose words alone speak for a condition, and all."""
    cuts = [cut for offer in offers for cut, _ in offer.cuts]
    return sum(len(table.suspects(cut)) for cut in cuts), sum(len(cut.parts) for cut in cuts)


def newly(table: Learnt, offers: Sequence[Offer]) -> float:
    """Share of offers that the rules say nothing of and that are newly warned of, of all."""
    warned = sum(
        not any(told for _, told in offer.cuts) and any(any(table.doubts(cut, told)) for cut, told in offer.cuts)
        for offer in offers
    )
    return warned / max(len(offers), 1)


def offset_for(arrays: Mapping[str, Any], offers: Sequence[Offer], share: float) -> float:
    """How sure a sentence must be, so that this share of the offers is newly warned of."""
    table = Learnt(Conditions({**arrays, "offset": np.float64(_ALL), "least": _ANY}))
    surest = [
        max((one.sure - _ALL for cut, told in offer.cuts for one in table.doubts(cut, told)), default=-_ALL)
        for offer in offers
        if not any(told for _, told in offer.cuts)
    ]
    return -float(np.sort(surest)[::-1][int(share * len(offers))])


_ALL = 1_000.0
"""With this offset each sentence is doubtful."""
_ANY = np.int64(-30_000)


def by_halves(
    sample: Sample, rows: Numbers, offers: Sequence[Offer], share: float
) -> Iterator[tuple[float, Learnt, list[Offer]]]:
    """Learnt from one half of the offers: how sure a sentence must be on the other, the table, and that half."""
    for half in (0, 1):
        taught, others = rows[sample.half[rows] != half], [offer for offer in offers if offer.half == half]
        offset = offset_for(learnt(sample, taught)[0], others, share)
        yield offset, Learnt(Conditions(with_offset(sample, taught, offset))), others


def with_offset(sample: Sample, rows: Numbers, offset: float) -> dict[str, Any]:
    """A table that is as sure as that."""
    return learnt(sample, rows, offset)[0]


def _told_of(rows: Sequence[Row], table: Learnt) -> str:
    counted: Counter[str] = Counter()
    grounds: dict[str, Counter[str]] = defaultdict(Counter)
    named = 0
    for row in rows:
        rules, own = bool(row.told), list(table.doubts(row.cut))
        both = rules or bool(list(table.doubts(row.cut, row.told)))
        kind = "unlawful" if row.unlawful else "lawful"
        counted[kind] += 1
        counted[f"{kind} rules"] += rules
        counted[f"{kind} learnt"] += bool(own)
        counted[f"{kind} both"] += both
        counted[f"{kind} refused"] += row.refused
        if row.unlawful and row.ground:
            grounds[row.ground]["all"] += 1
            grounds[row.ground]["rules"] += rules
            grounds[row.ground]["both"] += both
            counted["grounds"] += bool(own)
            named += row.ground in [one.criterion for one in own]
    text = "; ".join(
        f"{kind} {counted[kind]}: "
        + ", ".join(
            f"{by} {counted[f'{kind} {by}'] / max(counted[kind], 1):.3f}" for by in ("rules", "learnt", "both", "refused")
        )
        for kind in ("unlawful", "lawful")
    )  # fmt: skip
    told = ", ".join(f"{name} {c['all']}: {c['rules']} → {c['both']}" for name, c in sorted(grounds.items()))
    return f"{text}; ground right {named} of {counted['grounds']}\n    {told}"


def across(sample: Sample, rows: Sequence[Row], offers: Sequence[Offer], share: float) -> None:
    """Says what is caught of each writer's sentences by what the others teach."""
    # The two halves of one set, and the round that was written after its second half was opened, go together.
    for left_out in (["a1", "a2", "probes twelfth", "probes thirteenth"], ["b"], ["c"]):
        taught = np.flatnonzero(~np.isin(sample.writer, left_out))
        half = taught[sample.half[taught] != 1]
        arrays, _ = learnt(sample, half)
        others = [offer for offer in offers if offer.half == 1]
        offset = offset_for(arrays, others, share)
        arrays = with_offset(sample, half, offset)
        table = Learnt(Conditions(arrays))
        unhurried = Learnt(Conditions({**arrays, "least": _ANY}))
        for writer in left_out:
            asked = [row for row in rows if row.writer == writer]
            lost = sum(any(unhurried.doubts(row.cut)) and not any(table.doubts(row.cut)) for row in asked)
            print(f"{writer}: {_told_of(asked, table)}; lost by words alone {lost}", flush=True)
        print(f"  offers newly warned of: {newly(table, others):.4f}", flush=True)


def main(argv: list[str] | None = None) -> int:
    """Learn and write, or say how well it tells."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.conditions", description=__doc__)
    parser.add_argument("--offers", type=Path, default=OFFERS)
    parser.add_argument("--out", type=Path, default=conditions.DATA)
    parser.add_argument(
        "--across", action="store_true", help="learn without one writer after another, and write nothing"
    )
    parser.add_argument("--offers-read", type=int, default=0, metavar="N", help="print N newly doubtful real sentences")
    parser.add_argument("--share", type=float, default=NEWLY, help="of real offers that may be newly warned of")
    arguments = parser.parse_args(argv)
    if not arguments.offers.is_dir():
        print(f"Skipped: {arguments.offers} is not there; name the folder of real offers with --offers.")
        return 0
    rows, offers = labelled(), real(arguments.offers)
    sample = Sample(units([row for row in rows if not row.held or arguments.across], offers))
    if arguments.across:
        across(sample, rows, offers, arguments.share)
        return 0
    everything = np.arange(len(sample.units))
    offsets = []
    for offset, table, others in by_halves(sample, everything, offers, arguments.share):
        offsets.append(offset)
        looked_at, all_parts = _looked_at(table, others)
        warned = newly(table, others)
        print(
            f"half: offset {offset:.2f}, newly warned of {warned:.4f}, sentences looked at {looked_at / all_parts:.4f}"
        )
        for text in list(_newly_doubtful(table, others))[: arguments.offers_read]:
            print("-", text)
    arrays = with_offset(sample, everything, sum(offsets) / 2)
    np.savez_compressed(arguments.out, **arrays)
    table = Learnt(Conditions.load(arguments.out))
    size = arguments.out.stat().st_size
    print(f"{len(sample.units)} sentences, {len(arrays['weights'])} places, {size:,} bytes: {arguments.out}")
    print("held:", _told_of([row for row in rows if row.held], table))
    return 0


if __name__ == "__main__":
    sys.exit(main())
