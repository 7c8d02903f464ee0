import { limitOf } from './shell.ts'

/**
 * `serve PID` is true where that is a PostgreSQL server whose folder can be read (postmaster.pid: its PID, folder, start, port, folder of the socket), and whose account we are or can
 * become; then `ask` gives it SQL, and prints its rows, and what is said beside as `error`.
 *
 * The client gets an environment of its own: what this account, or the login of the other one, has set would lead it to another server (PGHOSTADDR, PGSERVICE), or to a password. It runs as a
 * superuser, so names mean those of the system, and not what others have put into `public` (CVE-2018-1058). Where PGPASSFILE lies there is no file; of /dev/null itself libpq warns.
 */
export function asking(seconds: number): string {
  return `
serve() {
  folder=$(readlink /proc/$1/cwd 2>/dev/null) && [ -r "$folder/postmaster.pid" ] || return 1
  first=; port=; host=; { read -r first; read -r rest; read -r rest; read -r port; read -r host; } <"$folder/postmaster.pid"
  [ "$first" = "$1" ] && [ -n "$port" ] || return 1
  case $host in /*|@*) ;; *) return 1;; esac
  owner=$(stat -c %u /proc/$1 2>/dev/null); [ "$(id -u)" = 0 ] || [ "$(id -u)" = "$owner" ] || return 1
  account=$(stat -c %U /proc/$1 2>/dev/null)
  psql=$(command -v psql) || { psql=$(readlink /proc/$1/exe 2>/dev/null); psql=\${psql%/*}/psql; }
  [ -x "$psql" ] || { echo 'psql no'; return 1; }
  ${limitOf(seconds)}
  halligan_limit=$limit halligan_host=$host halligan_port=$port halligan_psql=$psql; export halligan_limit halligan_host halligan_port halligan_psql
}
client='exec env -i PATH="$PATH" LC_ALL=C PGHOST="$halligan_host" PGPORT="$halligan_port" PGDATABASE=postgres PGPASSFILE=/dev/null/none PGCONNECT_TIMEOUT=5 PGOPTIONS="-c search_path=pg_catalog -c statement_timeout=10s -c lock_timeout=5s" $halligan_limit "$halligan_psql" -X -A -t -q -w -v ON_ERROR_STOP=1'
ask() {
  { if [ "$(id -u)" = "$owner" ]; then ( cd /; exec sh -c "$client" ); else ( cd /; su "$account" -s /bin/sh -c "$client" ); fi 2>&1 >&3 |
    sed 's/^psql:[^ ]* //; s/^error: //; s/^/error /'; } 3>&1
}`
}
