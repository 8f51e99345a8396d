"""How near two occupations are: direction, rank and kind of moves, rare skills in common; a letter alone is nothing."""

import re
from pathlib import Path

import pytest

from services.matching.domain.configuration import Configuration
from services.matching.domain.nearness import Evidence, Nearness
from services.matching.domain.occupations import Affinities
from services.matching.index.referential import Structure, load_structure, permitted, shipped_structure
from shared.reference.occupations import Move, Occupation, Occupations
from shared.reference.regulated import profession_of, regulated
from shared.reference.rome import import_rome

MATERIALS = Path(__file__).resolve().parents[4] / "shared" / "data" / "rome"
OFFICIAL, MOBILITY = MATERIALS / "rome_v460_official.zip", MATERIALS / "mobility_v347.csv.gz"
DEFAULT = Configuration()


def occupation(code: str, *skills: str, family: str = "", managerial: bool = False) -> Occupation:
    return Occupation(code, code, "", tuple((skill, skill) for skill in skills), (), family or code, managerial)


def structure(
    *occupations: Occupation,
    moves: dict[str, list[str]] | None = None,
    kinds: dict[str, dict[str, Move]] | None = None,
) -> Structure:
    ranked = {code: {target: at for at, target in enumerate(row, 1)} for code, row in (moves or {}).items()}
    return Structure(Occupations(occupations, ranked, moves=kinds))


def near(of: Structure, wished: str, offered: str) -> int:
    return of.under(DEFAULT).of(wished, offered)


def test_the_first_letter_alone_is_no_nearness() -> None:
    alone = structure(occupation("K1302"), occupation("K2204"), occupation("K1305"))
    assert near(alone, "K1302", "K2204") == 0
    # Not even the same professional domain is enough to be recommended.
    assert 0 <= near(alone, "K1302", "K1305") < DEFAULT.minimum_affinity
    for code in ("H1404", "K1104", "J1202", "M1801"):
        for other in ("K1302", "K2204", "J1301", "M1607"):
            assert shipped_structure().under(DEFAULT).of(other, code) == 0


def test_a_move_counts_in_its_direction_and_by_its_rank() -> None:
    targets = ["D1201", "E1101", "G1101", "H1101"]
    known = structure(*(occupation(code) for code in ("D1106", *targets)), moves={"D1106": targets})
    forth = [near(known, "D1106", code) for code in targets]
    assert forth == sorted(forth, reverse=True)
    assert forth[0] >= DEFAULT.minimum_affinity
    assert [near(known, code, "D1106") for code in targets] == [0] * 4


def test_a_close_move_counts_more_than_an_evolution() -> None:
    codes = ("D1106", "E1101")
    kinds: list[dict[str, dict[str, Move]]] = [{"D1106": {"E1101": kind}} for kind in (Move.CLOSE, Move.EVOLUTION)]
    close, evolution = (
        near(structure(*map(occupation, codes), moves={"D1106": ["E1101"]}, kinds=kind), *codes) for kind in kinds
    )
    unsaid = near(structure(*map(occupation, codes), moves={"D1106": ["E1101"]}), *codes)
    assert close > unsaid > evolution > 0


def test_rare_skills_in_common_count_and_common_ones_do_not() -> None:
    others = [occupation(f"B{n}101", "rigueur", f"own-{n}") for n in range(1, 9)]
    pair = [occupation("C1101", "rigueur", "crêpes"), occupation("D1101", "rigueur", "crêpes")]
    known = structure(*others, *pair)
    rare, soft = known.of("C1101", "D1101"), known.of("B1101", "B2101")
    assert rare is not None
    assert rare.skills > 500
    assert soft is None


def test_who_is_no_manager_is_farther_from_a_managerial_offer() -> None:
    evidence = Evidence(rank=1)
    rules = Nearness()
    assert (
        rules.points(evidence)
        > rules.points(evidence._replace(below=True))
        > rules.points(evidence._replace(above=True))
    )


def test_simple_work_of_the_own_trade_is_no_leaving_of_it() -> None:
    known = structure(
        occupation("G1610", family="G1602"),
        occupation("G1602"),
        occupation("D1101"),
        moves={code: ["G1602"] for code in ("G1610", "D1101")},
    )
    own, other = known.of("G1610", "G1602"), known.of("D1101", "G1602")
    assert own is not None
    assert other is not None
    assert (own.simple, other.simple) == (False, True)
    without = own._replace(simple=True)
    assert Nearness().points(own) == Nearness().points(without) + Nearness().simple


@pytest.mark.parametrize("seller", ["D1210", "D1211", "D1212", "D1214", "D1219", "D1221"])
def test_sellers_tills_and_shelves_are_taken_from_each_other(seller: str) -> None:
    known = structure(*map(occupation, (seller, "D1505", "D1507", "D1101", "D1502", "D1213")))
    for there, back in (("D1505", seller), (seller, "D1507")):
        assert near(known, there, back) >= DEFAULT.minimum_affinity
    # A trade, a department's head and a wholesaler are no such neighbours.
    for other in ("D1101", "D1502", "D1213"):
        assert near(known, seller, other) < DEFAULT.minimum_affinity
        assert near(known, other, seller) < DEFAULT.minimum_affinity


