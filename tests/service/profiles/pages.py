"""A PDF as people see it: how many pages, which words, where there is ink."""

from dataclasses import dataclass

import numpy as np
import pypdfium2

MARGIN_CM = 1.7
"""The template's margin is 1.8 cm; a letter may lean over it by a hair."""


@dataclass(frozen=True)
class Seen:
    """A page looked at. ``ink``: left, top, right, bottom of what is not white, in cm from the edge of the same side."""

    pages: int
    words: str
    ink: tuple[float, float, float, float]

    @property
    def inside(self) -> bool:
        """Whether all ink keeps the margins; an empty page has none."""
        return all(side >= MARGIN_CM for side in self.ink)


def look(pdf: bytes) -> Seen:
    """Draw the first page, read all."""
    document = pypdfium2.PdfDocument(pdf)
    words = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    picture = document[0].render(scale=1.5, grayscale=True).to_numpy()
    rows, columns = np.nonzero((picture < 200).any(axis=1))[0], np.nonzero((picture < 200).any(axis=0))[0]
    assert len(rows), "a blank page"
    cm = 2.54 / (72 * 1.5)
    height, width = picture.shape
    ink = (columns[0] * cm, rows[0] * cm, (width - 1 - columns[-1]) * cm, (height - 1 - rows[-1]) * cm)
    return Seen(len(document), words.replace("\u202f", " ").replace("\u00a0", " ").replace("\r\n", "\n"), ink)
