"""Every notice that offers asks for has its text, and the other way round."""

import re
from pathlib import Path

from services.notifications.domain.notices import CATEGORIES

ROOT = Path(__file__).resolve().parents[2]


def test_every_template_has_a_text_file() -> None:
    texts = {path.stem for path in (ROOT / "services/notifications/templates/items").glob("*.j2")}
    assert set(CATEGORIES) <= texts


def test_offers_readme_lists_the_notices_that_notifications_knows() -> None:
    readme = (ROOT / "services" / "offers" / "README.md").read_text()
    listed = set(re.findall(r"`([a-z_]+)`", readme.split("Notices:")[1].split("##")[0]))
    assert listed == set(CATEGORIES)
