import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openSqliteStore } from '../../src/incidents/sqlite-store.ts'
import type { AnyEntry } from '../../src/incidents/store.ts'
import { INCIDENT, recordIncident } from './incident.ts'

const root = path.resolve(import.meta.dirname, '../..')
const home = mkdtempSync(path.join(tmpdir(), 'halligan-write-up-home-'))
let folder = ''

beforeAll(async () => {
  const store = await recordIncident(home)
  await store.close()
})
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'halligan-write-up-'))
  return () => rmSync(folder, { recursive: true })
})
afterAll(() => rmSync(home, { recursive: true }))

const file = (name: string): string => path.join(folder, name)
const text = (name: string): string => readFileSync(file(name), 'utf8')

describe('halligan write-up', () => {
  it('prints it, and records nothing, without a file', async () => {
    const before = await lastEntry()
    const { stdout, stderr, status } = halligan()
    expect(status).toBe(0)
    expect(stdout).toContain('# Checkout returns 500s')
    expect(stderr).toMatch(/^halligan: entries 1 to 28 of 20261125-k7qm, head [0-9a-f]{64}\.\n$/)
    expect((await lastEntry())?.seq).toBe(before?.seq)
    expect(halligan('--html').stdout).toMatch(/^<!doctype html>/)
  })

  it('writes it, and records that into an incident that is closed, without where it lies', async () => {
    const { stdout, status } = halligan('--out', file('checkout.md'), '--html')
    expect(status).toBe(0)
    expect(stdout).toMatch(/head [0-9a-f]{64}\./)
    expect(readdirSync(folder).toSorted()).toEqual(['checkout.html', 'checkout.md'])
    const entry = await lastEntry()
    expect(entry).toMatchObject({
      did: 'wrote-up',
      payload: { file: 'checkout.html', head: /head ([0-9a-f]{64})/.exec(stdout)?.[1] },
    })
    expect(JSON.stringify(entry)).not.toContain(folder)
  })

  it('writes and records nothing new when there is none', async () => {
    halligan('--out', file('a.md'))
    const [before, written] = [await lastEntry(), text('a.md')]
    const { stdout, status } = halligan('--out', file('a.md'))
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('is as it would be written') })
    expect(text('a.md')).toBe(written)
    expect((await lastEntry())?.seq).toBe(before?.seq)
  })

  it('keeps what was changed, in the Markdown and so in the page', () => {
    halligan('--out', file('a.md'), '--html')
    writeFileSync(file('a.md'), text('a.md').replace('Twenty minutes of traffic', 'An hour of <b>traffic</b>'))
    const { stdout } = halligan('--out', file('a.md'), '--html')
    expect(stdout).toContain('Kept as you changed them: summary.')
    expect(text('a.md')).toContain('An hour of <b>traffic</b>')
    expect(text('a.html')).toContain('An hour of &lt;b&gt;traffic&lt;/b&gt;')
    halligan('--out', file('a.md'), '--renew', 'summary')
    expect(text('a.md')).toContain('Twenty minutes of traffic')
  })

  it('shows every entry that the author links to', () => {
    halligan('--out', file('a.md'))
    const without = text('a.md').replaceAll('[#18](#entry-18)', 'x').replace('## The record', '## The record of it')
    writeFileSync(file('a.md'), without)
    halligan('--out', file('a.md'), '--renew', 'record')
    expect(text('a.md')).not.toContain('### Entry 18')
    writeFileSync(file('a.md'), text('a.md').replace('## Follow-ups', '## Follow-ups\n\nSee [there](#entry-18).'))
    halligan('--out', file('a.md'))
    expect(text('a.md')).toContain('### Entry 18')
  })

  it('takes front matter once it was asked for, and keeps it', () => {
    halligan('--out', file('a.md'), '--front-matter', 'hugo')
    expect(text('a.md')).toMatch(/^---\n# halligan:front-matter hugo [0-9a-f]{16}\ntitle: "checkout returns 500s"\n/)
    writeFileSync(file('a.md'), text('a.md').replace('draft: true', 'draft: false'))
    const { stdout } = halligan('--out', file('a.md'))
    expect(stdout).toContain('Kept as you changed them: front-matter.')
    expect(text('a.md')).toContain('draft: false')
  })

  it.each([
    ['notes.md', '# My notes\n', []],
    ['notes.html', '<p>mine</p>', ['--html']],
  ])('does not write over %s, which is none of ours', (name, content, flags) => {
    writeFileSync(file(name), content)
    const { stderr, status } = halligan('--out', file('notes.md'), ...flags)
    expect(status).toBe(1)
    expect(stderr).toContain(`${file(name)} is there already, and was not written by halligan. Nothing was written.`)
    expect(readdirSync(folder)).toEqual([name])
    expect(halligan('--out', file('notes.md'), ...flags, '--force').status).toBe(0)
    expect(text(`${name}~`)).toBe(content)
    expect(text('notes.md')).toContain('# Checkout returns 500s')
  })

  it('does not write over the write-up of another incident, nor a page that was changed by hand', () => {
    halligan('--out', file('a.md'), '--html')
    writeFileSync(
      file('b.md'),
      text('a.md').replace('halligan:write-up 20261125-k7qm', 'halligan:write-up 20261125-xxxx'),
    )
    expect(halligan('--out', file('b.md')).stderr).toContain('is that of 20261125-xxxx')
    writeFileSync(file('a.html'), text('a.html').replace('Checkout', 'Checkin'))
    const { stderr, status } = halligan('--out', file('a.md'), '--html')
    expect(status).toBe(1)
    expect(stderr).toContain('was changed by hand')
    expect(text('a.html')).toContain('Checkin')
  })

  it.each([
    [['--out', 'a.html', '--html'], '--out names the Markdown'],
    [['--renew', 'summary'], '--renew is about a file'],
    [['--runbook', '--html'], '--runbook goes with neither'],
    [['--front-matter', 'gatsby'], "'gatsby' is invalid"],
  ])('says what is wrong with %j', (flags, said) => {
    const { stderr, status } = halligan(...flags)
    expect(status).toBe(2)
    expect(stderr).toContain(said)
    expect(stderr).toMatch(/Try: halligan/)
  })

  it('says which sections there are', () => {
    halligan('--out', file('a.md'))
    const { stderr, status } = halligan('--out', file('a.md'), '--renew', 'sumary')
    expect(status).toBe(2)
    expect(stderr).toContain('There is no section "sumary".\nTry: Sections are title, summary, impact')
  })

  it('writes a runbook that is kept as well, or a script that is not written over', () => {
    expect(halligan('--runbook', '--out', file('find.md')).status).toBe(0)
    writeFileSync(file('find.md'), text('find.md').replace('## Find it', '## Find it, quickly'))
    expect(halligan('--runbook', '--out', file('find.md')).stdout).toContain('Kept as you changed them: steps.')
    expect(halligan('--out', file('find.md')).stderr).toContain('is that of 20261125-k7qm-runbook')
    expect(halligan('--runbook', 'sh', '--out', file('find.sh')).status).toBe(0)
    expect(halligan('--runbook', 'sh', '--out', file('find.sh')).stdout).toContain('is as it would be written')
    writeFileSync(file('find.sh'), `${text('find.sh')}# mine\n`)
    expect(halligan('--runbook', 'sh', '--out', file('find.sh')).stderr).toContain('was changed by hand')
    expect(text('find.sh')).toContain('# mine')
  })

  it('says that a folder is not there, and leaves nothing', () => {
    const { stderr, status } = halligan('--out', file('no/a.md'))
    expect(status).toBe(1)
    expect(stderr).toMatch(/could not be written \(ENOENT.*\nTry: Name a file in a folder/)
    expect(existsSync(file('no'))).toBe(false)
  })
})

function halligan(...flags: readonly string[]): {
  readonly stdout: string
  readonly stderr: string
  readonly status: number | null
} {
  const argv = ['src/main.ts', 'write-up', '--incident', INCIDENT, ...flags]
  const env = { ...process.env, HALLIGAN_HOME: home, HALLIGAN_INCIDENT: '' }
  const { stdout, stderr, status } = spawnSync(process.execPath, argv, { cwd: root, env, encoding: 'utf8' })
  return { stdout, stderr, status }
}

async function lastEntry(): Promise<AnyEntry | undefined> {
  const store = openSqliteStore(home)
  const [entry] = await store.read(INCIDENT, { last: true, limit: 1 })
  await store.close()
  return entry
}
