"""What a published modification says against the contract as it stands, old and new, and the amendment that a facilitator makes
of it. It never moves an objective of hours by itself.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from services.clauses.domain.amendment_draft import AmendmentDraft
from services.clauses.domain.contract import Contract
from services.clauses.domain.course import AmendmentGiven
from services.clauses.domain.errors import ContractRefused, SizingRefused
from services.clauses.domain.published import State, last_day_after
from services.clauses.domain.sizing import InvoiceIndexed, LabourShare, Sizing, Steps, hours_owed
from shared.domain import Entity
from shared.errors import FieldError, refused, refused_field
from shared.types import CivilDate, Euros, Identifier, Prose

MOST_CONTRACTORS = 50


class ChangedField(StrEnum):
    """What a published modification may change of a contract."""

    ENDS_ON = "ends_on"
    AMOUNT = "amount"
    CONTRACTOR_IDS = "contractor_ids"


class Effect(StrEnum):
    """What accepting does with a change."""

    APPLIES = "applies"
    KEPT = "kept"
    """The contract says so already."""
    SUPERSEDED = "superseded"
    """An accepted later modification says otherwise."""
    BY_HAND = "by_hand"
    """The publication does not say enough: the facilitator gives the value, or it stays."""


class ProposedChange(NamedTuple):
    """One thing that a modification says, against the contract as it stands."""

    field: ChangedField
    before: Any
    after: Any
    effect: Effect
    why: str | None = None


def changes_of(
    contract: Contract, one: AmendmentDraft, accepted: Sequence[AmendmentDraft], publications: int = 1
) -> tuple[ProposedChange, ...]:
    """What a modification says, old and new. ``accepted``: those of the contract that are amendments of it by now;
    ``publications``: how many published contracts are this one, since lots are published each by itself."""
    terms, state = contract.terms, one.modification
    said: list[tuple[ChangedField, Any, Any, str | None]] = []
    of_part = _of_part(contract, publications)
    if state.months is not None:
        end = last_day_after(terms.starts_on, state.months)
        said.append((ChangedField.ENDS_ON, terms.ends_on, end, of_part or _unclear_end(end, state)))
    if state.amount is not None:
        filler = _FILLER if state.amount <= 1 else None
        said.append((ChangedField.AMOUNT, terms.amount, state.amount, of_part or filler))
    if state.holders:
        named = tuple(holder.siret for holder in state.holders if holder.siret)
        said.append(
            (ChangedField.CONTRACTOR_IDS, terms.contractor_ids, named, of_part or _unclear_holders(contract, one))
        )
    later = [other for other in accepted if other.id != one.id and other.modification.order > state.order]
    return tuple(_change(field, before, after, unclear, later) for field, before, after, unclear in said)


def _change(
    field: ChangedField,
    before: Any,
    after: Any,
    unclear: str | None,
    later: Sequence[AmendmentDraft],
) -> ProposedChange:
    if before == after or (field is ChangedField.CONTRACTOR_IDS and set(before) == set(after)):
        return ProposedChange(field, before, after, Effect.KEPT)
    names = {ChangedField.ENDS_ON: "months", ChangedField.AMOUNT: "amount", ChangedField.CONTRACTOR_IDS: "holders"}
    if any(getattr(other.modification, names[field]) for other in later):
        why = "Une modification plus récente, déjà inscrite, en dit autre chose."
        return ProposedChange(field, before, after, Effect.SUPERSEDED, why)
    if unclear is not None:
        return ProposedChange(field, before, after, Effect.BY_HAND, unclear)
    left = field is ChangedField.CONTRACTOR_IDS and set(before) - set(after)
    why_left = "Qui n'est plus titulaire ne voit plus ce marché et n'y déclare plus d'heures." if left else None
    return ProposedChange(field, before, after, Effect.APPLIES, why_left)


_FILLER = "Un euro : sans doute une valeur de remplissage. Donnez le montant, ou il reste."
"""The least that the schema allows (v2.0.3, ``montant``): programs write it where they know none."""


def _of_part(contract: Contract, publications: int) -> str | None:
    """Why what is published is not the whole contract's."""
    if contract.terms.lots:
        return f"Ce marché a {len(contract.terms.lots)} lots, et la publication ne dit pas duquel il s'agit : donnez la valeur."
    if publications > 1:
        return f"Ce marché réunit {publications} marchés publiés, et celui-ci n'en est qu'une part : donnez la valeur."
    return None


def _unclear_end(end: date, state: State) -> str | None:
    """A duration is the whole one (schema v2.0.3, «Nouvelle durée»); some buyers publish the months that are added."""
    if end < state.on:
        return "Cette durée finirait avant la modification elle-même : donnez le dernier jour, ou il reste."
    return None


def _unclear_holders(contract: Contract, one: AmendmentDraft) -> str | None:
    """Why the published holders cannot become the contract's by themselves."""
    holders = one.modification.holders
    if any(holder.siret is None for holder in holders):
        return "La publication ne donne pas le SIRET de chaque titulaire : donnez les titulaires."
    if len(holders) > MOST_CONTRACTORS:
        return f"La publication nomme plus de {MOST_CONTRACTORS} titulaires : donnez ceux qui déclarent des heures."
    own = contract.terms.contractor_ids
    if not own or not all(len(known) == 14 and known.isdecimal() for known in own):
        return "Ce marché ne nomme pas ses titulaires par leur SIRET : donnez les titulaires."
    return None


