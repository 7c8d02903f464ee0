import { expect, test } from 'vitest'
import { processOf, table } from '../../test/checks/builders.ts'
import { processSubject } from './subject.ts'

const known = (name: string, command: string) => ({
  'process-stat': table([processOf({ pid: 812, name })]),
  'process-command': new Map([[812, command]]),
})

test.each([
  ['orders-importer', '/usr/bin/orders-importer-daemon --all', 'orders-importer-daemon'],
  ['reconcile-leger', '/usr/bin/python3 /srv/reconcile-leger.py', 'reconcile-leger.py'],
  ['orders-api', '/usr/bin/orders-api-with-more', 'orders-api'],
  ['orders-importer', 'orders: worker process', 'orders-importer'],
  ['orders-importer', '', 'orders-importer'],
  ['orders-importer', `/bin/orders-importer${'x'.repeat(100)}`, `orders-importer${'x'.repeat(25)}`],
])('%s of the command line "%s" is called %s', (name, command, expected) => {
  expect(processSubject(812, known(name, command)).name).toBe(expected)
})
