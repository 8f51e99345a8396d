#!/usr/bin/env bash
# Puts the images that BASSIN_IMAGE and BASSIN_GATEWAY_IMAGE name into service, one replica after the other: no request is refused.
#   deploy/upgrade.sh                  everything
#   deploy/upgrade.sh offers-api …     these services only
# Each API gets its new replicas beside the old ones, and an old one goes when the new ones answer. Replicas stay as many as
# BASSIN_<SERVICE>_<API|WORKER>_REPLICAS say. What goes wrong stops it with the old replicas still serving. Run it again, or
# name the older image and run it: the way back is the same (README, upgrade).
set -euo pipefail
cd "$(dirname "$0")/.."
compose=(${COMPOSE:-docker compose})
docker=${DOCKER:-docker}
patience=${PATIENCE:-120}

ids() { "${compose[@]}" ps -q "$1"; }
ready() { "$docker" exec "$1" python -ISE /app/deploy/health.py "$2" >/dev/null 2>&1; }
await() {
    local began=$SECONDS
    until ready "$1" "$2"; do
        ((SECONDS - began < patience)) || { echo "upgrade: $3 ($1) is not ready after $patience s; nothing old was stopped." >&2; return 1; }
        sleep 0.5
    done
}

upgrade_api() {
    local service=$1 old new wanted
    old=$(ids "$service")
    wanted=$(wc -w <<<"$old")
    ((wanted > 0)) || { "${compose[@]}" up -d --no-deps "$service"; return; }
    "${compose[@]}" up -d --no-deps --no-recreate --scale "$service=$((wanted * 2))" "$service"
    new=$(comm -13 <(sort <<<"$old") <(ids "$service" | sort))
    for container in $new; do
        await "$container" 8000 "$service" || { "$docker" rm -f $new >/dev/null; return 1; }
    done
    # The gateway asks for names once a second.
    sleep 2
    for container in $old; do
        "$docker" stop --time 15 "$container" >/dev/null
        "$docker" rm "$container" >/dev/null
    done
    echo "upgrade: $service: $wanted replicas"
}

upgrade_worker() {
    "${compose[@]}" up -d --no-deps "$1"
    for container in $(ids "$1"); do await "$container" 8100 "$1"; done
    echo "upgrade: $1: $(ids "$1" | wc -w) replicas"
}

services=("$@")
if [ $# = 0 ]; then
    # Expand first: the old release serves on what the new one's migrations have made of the documents.
    "${compose[@]}" run --rm --no-deps init init
    for name in offers profiles matching notifications clauses; do services+=("$name-api" "$name-worker"); done
fi
for service in "${services[@]}"; do
    case $service in
        *-api) upgrade_api "$service" ;;
        *-worker) upgrade_worker "$service" ;;
        *) echo "upgrade: $service is neither an API nor a worker" >&2; exit 2 ;;
    esac
done
