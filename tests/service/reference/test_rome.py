"""The importer of the official ROME: a hand-made archive, broken ones, and (materials) the real one."""

import gzip
import zipfile
from pathlib import Path

import pytest

from shared.reference.occupations import Move, Occupations, ReferentialUnusable
from shared.reference.rome import import_rome, main

OFFICIAL = Path(__file__).resolve().parents[4] / "shared" / "data" / "rome" / "rome_v460_official.zip"

MEMBERS = {
    "unix_referentiel_code_rome_v999_utf8.csv": (
        '"code_rome","code_ogr","libelle_rome","code_rome_parent"\n'
        '"A1101","1","Conducteur / Conductrice, d\'engins","A1101"\n'
        '"A1102","2","Débardeur / Débardeuse","A1101"\n'
        '"","3","sans code",""\n'
    ),
    "unix_referentiel_code_rome_riasec_v999_utf8.csv": '"code_rome","riasec_majeur"\n"A1101","R"\n',
    "unix_referentiel_appellation_v999_utf8.csv": (
        '"code_ogr","libelle_appellation_long","libelle_appellation_court","code_rome"\n'
        '"10","Conducteur / Conductrice de tracteur","Conducteur(trice) tracteur","A1101"\n'
        '"11","","Débardeur","A1102"\n'
    ),
    "unix_rubrique_mobilite_v999_utf8.csv": (
        '"code_rome","code_rome_cible","numero_ordre"\n'
        '"A1101","A1102","2"\n"A1101","Z9999","1"\n"A1102","A1102","1"\n"A1102","A1101",""\n'
    ),
    "unix_liens_rome_referentiels_v999_utf8.csv": (
        '"code_rome","code_compo_bloc","code_rubrique","code_ogr"\n'
        '"A1101","5","1","100"\n"A1101","5","3","200"\n"A1101","6","","300"\n"A1102","5","1","100"\n"A1101","5","1","100"\n'
    ),
    "unix_referentiel_competence_v999_utf8.csv": '"code_ogr","libelle_competence"\n"100","Conduire un tracteur"\n',
    "unix_referentiel_savoir_v999_utf8.csv": '"code_ogr_savoir","libelle_savoir"\n"200","Mécanique"\n"201","Inutile"\n',
    "unix_coherence_item_v999_utf8.csv": '"code_rome","code_ogr","coeur_metier"\n"A1101","200","Principale"\n',
    "unix_grand_domaine_v999_utf8.csv": '"code_grand_domaine","libelle_grand_domaine"\n"A","Agriculture"\n',
}


def archive(folder: Path, members: dict[str, str | bytes] | None = None, prefix: str = "") -> Path:
    path = folder / "rome.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in (MEMBERS if members is None else members).items():
            out.writestr(prefix + name, content)
    return path


@pytest.mark.parametrize("prefix", ["", "RefRomeCsv/"])
def test_a_small_archive_becomes_a_referential(tmp_path: Path, prefix: str) -> None:
    out = tmp_path / "rome.json.gz"
    found = import_rome(archive(tmp_path, prefix=prefix), out)
    assert (found.version, found.occupations, found.titles, found.skills, found.neighbours) == ("999", 2, 2, 2, 1)
    loaded = Occupations.load(out)
    tractor = loaded.get("A1101")
    assert tractor is not None
    assert tractor.label == "Conducteur / Conductrice, d'engins"
    assert tractor.domain == "Agriculture"
    assert tractor.titles == ("Conducteur / Conductrice de tracteur",)
    assert tractor.skills == (("200", "Mécanique"), ("100", "Conduire un tracteur"))  # the core first
    child = loaded.get("A1102")
    assert child is not None
    assert (child.family, child.titles) == ("A1101", ("Débardeur",))
    assert loaded.neighbours("A1101") == {"A1102": 2}
    assert loaded.neighbours("A1102") == {}
    assert [hit.code for hit in loaded.search("Conductrice de tracteurs H/F", 1)] == ["A1101"]
    assert not list(tmp_path.glob("*.part"))


