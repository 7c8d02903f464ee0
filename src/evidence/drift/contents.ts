import { shellQuoted } from '../../base/shell-quoted.ts'
import { PLAIN_PATH } from './plain-path.ts'

/** Of one file that is shown; of a longer one it is only said that it differs. Bytes. */
export const CONTENT_BYTES = 256 * 1024

/**
 * POSIX sh that prints some files of a deployed folder as they are now, and what the box knows of who was there: logins (last(1)) and what was done by sudo.
 * A file that has become a symbolic link meanwhile is left out, as is one behind such a folder.
 *
 * @param paths below the folder, as text
 * @param sinceMs clock of the box: what was done by sudo before is of no interest
 */
export function contentsScript(root: string, paths: readonly string[], boundary: string): string {
  const shown = paths.map((each, at) => `show ${at} ${shellQuoted(each)}`)
  return `export LC_ALL=C; unset CDPATH
have() { command -v "$1" >/dev/null 2>&1; }
section() { printf '\\n%s %s\\n' ${boundary} "$1"; }${PLAIN_PATH}
cd -P -- ${shellQuoted(root)} || exit 1
show() {
  plain "$2" || return 0
  [ -f "$at" ] && [ -r "$at" ] || return 0
  section "content $1"; head -c ${CONTENT_BYTES} "$at"
}
${shown.join('\n')}
section logins
if have last; then last -w --time-format iso -n 500 2>&1 | head -c 65536; else echo 'halligan: no last on the box'; fi
section sudo
{ { have journalctl && journalctl -q --no-pager -o short-iso -n 400 _COMM=sudo 2>/dev/null; } ||
  for log in /var/log/auth.log /var/log/secure; do
    [ ! -e $log ] || { [ -r $log ] || echo "halligan: $log may not be read"; tail -n 20000 $log 2>/dev/null | grep -a ' sudo' | tail -n 400; }
  done
} | head -c 131072
section end
`
}

export interface Contents {
  /** By place in the list that was asked for. */
  readonly files: ReadonlyMap<number, Buffer>
  readonly logins: readonly Login[]
  readonly sudo: readonly SudoLine[]
  /** What could not be read of the last two, and why. */
  readonly blind: readonly { readonly what: string; readonly why: string }[]
  readonly whole: boolean
}

/** A time at which somebody was logged in. Clock of the box. */
export interface Login {
  readonly user: string
  readonly from: string
  readonly fromMs: number
  /** Undefined: still there, or nobody wrote down the end. */
  readonly toMs: number | undefined
}

export interface SudoLine {
  readonly atMs: number
  /** `amy : TTY=pts/0 ; PWD=/srv/shop ; USER=root ; COMMAND=/usr/bin/vim lib/cart.js`. */
  readonly text: string
}

/** Reads what `contentsScript` printed. Total. */
export function readContents(answer: Uint8Array, boundary: string): Contents {
  const bytes = Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength)
  const mark = Buffer.from(`\n${boundary} `)
  const files = new Map<number, Buffer>()
  const sections = new Map<string, string>()
  for (let start = bytes.indexOf(mark); start !== -1;) {
    const next = bytes.indexOf(mark, start + mark.length)
    const newline = bytes.indexOf('\n', start + mark.length)
    if (newline === -1) break
    const name = bytes.toString('latin1', start + mark.length, newline)
    const [, at] = /^content (\d{1,6})$/.exec(name) ?? []
    const end = next === -1 ? bytes.length : next
    // One that was cut off by the end of the answer would look changed.
    if (at !== undefined && next !== -1) files.set(Number(at), bytes.subarray(newline + 1, Math.max(newline + 1, end)))
    else if (at === undefined) sections.set(name, bytes.toString('utf8', newline + 1, Math.max(newline + 1, end)))
    start = next
  }
  const logins = sections.get('logins')
  const sudo = sections.get('sudo')
  return {
    files,
    logins: (logins ?? '').split('\n').flatMap(loginIn),
    sudo: (sudo ?? '').split('\n').flatMap(sudoIn),
    blind: [...blindLogins(logins), ...blindSudo(sudo)],
    whole: sections.has('end'),
  }
}

const ISO = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)`
/** `amy  pts/0  10.0.0.5  2026-11-26T05:44:35+00:00 - 2026-11-26T06:00:00+00:00  (00:15)`, or `  still logged in`. */
const LOGIN = new RegExp(String.raw`^(\S+)\s+(\S.*?)\s+(${ISO})(?:\s+-\s+(${ISO}|crash|down))?`)

function loginIn(line: string): readonly Login[] {
  const [, user = '', from = '', began = '', ended] = LOGIN.exec(line) ?? []
  const fromMs = timeOf(began)
  if (
    user === '' ||
    user === 'reboot' ||
    user === 'shutdown' ||
    user === 'runlevel' ||
    /^\S*tmp$/.test(user) ||
    fromMs === undefined
  )
    return []
  return [{ user, from: from.replaceAll(/\s+/g, ' '), fromMs, toMs: ended === undefined ? undefined : timeOf(ended) }]
}

/** With its time in ISO 8601, as journald and newer syslog daemons write it; older logs have no year. */
const SUDO = new RegExp(String.raw`^(${ISO}) \S+ sudo(?:\[\d+\])?:\s*(.*COMMAND=.*)$`)

function sudoIn(line: string): readonly SudoLine[] {
  const [, at = '', text = ''] = SUDO.exec(line) ?? []
  const atMs = timeOf(at)
  return atMs === undefined ? [] : [{ atMs, text }]
}

function timeOf(text: string): number | undefined {
  const atMs = Date.parse(text.replace(',', '.').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
  return Number.isNaN(atMs) ? undefined : atMs
}

function blindLogins(text: string | undefined): Contents['blind'] {
  const what = 'who was logged in'
  if (text === undefined) return [{ what, why: 'the answer was cut off' }]
  const [, why] = /^halligan: (.+)/.exec(text) ?? []
  if (why !== undefined) return [{ what, why }]
  // busybox does not know the option, and prints how it is used.
  return text === '' || /^(?:\S+\s.*\d{4}-\d\d-\d\dT|\n?\S*wtmp\S* begins)/m.test(text)
    ? []
    : [{ what, why: 'last on the box tells no full times (--time-format)' }]
}

function blindSudo(text: string | undefined): Contents['blind'] {
  const what = 'what was done by sudo'
  if (text === undefined) return [{ what, why: 'the answer was cut off' }]
  const [, why] = /^halligan: (.+)/.exec(text) ?? []
  if (why !== undefined) return [{ what, why }]
  const lines = text.split('\n').filter((line) => line.includes('COMMAND='))
  if (text.trim() === '')
    return [{ what, why: 'neither the journal nor /var/log/auth.log has a line of it for this user' }]
  return lines.length > 0 && lines.flatMap(sudoIn).length === 0
    ? [{ what, why: 'its times are in a form without a year' }]
    : []
}
