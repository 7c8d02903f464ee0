import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { helpers } from '../collector.ts'
import { units, type Units } from './units.ts'

/**
 * The script over folders that are not those of this machine, and what is read from its answer. `systemctl show` says of each unit that it has failed, and
 * of a template what the real one says; `journalctl` says those lines.
 */
function asked({
  list = [],
  changed = [],
  journal = [],
  marked = true,
}: {
  /** Systemd marks its last reload. */
  readonly marked?: boolean
  readonly list?: readonly string[]
  readonly changed?: readonly string[]
  readonly journal?: readonly string[]
}): Units {
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-units-'))
  try {
    for (const name of ['system', 'run/units']) mkdirSync(path.join(folder, name), { recursive: true })
    symlinkSync('0a1b', path.join(folder, 'run/units/invocation:systemd-journald.service'))
    const loaded = path.join(folder, 'run/systemd-units-load')
    if (marked) writeFileSync(loaded, '')
    if (marked) utimesSync(loaded, 1_000, 1_000)
    for (const name of changed) writeFileSync(path.join(folder, 'system', name), '')
    writeFileSync(path.join(folder, 'journal'), journal.map((line) => `${line}\n`).join(''))
    const rows = list.map((name) => `${name} loaded failed failed Of a test`).join('\n')
    const stands = `
systemctl() {
  case $1 in
    list-units) printf '%s\\n' '${rows}';;
    show)
      for word; do
        case $word in
          *@.service) echo 'Failed to get properties: it is neither a valid invocation ID nor unit name' >&2; return 1;;
          *.service) date -d @1767323045 '+StateChangeTimestamp=%a %Y-%m-%d %H:%M:%S %Z%nInactiveEnterTimestamp=%a %Y-%m-%d %H:%M:%S %Z'; printf 'Id=%s\\nLoadState=loaded\\nActiveState=failed\\nNeedDaemonReload=yes\\nInvocationID=0a1b\\nResult=exit-code\\n\\n' "$word";;
        esac
      done;;
  esac
}
journalctl() { cat '${folder}/journal'; }
stat1='1 (init) S 0'`
    const script = `${helpers}\n${stands}\n${units.script}`
      .replaceAll('/etc/systemd/system', `${folder}/system`)
      .replaceAll('/run/systemd/units', `${folder}/run/units`)
      .replaceAll('/run/systemd/systemd-units-load', loaded)
    const text = execFileSync('sh', {
      input: script,
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C', TZ: 'Europe/Berlin' },
    })
    return units.parse({ during: { atSeconds: 1, text: text.trimEnd() } }, { beganAtMs: 0 })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const failed = (number: number): readonly string[] =>
  Array.from({ length: number }, (_, at) => `failed-${String(at).padStart(2, '0')}.service`)

describe('the script of units', () => {
  it('asks for those that have changed, and not for a template, at which systemctl stops', () => {
    const { details } = asked({ changed: ['a@.service', 'orders.service'] })
    expect([...(details ?? [])].map(([name, { needsReload }]) => [name, needsReload])).toEqual([
      ['orders.service', true],
    ])
  })

  it('has the times of the clock in UTC, wherever the box is', () => {
    const { units: list, details } = asked({ list: failed(1) })
    expect(details?.get('failed-00.service')?.changedAtMs).toBe(1_767_323_045_000)
    expect(list[0]?.ending?.endedAtMs).toBe(1_767_323_045_000)
  })

  it.each(['n/a', '', 'Fri 2026-01-02 04:04:05 CET', 'Fri 2026-01-02 03:04:05.123 UTC'])(
    'reads no time from "%s"',
    (said) => {
      const text = `systemd\n\nId=a.service\nLoadState=loaded\nActiveState=active\nStateChangeTimestamp=${said}\n`
      const { details } = units.parse({ during: { atSeconds: 1, text } }, { beganAtMs: 0 })
      expect(details?.get('a.service')).toMatchObject({ load: 'loaded' })
      expect(details?.get('a.service')?.changedAtMs).toBeUndefined()
    },
  )

  it('says that it has compared the files, where systemd marks its last reload', () => {
    expect(asked({}).compared).toBe(true)
    expect(asked({ marked: false }).compared).toBeUndefined()
  })

  it('asks for what has failed first, however many have changed', () => {
    const changed = Array.from({ length: 60 }, (_, at) => `changed-${at}.service`)
    const { details } = asked({ list: failed(2), changed })
    expect([...(details?.keys() ?? [])].slice(0, 2)).toEqual(failed(2))
    expect(details?.size).toBe(40)
  })

  it('ends a line that it cuts before its last word, in which half a secret would be known as none', () => {
    const word = 'postgres://orders:hunter22secret@db-1/orders'
    const { logged } = asked({
      list: failed(1),
      journal: ['short', `${'x'.repeat(270)} ${word}`, 'y'.repeat(400)],
    })
    expect(logged?.get('failed-00.service')).toEqual(['short', `${'x'.repeat(270)} ...`, '...'])
  })
})
