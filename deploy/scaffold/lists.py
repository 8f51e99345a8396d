"""Places outside the code that name every service; ``tests/contract/test_lists.py`` finds one that is missing here."""

from deploy.scaffold.edits import DoesNotFit, Edits
from shared.contracts.topics import SERVICES

FILES = (
    "deploy/entrypoint.sh",
    "deploy/observability/prometheus.yml",
    "docs/backup.md",
    "docs/operate-kubernetes.md",
)
_FORMS = (
    ("{}", " "),
    ("{}", "|"),
    ("`{}`", ", "),
    ("{}-api", ", "),
    ("{}-worker", ", "),
    ("{}-worker", " "),
)
"""How a name is written in a list, and what stands between two."""


def in_lists(edits: Edits, name: str) -> None:
    """Put a service behind the others in each list of all of them.

    Raises:
        DoesNotFit: a file has no such list any more.
    """
    for path in FILES:
        text = edits.text(path)
        for form, between in _FORMS:
            whole = between.join(form.format(service) for service in SERVICES)
            text = text.replace(whole, whole + between + form.format(name))
        if text == edits.text(path):
            raise DoesNotFit(f"{path} has no list of all services any more: take it out of deploy/scaffold/lists.py.")
        edits.put(path, text)


def in_secrets(edits: Edits, name: str) -> None:
    """The service's accounts at Kafka and MongoDB: secrets of the compose file, which the init job hands to the servers."""
    last, path = SERVICES[-1], "docker-compose.yml"
    for engine in ("kafka", "mongo"):
        old, new = f"{engine}_bassin-{last}", f"{engine}_bassin-{name}"
        mount = "      - {{source: {0}, target: /vault/{0}}}\n"
        edits.after(path, mount.format(old), mount.format(new))
        secret = '  {0}: {{file: "${{BASSIN_SECRETS:-./secrets}}/{0}"}}\n'
        edits.after(path, secret.format(old), secret.format(new))


def in_tables(edits: Edits, name: str, port: int) -> None:
    """A row behind the last service's in each table of them."""
    last = SERVICES[-1]
    row = f"| [`services/{name}`](services/{name}/README.md) | … |\n"
    edits.replace("README.md", rf"^(\| \[`services/{last}`\][^\n]*\n)", rf"\g<1>{row}")
    edits.replace("docs/concepts.md", rf"^(\| {last} \|[^\n]*\n)", rf"\g<1>| {name} | … |\n")
    row = f"| {name} | `http://localhost:{port}/v1/…` | `https://HOST/{name}/v1/…` |\n"
    edits.replace("docs/front-end.md", rf"^(\| {last} \|[^\n]*\n)", rf"\g<1>{row}")
