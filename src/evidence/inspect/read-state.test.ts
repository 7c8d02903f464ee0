import { readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readFound } from './candidates.ts'
import { readState } from './read-state.ts'
import { sectionsOf } from './sections.ts'

const BOUNDARY = '0123456789abcdef0123456789abcdef'
const META = { architecture: 'x86_64', uid: 0 }
const recorded = readFileSync(path.join(import.meta.dirname, '../../../test/fixtures/inspect/deadlock.answer'))

function read(bytes: Uint8Array) {
  return readState(sectionsOf(bytes, BOUNDARY), META)
}

/** The answer with sections in place of those of that name. */
function changed(sections: Readonly<Record<string, string | undefined>>) {
  const all = new Map(sectionsOf(recorded, BOUNDARY))
  for (const [name, text] of Object.entries(sections)) {
    if (text === undefined) all.delete(name)
    else all.set(name, Buffer.from(text, 'latin1'))
  }
  return readState(all, META)
}

describe('the state of a process', () => {
  it('is read from what the box said', () => {
    const state = read(recorded)
    expect(state?.process).toMatchObject({
      pid: 90,
      name: 'deadlock',
      state: 'S',
      executable: { kind: 'seen', value: { path: '/usr/local/bin/deadlock', deleted: false } },
      workingFolder: { kind: 'seen', value: '/' },
      threadCount: 4,
      sameFiles: true,
    })
    expect(state?.runtime).toMatchObject({ kind: 'native', details: ['static'] })
    expect(state?.lockOwners).toMatchObject([
      { tid: 91, waitedFor: 'end' },
      { tid: 91, waitedFor: 'lock' },
      { tid: 92, waitedFor: 'lock' },
    ])
    expect([...(state?.calls.values() ?? [])].map(({ waits }) => waits)).toEqual(['lock', 'lock', 'lock', 'idle'])
    expect(state?.descriptors).toMatchObject({ kind: 'seen', value: { open: 6 } })
    expect(state?.environment).toMatchObject({
      kind: 'seen',
      value: [expect.any(String), expect.stringContaining('DB_PASSWORD=')],
    })
    expect(state?.limits).toMatchObject({ kind: 'seen' })
    expect(state?.changed).toEqual({ kind: 'seen', value: [] })
    expect(state?.lost).toBeUndefined()
  })

  it('says so when another process has the number at the end, or none', () => {
    const still = Buffer.from(sectionsOf(recorded, BOUNDARY).get('still') ?? []).toString()
    const fields = still.slice(still.lastIndexOf(') ') + 2).split(' ')
    const other = `90 (sh) ${[...fields.slice(0, 19), '99', ...fields.slice(20)].join(' ')}`
    expect(changed({ still: other })?.lost).toBe('reused')
    expect(changed({ still: '' })?.lost).toBe('gone')
    expect(changed({ stat: '' })).toBeUndefined()
  })

  it('is blind, never empty, where something did not come or was refused', () => {
    const cut = changed({
      map: undefined,
      environment: undefined,
      descriptors: 'denied\n',
      limits: undefined,
      locks: 'no-locks\n',
    })
    expect(cut?.mappings).toMatchObject({ kind: 'blind', why: expect.stringContaining('lock of its memory map') })
    expect(cut?.environment.kind).toBe('blind')
    expect(cut?.descriptors).toEqual({ kind: 'blind', why: 'Permission denied', hint: 'run with --sudo' })
    expect(cut?.limits.kind).toBe('blind')
    expect(cut?.fileLocks).toMatchObject({ kind: 'blind', why: 'the kernel has no /proc/locks' })
    const environment = "head: cannot open 'environ' for reading: Permission denied\ndenied\n"
    expect(changed({ environment })?.environment).toMatchObject({ kind: 'blind', why: 'Permission denied' })
  })

  it('of a process in a PID namespace of its own tells its threads by both numbers', () => {
    const state = changed({
      'own-numbers': 'task/90/status:NSpid:\t90\t1\ntask/91/status:NSpid:\t91\t2\ntask/92/status:NSpid:\t92\t3\n',
      'word:0x4bb320': '\x02\0\0\0\x01\0\0\0\x03\0\0\0\0\0\0\0',
    })
    expect(state?.lockOwners.find(({ address }) => address === 0x4bb320n)).toMatchObject({ tid: 92 })
  })

  it.each([
    ['0::/system.slice/orders.service', 'orders.service', undefined],
    ['0::/user.slice/user-0.slice/session-3.scope', undefined, undefined],
    [`0::/system.slice/docker-${'ab'.repeat(32)}.scope`, `docker-${'ab'.repeat(32)}.scope`, 'ab'.repeat(32)],
    [`12:pids:/docker/${'cd'.repeat(32)}`, undefined, 'cd'.repeat(32)],
  ])('its group %s', (cgroup, unit, container) => {
    const { process } = changed({ cgroup: `${cgroup}\n` }) ?? {}
    expect([process?.unit, process?.container]).toEqual([unit, container])
  })

  it('is made of any bytes without failing', () => {
    const names = [...sectionsOf(recorded, BOUNDARY).keys()]
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.string({ unit: 'binary', maxLength: 300 }), (name, text) => {
        const state = changed({ [name]: text })
        if (name !== 'stat') expect(state?.process.pid).toBe(90)
      }),
      { numRuns: 60 },
    )
    fc.assert(
      fc.property(fc.nat(recorded.length), (end) => {
        const sections = sectionsOf(recorded.subarray(0, end), BOUNDARY)
        readState(sections, META)
        expect(readFound(sections).candidates).toEqual([])
      }),
      { numRuns: 40 },
    )
  })
})

describe('candidates', () => {
  it('are those that fit, oldest first, with what they were started as', () => {
    const stat = (pid: number, name: string, start: number): string =>
      `${pid}/stat:${pid} (${name}) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 ${start} 0 0`
    const answer = [
      `\n${BOUNDARY} find\nfound 2\n`,
      `\n${BOUNDARY} candidates\n${stat(9, 'b', 70)}\n${stat(7, 'x) S 1', 50)}\n`,
      `\n${BOUNDARY} command:9\nb\0--port\x0080\0`,
      `\n${BOUNDARY} end\n`,
    ].join('')
    expect(readFound(sectionsOf(Buffer.from(answer), BOUNDARY))).toEqual({
      count: 2,
      candidates: [
        { pid: 7, name: 'x) S 1', state: 'S', ppid: 1, threads: 1, startTicks: 50, commandLine: '' },
        { pid: 9, name: 'b', state: 'S', ppid: 1, threads: 1, startTicks: 70, commandLine: 'b --port 80' },
      ],
    })
    expect(
      readFound(sectionsOf(Buffer.from(`\n${BOUNDARY} find\nport-held 77\nfound 0\n\n${BOUNDARY} end\n`), BOUNDARY)),
    ).toMatchObject({ count: 0, heldUnseen: true })
  })
})
