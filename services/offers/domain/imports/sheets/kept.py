"""What no field of an offer takes. Pure."""

BLANK = " \t;:.,-–"
"""What stands around a text and is none of it."""


class Kept:
    """What no field of an offer takes: lines below its description, so that nothing is lost."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def add(self, name: str, text: str) -> None:
        if text.strip(BLANK):
            self._lines.append(f"{name} : {text.strip()}")

    def text(self, description: str) -> str:
        return "\n".join([*([description] if description else []), *self._lines])
