"""Changes of files of this project by the text that stands in them. Nothing is written before all of it is known to fit."""

import re
from pathlib import Path


class DoesNotFit(Exception):
    """The name is not usable, or a file no longer has the place where something is to stand; the message is a sentence."""


class Edits:
    """Collects new texts of files under ``root``; ``write`` puts them there."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._texts: dict[str, str] = {}

    def text(self, path: str) -> str:
        """The text of a file as it will be.

        Raises:
            DoesNotFit: there is no such file.
        """
        if path not in self._texts:
            file = self._root / path
            if not file.is_file():
                raise DoesNotFit(f"There is no {path}.")
            self._texts[path] = file.read_text()
        return self._texts[path]

    def create(self, path: str, text: str) -> None:
        """A new file.

        Raises:
            DoesNotFit: it exists.
        """
        if (self._root / path).exists() or path in self._texts:
            raise DoesNotFit(f"{path} exists already.")
        self._texts[path] = text

    def replace(self, path: str, pattern: str, by: str) -> None:
        """Replace the first match of a regular expression (``by`` with its groups).

        Raises:
            DoesNotFit: nothing matches.
        """
        changed, times = re.subn(pattern, by, self.text(path), count=1, flags=re.MULTILINE | re.DOTALL)
        if not times:
            raise DoesNotFit(f"{path} has no place like {pattern!r} any more: add it by hand and mend deploy/scaffold.")
        self.put(path, changed)

    def after(self, path: str, old: str, new: str) -> None:
        """Add a text behind the first place where another stands.

        Raises:
            DoesNotFit: it stands nowhere.
        """
        if old not in self.text(path):
            raise DoesNotFit(f"{path} has no {old.strip()!r} any more: add it by hand and mend deploy/scaffold.")
        self.put(path, self.text(path).replace(old, old + new, 1))

    def put(self, path: str, text: str) -> None:
        """The text of a file as it will be."""
        self._texts[path] = text

    def append(self, path: str, text: str) -> None:
        """Add at the end of a file."""
        self._texts[path] = self.text(path).rstrip("\n") + "\n" + text

    def write(self) -> list[str]:
        """Write all; returns the paths."""
        for path, text in self._texts.items():
            file = self._root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return sorted(self._texts)


def identifier(name: str, separator: str) -> str:
    """``offer-paused`` or ``offer_paused`` with its words joined by ``separator``.

    Raises:
        DoesNotFit: it is no name of lower-case words.
    """
    words = re.split(r"[-_]", name)
    if not all(re.fullmatch(r"[a-z][a-z0-9]*", word) for word in words):
        raise DoesNotFit(f"{name!r} is no name: lower-case words joined by - or _, e.g. offer-paused.")
    return separator.join(words)
