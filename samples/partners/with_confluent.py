"""A partner's feed with confluent-kafka: offers as they come, one line of JSON each.

pip install confluent-kafka; the settings are described in docs/partners.md.
"""

import json
import os
import sys

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Message, TopicPartition

TOPIC = os.environ.get("TOPIC", "offers.offers.v1")
USER = os.environ["KAFKA_USER"]
STOP_AFTER = int(os.environ.get("STOP_AFTER", "0"))
REPLAY = os.environ.get("REPLAY") == "beginning"


def on_error(error: KafkaError) -> None:
    """A wrong password is tried again for ever, unless somebody ends it; what a network does wrong mends itself."""
    if error.code() == KafkaError._AUTHENTICATION:
        raise KafkaException(error)


consumer = Consumer(
    {
        "bootstrap.servers": os.environ["KAFKA_BOOTSTRAP"],
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": USER,
        "sasl.password": os.environ["KAFKA_PASSWORD"],
        "ssl.ca.location": os.environ["KAFKA_CA_FILE"],
        # The account may join groups that begin with its own name and a dot, and no other.
        "group.id": f"{USER}.{os.environ.get('GROUP', 'feed')}",
        "auto.offset.reset": "earliest",
        # Committed by hand, once an event was told: told again after a crash, never lost.
        "enable.auto.commit": False,
        "error_cb": on_error,
    }
)


def from_the_beginning(consumer: Consumer, partitions: list[TopicPartition]) -> None:
    """Replay: forget where this group was, and read everything that the topic keeps once more."""
    for partition in partitions:
        partition.offset = OFFSET_BEGINNING
    consumer.assign(partitions)


def tell(message: Message) -> None:
    """One event. Keep the highest ``sequence`` per subject: an event may come twice."""
    headers = {name: value.decode() for name, value in message.headers() or [] if value is not None}
    event = {name: headers.get(f"ce_{name}") for name in ("type", "id", "subject", "sequence", "time")}
    # No value is an erasure: forget the subject.
    value = message.value()
    print(json.dumps({**event, "data": None if value is None else json.loads(value)}), flush=True)


def main() -> int:
    """Until it is stopped, or STOP_AFTER events were told. 3: the account may not read this."""
    if REPLAY:
        consumer.subscribe([TOPIC], on_assign=from_the_beginning)
    else:
        consumer.subscribe([TOPIC])
    told = 0
    try:
        while not STOP_AFTER or told < STOP_AFTER:
            message = consumer.poll(1.0)
            if message is None:
                continue
            if message.error():
                raise KafkaException(message.error())
            tell(message)
            consumer.commit(message, asynchronous=False)
            told += 1
    except KafkaException as failed:
        error: KafkaError = failed.args[0]
        print(f"refused: {error.name()}", file=sys.stderr)
        refusals = (KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.GROUP_AUTHORIZATION_FAILED)
        return 3 if error.code() in refusals else 1
    finally:
        consumer.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