def test_nothing_but_the_same_occupation_is_the_same() -> None:
    everything = Evidence(1, True, False, 1, True, True, 10_000)
    assert Nearness().points(everything) == Nearness().most < 10_000


def test_a_move_that_everybody_has_leads_nowhere_by_itself() -> None:
    trainer = Evidence(rank=1, crowd=4)
    assert Nearness().points(trainer) == 0
    assert Nearness().points(trainer._replace(crowd=2)) > 0
    assert Nearness().points(trainer._replace(family=True)) > Nearness().least


def test_evidence_weighs_as_the_configuration_says() -> None:
    known = structure(occupation("D1106"), occupation("E1101"), moves={"D1106": ["E1101"]})
    heavier = Configuration(nearness=Nearness(move=9_000))
    assert known.under(heavier).of("D1106", "E1101") > near(known, "D1106", "E1101")
    assert known.under(DEFAULT) is known.under(Configuration())


def test_a_regulated_occupation_is_for_who_seeks_or_holds_it() -> None:
    known = shipped_structure().under(DEFAULT)
    assert {"J1506", "J1501", "K1207", "N4101", "K2503", "J1305", "J1307"} <= known.regulated
    assert not known.regulated & {"K1304", "K1302", "N1101", "N4105", "J1301", "J1310", "F1608"}
    assert known.of("J1501", "J1506") == 0
    assert known.of("J1301", "J1501") == 0
    assert known.of("N4105", "N4101") == 0
    assert known.of("J1506", "J1506") == 10_000
    # Who coordinates nurses is one; who drives a coach may drive a bus.
    assert known.of("J1510", "J1506") > DEFAULT.minimum_affinity
    assert known.of("N4109", "N4103") > DEFAULT.minimum_affinity


def test_occupations_split_off_follow_a_listed_one_unless_they_are_listed_themselves() -> None:
    assert (found := profession_of(occupation("J1131", family="J1102"))) is not None
    assert found.name == "medecin"
    assert profession_of(occupation("N4131", family="N4102")) is None
    assert profession_of(occupation("G1211", family="G1204")) is None
    listed = regulated([occupation("J1506"), occupation("J1503"), occupation("J1501")])
    assert permitted(listed, "J1503", "J1506")
    assert not permitted(listed, "J1506", "J1503")
    assert not permitted(listed, "J1506", "J1501")
    assert permitted(listed, "J1501", "K1302")


def test_each_regulated_occupation_names_the_text_that_it_follows() -> None:
    everybody = [occupation(code) for code in re.findall(r"^([A-N]\d{4}),", _list(), re.MULTILINE)]
    found = regulated(everybody)
    assert len(found) > 80
    assert all(profession.basis and profession.name for profession in found.values())
    names = {profession.name for profession in found.values()}
    assert {other for profession in found.values() for other in profession.also} <= names


def _list() -> str:
    from shared.reference.occupations import DATA

    return (DATA / "regulated.csv").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def official(tmp_path_factory: pytest.TempPathFactory) -> Affinities:
    out = tmp_path_factory.mktemp("rome") / "rome.json.gz"
    import_rome(OFFICIAL, out, MOBILITY)
    return load_structure(str(out)).under(DEFAULT)


@pytest.mark.materials
@pytest.mark.skipif(not OFFICIAL.exists(), reason="the official ROME archive is not beside the project")
@pytest.mark.parametrize(
    ("wished", "offered", "recommended"),
    [
        ("K1302", "H1208", False),  # home carer → robotics engineer
        ("K2204", "K1104", False),  # cleaner → psychologist
        ("J1301", "J1202", False),  # hospital agent → pharmacist
        ("M1607", "M1801", False),  # secretary → database administrator
        ("D1106", "D1102", False),  # seller → baker, the opposite move only
        ("N1101", "H2206", False),  # fork-lift driver → carpenter
        ("G1609", "D1402", False),  # cook → sales to companies
        ("J1301", "J1501", False),
        ("N4105", "N4101", False),
        ("N1101", "N1103", True),
        ("N1101", "N1105", True),
        ("K1304", "K1302", True),
        ("K2204", "K2205", True),
        ("G1602", "G1607", True),
        ("D1106", "D1507", True),
        ("J1501", "K1306", True),
        ("M1607", "M1604", True),
        ("F1703", "F1701", True),
    ],
)
def test_neighbours_in_the_official_referential(
    official: Affinities, wished: str, offered: str, recommended: bool
) -> None:
    assert (official.of(wished, offered) >= DEFAULT.minimum_affinity) is recommended


@pytest.mark.parametrize(
    ("sought", "offered", "taken"),
    [
        ("K1303", "K1304", True),
        ("K1304", "K1303", False),
        ("K1302", "K1303", False),
        ("K2204", "K1304", True),
    ],
)
def test_who_minds_children_may_clean_and_no_cleaner_is_sent_to_mind_children(
    sought: str, offered: str, taken: bool
) -> None:
    known = shipped_structure().of(sought, offered)
    assert bool(known and known.kin) is taken
