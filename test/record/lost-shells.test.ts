import { readdirSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { thisConsole } from '../../src/incidents/console-process.ts'
import { halligan } from './command.ts'
import { homes } from './homes.ts'
import { entriesIn, leaveShell } from './left-shell.ts'

// What a killed console left of a shell, and the next command of its machine.

const home = homes()
let place = ''
let id = ''
const bob = (...args: readonly string[]) => halligan(place, args, '', { HALLIGAN_BY: 'bob@desk' })
const states = async () =>
  (await entriesIn(place, id)).map(({ did, payload }) => [did, (payload as { readonly state?: string }).state])

beforeEach(() => {
  place = home()
  id = /Incident (\S+) is open/.exec(halligan(place, ['open', 'x']).stdout)?.[1] ?? ''
})

describe('a shell whose console was killed', () => {
  it('is taken in by the next command about an incident, its lines those of whoever typed them', async () => {
    const { folder } = await leaveShell(place, id)
    expect(bob('status', '--markdown').stdout).toContain('amy\\@web-1 on web-1: $ ls')
    expect(await states()).toEqual([
      ['opened', undefined],
      ['shelled', 'running'],
      ['shelled', 'lost'],
    ])
    expect((await entriesIn(place, id)).at(-1)).toMatchObject({
      by: 'bob@desk',
      payload: { command: 'halligan shell web-1' },
    })
    expect(readdirSync(folder)).toEqual([])
    expect(bob('timeline', '--incident', id).stdout).toContain('bob@desk on web-1  shell (lost, closed by bob@desk)')
  })

  it('is left alone by what lists, checks, searches and completes', async () => {
    const { folder } = await leaveShell(place, id)
    for (const args of [['list'], ['audit'], ['search', 'ls'], ['complete-incidents']]) bob(...args)
    expect(await states()).toHaveLength(2)
    expect(readdirSync(folder)).toHaveLength(1)
  })

  it('is not taken in again where its end was written before: what was left is cleared away', async () => {
    const { folder } = await leaveShell(place, id, { end: { state: 'ended', exit: 0, tookMs: 5000 } })
    const said = bob('timeline')
    expect(said.stderr).not.toContain('now recorded')
    expect(await states()).toEqual([
      ['opened', undefined],
      ['shelled', 'running'],
      ['shelled', 'ended'],
    ])
    expect(readdirSync(folder)).toEqual([])
  })

  const { born } = thisConsole('')
  it.skipIf(born === undefined)(
    `is taken in though another process has its number since${born === undefined ? ' (skipped: needs /proc)' : ''}`,
    async () => {
      await leaveShell(place, id, { owner: `1.${'0'.repeat(32)}.1` })
      bob('status')
      expect((await states()).at(-1)).toEqual(['shelled', 'lost'])
    },
  )

  it('goes on while its console lives', async () => {
    const { folder } = await leaveShell(place, id, { owner: `${process.pid}${born === undefined ? '' : `.${born}`}` })
    bob('status')
    expect((await states()).at(-1)).toEqual(['shelled', 'running'])
    expect(readdirSync(folder)).toHaveLength(1)
  })
})
