#!/bin/sh
# Keycloak takes no secret from a file: they become variables of its own process here, and of no inspection.
set -eu
secret() { cat "/run/secrets/$1"; }
KC_DB_PASSWORD=$(secret identity_db)
KC_BOOTSTRAP_ADMIN_PASSWORD=$(secret identity_admin)
BASSIN_IDENTITY_SECRET=$(secret identity_services)
BASSIN_SMTP_PASSWORD=$(secret smtp_password)
export KC_DB_PASSWORD KC_BOOTSTRAP_ADMIN_PASSWORD BASSIN_IDENTITY_SECRET BASSIN_SMTP_PASSWORD
exec /opt/keycloak/bin/kc.sh start --optimized --import-realm
