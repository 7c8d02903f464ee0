import { shellQuoted } from '../../../base/shell-quoted.ts'
import { limitedHead } from './head.ts'
import { JOURNAL_LINES } from './journal-lines.ts'
import type { LogSource } from '../source.ts'
import type { LogWindow } from '../window.ts'

export interface CommandScript {
  readonly boundary: string
  readonly source: LogSource
  readonly window: LogWindow
  /** Fields that entries of the journal must have: `PRIORITY=3`. */
  readonly matches: readonly string[]
  /** Shell text that defines `wanted`; undefined: all lines are. */
  readonly filter: string | undefined
  readonly codec: 'auto' | 'none'
  /** Bytes that are sent at the most. */
  readonly mostBytes: number
  readonly seconds: number
}

/**
 * The script for a log that a program hands out: journald, the kernel, a container engine. It says `cannot WHY` or `data CODEC`, the bytes, `sent`; what
 * is to be known beside, `note WHAT`.
 *
 * The journal comes as lines with priorities (`journal-lines.ts`). The kernel's ring comes in the same form where there is no journal: its times are
 * seconds since the boot, which only the box can place.
 */
export function commandScript({
  boundary,
  source,
  window,
  matches,
  filter,
  codec,
  mostBytes,
  seconds,
}: CommandScript): string {
  const filtered = filter === undefined ? '' : ' | wanted'
  return `${limitedHead(boundary, seconds)}
start=
${filter ?? ''}
${printing(source, window, matches)}
packer ${codec}
if ready; then
  say data \${Z%% *}; lines </dev/null${filtered} | head -c ${mostBytes} | $Z; say sent
fi
over
`
}

/** Defines `ready`, which says why not, and `lines`, which prints. */
function printing(source: LogSource, window: LogWindow, matches: readonly string[]): string {
  if (source.kind === 'container') return containerLines(source, window)
  if (source.kind === 'kernel') return kernelLines(window, matches)
  return `${JOURNAL_LINES}
ready() { have journalctl || { say cannot journalctl; return 1; }; ${HIDDEN}; }
lines() { journal ${journalArguments(source, window, matches)}; }`
}

/** Who may not read the journal of the system is told so on standard error, and sees their own. */
const HIDDEN = `case $(journalctl -n 1 2>&1 >/dev/null </dev/null) in *'not seeing messages'*) say note hidden;; *'No journal files'*) say note no-journal;; esac`

export function journalArguments(
  { unit, kind }: Pick<LogSource, 'unit' | 'kind'>,
  { fromMs, toMs }: LogWindow,
  matches: readonly string[],
): string {
  return [
    ...(kind === 'kernel' ? ['-k'] : []),
    ...(unit === undefined ? [] : [`--unit=${shellQuoted(unit)}`]),
    // Whole seconds: the console cuts exactly.
    ...(fromMs === undefined ? [] : [`--since=@${Math.floor(fromMs / 1000)}`]),
    ...(toMs === undefined ? [] : [`--until=@${Math.ceil(toMs / 1000)}`]),
    ...matches.map(shellQuoted),
  ].join(' ')
}

/** `-k` is of this boot alone. In a container there is a journalctl and no journal. */
function kernelLines(window: LogWindow, matches: readonly string[]): string {
  return `${JOURNAL_LINES}
ready() {
  if have journalctl && [ -n "$(journalctl -q -k -n 1 -o cat 2>/dev/null </dev/null)" ]; then J=1; return; fi
  J=
  ${matches.length > 0 ? 'say cannot fields; return 1' : ''}
  have dmesg || { say cannot dmesg; return 1; }
  said=$(dmesg 2>&1 >/dev/null </dev/null) || { say cannot kernel $said; return 1; }
}
lines() {
  if [ -n "$J" ]; then journal ${journalArguments({ kind: 'kernel' }, window, matches)}; return; fi
  ${kernelTimes(BOOT)}
}`
}

/** Shell text that gives when the box was booted, in seconds since the epoch: always the same, so a message has the same time however often it is read. */
export const BOOT = `$(awk '$1 == "btime" { print $2 }' /proc/stat)`

/** Shell text that prints the ring of the kernel with times and priorities. */
export function kernelTimes(boot: string): string {
  return `{ dmesg -r 2>/dev/null || dmesg; } | ${kernelDated(boot)}`
}

/** The same of lines of dmesg that come on standard input. */
export function kernelDated(boot: string): string {
  return `awk -v boot=${boot} ${shellQuoted(KERNEL_TIMES)}`
}

/** `<4>[   12.345678] text` as the journal's lines have it; a line without a time goes on with the one before. */
const KERNEL_TIMES = String.raw`
{ priority = "<>"; if (match($0, /^<[0-9]+>/)) { priority = substr($0, 1, RLENGTH); $0 = substr($0, RLENGTH + 1) } }
/^\[ *[0-9]+\.[0-9]+\]/ { at = index($0, "]"); s = substr($0, 2, at - 2) + boot; printf "%s%.6f - kernel:", priority, s; print substr($0, at + 1); next }
{ print "    " $0 }`

/** Both streams, in the order in which the engine hands them out; each line begins with its time (RFC 3339, UTC). */
function containerLines({ container }: LogSource, { fromMs, toMs }: LogWindow): string {
  const engine = container?.engine ?? 'docker'
  const bounds = [
    ...(fromMs === undefined ? [] : [`--since=${(fromMs / 1000).toFixed(3)}`]),
    ...(toMs === undefined ? [] : [`--until=${(toMs / 1000).toFixed(3)}`]),
  ].join(' ')
  const name = shellQuoted(container?.name ?? '')
  return `ready() {
  have ${engine} || { say cannot ${engine}; return 1; }
  said=$(${engine} logs --tail=1 -- ${name} 2>&1 >/dev/null </dev/null) && return
  say cannot engine $(printf '%s' "$said" | tr -s '[:space:]' ' ' | head -c 300); return 1
}
lines() { ${engine} logs --timestamps ${bounds} -- ${name} 2>&1; }`
}
