#!/bin/sh
# Starts a service of the shop: start.sh orders|catalog|nginx. An older version of the orders serves until the new one listens.
set -eu
cd "$(dirname "$0")/.."
mkdir -p /var/log/shop /run/shop
service=$1
old=$(cat "/run/shop/$service.pid" 2>/dev/null) || old=
case $service in
  orders) port=8081 && set -- python3 -m orders "$port" /var/log/shop/orders.log ;;
  catalog) port=8082 && set -- node catalog/server.mjs "$port" /var/log/shop/catalog.log ;;
  nginx) cp deploy/nginx.conf /etc/nginx/ && port=80 && set -- /usr/sbin/nginx -g 'daemon off;' ;;
esac
"$@" </dev/null >>"/var/log/shop/$service.out" 2>&1 &
new=$!
echo "$new" >"/run/shop/$service.pid"
# It listens, and it is not the older one that does.
for _ in $(seq 100); do
  if ss -Hltnp "sport = :$port" | grep -q "pid=$new,"; then
    [ -z "$old" ] || kill "$old"
    exit 0
  fi
  sleep 0.05
done
echo "start.sh: $service does not listen on port $port" >&2
exit 1
