#!/usr/bin/env bash
# Puts the image that BASSIN_IMAGE names into service: no request is refused. The gateway is not touched.
#   deploy/upgrade.sh                  every API and worker
#   deploy/upgrade.sh offers-api …     these only
# Each API gets its new replicas beside the old ones, and the old ones go when all new ones answer; new ones that do not are taken
# away again, and the old ones go on. Workers are exchanged, all of a service at once: nobody asks them anything, and what they have
# not done waits for their successors. New workers that do not get ready stay as they are, for their logs to be read.
# Replicas stay as many as they are for an API, and as many as BASSIN_<SERVICE>_WORKER_REPLICAS say for a worker. What goes wrong
# ends it there. Run it again, or name the older image and run it: the way back is the same (README, upgrade).
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
        ((SECONDS - began < patience)) || { echo "upgrade: $3 ($1) is not ready after $patience s$4" >&2; return 1; }
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
        await "$container" 8000 "$service" "; the old replicas go on, the new ones are removed." || { "$docker" rm -f $new >/dev/null; return 1; }
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
    for container in $(ids "$1"); do await "$container" 8100 "$1" "; the old workers are gone: docker logs $container says why."; done
    echo "upgrade: $1: $(ids "$1" | wc -w) replicas"
}

services=("$@")
if [ $# = 0 ]; then
    # Expand first: the old release serves on what the new one's migrations have made of the documents.
    "${compose[@]}" run --rm --no-deps init init
    names=$("${compose[@]}" config --services | grep -E -- '-(api|worker)$' | sort)
    mapfile -t services <<<"$names"
fi
for service in "${services[@]}"; do
    case $service in
        *-api) upgrade_api "$service" ;;
        *-worker) upgrade_worker "$service" ;;
        *) echo "upgrade: $service is neither an API nor a worker" >&2; exit 2 ;;
    esac
done
