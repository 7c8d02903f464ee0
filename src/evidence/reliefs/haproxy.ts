import { BORN } from '../../boxes/process-functions.ts'

/**
 * `sockets` prints those that the configuration names, and the usual ones; `tell SOCKET COMMAND` gives a command and prints the answer, with whatever speaks to a Unix socket here; `rows` makes
 * `server NAME OP_STATE ADMIN_STATE WEIGHT` of an answer of `show servers state` in its format 1, whose columns are told by their names. `runs SOCKET` sets `run` to the PID and the start of
 * what answers there; before HAProxy 2.5 it does not say its start, which /proc then does. `trackers SERVER` prints the servers that follow its state, of an answer of `show stat`.
 */
export const TELLING = `${BORN}
have() { command -v "$1" >/dev/null 2>&1; }
sockets() {
  cat /etc/haproxy/haproxy.cfg /etc/haproxy/conf.d/*.cfg /usr/local/etc/haproxy/haproxy.cfg 2>/dev/null |
    sed -n 's/^[[:space:]]*stats[[:space:]][[:space:]]*socket[[:space:]][[:space:]]*\\(unix@\\)*\\(\\/[^[:space:]]*\\).*/\\2/p'
  echo /run/haproxy/admin.sock; echo /var/run/haproxy.sock; echo /var/lib/haproxy/stats
}
speaker=
if have socat; then speaker=socat
elif have python3; then speaker=python3
elif have perl; then speaker=perl
elif have nc && nc -h 2>&1 | grep -q -e '-[a-zA-Z0-9]*U'; then speaker=nc
else echo 'speaks no'; fi
tell() {
  case $speaker in
    socat) printf '%s\\n' "$2" | socat -t 5 - "UNIX-CONNECT:$1";;
    python3) python3 -I -S -c 'import socket, sys
s = socket.socket(socket.AF_UNIX); s.settimeout(5); s.connect(sys.argv[1]); s.sendall(sys.argv[2].encode() + b"\\n")
sys.stdout.buffer.write(b"".join(iter(lambda: s.recv(65536), b"")))' "$1" "$2";;
    perl) perl -MIO::Socket::UNIX -e 'alarm 5; my $s = IO::Socket::UNIX->new($ARGV[0]) or exit 1; print $s "$ARGV[1]\\n"; print while <$s>' "$1" "$2";;
    nc) printf '%s\\n' "$2" | nc -w 5 -U "$1";;
  esac 2>/dev/null | head -c 4194304
}
rows() {
  awk '
/^#/ { for (at = 2; at <= NF; at++) column[$at] = at - 1; next }
column["srv_admin_state"] && NF >= column["srv_admin_state"] { print "server", $column["srv_name"], $column["srv_op_state"], $column["srv_admin_state"], column["srv_uweight"] ? $column["srv_uweight"] : "" }'
}
runs() {
  run=$(tell "$1" 'show info' | awk '$1 == "Pid:" { pid = $2 } $1 == "Start_time_sec:" { start = $2 } END { print pid "@" start }')
  case $run in
    *[!0-9@]*|@*) run=;;
    *@) name=; { read -r name </proc/\${run%@}/comm; } 2>/dev/null; born "\${run%@}"; [ "$name" = haproxy ] && [ -n "$born" ] && run=$run$born || run=;;
  esac
}
trackers() {
  awk -F, -v of="$1" '
/^# / { for (at = 1; at <= NF; at++) column[$at] = at; next }
column["tracked"] && $column["tracked"] != "" { follows[$column["# pxname"] "/" $column["svname"]] = $column["tracked"] }
END {
  hit[of] = 1
  do { more = 0; for (name in follows) if (!(name in hit) && (follows[name] in hit)) { hit[name] = more = 1; print "tracks", name } } while (more)
}'
}`
