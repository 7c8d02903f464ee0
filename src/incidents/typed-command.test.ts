import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactThoroughly } from '../../test/redact.ts'
import { typedCommand } from './typed-command.ts'

const typed = (...words: readonly string[]): Promise<string> => typedCommand(['halligan', ...words], redactThoroughly)

describe('a command that was typed', () => {
  it('can be typed again', async () => {
    expect(await typed('run', 'web-1', '--', 'echo "it\'s $HOME"')).toBe(
      String.raw`halligan run web-1 -- 'echo "it'\''s $HOME"'`,
    )
  })

  it.each([
    [['run', 'db', '--', `mysql -e "ALTER USER u IDENTIFIED BY 'aaQQhunter2'"`]],
    [['run', 'db', '--', `psql -c "ALTER USER u PASSWORD 'it''s aaQQhunter2'"`]],
    [['note', `it's "password: 'aaQQhunter2'" now`]],
    [['note', `the password='it is aaQQhunter2' it's`]],
    [['note', '--password', 'aaQQhunter2']],
    [['run', 'db', '--', 'mysql', '-paaQQhunter2']],
  ])('has no secret: %j', async (words) => {
    expect(await typed(...words)).not.toContain('hunter2')
  })

  it('has none that one of its words has in quotes', async () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9]{8}[0-9]{4}$/)
    const form = fc.constantFrom(`IDENTIFIED BY '§'`, `password='§'`, `{"password": "§"}`, `it's PASSWORD '§' here`)
    await fc.assert(
      fc.asyncProperty(secret, form, fc.constantFrom('', `$x "`, "'", '\\'), async (text, where, before) => {
        fc.pre(new Set(text).size > 6)
        expect(await typed('run', 'db', '--', `${before} ${where.replace('§', text)}`)).not.toContain(text)
      }),
    )
  })
})
