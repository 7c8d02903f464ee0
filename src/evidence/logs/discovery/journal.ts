import { shellQuoted } from '../../../base/shell-quoted.ts'
import { JOURNAL_LINES } from '../fetch/journal-lines.ts'
import { NotThere, probe, type Probe } from '../../probe.ts'
import { bytesOfDump, isDump } from './bytes.ts'
import type { LogSubject } from './subject.ts'

export interface FoundJournal {
  /** Kept over a restart of the box: there is /var/log/journal. */
  readonly isPersistent: boolean
  /** What all of it takes on the disk; undefined where journalctl did not say. Bytes. */
  readonly bytes: number | undefined
  /** Not all of it may be read: what journalctl said of it. */
  readonly partly: string | undefined
  readonly units: readonly JournalUnit[]
  /** First and last lines of the whole, as they come later (`journal-lines.ts`). */
  readonly head: Uint8Array
  readonly tail: Uint8Array
  readonly bytesPerSecond: number | undefined
}

export interface JournalUnit {
  readonly name: string
  /** Of the last entries of the whole journal: how many are of this unit. */
  readonly count: number
  /** Text of these, over the time since the first of them. */
  readonly bytesPerSecond: number | undefined
  /** Missing: none of the last entries of the whole journal is of this unit. Milliseconds since the epoch. */
  readonly lastAtMs: number | undefined
  readonly head: Uint8Array
  readonly tail: Uint8Array
}

/** From so many last entries it is told who writes, and how much. */
const LAST_ENTRIES = 2_000
/** Units whose first and last lines are read; each costs two processes. */
const SAMPLED_UNITS = 12
/** Lines of the end. */
const TAIL_LINES = 20
const UNITS_KEPT = 300
/** No more units are read once this much time has passed. Hundredths of a second. */
const SAMPLING_CENTISECONDS = 150

/**
 * Who writes to the journal, how much, since when?
 *
 *   persistent
 *   said Archived and active journals take up 24.0M in the file system.
 *   all 2000 183422 1704207845000000 1704211445000000   <- entries, bytes of text, first, last; microseconds since the epoch
 *   unit 1830 171002 1704207845000000 1704211445000000 nginx.service
 *   now 1704211446
 *   known cron.service                                  <- in the journal, not among the last entries
 *   head nginx.service
 *    31 37 30 …                                         <- od -An -v -tx1 of its lines
 *
 * Source: journalctl(1). Costs some 50 ms, and 20 for each unit whose lines are read.
 */
export function journalProbe(subjects: readonly LogSubject[]): Probe<FoundJournal> {
  const wanted = subjects.flatMap((subject) =>
    subject.kind === 'unit' ? [subject.unit] : subject.kind === 'word' ? [`${subject.word}.service`] : [],
  )
  return probe({
    id: 'logs-journal',
    title: 'Journal',
    set: 'deep',
    moments: ['during'],
    limitSeconds: 5,
    script: journalScript(wanted.filter((name) => !name.includes('\n'))),
    hint: 'run with --sudo',
    parse: ({ during }) => readJournal(during?.text ?? ''),
  })
}

function journalScript(wanted: readonly string[]): string {
  return `
have journalctl || blind 'there is no journalctl on the box'
nl='
'
if [ -d /var/log/journal ]; then echo persistent; elif [ ! -d /run/log/journal ]; then blind 'journald keeps no journal on this box'; fi
said=$(journalctl --no-pager -n 1 2>&1 >/dev/null) || blind "$(put "$said" | tail -n 1)"
case $said in *"insufficient permissions"*) blind 'journalctl: no journal files were opened due to insufficient permissions';; *"not seeing messages"*) echo partly;; esac
put "said $(journalctl --disk-usage 2>/dev/null | tail -n 1)"
${JOURNAL_LINES}
ask() { journalctl -q --no-pager "$@" 2>/dev/null; }
entries=$(ask -n ${LAST_ENTRIES} -o json --output-fields=_SYSTEMD_UNIT,MESSAGE) || entries=$(ask -n ${LAST_ENTRIES} -o json)
rows=$(put "$entries" | awk '
  match($0, /"__REALTIME_TIMESTAMP" *: *"[0-9]+"/) {
    at = substr($0, RSTART, RLENGTH); sub(/"$/, "", at); sub(/.*"/, "", at)
    unit = ""; if (match($0, /"_SYSTEMD_UNIT" *: *"[^"]*"/)) { unit = substr($0, RSTART, RLENGTH - 1); sub(/.*"/, "", unit) }
    size = 1; if (match($0, /"MESSAGE" *: *"/)) { size = length($0) - RSTART; if (size > 16384) size = 16384 }
    if (!all++) first_of_all = at; last_of_all = at; bytes += size
    if (unit == "") next
    if (!count[unit]++) first[unit] = at
    last[unit] = at; text[unit] += size }
  END {
    if (all) printf "all %d %.0f %s %s\\n", all, bytes, first_of_all, last_of_all
    for (unit in count) printf "unit %d %.0f %s %s %s\\n", count[unit], text[unit], first[unit], last[unit], unit }' | sort -k 5,5nr | head -n ${UNITS_KEPT})
put "$rows"; date '+now %s'
known=$(ask -F _SYSTEMD_UNIT | head -n ${UNITS_KEPT}); put "$known" | sed 's/^/known /'
dump() { v=$(od -An -v -tx1); [ -z "$v" ] || { put "$1"; put "$v"; }; }
journal 2>/dev/null | head -n 1 | head -c 4096 | dump 'head '
journal -n ${TAIL_LINES} 2>/dev/null | tail -c 4096 | dump 'tail '
read -r up _ </proc/uptime; began=\${up%.*}\${up#*.}
set -f; IFS=$nl; set -- ${wanted.map(shellQuoted).join(' ')} $(put "$rows" | sed -n 's/^unit [0-9]* [0-9]* [0-9]* [0-9]* //p'); unset IFS; set +f
many=0 done=$nl
for unit do
  case $nl$known$nl in *"$nl$unit$nl"*) ;; *) continue;; esac
  case $done in *"$nl$unit$nl"*) continue;; esac
  read -r up _ </proc/uptime; now=\${up%.*}\${up#*.}
  [ $many -lt ${SAMPLED_UNITS} ] && [ $((now - began)) -lt ${SAMPLING_CENTISECONDS} ] || break
  many=$((many + 1)) done=$done$unit$nl
  journal -u "$unit" 2>/dev/null | head -n 1 | head -c 4096 | dump "head $unit"
  journal -n ${TAIL_LINES} -u "$unit" 2>/dev/null | tail -c 4096 | dump "tail $unit"
done
echo end`
}

