#!/bin/sh
# Fills in what only the place of installation knows, then runs nginx. Every variable has a default but the certificate.
#   GATEWAY_TLS=on|off (off: behind somebody who ends TLS)   GATEWAY_CERTIFICATE, GATEWAY_KEY   GATEWAY_CORS_ORIGINS=https://a,https://b
#   GATEWAY_PROXY=10.0.0.0/24,192.0.2.7 (who stands in front: its X-Forwarded-For and -Proto are believed, and nobody else's)
#   GATEWAY_RATE=50r/s GATEWAY_BURST=200 GATEWAY_CONNECTIONS=100 (of one address)   GATEWAY_RESOLVER   GATEWAY_UPSTREAM, GATEWAY_IDENTITY
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

# Callers are told apart by what the one in front says of them; a range of everybody would believe everybody.
proxies=$(printf '%s' "${GATEWAY_PROXY:-}" | tr ',' '\n' | sed 's/ //g' | while read -r range || [ -n "$range" ]; do
    [ -n "$range" ] || continue
    printf '%s' "$range" | grep -Eq '^([0-9]{1,3}(\.[0-9]{1,3}){3}|[0-9A-Fa-f]{0,4}(:[0-9A-Fa-f]{0,4}){2,7})(/[1-9][0-9]{0,2})?$' ||
        { echo "gateway: $range is no address or range of a proxy (10.0.0.0/24)" >&2; exit 1; }
    printf '%s ' "$range"
done) || exit 2
proxy=
by_proxy=
for range in $proxies; do
    proxy="$proxy  set_real_ip_from $range;"
    by_proxy="$by_proxy$range 1; "
done
[ -z "$proxy" ] || proxy="$proxy real_ip_header X-Forwarded-For; real_ip_recursive on;"

case ${GATEWAY_TLS:-on} in on | off) ;; *) echo "gateway: GATEWAY_TLS is on or off, not $GATEWAY_TLS" >&2; exit 2 ;; esac
if [ "${GATEWAY_TLS:-on}" = on ]; then
    listen="$port ssl http2"
    tls="ssl_certificate ${GATEWAY_CERTIFICATE:-/run/secrets/gateway_certificate}; ssl_certificate_key ${GATEWAY_KEY:-/run/secrets/gateway_key}; set \$hsts max-age=31536000;"
    redirect="  server { listen ${GATEWAY_HTTP_PORT:-8080}; access_log off; location /.well-known/acme-challenge/ { root ${GATEWAY_ACME:-/var/www/acme}; } location / { return 308 https://\$host\$request_uri; } }"
else
    listen=$port
    tls='set $hsts "";'
    redirect=""
    [ -n "$proxies" ] || echo "gateway: GATEWAY_TLS=off without GATEWAY_PROXY: all who come through a proxy are one caller to every limit" >&2
fi
sed -e "s|@ORIGINS@|$origins|" -e "s|@RATE@|${GATEWAY_RATE:-50r/s}|" -e "s|@BURST@|${GATEWAY_BURST:-200}|" \
    -e "s|@CONNECTIONS@|${GATEWAY_CONNECTIONS:-100}|" -e "s|@RESOLVER@|$resolver|" -e "s|@LISTEN@|$listen|" -e "s|@TLS@|$tls|" \
    -e "s|@REDIRECT@|$redirect|" -e "s|@FILES@|$here|" -e "s|@HEALTH_PORT@|${GATEWAY_HEALTH_PORT:-8081}|" \
    -e "s|@PROXY@|$proxy|" -e "s|@BY_PROXY@|$by_proxy|" -e "s|@IDENTITY@|${GATEWAY_IDENTITY:-\$identity:8080}|" \
    -e "s|@UPSTREAM@:8000|${GATEWAY_UPSTREAM:-\$upstream:8000}|" "$here/nginx.conf.template" > "$config"
exec nginx -c "$config" -g 'daemon off;'
