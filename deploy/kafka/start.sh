#!/bin/bash
# The entry point of the compose file's Kafka: fills in server.properties, makes the two superusers at the first start, runs the broker.
# It needs no more of the image than Kafka's own scripts.
set -euo pipefail
config=/tmp/server.properties
password() { cat "/run/secrets/$1"; }

umask 077
sed -e "s|@INTERNAL_BIND@|:9092|; s|@INTERNAL_ADVERTISED@|kafka:9092|; s|@CONTROLLER_PORT@|9093|" \
    -e "s|@PARTNERS_BIND@|:9094|; s|@PARTNERS_ADVERTISED@|${PARTNERS_ADDRESS:?host and port where partners reach Kafka}|" \
    -e "s|@BROKER_PASSWORD@|$(password kafka_broker)|g; s|@CERTIFICATE@|/run/secrets/kafka_certificate|; s|@DATA@|/var/lib/kafka/data|" \
    /opt/bassin/server.properties > "$config"

if [ ! -e /var/lib/kafka/data/meta.properties ]; then
    /opt/kafka/bin/kafka-storage.sh format --cluster-id "${CLUSTER_ID:-5L6g3nShT-eMCtK--X86sw}" --config "$config" \
        --add-scram "SCRAM-SHA-512=[name=bassin-broker,password=$(password kafka_broker)]" \
        --add-scram "SCRAM-SHA-512=[name=bassin-admin,password=$(password kafka_admin)]"
fi
export KAFKA_HEAP_OPTS="${KAFKA_HEAP_OPTS:--Xms256m -Xmx512m}"
# To standard output only: the root file system is read-only, and the engine rotates what is said.
export KAFKA_LOG4J_OPTS="-Dlog4j2.configurationFile=/opt/bassin/log4j2.yaml" LOG_DIR=/tmp
/opt/kafka/bin/kafka-run-class.sh kafka.Kafka "$config" &
broker=$!
trap 'kill -TERM "$broker"' TERM INT
code=0
wait "$broker" || code=$?
# The first wait ends with the signal, a later one with the broker.
while kill -0 "$broker" 2>/dev/null; do
    code=0
    wait "$broker" || code=$?
done
# Java ends with the signal's number also after an orderly stop, and an engine would call that a failure.
[ "$code" != 143 ] || code=0
exit "$code"
