import { shellQuoted } from '../../../base/shell-quoted.ts'

/** Fields of an entry of which its line is made (systemd.journal-fields(7)); the time of receipt always comes. */
export const JOURNAL_FIELDS =
  '_SOURCE_REALTIME_TIMESTAMP,PRIORITY,_HOSTNAME,SYSLOG_IDENTIFIER,_COMM,_PID,SYSLOG_PID,MESSAGE'

/** An empty line ends an entry; `NAME=value`, or `NAME`, eight bytes of length (the lowest first), the value. */
const AWK = String.raw`
BEGIN { for (i = 0; i < 256; i++) code[sprintf("%c", i)] = i; forget() }
function forget() { at = source = priority = host = name = command = pid = other = ""; many = 0 }
function field(key, value) {
  if (key == "MESSAGE") { text[1] = value; many = 1 }
  else if (key == "__REALTIME_TIMESTAMP") at = value
  else if (key == "_SOURCE_REALTIME_TIMESTAMP") source = value
  else if (key == "PRIORITY") priority = value
  else if (key == "_HOSTNAME") host = value
  else if (key == "SYSLOG_IDENTIFIER") name = value
  else if (key == "_COMM") command = value
  else if (key == "_PID") pid = value
  else if (key == "SYSLOG_PID") other = value
}
function show(  line) {
  if (source != "") at = source
  if (name == "") name = command == "" ? "unknown" : command
  if (pid == "") pid = other
  if (at == "" || !many) { forget(); return }
  print "<" priority ">" substr(at, 1, length(at) - 6) "." substr(at, length(at) - 5) " " host " " name (pid == "" ? "" : "[" pid "]") ": " text[1]
  for (line = 2; line <= many; line++) print "    " text[line]
  forget()
}
long != "" {
  if (size < 0) {
    start = begun++ ? start "\n" $0 : $0
    if (length(start) < 8) next
    size = code[substr(start, 1, 1)] + 256 * code[substr(start, 2, 1)] + 65536 * code[substr(start, 3, 1)] + 16777216 * code[substr(start, 4, 1)]
    $0 = substr(start, 9)
  }
  read += length($0) + 1
  part[++parts] = $0
  if (read <= size) next
  if (long == "MESSAGE") { many = parts; for (i = 1; i <= parts; i++) text[i] = part[i] }
  else field(long, part[1])
  long = ""; next
}
$0 == "" { show(); next }
{
  equals = index($0, "=")
  if (equals) field(substr($0, 1, equals - 1), substr($0, equals + 1))
  else { long = $0; size = -1; begun = read = parts = 0; start = "" }
}
END { show() }`

/**
 * Shell text that defines `journal`, which hands its arguments to journalctl and prints the entries as `short-unix` does, with the priority before them:
 *
 *   <3>1709630142.120345 web-1 orders[812]: order failed for acme
 *       second line of the same message
 *   <>1709630142.120346 web-1 audit[1]: an entry that has no priority
 *
 * No line form of journalctl has the priority. Of those that do, JSON takes three times the time of `short-unix`; the export format
 * (systemd.io/JOURNAL_EXPORT_FORMATS) with just these fields, put into lines by awk on the box, takes twice the time, and three hundredths more bytes.
 * Its fields with line breaks or control characters have their length before them, as eight bytes; an awk that does not count NUL bytes (busybox, mawk
 * before 1.3.4) cannot read it, so there it is `short-unix`, without priorities. journalctl before systemd 236 cannot choose fields, and gives all.
 *
 * Not for what is followed: mawk waits for a whole block of its input (`journal-entries.ts`).
 */
export const JOURNAL_LINES = `
if [ "$(printf 'a\\000b\\n' | LC_ALL=C awk '{ print length($0) }' 2>/dev/null)" = 3 ]; then
  journal_fields=--output-fields=${JOURNAL_FIELDS}; journalctl -q -n 1 $journal_fields >/dev/null 2>&1 </dev/null || journal_fields=
  journal() { journalctl -q --no-pager -a -o export $journal_fields "$@" | LC_ALL=C awk ${shellQuoted(AWK)}; }
else
  journal() { journalctl -q --no-pager -a -o short-unix "$@"; }
fi`
