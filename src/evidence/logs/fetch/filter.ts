import { shellQuoted } from '../../../base/shell-quoted.ts'
import type { LineLayout } from '../layout/line-layout.ts'
import type { LogFilter } from '../window.ts'

/** A line of 100 MB is held whole by grep and by awk; more than this ends them rather than the box. Only of the filters: what is written in Go (docker) reserves more from the start. KiB. */
const MEMORY_KIB = 1024 * 1024

/**
 * Shell text that defines `wanted`, which filters its standard input by lines; undefined when all lines are wanted.
 *
 * Where the variable `start` holds an expression (`recordStartOf`), each record is made one line before (its lines joined by the byte 1) and taken apart
 * again behind the filters: so a condition holds for a record as a whole, the frames of its trace included. Without it, it holds for a line.
 *
 * ripgrep is used where the box has it and the expressions mean the same to it as to POSIX (it is several times faster with alternations, and sixty
 * times faster than the grep of busybox).
 */
export function filterScript(filter: LogFilter): string | undefined {
  const conditions = [
    ...narrowedBy(filter).map((text) => ({ text, fixed: true, inverted: false })),
    ...filter.grep.map((text) => ({ text, fixed: false, inverted: false })),
    ...filter.not.map((text) => ({ text, fixed: false, inverted: true })),
  ]
  if (conditions.length === 0) return undefined
  const pipeline = (program: string, extended: string): string =>
    conditions
      .map(({ text, fixed, inverted }) => {
        const flags = `${inverted ? ' -v' : ''}${filter.ignoreCase ? ' -i' : ''}${fixed ? ' -F' : extended}`
        return `checked ${program}${flags} -e ${shellQuoted(text)}`
      })
      .join(' | ')
  const byGrep = `matching() { ${pipeline('grep -a', ' -E')}; }`
  const byRipgrep = `matching() { ${pipeline('rg --no-config -a --no-unicode --color never -N -I', '')}; }`
  const alike = conditions.every(({ text, fixed }) => fixed || meansTheSame(text))
  return `trust grep head awk${alike ? ' rg' : ''}
${alike ? `if works rg; then ${byRipgrep}; else ${byGrep}; fi` : byGrep}
${CHECKED}
${FOLDED}
wanted() { ulimit -v ${MEMORY_KIB} 2>/dev/null; if [ -n "$start" ]; then folded | matching | tr '\\001' '\\n'; else matching; fi; }`
}

/** What the box says on standard error. */
export const FILTER_FAILED = 'a filter of the box was ended or failed'

/** 0 and 1 are answers; 128 + SIGPIPE (256 + of ksh): enough was sent. All else is none, of which a filter itself says no more than the reason. */
const CHECKED = `checked() {
  "$@"; set -- $?
  case $1 in 0|1|141|269) ;; *) echo '${FILTER_FAILED}' >&2;; esac
  return $1
}`

const FOLDED = String.raw`folded() { awk 'BEGIN { ORS = "" } /'"$start"'/ || !n { if (n++) print "\n"; print; next } { print "\001"; print } END { if (n) print "\n" }'; }`

/** Of a field, what its line surely holds as it is, however the format quotes it; the console decides. */
export function narrowedBy({ fields }: Pick<LogFilter, 'fields'>): readonly string[] {
  return fields.flatMap(({ name, value }) => {
    // Levels are written as numbers and letters too: `"level":50` is an error.
    if (/^(?:level|severity|priority)$/i.test(name)) return []
    const plain = (value.match(/[\w.:-]+/g) ?? []).toSorted((a, b) => b.length - a.length)[0]
    return plain === undefined ? [] : [plain]
  })
}

/** The expression is of the part of POSIX 9.4 that the syntax of Rust's regex crate has in common with it. */
function meansTheSame(text: string): boolean {
  if (!/^(?:[\w \-:;,<>="'!@#%&~/.*+?()|[\]^$]|\\[.[\]()*+?|^$])*$/.test(text)) return false
  if (text.includes('[') && text.includes('\\')) return false
  return !/&&|--|~~|\[:|\(\?|\(\)|[*+?][*+?]|^[*+?|]|[(|][*+?|)]|\|$/.test(text)
}

const PREFIX_BYTES = 24
/** What is shorter begins other lines too. Bytes. */
const LEAST_PREFIX = 4
const NEWLINE = 0x0a
/** Characters that stand for themselves in an expression of awk, in single quotes. */
const PLAIN = /^[A-Za-z0-9:,_<-]$/

/**
 * An extended regular expression for the beginning of a record, learnt from some blocks of the log: what all lines with a time begin with and no line
 * without one does. Undefined: there is none, or no record there has more than one line (`isMultiLine` tells which). It holds no space.
 */
export function recordStartOf(
  blocks: readonly { readonly bytes: Uint8Array; readonly fromStart: boolean }[],
  layout: LineLayout,
): { readonly isMultiLine: boolean; readonly recordStart: string | undefined } {
  const starts: Uint8Array[] = []
  const others: Uint8Array[] = []
  for (const { bytes, fromStart } of blocks) {
    let start = fromStart ? 0 : bytes.indexOf(NEWLINE) + 1
    if (start === 0 && !fromStart) continue
    for (let end = bytes.indexOf(NEWLINE, start); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      const goesOn = layout.continues(bytes, start, end)
      if (end > start) (goesOn ? others : starts).push(bytes.subarray(start, Math.min(end, start + PREFIX_BYTES)))
      start = end + 1
    }
  }
  if (others.length === 0 || starts.length === 0) return { isMultiLine: others.length > 0, recordStart: undefined }
  const prefix = prefixOf(starts)
  const expression = new RegExp(prefix)
  const fits = others.some((line) => expression.test(Buffer.from(line).toString('latin1')))
  return { isMultiLine: true, recordStart: fits || prefix === '' ? undefined : prefix }
}

/** Place by place what all lines have in common: one character, a digit, a letter. */
function prefixOf(lines: readonly Uint8Array[]): string {
  const length = Math.min(...lines.map((line) => line.length))
  let prefix = ''
  let kept = ''
  let count = 0
  for (let at = 0; at < length; at += 1) {
    const seen = [...new Set(lines.map((line) => String.fromCharCode(line[at] ?? 0)))]
    const place = seen.length === 1 && PLAIN.test(seen[0] ?? '') ? seen[0] : classOf(seen)
    if (place === undefined) break
    prefix += place
    if (place === '.') continue
    kept = prefix
    count += 1
  }
  return count >= LEAST_PREFIX ? `^${kept}` : ''
}

function classOf(seen: readonly string[]): string | undefined {
  const all = (form: RegExp): boolean => seen.every((character) => form.test(character))
  if (all(/[0-9]/)) return '[0-9]'
  if (all(/[0-9 ]/)) return '.'
  if (all(/[A-Za-z]/)) return '[A-Za-z]'
  return seen.length === 1 ? '.' : undefined
}
