"""Why a server cannot keep its data in a folder: no room, or files that are somebody else's."""

import os
import shutil
from pathlib import Path


def refusal(folder: Path, least_mb: int) -> str:
    """A sentence for who can mend it; empty when ``folder`` can be used.

    Args:
        folder: need not exist yet.
        least_mb: MB that must be free on its disk.
    """
    there = next(place for place in (folder, *folder.absolute().parents) if os.access(place, os.F_OK))
    for place in (there, *(sorted(folder.iterdir()) if os.access(folder, os.R_OK | os.X_OK) else ())):
        if not os.access(place, os.R_OK | os.W_OK | (os.X_OK if place.is_dir() else 0)):
            return (
                f"{place} cannot be read and written by user {os.getuid()} (it belongs to {place.stat().st_uid}): give it to "
                "that user, or name another folder."
            )
    free_mb = shutil.disk_usage(there).free // 1_000_000
    if free_mb < least_mb:
        return f"The disk of {folder} has {free_mb} MB free, and {least_mb} are needed: make room there."
    return ""
