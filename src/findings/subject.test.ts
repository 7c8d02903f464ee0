import { expect, test } from 'vitest'
import { processOf, table } from '../../test/checks/quiet-box.ts'
import { processSubject, processWords } from './subject.ts'

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

test.each([
  ['python3', 'python3 /opt/pay/payment.py --all', 'payment.py (812, python3)'],
  ['python3', 'python3 -m http.server', 'python3 (812)'],
  ['java', '/usr/bin/java -jar /srv/orders.jar', 'orders.jar (812, java)'],
  ['MainThread', 'node /srv/app/server.js', 'server.js (812, node)'],
  ['MainThread', '/opt/chrome --type=renderer', 'MainThread (812)'],
  ['supervise.sh', '/bin/sh /opt/pay/supervise.sh', 'supervise.sh (812)'],
  ['orders-api', 'python3 /srv/orders.py', 'orders-api (812)'],
  ['perl', '', 'perl (812)'],
])('%s of the command line "%s" is "%s" in running text, and keeps its name', (name, command, expected) => {
  const subject = processSubject(812, known(name, command))
  expect(processWords(subject)).toBe(expected)
  expect(subject.name).toBe(name)
})

test('a script and its unit', () => {
  const group = new Map([[812, { path: '/system.slice/pay.service', unit: 'pay.service', container: undefined }]])
  const subject = processSubject(812, { ...known('python3', 'python3 pay.py'), 'process-cgroup': group })
  expect(processWords(subject)).toBe('pay.py (812, python3, pay.service)')
})
