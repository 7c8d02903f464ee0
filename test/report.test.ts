import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { listed, nameAndReason, notListed } from './report.ts'

const root = path.resolve(import.meta.dirname, '..')
const folder = mkdtempSync(path.join(tmpdir(), 'halligan-report-'))
symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('the list of tests that may be skipped', () => {
  it('is read from the table', () => {
    expect(listed('# Title\n\n| test | why |\n| --- | --- |\n| a.ts > b > * | no such machine |\n')).toEqual([
      'a.ts > b > *',
    ])
  })

  it('lets through what it names, with a reason, and nothing else', () => {
    const named = { name: 'a.ts > b > c', why: 'needs root' }
    const silent = { name: 'a.ts > b > d', why: nameAndReason('a.ts', 'b > d', undefined).why }
    const other = { name: 'x.ts > b', why: 'needs root' }
    expect(notListed([named, silent, other], ['a.ts > b > *'])).toEqual([silent, other])
    expect(notListed([named], ['a.ts > b > c.'])).toEqual([named])
  })

  it('takes the reason from the note or from the title', () => {
    expect(nameAndReason('a.ts', 'b > c', 'needs root')).toEqual({ name: 'a.ts > b > c', why: 'needs root' })
    expect(nameAndReason('a.ts', 'b (skipped: needs gcc) > c', undefined)).toEqual({
      name: 'a.ts > b > c',
      why: 'needs gcc',
    })
  })
})

describe('the closing line', () => {
  it('counts, stands alone and comes last; outside CI a skipped test is no failure', () => {
    const { status, lines } = run("it('one', () => {}); it('two', (context) => context.skip('needs a horse'))", '')
    expect(lines).toContain('skipped: some.test.ts > two: needs a horse')
    expect(lines.at(-1)).toBe('1 passed, 0 failed, 1 skipped')
    expect(status).toBe(0)
  })

  it('under CI a skipped test that is not listed has failed', () => {
    const { status, lines } = run("it('one', () => {}); it('two', (context) => context.skip('needs a horse'))", 'true')
    expect(lines.at(-1)).toBe('1 passed, 1 failed, 0 skipped')
    expect(status).toBe(1)
  })

  it.each([
    "it('one', () => { throw new Error('no') })",
    "throw new Error('not even loaded')",
    "import './missing.ts'",
  ])('counts a failure: %s', (code) => {
    const { status, lines } = run(code, '')
    expect(lines.at(-1)).toMatch(/^0 passed, 1 failed, 0 skipped$/u)
    expect(status).toBe(1)
  })

  it('counts tests as failed whose set-up failed, and never as skipped alone', () => {
    const { status, lines } = run("beforeAll(() => { throw new Error('no') }); it('one', () => {})", '')
    expect(lines.at(-1)).toMatch(/ [1-9]\d* failed, /u)
    expect(status).toBe(1)
  })
})

function run(code: string, ci: '' | 'true'): { status: number | null; lines: readonly string[] } {
  writeFileSync(path.join(folder, 'some.test.ts'), `import { beforeAll, it } from 'vitest'\nvoid beforeAll\n${code}\n`)
  const argv = ['run', '--root', folder, '--reporter', 'dot', '--reporter', path.join(root, 'test', 'report.ts')]
  const { status, stdout } = spawnSync(process.execPath, [path.join(root, 'node_modules/vitest/vitest.mjs'), ...argv], {
    encoding: 'utf8',
    env: { ...process.env, CI: ci, VITEST: undefined, VITEST_WORKER_ID: undefined, VITEST_POOL_ID: undefined },
  })
  return { status, lines: stdout.trimEnd().split('\n') }
}
