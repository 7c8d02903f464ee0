import fc from 'fast-check'
import { expect, test } from 'vitest'
import { moduleOf, programOf } from './program.ts'

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

test.each([
  ['python3 -m http.server 8080', 'http.server'],
  ['/usr/bin/python3.11 -u -W ignore -m gunicorn shop:app', 'gunicorn'],
  ['python3 -um shop', 'shop'],
  ['python3 /opt/pay.py -m x', undefined],
  ['python3 -c import', undefined],
  ['java -Xmx1g -cp lib/*:. @args com.acme.Orders', 'com.acme.Orders'],
  ['java -jar orders.jar', undefined],
  ['java', undefined],
  ['perl -m strict', undefined],
  ['', undefined],
])('"%s" runs the module or class %s', (command, name) => {
  expect(moduleOf(command)?.name).toBe(name)
})

test('of any command line a name of a module is a part', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('-m', '-cp', '-c', 'a.B', '--x', '-', 'x y', '')), (words) => {
      for (const interpreter of ['python3', 'java']) {
        const name = moduleOf([interpreter, ...words].join(' '))?.name
        expect(name === undefined || words.join(' ').includes(name)).toBe(true)
      }
    }),
  )
})
