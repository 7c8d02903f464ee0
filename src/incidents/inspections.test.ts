import { describe, expect, it } from 'vitest'
import { inspectionsOf } from './inspections.ts'
import type { PayloadOf } from './payloads.ts'
import type { AnyEntry } from './store.ts'

type Paid = PayloadOf<'inspected'>['paid'][number]

const inspected = (seq: number, paid: readonly Paid[], state: 'ok' | 'critical' = 'ok'): AnyEntry =>
  ({
    seq,
    at: '2026-01-02T03:04:05.678Z',
    by: 'amy',
    incident: 'i',
    did: 'inspected',
    box: 'web-1',
    salt: 's',
    payload: {
      asked: '812',
      pid: 812,
      name: 'orders',
      doing: [{ state, says: 'sleeps' }],
      groups: [],
      paid,
      blind: [],
    },
  }) as unknown as AnyEntry

const paid = (more: Partial<Paid>): Paid => ({ inspector: 'gdb-stacks', price: 'pause', ...more })

describe('what stays of looking into processes', () => {
  it('is nothing where the guard proved that all is as it was', () => {
    expect(
      inspectionsOf([inspected(2, [paid({ isClean: true, proof: ['Process 812 runs, traced by nobody.'] })])]),
    ).toEqual([])
  })

  it('is told of a debugger by hand too, which takes nothing back of what was seen', () => {
    const debugged = {
      ...inspected(3, []),
      did: 'debugged',
      payload: { asked: '812', pid: 812, name: 'orders', state: 'ended', isClean: false, proof: ['It is stopped.'] },
    } as unknown as AnyEntry
    expect(inspectionsOf([inspected(2, [], 'critical'), debugged])).toMatchObject([
      { seq: 3, doing: [{ state: 'critical' }], left: ['It is stopped.'] },
    ])
  })

  it('is told with what the guard found, and with residue that was announced, after later looks too', () => {
    const stopped = paid({ isClean: false, proof: ['Process 812 is stopped, and was running before.'] })
    const listener = paid({ residue: 'a thread "Attach Listener" in the JVM', isClean: true, proof: ['…'] })
    const [seen, ...others] = inspectionsOf([inspected(2, [stopped]), inspected(3, [listener]), inspected(4, [])])
    expect(others).toEqual([])
    expect(seen).toMatchObject({
      seq: 4,
      left: ['Process 812 is stopped, and was running before.', 'a thread "Attach Listener" in the JVM'],
    })
  })

  it('is told beside what it did', () => {
    expect(inspectionsOf([inspected(2, [], 'critical')])).toMatchObject([{ seq: 2, left: [] }])
  })
})
