/** Shell text that plants logs of all kinds on a test box, for live tests of what finds and reads them. As root. */
export const plantLogs = `
set -e
mkdir -p /var/log/nginx /etc/nginx/conf.d /etc/nginx/sites-enabled /etc/apache2/sites-enabled /etc/haproxy /data/app/logs
cat >/etc/nginx/nginx.conf <<'X'
http {
  # access_log /var/log/nginx/not-this.log;
  log_format timed '$remote_addr - $remote_user [$time_local] "$request" '
                   '$status $body_bytes_sent rt=$request_time';   # in two strings
  access_log /var/log/nginx/access.log timed;
  error_log /var/log/nginx/error.log warn;
  include /etc/nginx/conf.d/*.conf;
  include sites-enabled/*;
}
X
cat >/etc/nginx/conf.d/shop.conf <<'X'
server { location / { access_log "/data/app/logs/shop access.log" combined buffer=32k; } access_log syslog:server=unix:/dev/log; }
X
echo 'server { access_log /var/log/nginx/\${host}.log; }' >/etc/nginx/sites-enabled/shop
cat >/etc/apache2/envvars <<'X'
export APACHE_LOG_DIR=/data/apache$SUFFIX
X
cat >/etc/apache2/apache2.conf <<'X'
ServerRoot "/etc/apache2"
ErrorLog \${APACHE_LOG_DIR}/error.log
LogFormat "%h %l %u %t \\"%r\\" %>s %O %D" timed
IncludeOptional sites-enabled/*.conf
X
printf 'CustomLog \${APACHE_LOG_DIR}/shop.log \\\\\\n  timed\\n' >/etc/apache2/sites-enabled/shop.conf
printf 'global\\n  log /dev/log local0\\ndefaults\\n  log global\\n  option httplog\\n' >/etc/haproxy/haproxy.cfg
mkdir -p /etc/envoy /etc/postgresql/15/main /etc/mysql/conf.d /etc/redis /data/envoy /data/pg /data/mysql /data/redis
cat >/etc/envoy/envoy.yaml <<'X'
static_resources:
  listeners:
  - filter_chains:
    - filters:
      - typed_config:
          access_log:
          - name: envoy.access_loggers.file
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
              path: /data/envoy/access.log
              log_format:
                text_format_source:
                  inline_string: "[%START_TIME%] %REQ(:METHOD)% %RESPONSE_CODE% %DURATION%\\n"
          route_config: { path: /not/a/log }
X
printf "#log_directory = 'log'\\nlog_directory = '/data/pg'   # of the cluster\\nlog_line_prefix = '%%m [%%p] '\\n" >/etc/postgresql/15/main/postgresql.conf
printf '[mysqld]\\nlog_error = /data/mysql/error.log\\nslow-query-log-file=/data/mysql/slow.log\\n' >/etc/mysql/conf.d/mysqld.cnf
printf 'port 6379\\nlogfile "/data/redis/redis.log"\\n' >/etc/redis/redis.conf
echo '[2024-01-02T15:04:05.000Z] GET 200 12' >/data/envoy/access.log
for file in pg/postgresql-2024-01-01.log pg/postgresql-2024-01-02.log mysql/error.log mysql/slow.log redis/redis.log; do echo '2024-01-02 15:04:05.000 UTC [1] LOG:  ready' >/data/$file; done
touch -d '2024-01-01 23:59:00' /data/pg/postgresql-2024-01-01.log
mkdir -p /data/apache; echo '10.0.0.1 - - [02/Jan/2024:15:04:05 +0000] "GET / HTTP/1.1" 200 12 1200' >/data/apache/shop.log
number=0
while [ $number -lt 80 ]; do
  printf '10.0.0.1 - - [02/Jan/2024:15:04:%02d +0000] "GET /shop/%d HTTP/1.1" 200 12 rt=0.002\\n' $((number % 60)) $number; number=$((number + 1))
done >/var/log/nginx/access.log
echo '10.0.0.1 - - [02/Jan/2024:00:00:01 +0000] "GET /yesterday HTTP/1.1" 200 12 rt=0.002' >/var/log/nginx/access.log.1
echo '10.0.0.1 - - [01/Jan/2024:00:00:01 +0000] "GET /oldest HTTP/1.1" 200 12 rt=0.002' | gzip >/var/log/nginx/access.log.2.gz
touch -d '2024-01-02 14:00:00' /var/log/nginx/access.log.1; touch -d '2024-01-01 23:00:00' /var/log/nginx/access.log.2.gz
: >/var/log/nginx/error.log
echo '10.0.0.1 - - [02/Jan/2024:15:04:05 +0000] "GET / HTTP/1.1" 200 12 "-" "curl"' >'/data/app/logs/shop access.log'
echo 'Jan  2 15:04:05 web-1 app: for root alone' >/var/log/private.log
chmod 600 /var/log/private.log
chgrp 4 /var/log/nginx/access.log; chmod 640 /var/log/nginx/access.log
mkdir -p /var/log/closed; echo hidden >/var/log/closed/x.log; chmod 700 /var/log/closed
mkfifo /var/log/pipe.log
mkdir /var/log/folder.log
ln -s /dev/zero /var/log/zero.log
mkdir /data/linked; echo '2024-01-02T15:04:05Z by way of a link' >/data/linked/linked.log; ln -s /data/linked /var/log/elsewhere
echo '2024-01-02T15:04:05Z odd' >"/var/log/new
line $(printf '\\033')[31m.log"
echo '2024-01-02T15:04:05Z two words' >'/var/log/two words ü.log'
echo '2024-01-02T15:04:05Z no UTF-8' >"$(printf '/var/log/caf\\351.log')"
printf '\\0\\001\\002\\003\\004\\005' >/var/log/binary.log
cat >/data/orders-sh <<'X'
#!/bin/sh
exec >>/data/app/logs/orders-api.log 2>&1
exec 5>>/data/app/logs/gone.log; echo '2024-01-02 15:04:05 gone' >&5; rm /data/app/logs/gone.log
exec 6>>"/data/app/logs/na
me.log"; echo '2024-01-02 15:04:05 an odd name' >&6
while :; do echo '2024-01-02 15:04:05,123 INFO orders: tick'; sleep 0.02 || sleep 1; done
X
chmod 755 /data/orders-sh
`

/** Never answers: whatever touches it hangs until it is killed. Needs the device that a test box does not have by itself. */
export const hangFolder = (folder: string): string => `
[ -c /run/fuse ] || mknod /run/fuse c 10 229
mkdir -p ${folder}
exec 3<>/run/fuse
mount -i -t fuse -o fd=3,rootmode=40000,user_id=0,group_id=0 far ${folder}
exec sleep 300`
