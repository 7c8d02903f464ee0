import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Box } from '../../src/boxes/box.ts'
import { lostConnection } from '../../src/boxes/failures.ts'
import { localBox } from '../../src/boxes/local.ts'
import { shellBox } from '../../src/boxes/shell-box.ts'
import type { Pattern } from '../../src/findings/logs/pattern.ts'
import { traceStatements, type TraceOptions } from '../../src/steps/logs/trace.ts'
import { BLIND } from './blind.ts'
import { BY_HAND, corpus, patternOf, ranPrograms } from './corpus.ts'

/** What is searched with; ripgrep where this machine has it. */
const TOOLS = [...(inPath('rg') ? ['rg'] : []), 'git', 'grep', 'plain']

let folder = ''
const local = localBox()

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'halligan-trace-'))
})
afterAll(async () => {
  await local.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('the statement that writes a line', () => {
  it('is found for all that programs of the corpus write', async () => {
    const written = [...ranPrograms(), ...BY_HAND]
    const patterns = written.map(({ lines }) => patternOf(lines))
    const found = await traced(corpus, patterns, { limit: 100 })
    const places = written.map(({ file, has }, at) => [
      patterns[at]?.template,
      lineWith(path.join(corpus, file), file, has),
    ])
    expect(patterns.map((pattern) => [pattern.template, found.get(pattern)?.place])).toEqual(places)
    for (const pattern of patterns) expect(found.get(pattern)?.confidence).toBeGreaterThan(0.3)
  })

  it('is found for a blind sample in Java, Go, Ruby and C#', async () => {
    const patterns = BLIND.map(({ lines }) => patternOf(lines))
    const found = await traced(corpus, patterns, { limit: 100 })
    const missed = BLIND.filter(({ file, has }, at) => {
      const pattern = patterns[at]
      return pattern && found.get(pattern)?.place !== lineWith(path.join(corpus, file), file, has)
    })
    expect(missed.map(({ file, has }) => `${file}: ${has}`)).toEqual([])
  })

  it('shows the line, and further candidates', async () => {
    const pattern = patternOf(
      ['payment of order A-1 failed: no answer from x', 'payment of order B-2 failed: card declined'],
      {},
      'error',
    )
    const statement = (await traced(corpus, [pattern])).get(pattern)
    expect(statement).toMatchObject({ code: 'log.error(f"payment of order {order} failed: {error}")', by: 'text' })
    expect(statement?.place).toMatch(/^python\/orders\/gateway\.py:/)
    expect(statement?.others.some((place) => place.startsWith('tests/test_gateway.py:'))).toBe(true)
  })

  it('is found where the values have several words, so that the template is less than its text', async () => {
    const repository = made('several', { 'server.py': 'self.log_error("code %d, message %s", code, message)\n' })
    const pattern = {
      ...patternOf(['code 404, message File not found', 'code 501, message Unsupported']),
      template: 'code <*>',
    }
    expect((await traced(repository, [pattern])).get(pattern)?.place).toBe('server.py:1')
  })

  it('is not claimed where no text of the code has these words', async () => {
    const pattern = patternOf(['the moon eclipsed the harbour at 7', 'the moon eclipsed the harbour at 9'])
    expect(await traced(corpus, [pattern])).toEqual(new Map())
  })

  it('is told among equal ones by the logger and the place that the record names', async () => {
    const text = 'log.info("cache of prices was emptied")\n'
    const repository = made('equal', { 'shop/prices.py': text, 'shop/feeds.py': `\n\n${text}` })
    const byLogger = patternOf(['cache of prices was emptied'], { logger: 'shop.feeds' })
    const byPlace = patternOf(['cache of prices was emptied'], { statement: '/app/shop/prices.py:1' })
    const found = await traced(repository, [byLogger, byPlace])
    expect(found.get(byLogger)?.place).toBe('shop/feeds.py:3')
    expect(found.get(byPlace)?.place).toBe('shop/prices.py:1')
    expect(found.get(byLogger)?.confidence).toBeGreaterThan(0.5)
  })

  it('is the frame in which an exception arose where no text is found, in the file with the longest common path', async () => {
    const source = `${'\n'.repeat(11)}    total = sum(lines)[0]\n`
    const repository = made('frames', { 'api/src/orders.py': source, 'jobs/orders.py': source, 'orders.py': source })
    const trace = [
      'Traceback (most recent call last):',
      '  File "/usr/lib/python3.11/site-packages/flask/app.py", line 9, in run',
      '    go()',
      '  File "/app/src/orders.py", line 12, in total',
      '    total = sum(lines)[0]',
      'TypeError: not subscriptable',
    ].join('\n')
    const pattern = patternOf(['Unhandled'], { trace })
    const statement = (await traced(repository, [pattern])).get(pattern)
    expect(statement).toMatchObject({
      place: 'api/src/orders.py:12',
      code: 'total = sum(lines)[0]',
      by: 'frame',
      frames: [{ place: 'api/src/orders.py:12', code: 'total = sum(lines)[0]' }],
    })
  })

  it.each(TOOLS)('is found with %s as with the others', async (tool) => {
    const repository = made(`tool-${tool}`, {
      'src/a.py': 'log.error("pump %s lost its prime", name)\n',
      'node_modules/a.py': 'log.error("pump %s lost its prime", name)\n',
      'src/min.min.js': 'log.error("pump %s lost its prime", name)\n',
    })
    git(repository, 'init', '-q')
    const box = boxWith(tool)
    const pattern = patternOf(['pump 1 lost its prime', 'pump 2 lost its prime'])
    const found = await traceStatements(box, repository, [pattern])
    await box.close()
    expect(found.get(pattern)).toMatchObject({ place: 'src/a.py:1', others: [] })
  })
})

describe('the age of a statement', () => {
  it('is the last change of its line, with the commit that is checked out', async () => {
    const repository = made('aged', { 'a.py': 'log.info("first words here")\nlog.info("second sentence there")\n' })
    commit(repository, 'First of all', '2026-01-02T03:04:05Z')
    writeFileSync(
      path.join(repository, 'a.py'),
      'log.info("first words here")\nlog.info("second sentence elsewhere")\n',
    )
    commit(repository, 'Elsewhere', '2026-02-02T03:04:05Z')
    const patterns = [patternOf(['first words here']), patternOf(['second sentence elsewhere'])]
    const notices: string[] = []
    const found = await traced(repository, patterns, { onNotice: (text) => notices.push(text) })
    expect(patterns.map((pattern) => found.get(pattern)?.changed)).toMatchObject([
      { by: 'Ann', summary: 'First of all', atMs: Date.parse('2026-01-02T03:04:05Z') },
      { by: 'Ann', summary: 'Elsewhere', atMs: Date.parse('2026-02-02T03:04:05Z') },
    ])
    const head = git(repository, 'rev-parse', 'HEAD').trim()
    expect(found.get(patterns[0] as Pattern)?.checkedOut).toBe(head)
    expect(notices).toEqual([
      `${repository} is at ${head.slice(0, 10)}; the boxes may run another version, where lines have moved.`,
    ])
  })

  it('is not told of a line that is not committed, nor where there is no git', async () => {
    const repository = made('uncommitted', { 'a.py': 'log.info("first words here")\n' })
    const pattern = patternOf(['first words here'])
    const notices: string[] = []
    const without = await traced(repository, [pattern], { onNotice: (text) => notices.push(text) })
    expect(without.get(pattern)).toMatchObject({ place: 'a.py:1' })
    expect(without.get(pattern)).not.toHaveProperty('changed')
    expect(notices).toEqual([
      `${repository} is not under git: the ages of its lines, and which version it is, are not known.`,
    ])
    commit(repository, 'One', '2026-01-02T03:04:05Z')
    writeFileSync(path.join(repository, 'a.py'), 'log.info("first words here", 1)\n')
    expect((await traced(repository, [pattern])).get(pattern)).toMatchObject({
      place: 'a.py:1',
      note: 'this line is not committed',
    })
  })

  it('says that a folder is not there', async () => {
    const notices: string[] = []
    const missing = path.join(folder, 'nowhere')
    expect(
      await traced(missing, [patternOf(['first words here'])], { onNotice: (text) => notices.push(text) }),
    ).toEqual(new Map())
    expect(notices).toEqual([`There is no folder ${missing}, or it may not be entered: no statement was looked for.`])
  })
})

describe('a repository that means harm', () => {
  it('runs nothing of its own, and is not left by a symbolic link', async () => {
    const outside = made('outside', { 'secret.py': 'log.info("crown jewels are under the stairs")\n' })
    const repository = made('hostile', {
      'a\nb.py': 'log.info("crown jewels are in the tower")\n',
      'src/c.py': 'log.info("crown jewels are in the cellar")\n',
      '.gitattributes': '* filter=evil diff=evil\n',
      'huge.py': `x = "${'crown jewels '.repeat(100_000)}"\n`,
    })
    writeFileSync(
      path.join(repository, 'binary.py'),
      Buffer.from([0, 1, 2, ...Buffer.from('crown jewels are in the tower\n')]),
    )
    commit(repository, 'One', '2026-01-02T03:04:05Z')
    const mark = path.join(folder, 'ran')
    const evil = path.join(folder, 'evil')
    writeFileSync(evil, `#!/bin/sh\necho "$0 $*" >>${mark}\ncat\n`)
    chmodSync(evil, 0o755)
    for (const key of [
      'core.fsmonitor',
      'core.pager',
      'core.sshCommand',
      'filter.evil.clean',
      'filter.evil.smudge',
      'diff.evil.textconv',
      'diff.external',
      'diff.evil.command',
    ])
      git(repository, 'config', key, evil)
    git(repository, 'config', 'filter.evil.required', 'true')
    symlinkSync(path.join(outside, 'secret.py'), path.join(repository, 'link.py'))
    rmSync(path.join(repository, 'src'), { recursive: true })
    symlinkSync(outside, path.join(repository, 'src'))
    symlinkSync(outside, path.join(repository, 'folder'))
    const tower = patternOf(['crown jewels are in the tower'])
    const stairs = patternOf(['crown jewels are under the stairs'])
    for (const tool of TOOLS.filter((each) => each !== 'plain')) {
      const box = boxWith(tool)
      const found = await traceStatements(box, repository, [tower, stairs])
      await box.close()
      expect(found.get(tower)).toMatchObject({
        place: 'a\nb.py:1',
        ...(tool !== 'grep' && { changed: { summary: 'One' } }),
      })
      expect([...found.values()].map(({ code }) => code).filter((code) => code.includes('stairs'))).toEqual([])
    }
    expect(() => readFileSync(mark)).toThrow(/ENOENT/)
  })

  it('is not asked of git when its configuration says that its files lie elsewhere', async () => {
    const repository = made('elsewhere', { 'a.py': 'log.info("first words here")\n' })
    git(repository, 'init', '-q')
    git(repository, 'config', 'core.worktree', corpus)
    const notices: string[] = []
    const pattern = patternOf(['first words here'])
    const found = await traced(repository, [pattern], { onNotice: (text) => notices.push(text) })
    expect(found.get(pattern)?.place).toBe('a.py:1')
    expect(notices.join()).toContain('says that its files lie elsewhere')
  })
})

async function traced(repository: string, patterns: readonly Pattern[], options: TraceOptions = {}) {
  return traceStatements(local, repository, patterns, options)
}

function lineWith(file: string, name: string, has: string): string {
  const at = readFileSync(file, 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(has))
  return `${name}:${at + 1}`
}

function made(name: string, files: Readonly<Record<string, string>>): string {
  const repository = path.join(folder, name)
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(repository, file)), { recursive: true })
    writeFileSync(path.join(repository, file), text)
  }
  return repository
}

