"""Kinds of files, told by their bytes and never by their name."""

from enum import StrEnum
from typing import Final

MAX_BYTES: Final = 5 * 2**20
MAX_PAGES: Final = 20
MAX_TEXT: Final = 50_000
"""Characters of words kept of a file; a CV has three thousand on a page."""
MAX_PIXELS: Final = 60_000_000
"""Of one picture: a telephone's best camera; what is larger only fills the memory of whoever opens it."""


class Kind(StrEnum):
    """What may be kept."""

    PDF = "pdf"
    DOCX = "docx"
    ODT = "odt"


MEDIA_TYPES: Final = {
    Kind.PDF: "application/pdf",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.ODT: "application/vnd.oasis.opendocument.text",
}

RULES: Final = {
    "empty": "Ce fichier est vide.",
    "too-large": f"Ce fichier dépasse {MAX_BYTES // 2**20} Mo.",
    "kind": "Ce fichier n'est ni un PDF, ni un DOCX, ni un ODT : enregistrez votre CV dans l'un de ces formats.",
    "old-or-protected": "Ce fichier est au format .doc ou protégé par mot de passe : enregistrez-le en PDF, DOCX ou ODT.",
    "damaged": "Ce fichier est abîmé : il ne se lit pas.",
    "encrypted": "Ce fichier est protégé par mot de passe : enregistrez-le sans protection.",
    "polyglot": "Ce fichier est de deux formats à la fois : enregistrez de nouveau votre CV.",
    "active-content": "Ce fichier contient un programme (script, macro, action) : enregistrez votre CV sans.",
    "embedded-file": "Ce fichier en contient d'autres : enregistrez votre CV sans pièce jointe ni objet incorporé.",
    "external-reference": "Ce fichier va chercher un contenu ailleurs (modèle, image liée) : incorporez-le ou retirez-le.",
    "too-many-pages": f"Ce fichier a plus de {MAX_PAGES} pages.",
    "too-complex": "Ce fichier est trop complexe pour un CV : enregistrez-le plus simplement.",
    "image-too-large": f"Une image de ce fichier dépasse {MAX_PIXELS // 10**6} millions de points : réduisez-la.",
    "personal-number": "Ce fichier contient un numéro de sécurité sociale (NIR) : retirez-le.",
}
"""Every rule by which a file is refused, in words; nothing of a refused file is kept."""
