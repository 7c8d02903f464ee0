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
}: {
  readonly list?: readonly string[]
  readonly changed?: readonly string[]
  readonly journal?: readonly string[]
}): Units {
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-units-'))
  try {
    for (const name of ['system', 'run/units']) mkdirSync(path.join(folder, name), { recursive: true })
    symlinkSync('0a1b', path.join(folder, 'run/units/invocation:systemd-journald.service'))
    const loaded = path.join(folder, 'run/systemd-units-load')
    writeFileSync(loaded, '')
    utimesSync(loaded, 1_000, 1_000)
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
          *.service) printf 'Id=%s\\nLoadState=loaded\\nActiveState=failed\\nNeedDaemonReload=yes\\nInvocationID=0a1b\\nResult=exit-code\\n\\n' "$word";;
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
    const text = execFileSync('sh', { input: script, cwd: folder, encoding: 'utf8' })
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