def notes_of(contract: Contract, one: AmendmentDraft, today: date) -> list[str]:
    """Sentences on what is odd of it, for whoever decides."""
    notes, state, terms = [], one.modification, contract.terms
    if contract.termination is not None:
        notes.append(
            f"Ce marché est résilié depuis le {contract.termination.on:%d/%m/%Y} : aucun avenant ne s'y inscrit plus."
        )
    elif contract.suspended_on(today):
        notes.append("Ce marché est suspendu : un avenant s'y inscrit, la suspension reste.")
    if state.on < terms.starts_on:
        notes.append(f"Datée d'avant le début du marché ({terms.starts_on:%d/%m/%Y}) : donnez le jour d'effet.")
    elif state.on > contract.last_day:
        notes.append(f"Datée d'après la fin du marché ({contract.last_day:%d/%m/%Y}).")
    if state.on > today:
        notes.append("Datée d'un jour à venir.")
    if one.rectifies:
        notes.append("Aucune modification ne le dit : la notification elle-même a été publiée avec d'autres valeurs.")
    if one.corrects is not None:
        notes.append("Corrige une modification déjà proposée.")
    published, before = {holder.key for holder in state.holders}, {holder.key for holder in one.before.holders}
    if state.number is None and published and before and not published & before:
        notes.append(
            "Aucun titulaire commun avec l'état précédent : peut-être un autre lot publié sous le même numéro."
        )
    if state.months is None and state.amount is None and not state.holders:
        notes.append("La publication ne dit pas ce qui change : voyez l'avenant chez l'acheteur.")
    return notes


class Acceptance(Entity):
    """What a facilitator says of a published modification. Hours are never published: the objective is given anew, or stays."""

    objective: Sizing | None = Field(default=None, description="The new objective; absent where it stays")
    objective_stays: bool = Field(default=False, description="Said where there is no new objective")
    effective_on: CivilDate | None = Field(default=None, description="Absent: the day of the modification")
    reason: Annotated[str | None, Prose(500, min_length=3)] = Field(
        default=None, description="Absent: the modification's number and day"
    )
    take: Annotated[tuple[ChangedField, ...], Field(max_length=len(ChangedField))] | None = Field(
        default=None, description="Which of the changes that apply are taken over; absent: all of them, empty: none"
    )
    ends_on: CivilDate | None = Field(default=None, description="Another last day than the published one")
    amount: Euros | None = Field(default=None, description="Another amount than the published one")
    contractor_ids: Annotated[tuple[Identifier, ...], Field(max_length=MOST_CONTRACTORS)] | None = Field(
        default=None, description="Others than the published holders"
    )


def amendment_given(one: AmendmentDraft, changes: Sequence[ProposedChange], said: Acceptance) -> AmendmentGiven:
    """The amendment that a facilitator makes of a modification.

    Raises:
        ContractRefused: nothing was said of the objective, both was, or nothing of the contract would change.
    """
    if (said.objective is None) == (not said.objective_stays):
        rule, message = ("required", "Donnez le nouvel objectif, ou dites qu'il reste.")
        if said.objective is not None:
            rule, message = ("ambiguous", "Un nouvel objectif, ou l'objectif reste : pas les deux.")
        raise refused_field(ContractRefused, "objective", rule, message)
    applicable = {change.field: change for change in changes if change.effect is Effect.APPLIES}
    wanted = set(applicable) if said.take is None else set(said.take)
    missing = sorted(wanted - set(applicable))
    if missing:
        message = "Cette modification ne change pas cela d'elle-même : donnez la valeur, ou laissez-la de côté."
        raise refused(
            ContractRefused,
            [FieldError(f"take.{(said.take or ()).index(one)}", "not-applicable", message) for one in missing],
        )
    values: dict[str, Any] = {field.value: applicable[field].after for field in wanted}
    for name in ChangedField:
        if (own := getattr(said, name.value)) is not None:
            values[name.value] = own
    if said.objective is None and not values:
        message = "Rien de ce qui est tenu ici ne changerait : écartez cette modification, avec la raison."
        raise refused_field(ContractRefused, "objective_stays", "nothing-changes", message)
    return AmendmentGiven(
        effective_on=said.effective_on or one.modification.on,
        reason=said.reason or one.shown_name,
        objective=said.objective,
        **values,
    )


def resized(contract: Contract, changes: Sequence[ProposedChange]) -> tuple[Sizing, Decimal] | None:
    """The objective by the contract's own formula with the new amount, for the facilitator to confirm; None where the objective
    was entered by hand, or the amount is no input of its formula."""
    sizing = contract.objective.sizing
    amounts = [one.after for one in changes if one.field is ChangedField.AMOUNT and one.effect is Effect.APPLIES]
    if not amounts or not isinstance(sizing, LabourShare | InvoiceIndexed | Steps):
        return None
    moved: Sizing = sizing.model_copy(update={"amount": amounts[0]})
    try:
        return moved, hours_owed(moved)
    except SizingRefused:
        return None
