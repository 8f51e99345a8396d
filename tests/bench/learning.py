"""Learns what employers' titles mean: ``python -m tests.bench.learning [--rome ZIP] [--offers CSV.GZ] [--across]``.

From the titles that may be read, half of all distinct ones (``occupations.unseen`` names the other half), and from those that
were written by hand, and writes ``shared/reference/data/heard.npz``. A multinomial logistic regression over hashed words, on top
of what the proposer believes without it. Of hand-written titles that is what official ones alone say, since each knows itself:
so it is learnt what their words mean in other titles, which without them are but as near as the nearest one. Three of four of
these offers are office and computing jobs and a département's are not: so there is no constant per occupation, titles of the
local feeds count three times and those of occupations that are rarer elsewhere less. Codes are often wrong: a title of the
referential under another code is left out, and others count less the less they are believed.

``--across`` predicts each fifth of the readable titles from the other four instead, and writes nothing.
"""

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from shared.reference import heard
from shared.reference.occupations import Occupations
from shared.reference.proposer import Proposer
from shared.reference.rome import import_rome
from tests.bench.occupations import LOCAL, OFFERS, ROME, Case, demand, read_cases, unseen

Floats = NDArray[np.float64]

WRONG = 0.1
"""Share of offers whose code is taken to be of nothing that their title says: a title counts the less the surer that is."""
COMMON = 0.4
"""How far titles of occupations that are commoner here than among all offers of the country count less: 1 is wholly."""
SHRINK = 1.0
"""Penalty (L2) on each weight."""
LOCAL_COUNTS = 3.0
"""So often counts a title of the local feeds."""
WRITTEN_COUNTS = 0.2
"""So often counts a title that was written by hand: there are more of them than of everything local (1.0 overturned what offers
say, 0.613 first to 0.586)."""
TEMPERATURE = 1.5
"""The proposer's own: its evidence divided by this is a logarithm of belief."""
_TITLES = 2
"""A word that fewer titles have is left out: names of firms and people."""
_ROUNDS = 25
_LEAST = 0.05
"""What moves belief by less (as a logarithm) is not kept."""
_PARTS = 5


class Sample:
    """Titles: their words, places, what is believed of them, and the code that they mean.

    The first ``heard`` ones are readable ones of offers, behind them stand those written by hand.
    """

    def __init__(self, cases: Sequence[Case], occupations: Occupations) -> None:
        official, whole = occupations.proposer(by_hand=False, learnt=False), occupations.proposer(learnt=False)
        self.codes = official.codes
        index = {code: at for at, code in enumerate(self.codes)}
        local = {(case.title, case.code) for case in read_cases(OFFERS, LOCAL)}
        # The one that knows hand-written titles takes others for titles of the referential.
        known = [
            case for case in cases if case.code in index and case.code in (official.titled(case.title) or [case.code])
        ]
        written = _written(occupations)
        self.heard = len(known)
        self.titles = [*(case.title for case in known), *(title for _, title in written)]
        self.code = np.array([index[code] for code in (*(case.code for case in known), *(code for code, _ in written))])
        self.local = np.array([(case.title, case.code) in local for case in known])
        common = _as_common(self.code[: self.heard], self.codes, demand())
        self.weight = np.concatenate(
            [np.where(self.local, LOCAL_COUNTS, common), np.full(len(written), WRITTEN_COUNTS)]
        )
        self.words = [official.stems_of(title) for title in self.titles]
        self.belief = np.array(
            [_believed(whole if row < self.heard else official, title) for row, title in enumerate(self.titles)]
        )

    def matrix(self, rows: NDArray[np.int64]) -> sparse.csr_matrix:
        """Rows × places; places of words that one title alone has are empty."""
        found = [heard.places(self.words[row]) for row in rows]
        lengths = [len(one) for one in found]
        columns = np.array([place for one in found for place in one], np.int64)
        return sparse.csr_matrix(
            (np.ones(len(columns)), (np.repeat(np.arange(len(rows)), lengths), columns)),
            shape=(len(rows), heard.PLACES),
        )


