"""Commands on the log of canvassing: log, mend, erase, forget in time."""

from datetime import timedelta

from services.offers.context import Context
from services.offers.domain.actors import Actor
from services.offers.domain.canvassing import Canvassing, CanvassingDetails
from services.offers.domain.company import Company
from shared import civil
from shared.http import Expected, Patch, check_version, forget_answers
from shared.items import each
from shared.store import Work


async def log(context: Context, company_id: str, entry: Canvassing) -> None:
    """Append to the canvassing log.

    Raises:
        LogFull: it holds as many entries as there may be.
    """

    async def once() -> None:
        company = await context.companies.load(company_id)
        company.log(entry, context.clock.now())
        await _save(context, company)

    await context.store.retry_conflicts(once)


async def mend(
    context: Context, company_id: str, entry_id: str, patch: Patch[CanvassingDetails], expected: Expected, by: Actor
) -> Canvassing:
    """Put an entry right; the caller says which version of it they read. What it said before is kept nowhere, also not in answers
    to repeated requests.

    Raises:
        NotFound: no such entry, or it was erased.
        VersionConflict: somebody else mended it meanwhile.
    """

    async def once() -> Canvassing:
        company = await context.companies.load(company_id)
        entry = company.logged(entry_id)
        check_version(expected, entry.version)
        stands = {name: getattr(entry, name) for name in CanvassingDetails.model_fields}
        made = company.mend(entry_id, patch.applied_to(stands), by.id, context.clock.now())
        await _save(context, company)
        return made

    made = await context.store.retry_conflicts(once)
    await forget_answers(context.store, entry_id)
    return made


async def erase(context: Context, company_id: str, entry_id: str, by: Actor) -> None:
    """Nothing of what the entry said is kept, also in answers to repeated requests.

    Raises:
        NotFound: no such entry, or it was erased.
    """

    async def once() -> None:
        company = await context.companies.load(company_id)
        company.erase_entry(entry_id, by.id, context.clock.now())
        await _save(context, company)

    await context.store.retry_conflicts(once)
    await forget_answers(context.store, entry_id)


async def forget_old(context: Context) -> int:
    """Notes, and contact persons of employers of whom nothing was heard, after their time; returns in how many companies."""
    now = context.clock.now()
    before = now - timedelta(days=context.settings.canvassing_days)
    ids = await context.companies.with_old_contacts(before)

    async def one(company_id: str) -> bool:
        async def once() -> bool:
            company = await context.companies.load(company_id)
            idle = company.updated_at < before and not await context.offers.alive_since(company.id, before)
            since, today = (civil.today(company.territory, one) for one in (before, now))
            if not company.forget_contacts(since, today, now, idle=idle):
                return False
            await _save(context, company)
            return True

        return await context.store.retry_conflicts(once)

    return await each("old-canvassing", ids, one)


async def _save(context: Context, company: Company) -> None:
    work = Work(context.new_id)
    context.companies.save(work, company)
    await context.store.commit(work)
