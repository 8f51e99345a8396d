#!/bin/sh
# Fills in what only the place of installation knows, then runs nginx. Every variable has a default but the certificate.
#   GATEWAY_TLS=on|off (off: behind somebody who ends TLS)   GATEWAY_CERTIFICATE, GATEWAY_KEY   GATEWAY_CORS_ORIGINS=https://a,https://b
#   GATEWAY_RATE=50r/s GATEWAY_BURST=200 GATEWAY_CONNECTIONS=100 (of one address)   GATEWAY_RESOLVER   GATEWAY_UPSTREAM
set -eu
here=${GATEWAY_FILES:-/opt/bassin}
config=${GATEWAY_CONFIG:-/tmp/nginx.conf}
port=${GATEWAY_PORT:-8443}
resolver=${GATEWAY_RESOLVER:-$(sed -n 's/^nameserver \([0-9.]*\)$/\1/p' /etc/resolv.conf | head -n 1)}

# A name or pattern that nginx would read as more than a text has no business in here.
origins=$(printf '%s' "${GATEWAY_CORS_ORIGINS:-}" | tr ',' '\n' | sed 's/ //g' | while read -r origin || [ -n "$origin" ]; do
    [ -n "$origin" ] || continue
    printf '%s' "$origin" | grep -Eq '^https?://[A-Za-z0-9.:-]+$' || { echo "gateway: $origin is no origin" >&2; exit 1; }
    printf '"%s" "%s"; ' "$origin" "$origin"
done) || exit 2

if [ "${GATEWAY_TLS:-on}" = on ]; then
    listen="$port ssl http2"
    tls="ssl_certificate ${GATEWAY_CERTIFICATE:-/run/secrets/gateway_certificate}; ssl_certificate_key ${GATEWAY_KEY:-/run/secrets/gateway_key}; set \$hsts max-age=31536000;"
    redirect="  server { listen ${GATEWAY_HTTP_PORT:-8080}; access_log off; location /.well-known/acme-challenge/ { root ${GATEWAY_ACME:-/var/www/acme}; } location / { return 308 https://\$host\$request_uri; } }"
else
    listen=$port
    tls='set $hsts "";'
    redirect=""
fi
sed -e "s|@ORIGINS@|$origins|" -e "s|@RATE@|${GATEWAY_RATE:-50r/s}|" -e "s|@BURST@|${GATEWAY_BURST:-200}|" \
    -e "s|@CONNECTIONS@|${GATEWAY_CONNECTIONS:-100}|" -e "s|@RESOLVER@|$resolver|" -e "s|@LISTEN@|$listen|" -e "s|@TLS@|$tls|" \
    -e "s|@REDIRECT@|$redirect|" -e "s|@FILES@|$here|" -e "s|@HEALTH_PORT@|${GATEWAY_HEALTH_PORT:-8081}|" \
    -e "s|@UPSTREAM@:8000|${GATEWAY_UPSTREAM:-\$upstream:8000}|" "$here/nginx.conf.template" > "$config"
exec nginx -c "$config" -g 'daemon off;'
