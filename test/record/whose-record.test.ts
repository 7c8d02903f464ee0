import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { environment, halligan, MAIN, type Outcome } from './command.ts'
import { homes } from './homes.ts'
import { spawnSync } from 'node:child_process'

// Whoever believes to be recorded is, or hears that it is not so; and nothing is changed on a box in between.

const home = homes()
let place = ''
let id = ''
beforeEach(() => {
  place = home()
  id = /Incident (\S+) is open/.exec(halligan(place, ['open', 'checkout returns 500s']).stdout)?.[1] ?? ''
  expect(id).not.toBe('')
})

/** A command on this machine that leaves a file where it was run. */
const mark = (): string => `${place}-touched`
const touch = (more: readonly string[] = []): Outcome =>
  halligan(place, ['run', 'local', ...more, '--', `touch ${mark()}`])

describe('without an incident', () => {
  it('a command works the same, and says that it is not recorded, also where nobody looks on', () => {
    const other = home()
    const ran = halligan(other, ['run', 'local', '--', 'echo here'])
    expect(ran).toMatchObject({ code: 0, stdout: 'here\n', stderr: 'halligan: not recorded, no incident is open.\n' })
  })
})

describe('an incident that is closed', () => {
  beforeEach(() => expect(halligan(place, ['close', '--cause', 'the pool']).code).toBe(0))

  it.each([
    ['by a flag', (): Outcome => touch(['--incident', id])],
    [
      'by the environment',
      (): Outcome => {
        const { status, stdout, stderr } = spawnSync(
          process.execPath,
          [MAIN, 'run', 'local', '--', `touch ${mark()}`],
          { encoding: 'utf8', env: { ...environment(place), HALLIGAN_INCIDENT: id } },
        )
        return { code: status, stdout, stderr }
      },
    ],
  ])('and named %s takes nothing more, so nothing is run', (_, run) => {
    const ran = run()
    expect(ran.code).not.toBe(0)
    expect(ran.stderr).toContain(`${id} is closed: nothing can be recorded in it`)
    expect(ran.stderr).toContain(`halligan reopen ${id}`)
    expect(existsSync(mark())).toBe(false)
  })

  it('takes no note, and says how to open it again', () => {
    const noted = halligan(place, ['note', '--incident', id, 'it burns again'])
    expect(noted).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`\nTry: halligan reopen ${id} if it burns`),
    })
  })

  it('while somebody was in it is said whenever something is not recorded', () => {
    writeFileSync(path.join(place, deskFile()), JSON.stringify({ current: id }))
    expect(touch()).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(`NOT RECORDED, your incident ${id} is closed`),
    })
  })
})

describe('a desk that is damaged', () => {
  it.each(['{"curr', '', '[]'])('(%j) makes no command one without an incident', (text) => {
    writeFileSync(path.join(place, deskFile()), text)
    const ran = touch()
    expect(ran.code).toBe(255)
    expect(ran.stderr).toMatch(/which says what incident you are in, is damaged/)
    expect(existsSync(mark())).toBe(false)
    expect(halligan(place, ['look', 'local'])).toMatchObject({
      stdout: expect.stringContaining('local'),
      stderr: expect.stringContaining('THIS WAS NOT RECORDED'),
    })
    expect(halligan(place, ['note', 'x']).stderr).toContain('halligan switch ID')
    expect(halligan(place, ['switch', id]).code).toBe(0)
    expect(touch().code).toBe(0)
  })
})

describe('a record that is gone while somebody was in it', () => {
  it('is missed, and nothing is changed without it', () => {
    for (const file of readdirSync(place)) if (file.startsWith('record.db')) rmSync(path.join(place, file))
    const ran = touch()
    expect(ran.code).toBe(255)
    expect(ran.stderr).toContain(`has no incident ${id}, which is your current one`)
    expect(ran.stderr).not.toContain('THIS WAS NOT RECORDED')
    expect(existsSync(mark())).toBe(false)
    const free = halligan(place, ['run', 'local', '--price', 'free', '--', 'echo seen'])
    expect(free).toMatchObject({
      code: 255,
      stdout: 'seen\n',
      stderr: expect.stringContaining('THIS WAS NOT RECORDED'),
    })
  })
})

describe('people and boxes whose names have a dot', () => {
  const amy = 'amy@mac.local'
  const as = (by: string, args: readonly string[]): Outcome => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
      encoding: 'utf8',
      env: { ...environment(place), HALLIGAN_BY: by },
    })
    return { code: status, stdout, stderr }
  }

  it('are named as they are, and nobody else’s address is', () => {
    as(amy, ['open', 'orders hang', '--box', 'root@web-1.prod.example.com'])
    as(amy, ['note', 'eve@corp.example.com complained'])
    const timeline = as(amy, ['timeline', '--json'])
      .stdout.trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(timeline).toMatchObject([
      {
        by: amy,
        payload: {
          boxes: ['root@web-1.prod.example.com'],
          command: "halligan open 'orders hang' --box root@web-1.prod.example.com",
        },
      },
      { by: amy, payload: { text: expect.stringMatching(/^‹secret:email:\w+› complained$/) } },
    ])
  })

  it('know their own entries, and whom it was meant for', () => {
    as(amy, ['open', 'orders hang'])
    expect(as(amy, ['take-over']).stderr).toContain('you have it already')
    expect(as(amy, ['catch-up']).stdout).not.toContain('opened')
    as(amy, ['handover', '--no-look', '--to', 'bob@corp.example.com'])
    const taken = as('bob@corp.example.com', ['take-over'])
    expect(taken.stdout + taken.stderr).not.toMatch(/meant for|secret:/)
  })
})

/** The one in the home of the test. */
function deskFile(): string {
  const [file, ...others] = readdirSync(place).filter((name) => name.startsWith('desk-'))
  expect(others).toEqual([])
  return file ?? ''
}
