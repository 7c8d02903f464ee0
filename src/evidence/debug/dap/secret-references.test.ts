import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSecretVariable, namesSecret, secretReferences } from './secret-references.ts'

const variables = (...named: readonly (readonly [string, number])[]) => ({
  variables: named.map(([name, variablesReference]) => ({ name, variablesReference, value: 'x' })),
})

describe('what an editor opens by a number', () => {
  it('is secret when a name on the way to it is', () => {
    const { isSecret, learn } = secretReferences()
    const opens = (variablesReference: number): boolean => isSecret('variables', { variablesReference })
    learn({ scopes: [{ name: 'Locals', variablesReference: 1 }] }, false)
    expect(opens(1)).toBe(false)
    learn(variables(['order', 2], ['password', 3], ['pin #2', 4], ['total', 0]), false)
    expect([opens(2), opens(3), opens(4)]).toEqual([false, true, true])
    learn(variables(['[0]', 5]), opens(3))
    learn(variables(['[0]', 6]), opens(2))
    learn(variables(['id', 7]), opens(5))
    expect([opens(5), opens(6), opens(7)]).toEqual([true, false, true])
  })
  it('is secret when nobody gave that number, or not since the last stop', () => {
    const { isSecret, learn, forget } = secretReferences()
    learn({ result: '{...}', variablesReference: 1 }, false)
    expect(isSecret('variables', { variablesReference: 1 })).toBe(false)
    forget()
    expect(isSecret('variables', { variablesReference: 1 })).toBe(true)
    expect(isSecret('variables', {})).toBe(true)
  })
  it('is secret when it was asked for by such a name', () => {
    const { isSecret } = secretReferences()
    for (const expression of ['password', 'order.password[0]', 'tokens[i]', 'user["api_key"]'])
      expect(isSecret('evaluate', { expression })).toBe(true)
    for (const expression of ['order.id', 'total < 3', 'compass', 'spin'])
      expect(isSecret('evaluate', { expression })).toBe(false)
    expect(isSecret('stackTrace', { threadId: 1 })).toBe(false)
  })
  it('is looked at whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.string(), (body, text) => {
        const { learn, isSecret } = secretReferences()
        learn(body, false)
        expect(isSecret('variables', { variablesReference: -1 })).toBe(true)
        expect([namesSecret(`${text} password`), isSecretVariable(`password${text}`)]).toEqual([true, true])
      }),
      { numRuns: 200 },
    )
  })
})
