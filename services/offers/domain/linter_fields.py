"""What the fields of an offer say that cannot be meant: warnings in the depositor's words, never a refusal."""

from collections.abc import Iterator
from datetime import date, time, timedelta

from services.offers.domain.content import UNPAID, OfferContent
from services.offers.domain.imports.numbers import in_euros
from services.offers.domain.imports.salary import FULL_WEEK, LIKELY_JOB, LIKELY_LEARNER, WEEKS_A_MONTH, WIDEST
from services.offers.domain.linter import Draft, Finding
from services.offers.domain.schedule import DAY
from shared import civil
from shared.contracts.events.base import Shift
from shared.contracts.vocabulary import ContractKind
from shared.reference.minimum_wage import APPRENTICE_SHARE, PROFESSIONALISATION_SHARE, minimum_wage
from shared.written import in_french

_SHARES = {
    ContractKind.APPRENTICESHIP: (APPRENTICE_SHARE, "D6222-26"),
    ContractKind.PROFESSIONALISATION: (PROFESSIONALISATION_SHARE, "D6325-15"),
}
_NO_WAGE = frozenset(
    {ContractKind.SELF_EMPLOYED, ContractKind.TRAINING, ContractKind.IMMERSION, ContractKind.VOLUNTEERING}
)
_FIXED_TERM = frozenset({ContractKind.CDD, ContractKind.TEMPORARY, ContractKind.SEASONAL})
_LONGEST_TERM = 36.0
"""Months: the longest fixed term that the labour code knows (L1242-8-1, L1251-12-1)."""
_LONGEST_WEEK = 48.0
_LONGEST_DAY = 13 * 60
"""Minutes: between two days of work there are eleven hours (L3131-1)."""
_STALE = timedelta(days=31)
_FAR = timedelta(days=548)
"""Work that began more than a month ago, or begins in a year and a half, is a slip of the pen."""


def draft_of(content: OfferContent) -> Draft:
    """What the linter reads of a content."""
    return Draft(
        content.title,
        content.description,
        content.kind,
        content.legal_basis,
        content.shifts,
        content.declared_schedule,
        content.weekly_hours,
        content.salary,
        content.licences,
        content.contract_kind,
        content.experience_months,
        content.vehicle_required,
        (*(skill.label for skill in content.skills), *content.all_cards, *content.caces),
        content.diploma_or_experience,
    )


def odd_fields(content: OfferContent, today: date) -> tuple[Finding, ...]:
    """Values that are possible and not likely, each with its field; ``today`` by the clocks of the offer's place."""
    return (*_occupation(content), *_pay(content, today), *_hours(content), *_days(content, today))


def _occupation(content: OfferContent) -> Iterator[Finding]:
    if content.occupation_doubt is not None and content.occupation_code:
        yield _odd(
            "title_contradicts_occupation",
            "occupation_code",
            content.title,
            f"Ce titre ne va pas avec le métier choisi ({content.occupation_label or content.occupation_code}).",
            "Corrigez le métier, ou le titre : l'offre est proposée d'après les deux.",
        )


def _pay(content: OfferContent, today: date) -> Iterator[Finding]:
    low, high = content.salary.hourly_min, content.salary.hourly_max
    if content.kind in UNPAID or content.contract_kind in _NO_WAGE:
        return
    named = [(f"salary.{name}", pay) for name, pay in (("hourly_min", low), ("hourly_max", high)) if pay is not None]
    share, law = _SHARES.get(content.contract_kind, (1.0, "L3231-2"))
    _, most = LIKELY_JOB if share == 1.0 else LIKELY_LEARNER
    rate = minimum_wage(today)
    wage = rate.at(content.place.commune_code)
    least = round(wage * share, 2)
    for field, pay in named[:1]:
        if pay == 0:
            yield _odd(
                "pay_zero",
                field,
                in_euros(pay),
                "Un travail est payé.",
                "Laissez le champ vide si le salaire reste à fixer.",
            )
        elif pay < least:
            known = f"SMIC : {in_euros(wage)} brut de l'heure depuis le {civil.day_in_words(rate.since)}"
            said = (
                "Ce salaire est inférieur au minimum légal"
                if share == 1.0
                else f"Ce salaire est inférieur au plus bas d'un alternant ({in_euros(least)})"
            )
            yield _odd(
                "pay_below_minimum",
                field,
                in_euros(pay),
                f"{said} ({known}).",
                "Donnez le brut de l'heure, sans les primes.",
                law,
            )
    for field, pay in named:
        if pay > most:
            yield _odd(
                "pay_unlikely",
                field,
                in_euros(pay),
                "Ce n'est pas vraisemblable pour une heure.",
                _other_reading(pay, content),
            )
            return
    if low and high and high > WIDEST * low:
        yield _odd(
            "pay_range_wide", "salary.hourly_max", f"{in_euros(low)} à {in_euros(high)}",
            "L'écart est trop grand pour un même poste.", "Donnez les deux montants pour une heure, en brut.",
        )  # fmt: skip