def learnt(sample: Sample, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], Floats]:
    """Codes that occur among these rows, and the table (places × these codes) that predicts them best."""
    codes = np.unique(sample.code[rows])
    answer = np.searchsorted(codes, sample.code[rows])
    start = sample.belief[rows] / TEMPERATURE
    elsewhere = np.ones(start.shape[1], bool)
    elsewhere[codes] = False
    top = start.max(1)
    others = np.log(np.exp(start[:, elsewhere] - top[:, None]).sum(1) + 1e-30) + top
    start = start[:, codes]

    bags = sample.matrix(rows)
    often = np.asarray((bags > 0).sum(0)).ravel() >= _TITLES
    used = np.flatnonzero(often)
    bags = bags[:, used].tocsr()
    turned = bags.T.tocsr()
    weight = sample.weight[rows]
    usual = (np.bincount(answer) / len(rows))[answer]
    # Each place its own step: the curvature of a softmax is at most half of what its features weigh together.
    steps = 1 / (0.5 * (turned @ (weight * np.asarray(bags.sum(1)).ravel())) + SHRINK)
    table = before = np.zeros((len(used), len(codes)))
    pace = 1.0
    for _ in range(_ROUNDS):
        score = start + bags @ table
        most = np.maximum(score.max(1), others)
        odds = np.exp(score - most[:, None])
        error = odds / (odds.sum(1) + np.exp(others - most))[:, None]
        right = (1 - WRONG) * error[np.arange(len(rows)), answer]
        error[np.arange(len(rows)), answer] -= 1
        error *= (right / (right + WRONG * usual))[:, None]
        stepped = table - steps[:, None] * (turned @ (error * weight[:, None]) + SHRINK * table)
        faster = (1 + (1 + 4 * pace * pace) ** 0.5) / 2
        table, before, pace = stepped + (pace - 1) / faster * (stepped - before), stepped, faster
    whole = np.zeros((heard.PLACES, len(codes)))
    whole[used] = before
    return codes, whole


def _written(occupations: Occupations) -> list[tuple[str, str]]:
    """(code, title) of the hand-written titles."""
    gone = occupations.taken_over()
    return [
        (one.code, title)
        for one in occupations
        for title in (*occupations.everyday(one.code), *occupations.said(one.code))
        if (one.code, title) not in gone
    ]


def _believed(proposer: Proposer, title: str) -> Floats:
    found = proposer.evidence(title)
    return np.zeros(len(proposer.codes)) if found is None else found


def _as_common(code: NDArray[np.int64], codes: Sequence[str], offers: Mapping[str, float]) -> Floats:
    """Less for titles of an occupation that is more common in this sample than among all offers of the country."""
    sample = np.bincount(code, minlength=len(codes)) / len(code)
    country = np.array([offers.get(one, 0.0) for one in codes])
    share = country / country.sum()
    known = share[code] > 0
    return np.where(known, np.minimum(share[code] / sample[code], 1.0) ** COMMON, 1.0)


def across(sample: Sample) -> dict[str, tuple[float, float]]:
    """Shares first and among five, of all readable and of the local ones, each part predicted from the others and by hand."""
    part = np.random.default_rng(0).integers(0, _PARTS, sample.heard)
    same = {title: part[at] for at, title in reversed(list(enumerate(sample.titles[: sample.heard])))}
    part = np.array([same[title] for title in sample.titles[: sample.heard]])
    by_hand = np.arange(sample.heard, len(sample.titles))
    scores = sample.belief[: sample.heard] / TEMPERATURE
    for number in range(_PARTS):
        codes, table = learnt(sample, np.concatenate([np.flatnonzero(part != number), by_hand]))
        asked = np.flatnonzero(part == number)
        scores[np.ix_(asked, codes)] += sample.matrix(asked) @ table
    own = scores[np.arange(sample.heard), sample.code[: sample.heard]]
    ahead = (scores > own[:, None]).sum(1)
    return {
        name: (float((ahead[rows] == 0).mean()), float((ahead[rows] < 5).mean()))
        for name, rows in {"all": np.ones(len(ahead), bool), "local": sample.local}.items()
    }


def main(argv: list[str] | None = None) -> int:
    """Learn and write, or say how well it predicts."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.learning", description=__doc__)
    parser.add_argument("--rome", type=Path, default=ROME)
    parser.add_argument("--offers", type=Path, default=OFFERS)
    parser.add_argument("--out", type=Path, default=heard.DATA)
    parser.add_argument("--across", action="store_true", help="predict parts of the readable half from each other")
    arguments = parser.parse_args(argv)
    for path in (arguments.rome, arguments.offers):
        if not path.exists():
            print(f"Skipped: {path} is not there; name the file with --rome and --offers.")
            return 0
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rome.json.gz"
        import_rome(arguments.rome, file)
        occupations = Occupations.load(file)
    cases = [case for case in read_cases(arguments.offers) if not unseen(case.title)]
    sample = Sample(cases, occupations)
    if arguments.across:
        for kind, (first, five) in across(sample).items():
            print(f"{kind}: {first:.3f} first, {five:.3f} among five")
        return 0
    codes, table = learnt(sample, np.arange(len(sample.titles)))
    kept = heard.write(arguments.out, [sample.codes[at] for at in codes], table, _LEAST)
    size = arguments.out.stat().st_size
    print(f"{len(sample.titles)} titles, {len(codes)} codes, {kept} numbers, {size:,} bytes: {arguments.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
