#!/bin/bash
# The entry point of the compose file's MongoDB: mongod with accounts, and at the first start its replica set and its administrator.
# Runs as mongod's own user, so nothing has to change users; the members' key is copied because its mode must be 0400.
set -euo pipefail

umask 077
cat /run/secrets/mongo_key > /tmp/key
chmod 400 /tmp/key

# The exception for localhost is open until the first user is made, and this is the first. Every step may have been done before.
begin='
    const password = require("fs").readFileSync("/run/secrets/mongo_admin", "utf8").trim()
    const admin = db.getSiblingDB("admin")
    try { rs.initiate({_id: "rs0", members: [{_id: 0, host: "mongo:27017"}]}) }
    catch (e) { if (!["AlreadyInitialized", "Unauthorized"].includes(e.codeName)) throw e }
    while (!db.hello().isWritablePrimary) sleep(100)
    try { admin.createUser({user: "bassin-admin", pwd: password, roles: ["root"]}) }
    catch (e) { if (e.codeName !== "Unauthorized") throw e; admin.auth("bassin-admin", password) }
'
if [ ! -e /data/db/.bassin ]; then
    (
        until mongosh --quiet --norc --eval "$begin" >/dev/null; do sleep 1; done
        touch /data/db/.bassin
    ) &
fi
# Newer engines begin a container with 1,024 open files; MongoDB opens one for each collection and index, and aborts without.
ulimit -Sn "$(ulimit -Hn)"
# A killed client's open transaction keeps its documents locked until the lifetime ends (60 s by default). In a cache as small as
# this one pages that change all the time wait for the checkpoint, once a minute, instead of being written for each change.
exec mongod --replSet rs0 --bind_ip_all --keyFile /tmp/key --setParameter transactionLifetimeLimitSeconds=10 \
    --wiredTigerCacheSizeGB "${CACHE_GB:-0.5}" --quiet --wiredTigerEngineConfigString \
    eviction_dirty_target=25,eviction_dirty_trigger=40,eviction_updates_target=15,eviction_updates_trigger=25
