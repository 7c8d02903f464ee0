import { readFileSync } from 'node:fs'
import { Script } from 'node:vm'
import { expect, it } from 'vitest'
import { CLIENT_FILE, clientModule } from '../../../../../scripts/node-client.ts'
import { NODE_CLIENT, NODE_MEMORY_CLIENT, NODE_SNAPSHOT_CLIENT } from './client.ts'

it('is what `npm run node-client` makes of the parts beside it', () => {
  expect(readFileSync(CLIENT_FILE, 'utf8')).toBe(clientModule())
})

it.each([
  ['the usual one', NODE_CLIENT],
  ['that of memory', NODE_MEMORY_CLIENT],
  ['that of a statement', NODE_SNAPSHOT_CLIENT],
])('is a program: %s', (_name, program) => {
  // Two parts that have a name of their own each, and the same, would be none.
  expect(new Script(program)).toBeInstanceOf(Script)
})