def test_semicolons_a_byte_order_mark_and_other_names_are_read(tmp_path: Path) -> None:
    members: dict[str, str | bytes] = {
        name.replace("_v999_utf8", "_v3470"): b"\xef\xbb\xbf" + text.replace('","', '";"').encode()
        for name, text in MEMBERS.items()
    }
    assert import_rome(archive(tmp_path, members), tmp_path / "out").occupations == 2


def test_the_command_says_what_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(archive(tmp_path)), "--out", str(tmp_path / "out")]) == 0
    assert "2 occupations, 2 titles" in capsys.readouterr().out


def without(name: str) -> dict[str, str | bytes]:
    return {member: text for member, text in MEMBERS.items() if not member.startswith(name)}


def test_what_is_not_a_zip_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "rome.zip"
    path.write_text("code_rome,libelle\n", encoding="utf-8")
    with pytest.raises(ReferentialUnusable, match=r"rome\.zip is not a zip archive\."):
        import_rome(path, tmp_path / "out")
    assert main([str(path), "--out", str(tmp_path / "out")]) == 2
    assert "is not a zip archive" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReferentialUnusable, match="There is no file"):
        import_rome(tmp_path / "nowhere.zip", tmp_path / "out")


@pytest.mark.parametrize(
    "member",
    [
        "unix_referentiel_code_rome_v",
        "unix_referentiel_appellation",
        "unix_rubrique_mobilite",
        "unix_liens_rome_referentiels",
        "unix_referentiel_competence",
        "unix_referentiel_savoir",
    ],
)
def test_a_missing_member_is_named(tmp_path: Path, member: str) -> None:
    with pytest.raises(ReferentialUnusable, match=f"has no {member.removesuffix('_v')}_v"):
        import_rome(archive(tmp_path, without(member)), tmp_path / "out")


def test_optional_members_may_be_absent(tmp_path: Path) -> None:
    members = without("unix_grand_domaine")
    members.pop("unix_coherence_item_v999_utf8.csv")
    import_rome(archive(tmp_path, members), tmp_path / "out")
    found = Occupations.load(tmp_path / "out").get("A1101")
    assert found is not None
    assert (found.domain, found.skills[0][0]) == ("A", "100")


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    name = "unix_rubrique_mobilite_v999_utf8.csv"
    members: dict[str, str | bytes] = {**MEMBERS, name: '"code_rome","cible"\n"A1101","A1102"\n'}
    with pytest.raises(ReferentialUnusable, match=f"{name} has no column code_rome_cible, numero_ordre"):
        import_rome(archive(tmp_path, members), tmp_path / "out")


def test_text_in_another_encoding_is_refused(tmp_path: Path) -> None:
    name = "unix_referentiel_appellation_v999_utf8.csv"
    members: dict[str, str | bytes] = {**MEMBERS, name: MEMBERS[name].encode("latin-1")}
    with pytest.raises(ReferentialUnusable, match="is not UTF-8"):
        import_rome(archive(tmp_path, members), tmp_path / "out")


def test_an_archive_without_occupations_is_refused(tmp_path: Path) -> None:
    name = "unix_referentiel_code_rome_v999_utf8.csv"
    members: dict[str, str | bytes] = {**MEMBERS, name: '"code_rome","libelle_rome"\n'}
    with pytest.raises(ReferentialUnusable, match="holds no occupation"):
        import_rome(archive(tmp_path, members), tmp_path / "out")


def test_a_damaged_member_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path)
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as opened:
        info = opened.getinfo("unix_referentiel_appellation_v999_utf8.csv")
    start = info.header_offset + 30 + len(info.filename)
    data[start : start + info.compress_size] = b"\xff" * info.compress_size
    path.write_bytes(bytes(data))
    with pytest.raises(ReferentialUnusable, match="damaged"):
        import_rome(path, tmp_path / "out")


def test_a_truncated_archive_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ReferentialUnusable):
        import_rome(path, tmp_path / "out")


