import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redact, redactDeep } from './redaction.ts'

describe('redact', () => {
  it.each([
    ['psql postgres://app:hunter2@10.0.0.7:5432/shop', 'psql postgres://app:[redacted]@10.0.0.7:5432/shop'],
    ['java -Ddb.password=hunter2 -jar shop.jar', 'java -Ddb.password=[redacted] -jar shop.jar'],
    ['DB_PASSWORD="hunter 2" ./run', 'DB_PASSWORD=[redacted] ./run'],
    ['run --api-key hunter2 --port 80', 'run --api-key [redacted] --port 80'],
    ['curl -u amy:hunter2 http://x/', 'curl -u amy:[redacted] http://x/'],
    ['mysql -u root -phunter2 shop', 'mysql -u root -p[redacted] shop'],
    ['Authorization: Bearer abcdef123456', 'Authorization: Bearer [redacted]'],
    ['Cookie: session=abc; other=def', 'Cookie: [redacted]'],
    ['{"token": "abc123"}', '{"token": [redacted]}'],
    ['AKIAIOSFODNN7EXAMPLE', '[redacted]'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdef', '[redacted]'],
    [
      '-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\nrest',
      '-----BEGIN PRIVATE KEY----- [redacted]\nrest',
    ],
  ])('%s', (text, expected) => {
    expect(redact(text)).toBe(expected)
  })

  it.each([
    'tokenizer --model base',
    'nginx: worker process',
    '/usr/bin/passwd',
    'sshd: root@pts/0',
    'http://10.0.0.7:5432/x@y',
    'tcp://10.0.0.7:5432',
  ])('leaves alone: %s', (text) => {
    expect(redact(text)).toBe(text)
  })

  it('changes nothing the second time', () => {
    const word = fc.constantFrom(
      'password=',
      'token: ',
      '--secret ',
      'postgres://a:b@c',
      'Bearer ',
      'x',
      ' ',
      '"',
      '\n',
      'hunter2',
      '-p',
      'mysql ',
      '-u ',
      'a:b',
    )
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const once = redact(words.join(''))
        expect(redact(once)).toBe(once)
      }),
    )
  })

  it('stays linear on long hostile text', () => {
    const started = performance.now()
    redact(`${'a'.repeat(50_000)}:${'/'.repeat(50_000)}${'password'.repeat(5_000)}`)
    // A safety limit, not a measurement: quadratic patterns take minutes here.
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})

describe('redactDeep', () => {
  it('reaches strings in arrays and objects and leaves the rest', () => {
    const data = { a: ['password=x', 3, null], b: { c: 'fine', token: 'kept by name only' } }
    expect(redactDeep(data)).toEqual({
      a: ['password=[redacted]', 3, null],
      b: { c: 'fine', token: 'kept by name only' },
    })
  })
})
