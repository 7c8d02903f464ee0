import { shellQuoted } from '../../../base/shell-quoted.ts'
import { limitedHead } from './head.ts'
import type { LogSource } from '../source.ts'
import type { LogWindow } from '../window.ts'

export interface CommandScript {
  readonly boundary: string
  readonly source: LogSource
  readonly window: LogWindow
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
 * The journal comes as `short-unix`: of many entries it is a sixth of the bytes of JSON and a quarter of the time. The kernel's ring comes in the same
 * form where there is no journal: its times are seconds since the boot, which only the box can place.
 */
export function commandScript({ boundary, source, window, filter, codec, mostBytes, seconds }: CommandScript): string {
  const filtered = filter === undefined ? '' : ' | wanted'
  return `${limitedHead(boundary, seconds)}
start=
${filter ?? ''}
${printing(source, window)}
packer ${codec}
if ready; then
  say data \${Z%% *}; lines </dev/null${filtered} | head -c ${mostBytes} | $Z; say sent
fi
over
`
}

/** Defines `ready`, which says why not, and `lines`, which prints. */
function printing(source: LogSource, window: LogWindow): string {
  if (source.kind === 'container') return containerLines(source, window)
  if (source.kind === 'kernel') return kernelLines(window)
  return `ready() { have journalctl || { say cannot journalctl; return 1; }; ${HIDDEN}; }
lines() { journalctl ${journalArguments(source, window)}; }`
}

/** Who may not read the journal of the system is told so on standard error, and sees their own. */
const HIDDEN = `case $(journalctl -n 1 2>&1 >/dev/null </dev/null) in *'not seeing messages'*) say note hidden;; *'No journal files'*) say note no-journal;; esac`

export function journalArguments(
  { unit, kind }: Pick<LogSource, 'unit' | 'kind'>,
  { fromMs, toMs }: LogWindow,
): string {
  return [
    '-q --no-pager -a -o short-unix',
    ...(kind === 'kernel' ? ['-k'] : []),
    ...(unit === undefined ? [] : [`--unit=${shellQuoted(unit)}`]),
    // Whole seconds: the console cuts exactly.
    ...(fromMs === undefined ? [] : [`--since=@${Math.floor(fromMs / 1000)}`]),
    ...(toMs === undefined ? [] : [`--until=@${Math.ceil(toMs / 1000)}`]),
  ].join(' ')
}

/** `-k` is of this boot alone. In a container there is a journalctl and no journal. */
function kernelLines(window: LogWindow): string {
  return `ready() {
  if have journalctl && [ -n "$(journalctl -q -k -n 1 -o cat 2>/dev/null </dev/null)" ]; then J=1; return; fi
  J=; have dmesg || { say cannot dmesg; return 1; }
  said=$(dmesg 2>&1 >/dev/null </dev/null) || { say cannot kernel $said; return 1; }
}
lines() {
  if [ -n "$J" ]; then journalctl ${journalArguments({ kind: 'kernel' }, window)}; return; fi
  read -r up rest </proc/uptime
  ${kernelTimes('$(date +%s)', '$up')}
}`
}

/** Shell text that prints the ring of the kernel with times; it was so long up at that time, both in seconds. */
export function kernelTimes(now: string, up: string): string {
  return `dmesg | awk -v now=${now} -v up=${up} ${shellQuoted(KERNEL_TIMES)}`
}

/** `[   12.345678] text` as `short-unix` has it; a line without a time goes on with the one before. */
const KERNEL_TIMES = String.raw`
/^\[ *[0-9]+\.[0-9]+\]/ { at = index($0, "]"); s = substr($0, 2, at - 2) + now - up; printf "%.6f - kernel:", s; print substr($0, at + 1); next }
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
