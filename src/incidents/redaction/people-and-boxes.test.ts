import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keepingNames, redactedAbout } from './people-and-boxes.ts'
import { redactor } from './redactor.ts'
import { thoroughRedactor } from './thorough.ts'

const KEY = Buffer.alloc(32, 7)
const plain = redactor({ key: KEY })
const redact = thoroughRedactor(KEY, plain)
const amy = { by: 'amy@mac.local', box: 'root@web-1.prod.example.com:2222' }
const inEntry = async (entry: Parameters<typeof keepingNames>[0], text: string): Promise<string> =>
  (await keepingNames(entry, redact))(text)

describe('names of an entry', () => {
  it.each([
    'amy@mac.local',
    'root@web-1.prod.example.com:2222',
    'took over from amy@mac.local.',
    'halligan look root@web-1.prod.example.com --json, by (amy@mac.local)',
    'who1 is amy@mac.local and who7 is who',
  ])('stay: %s', async (text) => {
    expect(await inEntry(amy, text)).toBe(text)
  })

  it('are those of the payload as well', async () => {
    const entry = {
      payload: { boxes: ['bob@db.example.com', 'web-2'], from: 'eve@corp.example.com', to: 'ann@x.example.org' },
    }
    const text = 'bob@db.example.com eve@corp.example.com ann@x.example.org'
    expect(await inEntry(entry, text)).toBe(text)
  })

  it.each([
    ['of somebody else', 'ask bob@mac.local'],
    ['of which it is a part', 'teamy@mac.local amy@mac.localhost.example amy@mac.local.example.com'],
  ])('are not those %s', async (_, text) => {
    for (const word of (await inEntry(amy, text)).replace('ask ', '').split(' '))
      expect(word).toMatch(/^‹secret:email:\w+›$/)
  })

  it('hide no secret that stands beside them', async () => {
    expect(await inEntry(amy, 'curl -u amy@mac.local:hunter2secret https://x')).not.toContain('hunter2secret')
    expect(await inEntry(amy, 'password=amy@mac.local')).not.toContain('amy@mac.local')
    expect(await inEntry(amy, 'https://root:pw4711@web-1.prod.example.com/')).not.toContain('pw4711')
  })

  it('are none when they hold another secret', async () => {
    const token = `ghp_${'aB3dE5fG7h'.repeat(4).slice(0, 36)}`
    expect(await inEntry({ box: `${token}@web-1.example.com` }, `${token}@web-1.example.com`)).not.toContain(token)
  })

  it('lose the password that one has before its host', async () => {
    for (const entry of [{ box: 'root:hunter2x@web-1' }, { payload: { boxes: ['root:hunter2x@web-1:2222'] } }])
      expect(await inEntry(entry, `ssh to ${entry.box ?? 'root:hunter2x@web-1:2222'} failed`)).toMatch(
        /^ssh to root:‹secret:url-password:\w{4}›@web-1(?::2222)? failed$/,
      )
  })

  it('change nothing in a text that has none of them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        fc.pre(!text.includes('@'))
        expect(await inEntry(amy, text)).toBe(await redact(text))
      }),
    )
  })

  it('stay wherever they stand alone', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.stringMatching(/^[a-z ]{0,20}$/),
        fc.stringMatching(/^[a-z ]{0,20}$/),
        async (before, after) => {
          const text = `${before} amy@mac.local ${after}`
          fc.pre(plain(text) !== text)
          expect(await inEntry(amy, text)).toContain('amy@mac.local')
        },
      ),
    )
  })

  it('stay in what a box is said to have failed with', () => {
    const failed = 'The name root@web-1.example.com does not resolve; ask eve@corp.example.com.'
    const told = redactedAbout('root@web-1.example.com:22', failed, plain)
    expect(told).toMatch(/^The name root@web-1\.example\.com does not resolve; ask ‹secret:email:\w+›\.$/)
    expect(redactedAbout('web-1', failed, plain)).toBe(plain(failed))
  })
})
