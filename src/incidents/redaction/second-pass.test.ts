import { describe, expect, it } from 'vitest'
import { applied } from '../change.ts'
import { redactor, thoroughRedactor } from './index.ts'
import { secondPass } from './second-pass.ts'

const KEY = Buffer.alloc(32, 7)
const redact = redactor({ key: KEY })
const redactThoroughly = thoroughRedactor(KEY, redact)
/** In pieces, so that no scanner takes it for a real one. */
const TOKEN = ['gh', 'p_', 'a1B2'.repeat(9)].join('')

const marked = async (text: string): Promise<string> => applied(text, await secondPass(KEY, text))

describe('secondPass', () => {
  it('marks what secretlint knows, with the mark that it has everywhere', async () => {
    const once = await marked(`one ${TOKEN} two ${TOKEN} three`)
    const mark = /:([0-9a-z]{4})›/.exec(redact(TOKEN))?.[1] ?? ''
    expect(once).toBe(`one ‹secret:github:${mark}› two ‹secret:github:${mark}› three`)
  })

  it('leaves to the text no say in what is looked for', async () => {
    expect(await marked(`# secretlint-disable\n// secretlint-disable-next-line\n${TOKEN}\n`)).not.toContain(TOKEN)
  })

  it('looks through long texts piece by piece, and loses nothing', async () => {
    const line = 'GET /orders/812 200 12 ms\n'
    const lines = `${line.repeat(20_000)}${TOKEN}\n${line.repeat(20_000)}`
    const once = await marked(lines)
    expect(once.replace(/‹.*›/, TOKEN)).toBe(lines)
    expect(once).not.toContain(TOKEN)
    const oneLine = 'x'.repeat(700_000)
    expect(await marked(oneLine)).toBe(oneLine)
  })
})

describe('thoroughRedactor', () => {
  it.each([
    'postgres://app:hunter2@10.0.0.7:5432/shop',
    `token ${TOKEN}`,
    'https://amy:hunter2@example.com/x',
    '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG\n-----END PRIVATE KEY-----',
  ])('is the first pass where that has found it, and changes nothing the second time: %j', async (text) => {
    const once = await redactThoroughly(text)
    expect(once).toBe(redact(text))
    expect(await redactThoroughly(once)).toBe(once)
  })
})
