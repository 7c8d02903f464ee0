import { describe, expect, it } from 'vitest'
import { redact } from '../../../test/redact.ts'

const SECRET = 'Zq9Xw3Lm7Kp2'

describe('a value that stands below its name', () => {
  it.each([
    ['of YAML, literal', `db:\n  password: |\n    ${SECRET}\n  port: 1`],
    ['of YAML, folded, in two lines', `password: >-\n  ${SECRET}\n\n  ${SECRET}\nport: 1`],
    ['of YAML, deeper', `password:\n  ${SECRET}`],
    ['of a list', `- password_prod: |2+\r\n    ${SECRET}\r\n`],
    ['of JSON', `{\n  "password":\n    "${SECRET}",\n  "port": 1\n}`],
    ['of an element', `<password>\n  ${SECRET}\n</password>`],
    ['of a command line', `mysql --password \\\n  ${SECRET} --host x`],
    ['in colours', `\u001b[1mpassword\u001b[0m:\n  \u001b[32m${SECRET}\u001b[0m`],
  ])('%s is taken, and the rest stays', (_, text) => {
    const redacted = redact(text)
    expect(redacted).not.toContain(SECRET)
    expect(redacted.split('\n')).toHaveLength(text.split('\n').length)
    expect(redact(redacted)).toBe(redacted)
    for (const kept of ['port', 'host x', '</password>']) if (text.includes(kept)) expect(redacted).toContain(kept)
  })

  it.each([
    'if not password:\n    return\n',
    'password:\n  type: string\n',
    'password:\n  - minLength\n',
    'secret:\n  secretName: shop\n',
    'token:\n  required\n',
    'tokens:\n  812\n',
    'Password:\nSorry, try again.\n',
    'password_policy: |\n  at least 12 characters\n',
    '<tokens>\n  <token/>\n</tokens>',
    'the password:\n  next',
  ])('is none in %j', (text) => {
    expect(redact(text)).toBe(text)
  })
})
