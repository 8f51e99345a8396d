"""The consent of who has parental authority, for people of sixteen and seventeen: heard and recorded by a counsellor."""

from datetime import date, datetime
from typing import Annotated

from fastapi import Body
from pydantic import BaseModel, Field

from services.profiles import access
from services.profiles.api import examples
from services.profiles.commands import guardians as commands
from services.profiles.context import Ctx
from services.profiles.domain.consent import Heard
from services.profiles.domain.guardian import (
    TEXT_VERSION,
    TEXTS,
    Guardian,
    GuardianConsent,
    GuardianConsentGiven,
)
from services.profiles.domain.withheld import WITHHELD_TEXT, Withheld
from shared.http import Caller, Located, resource

router = resource("/v1/profiles/{profile_id}/guardian-consents", "guardians")


class GuardianConsentView(BaseModel):
    """The receipt."""

    id: str
    profile_id: str = Field(description="By it an erasure finds the answers that are kept for repeated requests")
    given_by: Guardian
    name: str
    given_on: date
    heard: Heard
    text_version: str
    text: str
    recorded_at: datetime
    recorded_by: str = Field(description="Account of the counsellor or manager")
    revoked_at: datetime | None
    revoked_by: str | None

    @classmethod
    def of(cls, one: GuardianConsent) -> "GuardianConsentView":
        taken = (
            "id",
            "profile_id",
            "given_by",
            "name",
            "given_on",
            "heard",
            "text_version",
            "recorded_by",
            "revoked_at",
            "revoked_by",
        )
        return cls(
            text=TEXTS.get(one.text_version, ""),
            recorded_at=one.created_at,
            **{name: getattr(one, name) for name in taken},
        )


class GuardianConsents(BaseModel):
    """What was recorded, the newest first, and the words to read to who gives it."""

    text_version: str
    text: str
    withheld: Withheld | None = Field(description="What the age asks for first")
    withheld_text: str | None
    items: list[GuardianConsentView]


@router.get("", summary="What guardians agreed to, and the words to read to them")
async def list_guardian_consents(profile_id: str, caller: Caller, context: Ctx) -> GuardianConsents:
    """For the person and who acts for them."""
    profile, _ = await access.load(context.store, caller, profile_id)
    found = await context.guardian_consents.many({"profile_id": profile.id}, sort=(("_id", -1),), limit=100)
    return GuardianConsents(
        text_version=TEXT_VERSION,
        text=TEXTS[TEXT_VERSION],
        withheld=profile.withheld,
        withheld_text=None if profile.withheld is None else WITHHELD_TEXT[profile.withheld],
        items=[GuardianConsentView.of(one) for one in found],
    )


@router.post("", status_code=201, summary="Record that a guardian agrees (counsellor, manager)")
async def record_guardian_consent(
    profile_id: str,
    body: Annotated[GuardianConsentGiven, Body(openapi_examples=examples.GUARDIAN_CONSENT)],
    caller: Caller,
    context: Ctx,
    located: Located,
) -> GuardianConsentView:
    """For somebody of 16 or 17 whose date of birth is known. Matching and applying begin with it."""
    made = await commands.record(context, caller, profile_id, body)
    located(f"/v1/profiles/{profile_id}/guardian-consents/{made.id}")
    return GuardianConsentView.of(made)


@router.delete("/{guardian_consent_id}", status_code=204, summary="A guardian takes it back (counsellor, manager)")
async def revoke_guardian_consent(profile_id: str, guardian_consent_id: str, caller: Caller, context: Ctx) -> None:
    """From now on nothing is proposed or sent, and employers read nothing more of the person: their open applications are
    withdrawn, what they had agreed to show ends. None of it comes back with another consent.
    """
    await commands.revoke(context, caller, profile_id, guardian_consent_id)
