"""Synthetic offers in real places, spread as the real ones of December 2021 were where that table is beside the project."""

import csv
import gzip
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.offers.domain.content import OfferContent
from services.offers.domain.offer import Offer
from shared.contracts.events.base import Place, Point, Shift
from shared.contracts.events.offers import OfferCompany, Salary
from shared.contracts.vocabulary import ContractKind, OfferStatus
from shared.ids import derived_id
from shared.reference.communes import Commune, Communes
from shared.reference.occupations import Occupations

REPOSITORY = Path(__file__).resolve().parents[2]
SPREAD = REPOSITORY.parent / "shared" / "data" / "offers" / "counts_by_commune_and_rome.csv.gz"
SEED = 23
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
_CONTRACTS = (ContractKind.CDI, ContractKind.CDD, ContractKind.TEMPORARY, ContractKind.SEASONAL)
_VOCABULARY = (
    "équipe expérience client chantier atelier cuisine entretien conduite préparation commande vente accueil soin "
    "nettoyage bureau gestion livraison maintenance montage contrôle sécurité hygiène planning dossier"
)
_WORDS = _VOCABULARY.split()
_STARTS = (5, 8, 9, 14, 20)


def _pairs(communes: Communes) -> tuple[list[tuple[str, str | None]], list[int]]:
    """(commune, occupation) and how many offers each had."""
    if not SPREAD.exists():
        return [(commune.code, None) for commune in communes], [1] * len(communes)
    pairs: list[tuple[str, str | None]] = []
    weights: list[int] = []
    with gzip.open(SPREAD, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.reader(lines):
            if row[-1].isdigit() and communes.get(row[0]) is not None:
                pairs.append((row[0], row[1]))
                weights.append(int(row[-1]))
    return pairs, weights


def offers(count: int, communes: Communes, occupations: Occupations) -> Iterator[Offer]:
    """Synthetic offers in real places."""
    rng = random.Random(SEED)
    pairs, weights = _pairs(communes)
    labels = {one.code: one.label for one in occupations}
    skills = {one.code: [label for _, label in one.skills] for one in occupations}
    base = _template(next(iter(communes)))
    shifts = {
        (weekday, start): (Shift.model_validate({"weekday": weekday, "start": f"{start:02}:00", "end": "18:00"}),)
        for weekday in range(7)
        for start in _STARTS
    }
    for number, (code, occupation) in enumerate(rng.choices(pairs, weights, k=count)):
        commune = communes.get(code)
        assert commune is not None
        label = labels.get(occupation or "", "Employé polyvalent")
        confirmed = NOW - timedelta(minutes=rng.randrange(15 * 24 * 60))
        words = [*rng.choices(_WORDS, k=15), *rng.sample(skills.get(occupation or "", ()) or _WORDS, 3)]
        # Copies of one that was checked: checking a hundred thousand would take longer than all that is measured.
        content = base.content.model_copy(
            update={
                "title": f"{label} (H/F)",
                "description": " ".join(words),
                "occupation_code": occupation,
                "occupation_label": label,
                "place": _place(commune),
                "contract_kind": rng.choice(_CONTRACTS),
                "weekly_hours": rng.choice((20, 24, 28, 35, 39)),
                "shifts": shifts[rng.randrange(7), rng.choice(_STARTS)],
            }
        )
        company = OfferCompany(id=f"c-{rng.randrange(20_000)}", name=f"Entreprise {rng.randrange(20_000)}")
        yield base.model_copy(
            update={
                "id": derived_id("bench", str(number)),
                "territory": commune.department,
                "company": company,
                "content": content,
                "published_at": confirmed,
                "confirmed_at": confirmed,
            }
        )


def _place(commune: Commune) -> Place:
    return Place(name=commune.name, commune_code=commune.code, point=Point(lat=commune.lat, lon=commune.lon))


def _template(commune: Commune) -> Offer:
    return Offer(
        id="template",
        territory=commune.department,
        created_at=NOW,
        updated_at=NOW,
        version=1,
        company=OfferCompany(id="c-0", name="Entreprise"),
        content=OfferContent(
            title="Employé polyvalent",
            place=_place(commune),
            contract_kind=ContractKind.CDI,
            salary=Salary(hourly_min=12.5),
        ),
        deposited_by="bench",
        status=OfferStatus.PUBLISHED,
        published_at=NOW,
        confirmed_at=NOW,
        confirm_by=NOW + timedelta(days=15),
    )
