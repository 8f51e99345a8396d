"""The AsyncAPI 3 document of the whole system, from the manifest. FastStream's ``/asyncapi/try`` is mounted nowhere."""

from typing import Any

from shared.contracts.compatibility import schema_of
from shared.contracts.topics import SERVICES, TOPICS, Topic, consumer_group, dead_letter_topic

_HEADERS = {
    "type": "object",
    "description": "CloudEvents 1.0, Kafka binding, binary mode",
    "required": ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_subject", "ce_sequence"],
    "properties": {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": {"type": "string", "description": "Unique id of the event; redelivery repeats it"},
        "ce_source": {"type": "string", "examples": ["/bassin/offers"]},
        "ce_type": {"type": "string", "description": "Event type with its major version"},
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_subject": {"type": "string", "description": "Id of the aggregate"},
        "ce_sequence": {"type": "string", "description": "Version of the aggregate: ignore what is not above the last"},
        "ce_correlationid": {"type": "string"},
        "ce_together": {
            "type": "string",
            "description": "How many records of the topic one commit has sent with this one",
        },
        "traceparent": {"type": "string"},
        "content-type": {"type": "string", "const": "application/json"},
    },
}


def asyncapi() -> dict[str, Any]:
    """The document: a channel per topic, an operation per producer and consumer, a message per event type."""
    schemas: dict[str, Any] = {}
    messages: dict[str, Any] = {}
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    for topic in TOPICS:
        identifier = topic.name.replace(".", "_")
        for event_type, model in topic.types.items():
            schemas[model.__name__] = _schema(schema_of(model), schemas)
            messages[_message(topic, event_type)] = {
                "name": event_type,
                "title": event_type,
                "contentType": "application/json",
                "headers": {"$ref": "#/components/schemas/CloudEventHeaders"},
                "payload": {"$ref": f"#/components/schemas/{model.__name__}"},
                "bindings": {"kafka": {"key": {"type": "string", "description": topic.key}}},
            }
        channels[identifier] = _channel(topic)
        operations[f"{topic.owner}_sends_{identifier}"] = _operation("send", topic.owner, identifier)
        for service in topic.consumers:
            operation = _operation("receive", service, identifier)
            operation["bindings"] = {"kafka": {"groupId": {"type": "string", "const": consumer_group(service, topic)}}}
            operation["description"] = f"What it can never apply goes to `{dead_letter_topic(service, topic)}`."
            operations[f"{service}_receives_{identifier}"] = operation
    schemas["CloudEventHeaders"] = _HEADERS
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Bassin events",
            "version": "1.0.0",
            "description": "Topics of the employment platform. Each event carries the full state of its aggregate.",
            "license": {"name": "Apache-2.0"},
            "tags": [{"name": service} for service in SERVICES],
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": dict(sorted(schemas.items()))},
    }


def _message(topic: Topic, event_type: str) -> str:
    return f"{topic.name.replace('.', '_')}-{event_type.replace('.', '_')}"


def _channel(topic: Topic) -> dict[str, Any]:
    return {
        "address": topic.name,
        "title": topic.title,
        "tags": [{"name": topic.owner}],
        "messages": {
            event_type.replace(".", "_"): {"$ref": f"#/components/messages/{_message(topic, event_type)}"}
            for event_type in topic.types
        },
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "cleanup.policy": ["compact" if topic.compacted else "delete"],
                    "retention.ms": topic.retention_ms,
                },
            }
        },
        "x-visibility": topic.visibility.value,
        "x-consumers": list(topic.consumers),
    }


def _operation(action: str, service: str, channel: str) -> dict[str, Any]:
    return {
        "action": action,
        "title": f"{service} {action}s",
        "tags": [{"name": service}],
        "channel": {"$ref": f"#/channels/{channel}"},
    }


def _schema(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """Move a schema's own definitions to the components and point its references there."""
    definitions = schema.pop("$defs", {})
    schema.pop("$schema", None)
    for inner, definition in definitions.items():
        schemas[inner] = _rewired(definition)
    rewired: dict[str, Any] = _rewired(schema)
    return rewired


def _rewired(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: inner.replace("#/$defs/", "#/components/schemas/") if key == "$ref" else _rewired(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_rewired(inner) for inner in value]
    return value
