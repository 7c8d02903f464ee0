import { expect, it } from 'vitest'
import type { Subject } from './finding.ts'
import { rollbackStep } from './rollback-step.ts'

const subject = (commandLine: string, more: Partial<Subject> = {}): Subject => ({
  kind: 'process',
  name: 'node',
  pid: 812,
  commandLine,
  ...more,
})

it.each([
  ['node /srv/shop/current/server.js', 'halligan relieve web-1 rollback /srv/shop/current shop.service'],
  ['java -cp=/opt/shop/current/lib/a.jar Main', 'halligan relieve web-1 rollback /opt/shop/current shop.service'],
  ['node /srv/shop/currently/server.js', undefined],
  ['node /srv/shop/current', undefined],
  ['node current/server.js', undefined],
  ['node /srv/shop/releases/7/server.js', undefined],
])('%s goes back by %s', (command, expected) => {
  expect(rollbackStep('web-1', subject(command, { unit: 'shop.service' }))[0]?.command).toBe(expected)
})

it('names no unit that is none of a service, and nothing in a container', () => {
  const command = 'node /srv/shop/current/server.js'
  expect(rollbackStep('web-1', subject(command, { unit: 'session-3.scope' }))[0]?.command).toBe(
    'halligan relieve web-1 rollback /srv/shop/current',
  )
  expect(rollbackStep('web-1', subject(command, { container: '0123456789ab' }))).toEqual([])
  expect(rollbackStep('web-1', subject('node x'), command)).toHaveLength(1)
})
