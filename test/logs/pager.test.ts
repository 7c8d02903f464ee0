import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { running } from '../live/shells.ts'
import { environment, halligan, MAIN } from '../record/command.ts'

// A pager reads colours from a pipe, and goes when its reader has seen enough.

const folder = mkdtempSync(path.join(tmpdir(), 'halligan-pager-'))
const home = path.join(folder, 'home')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const log = path.join(folder, 'app.log')
writeFileSync(
  log,
  Array.from(
    { length: 20_000 },
    (_, at) =>
      `2026-11-26T08:${String(Math.floor(at / 334)).padStart(2, '0')}:00Z ${at % 9 === 0 ? 'ERROR' : 'INFO'} request ${at} was served\n`,
  ).join(''),
)

describe('into a pager', { timeout: 60_000 }, () => {
  it('colours come where they are asked for, and only there', () => {
    const sought = ['logs', 'local', log, '--grep', 'ERROR request [0-9]{1,3} ']
    const usual = halligan(home, sought)
    const coloured = halligan(home, [...sought, '--color', 'always'])
    expect([usual.code, coloured.code, coloured.stderr]).toEqual([0, 0, usual.stderr])
    expect(coloured.stdout.startsWith('\u001b[1;31m2026-11-26T08:00:00Z \u001b[7mERROR request 0 \u001b[27m')).toBe(
      true,
    )
    // oxlint-disable-next-line no-control-regex -- these codes are our own
    expect(coloured.stdout.replaceAll(/\u001b\[[\d;]*m/g, '')).toBe(usual.stdout)
  })

  it.each([
    ['records of a file', `"$NODE" "$MAIN" logs local ${log} --lines --color always`],
    ['records of standard input', `cat ${log} | "$NODE" "$MAIN" logs - --lines`],
    ['what is followed', `"$NODE" "$MAIN" logs local ${log} -f -n 20000`],
  ])('that has gone ends it quietly, and nothing is left: %s', (_what, command) => {
    const { stdout, stderr } = spawnSync('bash', ['-c', `{ ${command}; echo "ended with $?" >&2; } | head -n 1`], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...environment(home), NODE: process.execPath, MAIN },
    })
    expect(stdout.split('\n')).toHaveLength(2)
    expect(stderr).toBe('ended with 0\n')
    expect(running(log)).toEqual([])
  })
})
