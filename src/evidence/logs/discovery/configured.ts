/** More than any real set-up has; what lies beyond is not read. */
const CONFIGURATION_FILES = 200
/** Files that include files that include files. */
const INCLUDE_DEPTH = 5

/**
 * Shell functions that read what programs are configured to log to. `configured` prints a row for each statement that says so:
 *
 *   conf nginx<TAB>/etc/nginx/nginx.conf<TAB>/var/log/nginx/access.log<TAB>access_log /var/log/nginx/access.log timed
 *   conf nginx<TAB>/etc/nginx/nginx.conf<TAB><TAB>log_format timed '$remote_addr $request_time'
 *
 * Program, file, the path that it names (empty: none), the statement. Reads files below /etc and few others; costs a process or two for each program that is there.
 * Sources: nginx.org (ngx_http_log_module, ngx_core_module), httpd.apache.org (mod_log_config, rotatelogs), docs.haproxy.org (log, log-format), Envoy
 * (file access log), postgresql.org (runtime-config-logging), dev.mysql.com (server-logs), redis.io (redis.conf), systemd.exec(5).
 */
export const CONFIGURED = `
configured() {
  conf_nginx; conf_apache; conf_haproxy; conf_envoy; conf_databases; conf_units
}

# Sets found to those of the lines of $1, globs taken as such, that are files which can be read and were not read before.
conf_files() {
  found=; IFS=$nl; set -- $1; unset IFS
  for file do
    case $nl$read_files in *"$nl$file$nl"*) continue;; esac
    [ -f "$file" ] && [ -r "$file" ] || continue
    [ $count -lt ${CONFIGURATION_FILES} ] || return 0
    count=$((count + 1)) read_files=$read_files$file$nl found=$found$file$nl
  done
}

# Reads the files $2 with the awk program $3, then those that they include.
conf_read() {
  of=$1 todo=$2 read_files= count=0 round=0
  while [ -n "$todo" ] && [ $round -lt ${INCLUDE_DEPTH} ]; do
    round=$((round + 1)); conf_files "$todo"; [ -n "$found" ] || return 0
    set -f; IFS=$nl; set -- "$1" "$2" "$3" $found; unset IFS; set +f
    rows=$(program=$3; shift 3; ROUND=$round BASE=$base LOGS=$logs OF=$of awk "$program" "$@" 2>/dev/null)
    put "$rows" | grep '^conf '
    todo=$(put "$rows" | sed -n 's/^include //p')
  done
}

conf_nginx() {
  files=
  for base in /etc/nginx /usr/local/nginx/conf /usr/local/etc/nginx /usr/local/openresty/nginx/conf /opt/nginx/conf; do [ ! -f $base/nginx.conf ] || files=$files$base/nginx.conf$nl; done
  # Of a master that was started with -c.
  for pid in $(grep -sl '^nginx$' [0-9]*/comm | head -n 8); do
    pid=\${pid%/comm}; line=$(tr '\\000' ' ' <$pid/cmdline 2>/dev/null)
    case $line in *master*" -c "/*) line=\${line##*" -c "}; files=$files\${line%% *}$nl;; esac
  done
  [ -n "$files" ] || return 0
  base=\${files%%/nginx.conf*} logs=; conf_read nginx "$files" '
    function word(text) { if (text ~ /^["\\047]/) { text = substr(text, 2); sub(/["\\047].*/, "", text) } else sub(/ .*/, "", text); return text }
    function folder(path) { sub(/\\/[^\\/]*$/, "", path); return path }
    function flush(  name, path, base) {
      sub(/^ +/, "", text); sub(/ +$/, "", text); name = text; sub(/ .*/, "", name); path = text; sub(/^[^ ]* */, "", path); path = word(path)
      base = ENVIRON["ROUND"] == 1 ? folder(FILENAME) : ENVIRON["BASE"]
      if (name == "include") print "include " (path ~ /^\\// ? path : base "/" path)
      else if (name == "log_format") print "conf nginx\\t" FILENAME "\\t\\t" text
      else if (name == "access_log" || name == "error_log") {
        if (path ~ /^[^\\/]/ && path !~ /^(off$|syslog:|stderr$|memory:)/) { sub(/\\/conf$/, "", base); path = base "/" path }
        print "conf nginx\\t" FILENAME "\\t" (path ~ /^\\/[^$]*$/ && path !~ /^\\/dev\\// ? path : "") "\\t" text }
      text = "" }
    FNR == 1 { text = ""; quote = "" }
    { gsub(/\\t/, " "); line = $0; n = length(line)
      for (i = 1; i <= n; i++) {
        c = substr(line, i, 1)
        if (quote != "") { text = text c; if (c == "\\\\") { i++; text = text substr(line, i, 1) } else if (c == quote) quote = ""; continue }
        if (c == " ") { if (text !~ / $/) text = text c; continue }
        if ((text == "" || text ~ / $/) && c == "#") break
        if ((text == "" || text ~ / $/) && (c == "\\"" || c == "\\047")) quote = c
        if (c == ";") { flush(); continue }
        if ((c == "{" && text !~ /\\$$/) || (c == "}" && (text == "" || text ~ / $/))) { text = ""; continue }
        text = text c }
      if (quote == "") text = text " " }'
}

conf_apache() {
  files=
  for file in /etc/apache2/apache2.conf /etc/apache2/httpd.conf /etc/httpd/conf/httpd.conf /usr/local/apache2/conf/httpd.conf; do [ ! -f $file ] || files=$files$file$nl; done
  [ -n "$files" ] || return 0
  logs=$(sed -n 's/^ *export *APACHE_LOG_DIR=//p' /etc/apache2/envvars 2>/dev/null | sed 's/[$"\\047].*//' | head -n 1)
  logs=\${logs:-/var/log/apache2}
  base=$(sed -n 's/^ *ServerRoot *"*\\([^" ]*\\).*/\\1/p' \${files%%"$nl"*} 2>/dev/null | head -n 1); base=\${base:-\${files%%"$nl"*}}
  case $base in *.conf) base=\${base%/*};; esac
  conf_read apache "$files" '
    BEGIN { value["APACHE_LOG_DIR"] = ENVIRON["LOGS"] }
    function expanded(text,  name, before) {
      while (match(text, /\\$\\{[A-Za-z0-9_]+\\}/)) { name = substr(text, RSTART + 2, RLENGTH - 3); if (!(name in value)) break; before = substr(text, 1, RSTART - 1); text = before value[name] substr(text, RSTART + RLENGTH) }
      return text }
    function rooted(path) { return path ~ /^\\// ? path : ENVIRON["BASE"] "/" path }
    { gsub(/[\\t\\r]/, " "); line = line $0 }
    /\\\\$/ { line = substr(line, 1, length(line) - 1); next }
    { sub(/^ +/, "", line); text = line; line = ""; name = tolower(text); sub(/ .*/, "", name) }
    name == "define" { split(text, word, " "); value[word[2]] = word[3]; gsub(/"/, "", value[word[2]]); next }
    name == "include" || name == "includeoptional" { path = expanded(text); sub(/^[^ ]* +/, "", path); gsub(/"/, "", path); print "include " rooted(path); next }
    name == "logformat" || name == "errorlogformat" { print "conf apache\\t" FILENAME "\\t\\t" text; next }
    name == "customlog" || name == "errorlog" || name == "transferlog" || name == "globallog" {
      text = expanded(text); path = text; sub(/^[^ ]* +/, "", path)
      if (path ~ /^"/) { path = substr(path, 2); sub(/".*/, "", path) } else if (path !~ /^[|]/) sub(/ .*/, "", path)
      if (path ~ /^[|]/) { many = split(path, word, " "); path = ""; for (i = 2; i <= many; i++) if (word[i] ~ /^\\//) path = word[i]; if (path != "" && name == "customlog") { sub(/%.*/, "", path); path = path "*" } }
      else if (path ~ /^syslog/) path = ""
      else path = rooted(path)
      print "conf apache\\t" FILENAME "\\t" (path ~ /[$]/ || path ~ /^\\/(dev|proc)\\// ? "" : path) "\\t" text }'
}

conf_haproxy() {
  base= logs= files=
  for file in /etc/haproxy/haproxy.cfg /usr/local/etc/haproxy/haproxy.cfg; do [ ! -f $file ] || files=$files$file$nl; done
  [ -z "$files" ] || conf_read haproxy "$files\${files:+/etc/haproxy/conf.d/*.cfg}" '
    { gsub(/[\\t\\r]/, " "); sub(/^ +/, "") }
    /^(log|log-format|log-format-sd|error-log-format) / || /^option +(httplog|tcplog|httpslog)/ { print "conf haproxy\\t" FILENAME "\\t\\t" $0 }'
}

conf_envoy() {
  base= logs= files=
  for file in /etc/envoy/envoy.yaml /etc/envoy/envoy.yml /etc/envoy.yaml; do [ ! -f $file ] || files=$files$file$nl; done
  for pid in $(grep -sl '^envoy$' [0-9]*/comm | head -n 8); do
    file=$(tr '\\000' '\\n' <\${pid%/comm}/cmdline 2>/dev/null | sed -n '/^\\(-c\\|--config-path\\)$/{n;p;}' | head -n 1)
    case $file in /*) files=$files$file$nl;; esac
  done
  [ -z "$files" ] || conf_read envoy "$files" '
    FNR == 1 { inside = 0 }
    { gsub(/[\\t\\r]/, " "); text = $0; match(text, /^[ -]*/); deep = RLENGTH; sub(/^[ -]*/, "", text) }
    text == "" || text ~ /^#/ { next }
    inside && deep < level { inside = 0 }
    text ~ /^"?access_log"?:/ { inside = 1; level = deep; next }
    inside && text ~ /^"?(path|inline_string|text_format|format)"?: *[^ ]/ {
      path = ""; if (text ~ /^"?path/) { path = text; sub(/^[^:]*: */, "", path); gsub(/["\\047, ]/, "", path); if (path !~ /^\\// || path ~ /^\\/dev\\//) path = "" }
      print "conf envoy\\t" FILENAME "\\t" path "\\t" text }'
}

conf_databases() {
  base= logs=
  conf_read databases "/etc/postgresql/*/*/postgresql.conf$nl/var/lib/postgresql/*/*/postgresql.conf$nl/var/lib/postgresql/data/postgresql.conf$nl/var/lib/pgsql/data/postgresql.conf$nl/var/lib/pgsql/*/data/postgresql.conf$nl/etc/my.cnf$nl/etc/mysql/my.cnf$nl/etc/mysql/*conf.d/*.cnf$nl/etc/my.cnf.d/*.cnf$nl/etc/redis/*.conf$nl/etc/redis.conf" '
    function value(text) { sub(/^[^= ]*[= ]*/, "", text); if (text ~ /^\\047/) { text = substr(text, 2); sub(/\\047.*/, "", text) } else { sub(/ *#.*/, "", text); gsub(/"/, "", text) } sub(/ +$/, "", text); return text }
    function say(of, path) { print "conf " of "\\t" FILENAME "\\t" path "\\t" $0 }
    FNR == 1 { data = FILENAME; sub(/\\/[^\\/]*$/, "", data) }
    { gsub(/[\\t\\r]/, " "); sub(/^ +/, "") }
    FILENAME ~ /postgresql/ {
      if ($0 ~ /^data_directory/) data = value($0)
      else if ($0 ~ /^log_directory/) { path = value($0); say("postgresql", (path ~ /^\\// ? path : data "/" path) "/*") }
      else if ($0 ~ /^(log_line_prefix|log_filename|log_destination|logging_collector|log_timezone)/) say("postgresql", "")
      next }
    FILENAME ~ /redis/ { if ($0 ~ /^logfile /) { path = value($0); say("redis", path ~ /^\\// ? path : "") } next }
    /^(log[_-]error|slow[_-]query[_-]log[_-]file|general[_-]log[_-]file)[ =]/ { path = value($0); say("mysql", path ~ /^\\// ? path : path == "" || path == "stderr" ? "" : "/var/lib/mysql/" path) }'
}

# What a unit writes into a file of its own; the name of the unit stands in place of the program.
conf_units() {
  set --
  for file in /etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system /lib/systemd/system; do [ ! -d $file ] || [ -h $file ] || [ -h \${file%/systemd/system} ] || set -- "$@" $file; done
  [ $# -eq 0 ] || grep -rsE '^Standard(Output|Error) *= *(file|append|truncate):' "$@" | awk '
    { at = index($0, ":Standard"); if (!at) next
      file = substr($0, 1, at - 1); text = substr($0, at + 1); path = text; sub(/^[^:]*:/, "", path); sub(/ +$/, "", path)
      unit = file; if (unit ~ /\\.d\\/[^\\/]*$/) sub(/\\.d\\/[^\\/]*$/, "", unit); sub(/.*\\//, "", unit)
      bare = unit; sub(/\\.[a-z]*$/, "", bare); name = bare; sub(/@.*/, "", name)
      gsub(/%n/, unit, path); gsub(/%N/, bare, path); gsub(/%p/, name, path); gsub(/%[iIjJ]/, "*", path)
      if (path !~ /%/ && path ~ /^\\//) print "conf unit:" unit "\\t" file "\\t" path "\\t" text }'
}`
