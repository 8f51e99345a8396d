"""Composition root of the notifications service."""

from services.notifications.api import deliveries, inbox, preferences, stream
from services.notifications.channels.email import Email
from services.notifications.channels.sender import Sender
from services.notifications.commands.telling import Telling
from services.notifications.consumers import READ_MODELS, Consumers
from services.notifications.context import Context
from services.notifications.jobs import Jobs
from services.notifications.queries.live import Live
from services.notifications.settings import NotificationsSettings
from services.notifications.store import COLLECTIONS
from services.notifications.templates.texts import Texts
from shared.service import Parts, Runtime, Service


def compose(runtime: Runtime) -> Parts:
    """Wire the service."""
    settings: NotificationsSettings = runtime.settings
    store, clock, new_id = runtime.store, runtime.clock, runtime.new_id
    texts = Texts(settings)
    outlets = (Email(settings, texts, clock),)
    live = Live(store, settings.stream_queue)
    telling = Telling(store, clock, new_id, settings, texts, [one.channel for one in outlets if one.enabled])
    consumers = Consumers(store, clock, new_id, telling)
    jobs = Jobs(store, clock, new_id, settings, telling)
    senders = [Sender(store, clock, new_id, settings, outlet, telling) for outlet in outlets]
    return Parts(
        context=Context(settings, store, clock, new_id, texts, live),
        routers=(inbox.router, stream.router, preferences.router, deliveries.router),
        subscriptions=consumers.subscriptions(),
        read_models=READ_MODELS,
        jobs=jobs.all(),
        figures=(jobs.figures,),
        background=tuple(sender.run for sender in senders),
        api_background=(live.run,),
    )


SERVICE = Service(
    name="notifications",
    title="Bassin: notifications",
    description="Tells people what concerns them, over the channel that reaches them: e-mail, inbox, counsellor, live.",
    settings=NotificationsSettings,
    collections=COLLECTIONS,
    compose=compose,
)
