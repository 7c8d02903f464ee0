import fc from 'fast-check'
import { expect, test } from 'vitest'
import { programOf } from './program.ts'

test.each([
  ['python3 /opt/pay/payment.py', 'payment.py', 'python3'],
  ['/usr/bin/python3.11 -u -W ignore /opt/pay/payment.py --all', 'payment.py', 'python3.11'],
  ['/bin/sh /opt/pay/supervise.sh', 'supervise.sh', 'sh'],
  ['/bin/bash -e /opt/run', 'run', 'bash'],
  ['/bin/bash -x /opt/run', 'run', 'bash'],
  ['bash -lc /opt/run', undefined, undefined],
  ['sh -c while :; do date; done', undefined, undefined],
  ['python3 -m http.server', undefined, undefined],
  ['python3 -c import os', undefined, undefined],
  ['python3', undefined, undefined],
  ['node --require ./trace.js server.js', 'server.js', 'node'],
  ['java -Xmx2g -jar /srv/orders.jar --port 80', 'orders.jar', 'java'],
  ['java -cp /srv/a.jar com.example.Orders', undefined, undefined],
  ['perl -w /opt/agent.pl', 'agent.pl', 'perl'],
  ['php8.2 artisan queue:work', 'artisan', 'php8.2'],
  ['/opt/geo/geo-service --port 80', 'geo-service', undefined],
  ['nginx: worker process', undefined, undefined],
  ['', undefined, undefined],
])('"%s" runs %s', (command, name, interpreter) => {
  const program = programOf(command)
  expect(program?.name).toBe(name)
  expect(program?.interpreter).toBe(interpreter)
})

test('any command line is taken', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (command) => {
      const program = programOf(command)
      expect(program === undefined || (program.name !== '' && command.includes(program.path))).toBe(true)
    }),
  )
})
