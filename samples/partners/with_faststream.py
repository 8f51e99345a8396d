"""A partner's feed with FastStream: offers as they come, one line of JSON each.

pip install "faststream[kafka]>=0.7.8"; the settings are described in docs/partners.md.
"""

import asyncio
import json
import os
import ssl
import sys
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import TopicAuthorizationFailedError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.security import SASLScram512

TOPIC = os.environ.get("TOPIC", "offers.offers.v1")
USER = os.environ["KAFKA_USER"]
STOP_AFTER = int(os.environ.get("STOP_AFTER", "0"))
CONTEXT = ssl.create_default_context(cafile=os.environ["KAFKA_CA_FILE"])

broker = KafkaBroker(
    os.environ["KAFKA_BOOTSTRAP"],
    logger=None,  # FastStream's own goes to the output that the events are told on
    security=SASLScram512(
        USER,
        os.environ["KAFKA_PASSWORD"],
        ssl_context=CONTEXT,
        use_ssl=True,
    ),
)
done = asyncio.Event()
told = 0


async def as_it_is(message: KafkaMessage) -> Any:
    """An erasure has no value: FastStream's own decoder would take it for an empty text."""
    return message.raw_message.value


@broker.subscriber(
    TOPIC,
    # The account may join groups that begin with its own name and a dot, and no other.
    group_id=f"{USER}.{os.environ.get('GROUP', 'feed')}",
    auto_offset_reset="earliest",
    # An offset is committed once the handler has returned: what was told is told again after a crash, never lost.
    ack_policy=AckPolicy.NACK_ON_ERROR,
    decoder=as_it_is,
)
async def offers(message: KafkaMessage) -> None:
    """One event. Keep the highest ``sequence`` per subject: an event may come twice."""
    global told
    value = message.raw_message.value
    event = {name: message.headers.get(f"ce_{name}") for name in ("type", "id", "subject", "sequence", "time")}
    print(json.dumps({**event, "data": None if value is None else json.loads(value)}), flush=True)
    told += 1
    if told == STOP_AFTER:
        done.set()


async def allowed() -> bool:
    """Whether the account may read the topic: a consumer that may not asks again and again, and says nothing."""
    admin = AIOKafkaAdminClient(
        bootstrap_servers=os.environ["KAFKA_BOOTSTRAP"],
        security_protocol="SASL_SSL",
        ssl_context=CONTEXT,
        sasl_mechanism="SCRAM-SHA-512",
        sasl_plain_username=USER,
        sasl_plain_password=os.environ["KAFKA_PASSWORD"],
    )
    await admin.start()
    try:
        (told,) = await admin.describe_topics([TOPIC])
    finally:
        await admin.close()
    return bool(told["error_code"] != TopicAuthorizationFailedError.errno)


async def main() -> int:
    """Until it is stopped, or STOP_AFTER events were told. 3: the account may not read this."""
    if not await allowed():
        print("refused: TOPIC_AUTHORIZATION_FAILED", file=sys.stderr)
        return 3
    await broker.start()
    try:
        await done.wait()
    finally:
        await broker.stop()
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
