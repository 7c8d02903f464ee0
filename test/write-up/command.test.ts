import { CommanderError } from 'commander'
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { openSqliteStore } from '../../src/incidents/sqlite-store.ts'
import type { AnyEntry } from '../../src/incidents/store.ts'
import { program } from '../../src/views/program.ts'
import { Problem, problemWords } from '../../src/views/problem.ts'
import { INCIDENT, recordIncident } from './incident.ts'

const said = vi.hoisted(() => ({ stdout: '', stderr: '' }))
vi.mock('../../src/views/console.ts', async (original) => ({
  ...(await original<object>()),
  print: async (text: string) => void (said.stdout += text),
}))

const home = mkdtempSync(path.join(tmpdir(), 'halligan-write-up-home-'))
let folder = ''

beforeAll(async () => {
  process.env['HALLIGAN_HOME'] = home
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
    const { stdout, stderr, status } = await halligan()
    expect(status).toBe(0)
    expect(stdout).toContain('# Checkout returns 500s')
    expect(stderr).toMatch(/^halligan: entries 1 to 28 of 20261125-k7qm, head [0-9a-f]{64}\.\n$/)
    expect((await lastEntry())?.seq).toBe(before?.seq)
    expect((await halligan('--html')).stdout).toMatch(/^<!doctype html>/)
  })

  it('writes it, and records that into an incident that is closed, without where it lies', async () => {
    const { stdout, status } = await halligan('--out', file('checkout.md'), '--html')
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

  it('writes the page beside the Markdown, and says where, rather than print it onto a terminal', async () => {
    const [before, isTTY] = [process.cwd(), process.stdout.isTTY]
    process.chdir(folder)
    process.stdout.isTTY = true
    try {
      const { stdout, status } = await halligan('--html')
      expect(status).toBe(0)
      const real = realpathSync(folder)
      expect(stdout).toContain(`Wrote ${path.join(real, `${INCIDENT}.md`)}: entries 1 to 28`)
      expect(stdout).toContain(`Wrote ${path.join(real, `${INCIDENT}.html`)}: entries 1 to 28`)
      expect(stdout).not.toContain('<html')
      expect(readdirSync(folder).toSorted()).toEqual([`${INCIDENT}.html`, `${INCIDENT}.md`])
      // Who wants to see it there can.
      expect((await halligan('--html', '--out', '-')).stdout).toMatch(/^<!doctype html>/)
      expect((await halligan()).stdout).toContain('# Checkout returns 500s')
    } finally {
      process.stdout.isTTY = isTTY
      process.chdir(before)
    }
  })

  it('writes and records nothing new when there is none', async () => {
    await halligan('--out', file('a.md'))
    const [before, written] = [await lastEntry(), text('a.md')]
    const { stdout, status } = await halligan('--out', file('a.md'))
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('is as it would be written') })
    expect(text('a.md')).toBe(written)
    expect((await lastEntry())?.seq).toBe(before?.seq)
  })

  it('keeps what was changed, in the Markdown and so in the page', async () => {
    await halligan('--out', file('a.md'), '--html')
    writeFileSync(file('a.md'), text('a.md').replace('Twenty minutes of traffic', 'An hour of <b>traffic</b>'))
    const { stdout } = await halligan('--out', file('a.md'), '--html')
    expect(stdout).toContain('Kept as you changed them: summary.')
    expect(text('a.md')).toContain('An hour of <b>traffic</b>')
    expect(text('a.html')).toContain('An hour of &lt;b&gt;traffic&lt;/b&gt;')
    await halligan('--out', file('a.md'), '--renew', 'summary')
    expect(text('a.md')).toContain('Twenty minutes of traffic')
  })

  it('shows every entry that the author links to', async () => {
    await halligan('--out', file('a.md'))
    const without = text('a.md').replaceAll('[#18](#entry-18)', 'x').replace('## The record', '## The record of it')
    writeFileSync(file('a.md'), without)
    await halligan('--out', file('a.md'), '--renew', 'record')
    expect(text('a.md')).not.toContain('### Entry 18')
    writeFileSync(file('a.md'), text('a.md').replace('## Follow-ups', '## Follow-ups\n\nSee [there](#entry-18).'))
    await halligan('--out', file('a.md'))
    expect(text('a.md')).toContain('### Entry 18')
  })

  it('takes front matter once it was asked for, and keeps it', async () => {
    await halligan('--out', file('a.md'), '--front-matter', 'hugo')
    expect(text('a.md')).toMatch(/^---\n# halligan:front-matter hugo [0-9a-f]{16}\ntitle: "checkout returns 500s"\n/)
    writeFileSync(file('a.md'), text('a.md').replace('draft: true', 'draft: false'))
    const { stdout } = await halligan('--out', file('a.md'))
    expect(stdout).toContain('Kept as you changed them: front-matter.')
    expect(text('a.md')).toContain('draft: false')
  })

  it.each([
    ['notes.md', '# My notes\n', []],
    ['notes.html', '<p>mine</p>', ['--html']],
  ])('does not write over %s, which is none of ours', async (name, content, flags) => {
    writeFileSync(file(name), content)
    const { stderr, status } = await halligan('--out', file('notes.md'), ...flags)
    expect(status).toBe(1)
    expect(stderr).toContain(`${file(name)} is there already, and was not written by halligan. Nothing was written.`)
    expect(readdirSync(folder)).toEqual([name])
    expect((await halligan('--out', file('notes.md'), ...flags, '--force')).status).toBe(0)
    expect(text(`${name}~`)).toBe(content)
    expect(text('notes.md')).toContain('# Checkout returns 500s')
  })

  it('does not write over the write-up of another incident, nor a page that was changed by hand', async () => {
    await halligan('--out', file('a.md'), '--html')
    writeFileSync(
      file('b.md'),
      text('a.md').replace('halligan:write-up 20261125-k7qm', 'halligan:write-up 20261125-xxxx'),
    )
    expect((await halligan('--out', file('b.md'))).stderr).toContain('is that of 20261125-xxxx')
    writeFileSync(file('a.html'), text('a.html').replace('Checkout', 'Checkin'))
    const { stderr, status } = await halligan('--out', file('a.md'), '--html')
    expect(status).toBe(1)
    expect(stderr).toContain('was changed by hand')
    expect(text('a.html')).toContain('Checkin')
  })

  it.each([
    [['--out', 'a.html', '--html'], '--out names the Markdown'],
    [['--renew', 'summary'], '--renew is about a file'],
    [['--runbook', '--html'], '--runbook goes with neither'],
    [['--front-matter', 'gatsby'], "'gatsby' is invalid"],
  ])('says what is wrong with %j', async (flags, said) => {
    const { stderr, status } = await halligan(...flags)
    expect(status).toBe(2)
    expect(stderr).toContain(said)
    expect(stderr).toMatch(/Try: halligan/)
  })

  it('says which sections there are', async () => {
    await halligan('--out', file('a.md'))
    const { stderr, status } = await halligan('--out', file('a.md'), '--renew', 'sumary')
    expect(status).toBe(2)
    expect(stderr).toContain('There is no section "sumary".\nTry: Sections are title, summary, impact')
  })

  it('writes a runbook that is kept as well, or a script that is not written over', async () => {
    expect((await halligan('--runbook', '--out', file('find.md'))).status).toBe(0)
    writeFileSync(file('find.md'), text('find.md').replace('## Find it', '## Find it, quickly'))
    expect((await halligan('--runbook', '--out', file('find.md'))).stdout).toContain('Kept as you changed them: steps.')
    expect((await halligan('--out', file('find.md'))).stderr).toContain('is that of 20261125-k7qm-runbook')
    expect((await halligan('--runbook', 'sh', '--out', file('find.sh'))).status).toBe(0)
    expect((await halligan('--runbook', 'sh', '--out', file('find.sh'))).stdout).toContain('is as it would be written')
    writeFileSync(file('find.sh'), `${text('find.sh')}# mine\n`)
    expect((await halligan('--runbook', 'sh', '--out', file('find.sh'))).stderr).toContain('was changed by hand')
    expect(text('find.sh')).toContain('# mine')
  })

  it('says that a folder is not there, and leaves nothing', async () => {
    const { stderr, status } = await halligan('--out', file('no/a.md'))
    expect(status).toBe(1)
    expect(stderr).toMatch(/could not be written \(ENOENT.*\nTry: Name a file in a folder/)
    expect(existsSync(file('no'))).toBe(false)
  })
})

interface Outcome {
  readonly stdout: string
  readonly stderr: string
  readonly status: number
}

/** The command as main.ts runs it, without the cost of a process. */
async function halligan(...flags: readonly string[]): Promise<Outcome> {
  Object.assign(said, { stdout: '', stderr: '' })
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.stderr += String(text)
    return true
  })
  let status = 0
  const commands = program((exitCode) => {
    status = exitCode
  })
  for (const command of [commands, ...commands.commands]) command.exitOverride()
  try {
    await commands.parseAsync(['write-up', '--incident', INCIDENT, ...flags], { from: 'user' })
  } catch (error) {
    if (error instanceof Problem) said.stderr += problemWords(error)
    else if (!(error instanceof CommanderError)) throw error
    status = error instanceof Problem ? error.exitCode : 2
  } finally {
    spy.mockRestore()
  }
  return { ...said, status }
}

async function lastEntry(): Promise<AnyEntry | undefined> {
  const store = openSqliteStore(home)
  const [entry] = await store.read(INCIDENT, { last: true, limit: 1 })
  await store.close()
  return entry
}