const IDENTITY = {
  GIT_AUTHOR_NAME: 'Ann',
  GIT_AUTHOR_EMAIL: 'ann@example.org',
  GIT_COMMITTER_NAME: 'Ann',
  GIT_COMMITTER_EMAIL: 'ann@example.org',
}

function git(repository: string, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: repository, encoding: 'utf8', env: { ...process.env, ...IDENTITY } })
}

function commit(repository: string, summary: string, at: string): void {
  git(repository, 'init', '-q')
  git(repository, 'add', '-A')
  execFileSync('git', ['commit', '-qm', summary], {
    cwd: repository,
    env: { ...process.env, ...IDENTITY, GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at },
  })
}

/** This machine with this tool and no better one; `plain` has those of busybox. */
function boxWith(tool: string): Box {
  const tools = path.join(folder, `only-${tool}`)
  if (!existsSync(tools)) linkTools(tools, tool)
  const transport = {
    box: 'local',
    argv: ['env', `PATH=${tools}`, 'sh'] as const,
    explain: (ending: Parameters<typeof lostConnection>[0]) => lostConnection(ending, '', 'This machine'),
  }
  const open = async () => transport
  return shellBox({ name: 'local', kind: 'local', main: open, side: open, sideNeedsMain: false })
}

function linkTools(tools: string, tool: string): void {
  mkdirSync(tools)
  const better = { rg: [], git: ['rg'], grep: ['rg', 'git'], plain: ['rg', 'git'] }[tool] ?? []
  const busybox = tool === 'plain' ? ['grep', 'find', 'head', 'sh', 'awk'] : []
  const linked = new Set([...better, ...busybox])
  for (const name of busybox) symlinkSync(inPath('busybox') ?? '', path.join(tools, name))
  for (const place of searchPath()) {
    for (const name of readdirSync(place)) {
      if (linked.has(name)) continue
      linked.add(name)
      symlinkSync(path.join(place, name), path.join(tools, name))
    }
  }
}

function inPath(name: string): string | undefined {
  return searchPath()
    .map((place) => path.join(place, name))
    .find((file) => existsSync(file))
}

function searchPath(): readonly string[] {
  return (process.env['PATH'] ?? '').split(':').filter((place) => existsSync(place))
}
