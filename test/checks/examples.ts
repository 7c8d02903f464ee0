import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { ProbeId, Value } from '../../src/evidence/evidence.ts'
import { limitsOf, type AnyCheck, type Verdict } from '../../src/findings/check.ts'
import { program } from '../../src/views/program.ts'

/** Readings by probe; a check's test names only those that the check reads. */
export type Readings = { readonly [Id in ProbeId]?: Value<Id> }

export interface Example {
  /** A sentence: `a file system at 98 %`. */
  readonly when: string
  readonly seen: Readings
  readonly then: Expected
}

type Expected =
  | {
      readonly state: 'critical' | 'warning'
      readonly title: RegExp
      /** What the finding gives as its reason. */
      readonly because?: RegExp
      readonly subject?: Partial<Record<string, unknown>>
      readonly findings?: number
    }
  | { readonly state: 'ok'; readonly why: RegExp }
  | { readonly state: 'unknown'; readonly why: RegExp }

/** A mutation moves a threshold by this share (at least by 1 for whole numbers above 1): near misses have to be nearer than that. */
const MUTATION = 0.1

/**
 * Tests a check by examples: each must give the expected verdict, there must be one that lights it and one near miss, and
 * **every threshold must matter**: moved up or down by a tenth, the outcome of at least one example has to change.
 */
export function describeCheck(check: AnyCheck, examples: readonly Example[]): void {
  describe(check.id, () => {
    it.each(examples)('$when', ({ seen, then }) => {
      expectVerdict(check.run(seen, limitsOf(check), { box: 'web-1' }), then)
    })

    it('has an example that lights it and a near miss that stays quiet', () => {
      const states = new Set(examples.map(({ then }) => then.state))
      expect(states.has('critical') || states.has('warning')).toBe(true)
      expect(states.has('ok')).toBe(true)
    })

    const mutations = Object.entries(limitsOf(check)).flatMap(([name, value]) =>
      [-1, 1].map((direction) => ({ name, value, mutated: mutate(value, direction) })),
    )
    it.each(mutations)('notices when its threshold $name moves from $value to $mutated', ({ name, mutated }) => {
      const limits = { ...limitsOf(check), [name]: mutated }
      const changed = examples.filter(({ seen }) => {
        const before = summary(check.run(seen, limitsOf(check), { box: 'web-1' }))
        return summary(check.run(seen, limits, { box: 'web-1' })) !== before
      })
      expect(changed.length, `no example is within ${MUTATION * 100} % of ${name}`).toBeGreaterThan(0)
    })
  })
}

function mutate(value: number, direction: number): number {
  const step = Math.abs(value) * MUTATION
  return value + direction * (Number.isInteger(value) && value > 1 ? Math.max(1, Math.round(step)) : step)
}

function expectVerdict(verdict: Verdict, then: Expected): void {
  if (then.state === 'ok') {
    expect(verdict).toMatchObject({ kind: 'cleared', why: expect.stringMatching(then.why) })
  } else if (then.state === 'unknown') {
    expect(verdict).toMatchObject({ kind: 'unknown', why: expect.stringMatching(then.why) })
  } else {
    expect(verdict.kind).toBe('burning')
    const findings = verdict.kind === 'burning' ? verdict.findings : []
    expect(findings[0]?.state).toBe(then.state)
    expect(findings[0]?.title).toMatch(then.title)
    if (then.because) expect(findings[0]?.why).toMatch(then.because)
    if (then.subject) expect(findings[0]?.subject).toMatchObject(then.subject)
    for (const { command } of findings.flatMap(({ next }) => next)) expectCommand(command)
    if (then.findings !== undefined) expect(findings).toHaveLength(then.findings)
  }
}

/** A suggested command is one that exists, with options that it knows, and a shell reads it as it is printed (`sh -n`: parses, runs nothing). */
function expectCommand(command: string): void {
  expect(spawnSync('sh', ['-n', '-c', command], { encoding: 'utf8' }).stderr).toBe('')
  const printed = spawnSync('sh', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' }).stdout
  const [halligan, name = '', ...words] = printed.split('\0').slice(0, -1)
  expect(halligan, command).toBe('halligan')
  const parser = program(() => {}, name).commands.find((each) => each.name() === name)
  expect(parser, command).toBeDefined()
  expect(parser?.exitOverride().parseOptions(words).unknown, command).toEqual([])
  if (name !== 'run') return
  expect(words[0]).toBe('web-1')
  const line = words[words.indexOf('--') + 1]
  expect(spawnSync('sh', ['-n', '-c', line ?? ''], { encoding: 'utf8' }).stderr, line).toBe('')
  expect(words).toHaveLength(words.indexOf('--') + 2)
}

/** What a threshold decides: which subjects burn and how much; not the wording of figures. */
function summary(verdict: Verdict): string {
  return verdict.kind === 'burning'
    ? verdict.findings
        .map(({ state, subject }) => `${state} ${subject.kind} ${subject.name} ${subject.pid ?? ''}`)
        .join('; ')
    : verdict.kind
}
