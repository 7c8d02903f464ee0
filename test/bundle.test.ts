import { spawnSync } from 'node:child_process'
import { on } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { program } from '../src/views/program.ts'
import { halligan, type Outcome } from './record/command.ts'

// The bundle is split into chunks, of which one is put together by hand (rolldown.config.ts). Done wrong, chunks load each other in a circle, and a
// command stops at its start with an error about something that is not there yet. No test of the source sees that.

const dist = path.resolve(import.meta.dirname, '../dist')
const folder = mkdtempSync(path.join(tmpdir(), 'halligan-bundle-'))
const home = path.join(folder, 'home')
const file = path.join(folder, 'incident.jsonl.zst')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Start {
  /** The cheapest words with which it does something that only its own code can: help is answered before that is loaded. */
  readonly words: readonly string[]
  readonly says: RegExp
}

/** Of each command, in an order in which each finds what it needs. */
const STARTS: Readonly<Record<string, Start>> = {
  open: { words: ['the shop is down'], says: /Incident \S+ is open and current: the shop is down/ },
  look: { words: ['recorded:nothing.look'], says: /there is no such file/ },
  logs: { words: ['local', '--around', 'soon'], says: /--around takes a time, not "soon"/ },
  inspect: { words: ['local'], says: /A box and a process are needed/ },
  debug: { words: ['local', '1'], says: /halligan debug needs a terminal/ },
  relieve: { words: ['local', 'frob'], says: /There is no relief "frob"/ },
  'hotfix drift': { words: ['local'], says: /Nobody says where the code lies on the box/ },
  'hotfix adopt': { words: ['local', 'x'], says: /Nobody says where the code lies on the box/ },
  note: { words: ['x'], says: /Noted in \S+ as #3/ },
  timeline: { words: [], says: /#3 .* x\n/ },
  show: { words: ['1'], says: /^#1 opened\n/ },
  list: { words: [], says: /\* \S+ {2}open/ },
  switch: { words: ['nothing'], says: /There is no incident "nothing"/ },
  run: { words: ['local', '--', 'exit 7'], says: /recorded in \S+ as #4, #5/ },
  preserve: { words: ['recorded:nothing.look'], says: /is a recording: it is preserved already/ },
  shell: { words: ['local'], says: /halligan shell needs a terminal/ },
  replay: { words: [], says: /No shell is recorded in/ },
  'hypothesis add': { words: ['the pool'], says: /Hypothesis 1 stands in/ },
  'hypothesis rule-out': { words: ['1', 'no', '--by', '5'], says: /Hypothesis 1 is ruled out/ },
  'hypothesis confirm': { words: ['1', 'yes', '--by', '5'], says: /Hypothesis 1 is confirmed/ },
  'hypothesis list': { words: [], says: /1 CONFIRMED {2}the pool/ },
  status: { words: [], says: /cause +1 the pool: yes/ },
  'catch-up': { words: [], says: /Nobody else has written into/ },
  handover: { words: ['--no-look'], says: /handed over by amy@web-1/ },
  'take-over': { words: [], says: /you have it/ },
  link: { words: ['1', 'abc'], says: /#1 is linked/ },
  undone: { words: ['1'], says: /#1 changed nothing on a box/ },
  notify: { words: [], says: /There is no halligan\.yaml here/ },
  search: { words: ['pool'], says: /#6 .*hypothesis 1: the pool/ },
  purge: { words: ['3', '--why', 'x', '--yes'], says: /What #3 said is out of the record/ },
  'write-up': { words: [], says: /halligan:begin title/ },
  export: { words: [file], says: /Exported \S+ to/ },
  import: { words: [file], says: /is here already, with all \d+ entries/ },
  close: { words: [], says: /is closed, #\d+/ },
  reopen: { words: ['nothing'], says: /There is no incident "nothing"/ },
  audit: { words: [], says: /intact, \d+ entries/ },
  boxes: { words: [], says: /^local {2}this machine/ },
  doctor: { words: [], says: /yes +Halligan and Node/ },
  completion: { words: ['bash'], says: /^# halligan completion/ },
  'complete-boxes': { words: [], says: /^local$/m },
  'complete-incidents': { words: [], says: /^\d{8}-\w{4}$/m },
}

describe('the bundled program', () => {
  it('has a start of each command here', () => {
    expect(Object.keys(STARTS).toSorted()).toEqual(leavesOf(program(() => {})).toSorted())
  })

  it.each(Object.entries(STARTS))('starts %s', (name, { words, says }) => {
    const outcome = halligan(home, [...name.split(' '), ...words])
    expect(moduleErrorIn(outcome)).toBeUndefined()
    expect(outcome.stdout + outcome.stderr).toMatch(says)
  })

  it('starts without a command', () => {
    const outcome = halligan(home, [])
    expect(moduleErrorIn(outcome)).toBeUndefined()
    expect(outcome.stdout).toMatch(/halligan /)
  })
})

describe('the thread that mines logs', () => {
  it('is in the bundle', async () => {
    const log = Buffer.from('2026-01-02T03:04:05Z INFO a\n2026-01-02T03:04:06Z INFO a\n')
    const worker = new Worker(path.join(dist, 'mining-worker.cjs'), {
      workerData: { sample: log, time: { nowMs: 0, zone: 'UTC' }, options: {} },
    })
    worker.postMessage({ bytes: log, ends: true }, [])
    worker.postMessage('finish', [])
    const answers: unknown[] = []
    for await (const [answer] of on(worker, 'message')) {
      answers.push(answer)
      if (answers.length === 2) break
    }
    await worker.terminate()
    expect(answers).toEqual([
      expect.any(ArrayBuffer),
      expect.objectContaining({ records: 2, rows: [expect.objectContaining({ count: 2 })] }),
    ])
  })
})

describe('the chunks of the bundle', () => {
  it('do not load each other in a circle', () => {
    expect(circlesIn(dist)).toEqual([])
  })

  it('can each be the first that is loaded', () => {
    expect(notLoadedIn(dist)).toEqual([])
  })
})

/** A bundle that was broken on purpose: what these tests are worth. */
describe('a chunk that is broken', () => {
  const broken = path.join(folder, 'broken')
  const chunk = (name: string): string =>
    path.join(
      broken,
      'dist',
      // Behind its name there is a hash alone: `record-lines-…` is another.
      readdirSync(path.join(broken, 'dist')).find((each) => new RegExp(`^${name}-[\\w-]{8}\\.cjs$`).test(each)) ?? name,
    )

  beforeAll(() => {
    mkdirSync(broken)
    for (const each of ['bin', 'dist'])
      cpSync(path.join(dist, '..', each), path.join(broken, each), { recursive: true })
    // `note` needs something of `record` while it is loaded, and `record` loads `note` before it has it.
    const note = readFileSync(chunk('note'), 'utf8')
    const [needed = 'nothing'] = /require_record\.\w+/.exec(note) ?? []
    writeFileSync(chunk('note'), `${note}\n${needed}.name;\n`)
    const record = readFileSync(chunk('record'), 'utf8')
    writeFileSync(chunk('record'), `require("./${path.basename(chunk('note'))}");\n${record}`)
    symlinkSync(path.resolve(dist, '../node_modules'), path.join(broken, 'node_modules'))
  })

  it('is a module error of the command that loads it', () => {
    const main = path.join(broken, 'bin', 'halligan.cjs')
    const outcome = halligan(path.join(folder, 'other-home'), ['note', 'x'], '', {}, main)
    expect(moduleErrorIn(outcome)).toMatch(/Cannot read properties of undefined \(reading 'name'\)/)
  })

  it('is a circle, and one that cannot be loaded', () => {
    expect(circlesIn(path.join(broken, 'dist')).join('\n')).toMatch(/note-\S+ record-|record-\S+ note-/)
    expect(notLoadedIn(path.join(broken, 'dist')).join('\n')).toMatch(
      /^record-\S+: Cannot read properties of undefined/m,
    )
  })
})

/** `hypothesis add`: whatever can be typed and does something. */
function leavesOf(command: Command, before: readonly string[] = []): readonly string[] {
  return command.commands.flatMap((each) => {
    const names = [...before, each.name()]
    return each.commands.length > 0 ? leavesOf(each, names) : [names.join(' ')]
  })
}

/** What Node, or the last resort of the program, says of code that is not what it should be; undefined when nothing of it is there. */
function moduleErrorIn({ stderr }: Outcome): string | undefined {
  const words = /this is a bug in Halligan|is not a function|is not defined|before initialization|Cannot find module/
  return words.test(stderr) || /\n {4}at /.test(stderr) ? stderr : undefined
}

/** Which chunks each chunk loads while it is loaded itself: those that a command loads later stand within a function. */
function loadsOf(chunks: string): ReadonlyMap<string, readonly string[]> {
  const names = readdirSync(chunks).filter((name) => name.endsWith('.cjs'))
  return new Map(
    names.map((name) => {
      const text = readFileSync(path.join(chunks, name), 'utf8')
      return [name, [...text.matchAll(/^(?:const \w+ = )?require\("\.\/([^"]+)"\)/gm)].map(([, loaded = '']) => loaded)]
    }),
  )
}

function circlesIn(chunks: string): readonly string[] {
  const loads = loadsOf(chunks)
  expect([...loads.values()].flat().length).toBeGreaterThan(loads.size)
  const circles: string[] = []
  const done = new Set<string>()
  const follow = (name: string, way: readonly string[]): void => {
    const at = way.indexOf(name)
    if (at >= 0) circles.push(way.slice(at).join(' '))
    if (at >= 0 || done.has(name)) return
    for (const each of loads.get(name) ?? []) follow(each, [...way, name])
    done.add(name)
  }
  for (const name of loads.keys()) follow(name, [])
  return circles
}

/** Loads each chunk with none loaded before; those that could not be, each with why. */
function notLoadedIn(chunks: string): readonly string[] {
  const script = `
    const path = require('node:path')
    for (const name of require('node:fs').readdirSync(process.argv[1])) {
      if (name === 'main.cjs') continue
      for (const each of Object.keys(require.cache)) delete require.cache[each]
      try { require(path.join(process.argv[1], name)) } catch (error) { console.log(name + ': ' + error.message) }
    }
    console.log('all were tried')`
  const { stdout } = spawnSync(process.execPath, ['-e', script, chunks], { encoding: 'utf8' })
  const lines = stdout.trim().split('\n')
  expect(lines.at(-1)).toBe('all were tried')
  return lines.slice(0, -1)
}