def _other_reading(pay: float, content: OfferContent) -> str:
    month = (content.weekly_hours or FULL_WEEK) * WEEKS_A_MONTH
    for said, hours in (("mensuel", month), ("annuel", 12 * month)):
        hourly = round(pay / hours, 2)
        if LIKELY_JOB[0] <= hourly <= LIKELY_JOB[1]:
            return f"S'il est {said}, écrivez {in_euros(hourly)} de l'heure."
    return "Donnez le brut d'une heure."


def _hours(content: OfferContent) -> Iterator[Finding]:
    hours, months = content.weekly_hours, content.duration_months
    if hours == 0:
        yield _odd(
            "hours_zero",
            "weekly_hours",
            "0 h",
            "Aucune heure de travail.",
            "Laissez le champ vide si la durée n'est pas fixée.",
        )
    elif hours is not None and hours > _LONGEST_WEEK and content.contract_kind not in _NO_WAGE:
        yield _odd(
            "hours_above_legal",
            "weekly_hours",
            f"{in_french(hours)} h",
            "Une semaine compte 48 heures au plus.",
            "Donnez la durée d'une semaine ordinaire.",
            "L3121-20",
        )
    for number, shift in enumerate(content.shifts):
        if _length(shift) > _LONGEST_DAY:
            yield _odd(
                "shift_long",
                f"shifts.{number}",
                f"{shift.start:%H:%M}–{shift.end:%H:%M}",
                "Une fin avant le début veut dire le lendemain : cette journée dépasse 13 heures.",
                "Vérifiez l'heure de début et l'heure de fin.",
                "L3131-1",
            )
    if months == 0:
        yield _odd(
            "duration_zero",
            "duration_months",
            "0 mois",
            "Un contrat qui ne dure pas.",
            "Donnez la durée en mois (0,5 pour deux semaines), ou laissez le champ vide.",
        )
    elif months is not None and content.contract_kind is ContractKind.CDI:
        yield _odd(
            "duration_of_permanent",
            "duration_months",
            f"{in_french(months)} mois",
            "Un CDI n'a pas de durée.",
            "Laissez le champ vide, ou choisissez un contrat à durée déterminée.",
        )
    elif months is not None and months > _LONGEST_TERM and content.contract_kind in _FIXED_TERM:
        yield _odd(
            "duration_long",
            "duration_months",
            f"{in_french(months)} mois",
            "Un contrat à durée déterminée dure 36 mois au plus.",
            "Vérifiez la durée, en mois.",
            "L1242-8-1",
        )


def _length(shift: Shift) -> int:
    minutes = _since_midnight(shift.end) - _since_midnight(shift.start)
    return minutes if minutes > 0 else minutes + DAY


def _since_midnight(at: time) -> int:
    return at.hour * 60 + at.minute


def _days(content: OfferContent, today: date) -> Iterator[Finding]:
    starts, apply_by = content.starts_on, content.apply_by
    if starts is not None and starts < today - _STALE:
        yield _odd(
            "start_past",
            "starts_on",
            civil.day_in_words(starts),
            "Ce début est passé depuis longtemps.",
            "Donnez le jour où le travail commence, ou laissez le champ vide.",
        )
    elif starts is not None and starts > today + _FAR:
        yield _odd("start_far", "starts_on", civil.day_in_words(starts), "Ce début est bien loin.", "Vérifiez l'année.")
    if apply_by is not None and apply_by < today:
        yield _odd(
            "apply_by_past",
            "apply_by",
            civil.day_in_words(apply_by),
            "Cette date limite est passée : l'offre ne pourra pas être publiée.",
            "Donnez un jour à venir, ou laissez le champ vide.",
        )
    elif apply_by is not None and starts is not None and apply_by > starts:
        yield _odd(
            "apply_by_after_start",
            "apply_by",
            civil.day_in_words(apply_by),
            f"On candidate encore après le début du travail ({civil.day_in_words(starts)}).",
            "Vérifiez les deux dates.",
        )


def _odd(rule: str, field: str, words: str, message: str, proposal: str, law: str = "") -> Finding:
    return Finding(rule, field, words, 0, 0, message, proposal, law)
