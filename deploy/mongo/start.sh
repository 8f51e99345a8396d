#!/bin/bash
# The entry point of the compose file's MongoDB: mongod with accounts, and at the first start its replica set and its administrator.
# Runs as mongod's own user, so nothing has to change users; the members' key is copied because its mode must be 0400.
set -euo pipefail
password() { cat "/run/secrets/$1"; }

umask 077
cat /run/secrets/mongo_key > /tmp/key
chmod 400 /tmp/key

if [ ! -e /data/db/.bassin ]; then
    # The exception for localhost is open until the first user is made: this is the first.
    (
        until mongosh --quiet --norc --eval 'db.hello().ok' >/dev/null 2>&1; do sleep 0.5; done
        mongosh --quiet --norc admin --eval "
            try { rs.initiate({_id: 'rs0', members: [{_id: 0, host: 'mongo:27017'}]}) } catch (e) { if (e.codeName !== 'AlreadyInitialized') throw e }
            while (!db.hello().isWritablePrimary) sleep(100)
            db.createUser({user: 'bassin-admin', pwd: cat('/run/secrets/mongo_admin').trim(), roles: ['root']})
        " && touch /data/db/.bassin
    ) &
fi
# A killed client's open transaction keeps its documents locked until the lifetime ends (60 s by default).
exec mongod --replSet rs0 --bind_ip_all --keyFile /tmp/key --setParameter transactionLifetimeLimitSeconds=10 \
    --wiredTigerCacheSizeGB "${CACHE_GB:-0.5}" --quiet