MOVES = """"code_rome","code_rome_cible","code_appellation_source","code_appellation_cible","code_type_mobilite"
"A1101","A1102","","","2"
"A1102","A1101","","","1"
"A1102","A9999","","","9"
"","A1101","","","1"
"""


@pytest.mark.parametrize("packed", [True, False])
def test_the_kind_of_moves_is_an_optional_input(tmp_path: Path, packed: bool) -> None:
    table = tmp_path / "moves.csv"
    table.write_bytes(gzip.compress(MOVES.encode(), mtime=0) if packed else MOVES.encode())
    out = tmp_path / "out"
    assert main([str(archive(tmp_path)), "--mobility", str(table), "--out", str(out)]) == 0
    loaded = Occupations.load(out)
    assert loaded.move("A1101", "A1102") is Move.EVOLUTION
    assert loaded.move("A1102", "A1101") is Move.CLOSE
    import_rome(archive(tmp_path), tmp_path / "without")
    assert Occupations.load(tmp_path / "without").move("A1101", "A1102") is None


@pytest.mark.parametrize("content", [b"\x1f\x8bno", b"\xff\xfe", b"code_rome;code_rome_cible\n"])
def test_a_table_of_moves_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    table = tmp_path / "moves.csv"
    table.write_bytes(content)
    with pytest.raises(ReferentialUnusable, match="table of moves"):
        import_rome(archive(tmp_path), tmp_path / "out", table)
    with pytest.raises(ReferentialUnusable, match="table of moves"):
        import_rome(archive(tmp_path), tmp_path / "out", tmp_path / "nowhere.csv")


@pytest.mark.materials
@pytest.mark.skipif(not OFFICIAL.exists(), reason="the official ROME archive is not beside the project")
def test_the_official_archive(tmp_path: Path) -> None:
    out = tmp_path / "rome.json.gz"
    found = import_rome(OFFICIAL, out)
    assert (found.version, found.occupations, found.titles, found.neighbours) == ("460", 1584, 13_120, 14_912)
    loaded = Occupations.load(out)
    for title, code in [
        ("Aide soignant(e) de nuit EHPAD H/F CDI", "J1501"),
        ("Ouvrier viticole", "A1444"),
        ("Ripeur intérim", "K2303"),
        ("Développeur Java F/H", "M1805"),
        ("Professeur de maths", "K2107"),
    ]:
        assert code in [hit.code for hit in loaded.search(title, 3)]
    assert loaded.rank("J1501", "J1506") == 8
    assert loaded.rank("J1506", "J1501") == 0
    assert all(shipped.code in loaded for shipped in Occupations.load())
    assert all((other := loaded.get(own.code)) and other.family == own.family for own in Occupations.load())
    for title, code in [
        ("Chef de chantier VRD", "F1202"),
        ("Conducteur de travaux VRD", "F1208"),  # public works: ROME 4 has them apart
        ("Chauffeur SPL", "N4115"),
        ("Conducteur SPL national", "N4115"),
        ("Agent de service intérieur", "K2205"),
        # Words that stand beside the work elsewhere.
        ("Conseiller à l'emploi", "K1801"),
        ("Chef / Cheffe de poste sécurité", "K2503"),
        ("Assistante son", "L1508"),
    ]:
        assert loaded.search(title, 1)[0].code == code, title
    assert "F1702" not in [hit.code for hit in loaded.search("Chargé d'études VRD", 1)]
    assert loaded.search("Conseiller de vente en magasin", 1)[0].code in ("D1211", "D1212", "D1214")
    assert loaded.search("Remplacement congé maternité") == []

    # A title of the referential means its own occupation first. Some belong to two: one of them can be first.
    owners: dict[str, set[str]] = {}
    for occupation in loaded:
        for title in occupation.titles:
            owners.setdefault(title, set()).add(occupation.code)
    asked = sorted(owners)[::48]
    wrong = [title for title in asked if loaded.search(title, 1)[0].code not in owners[title]]
    assert wrong == []
