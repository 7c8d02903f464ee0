import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { AnyEntry } from '../../src/incidents/store.ts'
import { halligan } from './command.ts'
import { homes } from './homes.ts'
import { entriesIn, leaveShell } from './left-shell.ts'

// What is run off the record stands nowhere in it, whichever entry is written beside it.

const home = homes()
let place = ''
let id = ''
const WORD = 'zebracrossing'
const OFF_THE_RECORD = ['run', 'local', '--off-the-record']

beforeEach(() => {
  // A folder of its own around it, for the halligan.yaml of one test.
  place = path.join(home(), 'home')
  mkdirSync(place, { recursive: true })
  id = /Incident (\S+) is open/.exec(halligan(place, ['open', 'x', '--box', 'local']).stdout)?.[1] ?? ''
})

function commandOf({ payload }: AnyEntry): unknown {
  return typeof payload === 'object' && payload !== null && 'command' in payload ? payload.command : undefined
}

describe('a command that is run off the record', () => {
  it('leaves no word of itself where the policy of the box is overridden, and the team is told of that', async () => {
    // Nobody has allowed the command, which is recorded as well.
    writeFileSync(
      path.join(path.dirname(place), 'halligan.yaml'),
      `groups:\n  here:\n    boxes: [local]\n    policy: { highestPrice: free }\nnotify:\n  - command: [page]\n    on: [overrode]\n`,
    )
    const said = halligan(place, [...OFF_THE_RECORD, '--anyway', 'it burns', '--', `echo ${WORD}`])
    expect(said).toMatchObject({ code: 0, stdout: `${WORD}\n` })
    const all = await entriesIn(place, id)
    expect(all.map(({ did }) => did).toSorted()).toEqual(['notified', 'opened', 'overrode', 'ran'])
    expect(JSON.stringify(all)).not.toContain(WORD)
    expect(all.slice(1).map(commandOf)).toEqual(Array(3).fill('halligan run local --off-the-record'))
    expect(all[1]).toMatchObject({ payload: { reason: 'it burns' } })
  })

  it('leaves no word of itself in the end of a lost shell that it takes in', async () => {
    const { folder } = await leaveShell(place, id)
    expect(halligan(place, [...OFF_THE_RECORD, '--', `echo ${WORD}`])).toMatchObject({ code: 0 })
    const all = await entriesIn(place, id)
    expect(JSON.stringify(all)).not.toContain(WORD)
    expect(all.map(({ did }) => did)).toEqual(['opened', 'shelled', 'shelled', 'ran'])
    expect(all.slice(2).map(commandOf)).toEqual(['halligan shell web-1', 'halligan run local --off-the-record'])
    expect(readdirSync(folder)).toEqual([])
  })
})
