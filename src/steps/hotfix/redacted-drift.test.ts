import fc from 'fast-check'
import { expect, it } from 'vitest'
import { redact } from '../../../test/redact.ts'
import type { BoxDrift } from './contract.ts'
import { redactedDrift } from './redacted-drift.ts'

/** With each field that a drift may have. */
const DRIFT: BoxDrift = {
  box: 'web-1',
  identity: {
    hostname: 'web-1',
    machineId: '5f2c1f0e6b0a4e6f9a0d6c1b7a3e2d11',
    bootId: '0b7a9e34-6a55-4d0e-8a57-3f4c2a3f4f61',
    os: 'Debian GNU/Linux 12 (bookworm)',
    kernel: '6.1.0-18-amd64',
    arch: 'x86_64',
    cpus: 2,
    memoryBytes: 1,
    user: 'amy',
    uid: 1000,
  },
  failure: { kind: 'unknown', message: 'it could not be told', tryNext: 'once more' },
  folder: '/srv/shop',
  expected: {
    commit: { id: '227fad9a52'.repeat(4), atMs: 0, subject: 'Second' },
    how: 'told',
    from: 'the file REVISION',
    equal: 0,
  },
  files: [
    {
      path: 'lib/cart.js',
      what: 'changed',
      modifiedAtMs: 0,
      owner: 'amy',
      modes: { commit: '100644', box: '0755' },
      sizeBytes: 3,
      diff: '--- a/lib/cart.js\n+++ b/lib/cart.js\n@@ -1 +1 @@\n-a\n+b\n',
      noDiff: 'binary',
      who: ['amy was logged in (10.0.0.5)'],
    },
  ],
  same: 1,
  ofCommit: 2,
  ignored: 0,
  skipped: ['node_modules'],
  notCompared: 0,
  deployedAtMs: 0,
  processes: [
    {
      pid: 812,
      name: 'node',
      commandLine: 'node server.js',
      startedAtMs: 0,
      unit: 'shop.service',
      runsDeleted: '/usr/bin/node',
      older: [{ path: 'lib/cart.js', atMs: 0 }],
    },
  ],
  settings: [
    {
      file: '/etc/systemd/system/shop.service.d/a.conf',
      modifiedAtMs: 0,
      owner: 'root',
      text: '[Service]\n',
      why: 'changes how shop.service runs',
    },
  ],
  notices: ['git fetch?'],
  blind: [{ what: 'what lies in secret', why: 'it may not be read' }],
  tookMs: 1,
}

const SECRET = `ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`

it('no text of a drift leaves with a secret in it, whichever it is', () => {
  const places = textsIn(DRIFT).filter((place) => place !== 'box')
  expect(places.length).toBeGreaterThan(30)
  const beside = fc.string({ unit: fc.constantFrom('/', '-', ' ', '\n', 'é', '"'), maxLength: 4 })
  fc.assert(
    fc.property(fc.subarray(places, { minLength: 1 }), beside, beside, (chosen, before, after) => {
      const planted = changed(DRIFT, (text, place) => (chosen.includes(place) ? `${before}${SECRET}${after}` : text))
      expect(JSON.stringify(redactedDrift(planted as BoxDrift, redact))).not.toContain(SECRET)
    }),
    { numRuns: 200 },
  )
})

it('a drift without secrets stays as it is, ids of commits and machines among it', () => {
  const hiding = (text: string): string => redact(text).replaceAll(/[0-9a-f]{32,}/g, '[redacted]')
  expect(redactedDrift(DRIFT, hiding)).toEqual(DRIFT)
})

function textsIn(value: unknown): readonly string[] {
  const places: string[] = []
  changed(value, (text, place) => {
    places.push(place)
    return text
  })
  return places
}

/** Each text by the keys that lead to it. */
function changed(value: unknown, change: (text: string, place: string) => string, place = ''): unknown {
  if (typeof value === 'string') return change(value, place)
  if (typeof value !== 'object' || value === null) return value
  const inside = Object.entries(value).map(([key, each]: [string, unknown]) => [
    key,
    changed(each, change, place === '' ? key : `${place}.${key}`),
  ])
  return Array.isArray(value) ? inside.map(([, each]) => each) : Object.fromEntries(inside)
}
