import { describe, expect, it } from 'vitest'
import * as checks from './checks/index.ts'
import { CAUSES, rank, type RankedDraft } from './rank.ts'

const draft = (check: string, more: Partial<RankedDraft> = {}): RankedDraft => ({
  check,
  resource: 'process',
  state: 'warning',
  severity: 0.5,
  title: check,
  why: '',
  subject: { kind: 'process', name: 'orders-api', pid: 812 },
  measured: [],
  next: [],
  ...more,
})
const order = (...drafts: readonly RankedDraft[]): readonly string[] => rank(drafts).map(({ check }) => check)

describe('rank', () => {
  it('puts every critical finding above every warning', () => {
    expect(order(draft('clock-off', { severity: 1 }), draft('disk-full', { state: 'critical', severity: 0 }))).toEqual([
      'disk-full',
      'clock-off',
    ])
  })

  it('scores a critical finding 70 to 99 and a warning 30 to 59, whatever the severity', () => {
    for (const severity of [-1, 0, 0.5, 1, 7, NaN]) {
      const [critical] = rank([draft('disk-full', { state: 'critical', severity })])
      const [warning] = rank([draft('disk-full', { severity })])
      expect(critical?.score).toBeGreaterThanOrEqual(70)
      expect(critical?.score).toBeLessThanOrEqual(99)
      expect(warning?.score).toBeGreaterThanOrEqual(30)
      expect(warning?.score).toBeLessThanOrEqual(59)
    }
  })

  it('lifts a cause that is only a warning above its critical symptom', () => {
    const findings = rank([draft('disk-full', { state: 'critical', severity: 1 }), draft('deleted-open-file')])
    expect(findings.map(({ check, symptomOf }) => [check, symptomOf])).toEqual([
      ['deleted-open-file', undefined],
      ['disk-full', 'deleted-open-file'],
    ])
  })

  it('takes a cause of one process for a symptom of that process only', () => {
    const elsewhere = { subject: { kind: 'process', name: 'other', pid: 9 } } as const
    const findings = rank([
      draft('fd-exhaustion', { state: 'critical', severity: 1 }),
      draft('close-wait-leak', elsewhere),
    ])
    expect(findings.map(({ check, symptomOf }) => [check, symptomOf])).toEqual([
      ['fd-exhaustion', undefined],
      ['close-wait-leak', undefined],
    ])
  })

  it('takes a program that grows for the cause of a kill of that program only', () => {
    const killed = (name: string) => draft('oom-kills', { subject: { kind: 'process', name, pid: 9 } })
    const growing = draft('memory-leak', { subject: { kind: 'process', name: 'orders-api', pid: 812 } })
    const causeOf = (name: string) =>
      rank([growing, killed(name)]).find(({ check }) => check === 'oom-kills')?.symptomOf
    expect(causeOf('orders-api')).toBe('memory-leak')
    expect(causeOf('basket-api')).toBeUndefined()
  })

  it('takes what says only what may be for the cause of nothing', () => {
    const causes = (more: Partial<RankedDraft>) =>
      rank([draft('iowait', { severity: 0.2 }), draft('cgroup-io-limit', { severity: 0.1, ...more })]).map(
        ({ check, symptomOf }) => [check, symptomOf],
      )
    expect(causes({})).toEqual([
      ['cgroup-io-limit', undefined],
      ['iowait', 'cgroup-io-limit'],
    ])
    expect(causes({ hedged: true })).toEqual([
      ['iowait', undefined],
      ['cgroup-io-limit', undefined],
    ])
  })

  it('says of no finding how it was ranked', () => {
    expect(Object.keys(rank([draft('iowait', { hedged: true })])[0] ?? {})).not.toContain('hedged')
  })

  it('keeps the most severe of two findings of one check on one subject', () => {
    expect(
      rank([draft('disk-full', { severity: 0 }), draft('disk-full', { severity: 1 })]).map(({ score }) => score),
    ).toEqual([59])
  })

  it('gives the same order whatever the order of the checks', () => {
    const drafts = [
      draft('clock-off'),
      draft('disk-full', { state: 'critical' }),
      draft('deleted-open-file'),
      draft('iowait'),
    ]
    expect(order(...drafts.toReversed())).toEqual(order(...drafts))
  })

  it('follows a chain of causes to its beginning', () => {
    const all = ['memory-leak', 'memory-nearly-gone', 'oom-kills'].map((check, at) =>
      draft(check, at === 0 ? {} : { state: 'critical', severity: 1 }),
    )
    expect(order(...all)[0]).toBe('memory-leak')
  })

  it('keeps the order of a chain whose middle is lifted by its end', () => {
    const all = ['tcp-retransmits', 'silent-peer', 'accept-queue-overflow'].map((check) =>
      draft(check, { state: 'critical', severity: { 'tcp-retransmits': 0.8, 'silent-peer': 0.2 }[check] ?? 0.5 }),
    )
    expect(order(...all)[0]).toBe('accept-queue-overflow')
  })
})

describe('the table of causes', () => {
  const ids = new Set(Object.values(checks).map(({ id }) => id))

  it.each(CAUSES)('$cause brings $symptom about: both are checks', ({ cause, symptom, why }) => {
    expect(ids).toContain(cause)
    expect(ids).toContain(symptom)
    expect(why).not.toBe('')
  })

  it('has no circle: nothing causes itself, directly or through others', () => {
    const below = (id: string, path: readonly string[]): boolean =>
      path.includes(id) ||
      CAUSES.filter(({ cause }) => cause === id).some(({ symptom }) => below(symptom, [...path, id]))
    expect([...ids].filter((id) => below(id, []))).toEqual([])
  })
})
