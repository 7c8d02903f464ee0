import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import type { Draft } from '../../src/incidents/entry.ts'
import { newIncidentId } from '../../src/incidents/incident-id.ts'

export const AT = '2026-01-02T03:04:05.678Z'
export const AMY = 'amy@web-1'
export const BEN = 'ann@db-1'
export const WEB_1 = { hostname: 'web-1', machineId: '0123456789abcdef0123456789abcdef', bootId: '4f1b2c3d' }
export const WHY = { at: AT, by: AMY, why: 'a customer asked for it' }

export function opened(title: string): Draft {
  return { at: AT, by: AMY, did: 'opened', payload: { title, boxes: [] } }
}

export function note(text: string, ...evidence: readonly string[]): Draft {
  return { at: AT, by: AMY, did: 'noted', payload: { text, ...(evidence.length > 0 ? { evidence } : {}) } }
}

export function someIncident(): string {
  return newIncidentId(Date.parse(AT), randomBytes(4))
}

/** Every code unit may be in it, lone surrogates and NUL too. */
export function anyText(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 50 }).map((units) => String.fromCharCode(...units)),
    fc.constantFrom('', '\0', '\ud800', '\udc00\ud800', '\u2028', '"', '\\', '\u007f', '__proto__', '\ufeffx'),
  )
}

export async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}
