"""The tree that people read."""

from collections.abc import Iterable

from rich.console import Console, Group, RenderableType
from rich.measure import Measurement
from rich.text import Text
from rich.tree import Tree

from deploy.operate.trace.sightings import UNKNOWN, Sighting, Sightings

_ENDLESS = 100_000
"""Columns."""


def told(found: Sightings, id: str) -> RenderableType | None:
    """The chain that ``id`` belongs to, from what began it; None when nothing was seen of it anywhere."""
    asked = found.events.get(id)
    begins = [event for event in found.events.values() if event.correlation == id]
    if asked is None and not begins:
        return None
    correlation = asked.correlation if asked is not None else id
    tree = Tree(
        Text.assemble(("begun by ", "dim"), correlation or "nothing that was kept", ("  (request_id or event)", "dim"))
    )
    shown: set[str] = set()
    children = _children(found)
    for event in _sorted(found.events.values()):
        if event.cause is None or event.cause not in found.events:
            _branch(tree, found, event, children, id, shown)
    for event in _sorted(found.events.values()):  # a circle of causes has no beginning
        _branch(tree, found, event, children, id, shown)
    return Group(tree, *(Text(f"not searched: {what}", style="yellow") for what in found.not_searched))


def _sorted(events: Iterable[Sighting]) -> list[Sighting]:
    return sorted(events, key=lambda event: (event.time, event.id))


def _children(found: Sightings) -> dict[str, list[Sighting]]:
    children: dict[str, list[Sighting]] = {}
    for event in found.events.values():
        if event.cause is not None:
            children.setdefault(event.cause, []).append(event)
    return children


def _branch(
    tree: Tree, found: Sightings, event: Sighting, children: dict[str, list[Sighting]], asked: str, shown: set[str]
) -> None:
    if event.id in shown:
        return
    shown.add(event.id)
    head = Text.assemble(
        (event.type, "bold"),
        f" {event.id}",
        ("  ← this one" if event.id == asked else "", "bold green"),
    )
    node = tree.add(head)
    kind = "erasure of " if event.tombstone else ""
    node.add(Text(f"{event.topic}: {kind}{event.subject}, sequence {event.sequence}, {event.time}", style="dim"))
    if event.cause is not None and event.cause not in found.events:
        node.add(Text(f"its cause {event.cause} was not found", style="yellow"))
    for state in event.outbox:
        node.add(Text(state, style="yellow"))
    for partition, offset in event.offsets:
        node.add(Text(f"published: partition {partition}, offset {offset}"))
    if not event.offsets and not event.outbox and event.topic != UNKNOWN:
        node.add(
            Text("on no topic any more: compacted, older than the topic keeps, or the broker lost it", style="yellow")
        )
    for consumed in event.consumed:
        for state in consumed.states:
            node.add(Text(f"{consumed.service}: {state}", style="red" if state.startswith("dead") else ""))
    for document in event.documents:
        node.add(Text(f"kept: {document}"))
    caused = _sorted(children.get(event.id, ()))
    if not caused and not event.documents:
        node.add(Text("caused no event that was found", style="dim"))
    for child in caused:
        _branch(node, found, child, children, asked, shown)


def show(found: Sightings, id: str, console: Console) -> bool:
    """Print the tree, or what was searched in vain. Returns whether anything was found."""
    tree = told(found, id)
    if tree is None:
        console.print(Text(f"Nothing was found of {id}: in no outbox, on no topic, among no dead letters."))
        for what in found.not_searched:
            console.print(Text(f"not searched: {what}", style="yellow"))
        console.print(
            Text(
                "A topic keeps the last state of each key, so older events of it go; their ids are in no list.",
                style="dim",
            )
        )
        return False
    if not console.is_terminal:
        # A file or a pipe has no width: a tree cut at 80 columns has lost its times, channels and ids.
        console.width = max(
            console.width, Measurement.get(console, console.options.update(width=_ENDLESS), tree).maximum
        )
    console.print(tree)
    return True
