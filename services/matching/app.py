"""Composition root of the matching service."""

from functools import partial

from services.matching.access import still_accompanies
from services.matching.api import answers, configurations, dismissals, explanations, overviews, recommendations, wider
from services.matching.consumers import READ_MODELS, Consumers
from services.matching.context import Context
from services.matching.engine.stream import follow, settle_in_time, watch_the_day
from services.matching.engine.worker import Engine
from services.matching.index.referential import load_structure
from services.matching.index.warming import warm_up
from services.matching.jobs import jobs_of
from services.matching.settings import MatchingSettings
from services.matching.store import COLLECTIONS
from shared.reference.occupations import ReferentialUnusable
from shared.service import Parts, Runtime, Service
from shared.settings import ConfigurationError


def compose(runtime: Runtime) -> Parts:
    """Wire the service."""
    settings: MatchingSettings = runtime.settings
    try:
        referential = load_structure(settings.rome_file)
    except ReferentialUnusable as unusable:
        raise ConfigurationError(f"BASSIN_ROME_FILE is not usable: {unusable}") from None
    # Before anything is served or heard: afterwards a question must not wait for a compiler.
    warm_up()
    context = Context(settings, runtime.store, runtime.clock, runtime.new_id, referential)
    engine = Engine(runtime.store, runtime.clock, runtime.new_id, settings, referential)
    return Parts(
        context=context,
        routers=[
            recommendations.router,
            explanations.router,
            answers.router,
            overviews.router,
            configurations.router,
            wider.router,
            dismissals.router,
        ],
        subscriptions=Consumers(engine).subscriptions(),
        read_models=READ_MODELS,
        jobs=jobs_of(context),
        still_accompanies=partial(still_accompanies, runtime.store),
        background=[
            partial(follow, engine),
            partial(settle_in_time, engine),
            partial(watch_the_day, engine, settings.day_check_seconds),
        ],
    )


SERVICE = Service(
    name="matching",
    title="Bassin: matching",
    description="Explained recommendations between offers and people: constraints, affinity, stable allocation.",
    settings=MatchingSettings,
    collections=COLLECTIONS,
    compose=compose,
)