function readJournal(text: string): FoundJournal {
  const lines = text.split('\n')
  if (!lines.includes('end')) throw new NotThere('journalctl did not come to its end')
  const samples = samplesOf(lines)
  const now = lines.map((line) => /^now (\d{9,12})$/.exec(line)?.[1]).find((seconds) => seconds !== undefined)
  const nowSeconds = now === undefined ? undefined : Number(now)
  const all = rowOf(lines.find((line) => line.startsWith('all ')) ?? '', nowSeconds)
  const rows = lines.flatMap((line) => rowOf(line, nowSeconds) ?? []).filter(({ name }) => name !== '')
  const names = new Set([
    ...rows.map(({ name }) => name),
    ...lines.flatMap((line) => (line.startsWith('known ') && line.length > 6 ? [line.slice(6)] : [])),
  ])
  const rowsOf = new Map(rows.map((row) => [row.name, row]))
  const units = [...names].slice(0, UNITS_KEPT).map((name): JournalUnit => {
    const row = rowsOf.get(name)
    return {
      name,
      count: row?.count ?? 0,
      bytesPerSecond: row?.bytesPerSecond,
      lastAtMs: row?.lastAtMs,
      head: samples.get(`head ${name}`) ?? NOTHING,
      tail: samples.get(`tail ${name}`) ?? NOTHING,
    }
  })
  return {
    isPersistent: lines.includes('persistent'),
    bytes: diskUsage(lines.find((line) => line.startsWith('said ')) ?? ''),
    partly: lines.includes('partly') ? 'journalctl shows only the entries of this user' : undefined,
    units,
    head: samples.get('head ') ?? NOTHING,
    tail: samples.get('tail ') ?? NOTHING,
    bytesPerSecond: all?.bytesPerSecond,
  }
}

const NOTHING = new Uint8Array()

/** By the line before it. */
function samplesOf(lines: readonly string[]): ReadonlyMap<string, Uint8Array> {
  const samples = new Map<string, Uint8Array>()
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (!/^(?:head|tail) /.test(line)) continue
    const from = at + 1
    while (isDump(lines[at + 1] ?? '')) at += 1
    samples.set(line, bytesOfDump(lines.slice(from, at + 1)))
  }
  return samples
}

interface Row {
  readonly name: string
  readonly count: number
  readonly bytesPerSecond: number | undefined
  readonly lastAtMs: number
}

/** @param nowSeconds the box's clock; missing: the last entry stands for it */
function rowOf(line: string, nowSeconds: number | undefined): Row | undefined {
  const [, count, bytes, first, last, name = ''] =
    /^(?:all|unit) (\d{1,9}) (\d{1,15}) (\d{1,17}) (\d{1,17})(?: (\S+))?$/.exec(line) ?? []
  if (count === undefined) return undefined
  const seconds = (nowSeconds ?? Number(last) / 1e6) - Number(first) / 1e6
  const bytesPerSecond = seconds > 0 ? Number(bytes) / seconds : undefined
  return { name: unescaped(name), count: Number(count), bytesPerSecond, lastAtMs: Number(last) / 1000 }
}

/** As JSON has it: `\\x2d` for the `\x2d` of a unit. */
function unescaped(name: string): string {
  return name.replaceAll('\\\\', '\\')
}

const SIZES: Readonly<Record<string, number>> = { B: 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 }

/** `Archived and active journals take up 24.0M in the file system.` */
function diskUsage(line: string): number | undefined {
  const [, value, unit = 'B'] = /take up (\d{1,6}(?:\.\d)?)([BKMGT])/.exec(line) ?? []
  return value === undefined ? undefined : Number(value) * (SIZES[unit] ?? 1)
}
