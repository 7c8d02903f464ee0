import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readRecording, recordedBox, writeRecording, type RecordingHeader } from './recorded.ts'

const header: RecordingHeader = {
  schema: 'halligan.recording/1',
  box: 'web-1',
  identity: { hostname: 'web-1' },
  boundary: '0123456789abcdef0123456789abcdef',
  startedAtMs: 1_767_323_045_000,
  beganAtMs: 1_767_323_045_120,
  durationMs: 1_180,
  deep: false,
  windowSeconds: 1,
  asked: ['load', 'memory'],
  version: '0.1.0',
}
const answer = Buffer.from([0, 10, 255, 10, 0x28, 0xb5, 0x2f, 0xfd, 13])
const look = { what: 'look', timeoutMs: 1_000, maxBytes: 1_000 }
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'recorded-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('a recording', () => {
  it.each(['plain.halligan', 'packed.halligan.zst'])(
    'comes back byte for byte from %s, readable by its owner only',
    (name) => {
      const path = join(folder, name)
      writeRecording(path, { header, answer })
      const back = readRecording(path)
      expect(back).toEqual({ header, answer })
      expect(statSync(path).mode & 0o777).toBe(0o600)
      expect(readdirSync(folder).filter((entry) => entry.endsWith('.partial'))).toEqual([])
    },
  )

  it('is recognised by its content, whatever its name', () => {
    const path = join(folder, 'odd.zst')
    writeRecording(join(folder, 'x'), { header, answer })
    execFileSync('cp', [join(folder, 'x'), path])
    expect(readRecording(path)).toMatchObject({ header: { box: 'web-1' } })
  })

  it('answers any script with what was recorded', async () => {
    const path = join(folder, 'run')
    writeRecording(path, { header, answer })
    const box = recordedBox(path)
    const result = await box.run('rm -rf /', look)
    expect(result).toMatchObject({
      ok: true,
      exitCode: 0,
      beganAtMs: header.beganAtMs,
      durationMs: 1_180,
      failure: undefined,
    })
    expect(Buffer.from(result.stdout)).toEqual(answer)
  })

  it('that was cut off when it was made is a cut-off answer again', async () => {
    const path = join(folder, 'cut')
    writeRecording(path, { header: { ...header, truncated: true }, answer })
    expect(await recordedBox(path).run(':', look)).toMatchObject({
      ok: false,
      truncated: true,
      failure: { kind: 'cut-off' },
    })
  })
})

describe('a file that is no recording', () => {
  it.each([
    ['empty', '', 'no header line'],
    ['foreign', '{"schema":"other/1"}\n', 'does not say halligan.recording/1'],
    ['text', 'hello\nworld\n', 'JSON'],
    ['wrong', `${JSON.stringify({ ...header, boundary: 'no!' })}\n`, 'boundary'],
    ['broken-zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3]), 'recording'],
  ])('is refused with words: %s', async (name, content, words) => {
    const path = join(folder, name)
    writeFileSync(path, content)
    const { failure, ok } = await recordedBox(path).run(':', look)
    expect(ok).toBe(false)
    expect(failure).toMatchObject({ kind: 'recording-unreadable', message: expect.stringContaining(words) })
  })

  it('is refused when it is missing, a folder, a pipe or a device', () => {
    execFileSync('mkfifo', [join(folder, 'pipe')])
    for (const path of [join(folder, 'missing'), folder, join(folder, 'pipe'), '/dev/zero'])
      expect(readRecording(path)).toMatchObject({ kind: 'recording-unreadable' })
  })

  it('is refused, or is read as what it says, when its header is changed anywhere', async () => {
    const path = join(folder, 'changed')
    const whole = Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), answer])
    const words = fc.oneof(
      fc.uint8Array({ maxLength: 6 }),
      fc.constantFrom('"', '}', '\n', '1e999', 'null', '"__proto__":{},', '[[[[').map((text) => Buffer.from(text)),
    )
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length), fc.nat(8), words, fc.boolean(), async (at, drop, word, cut) => {
        writeFileSync(
          path,
          Buffer.concat([whole.subarray(0, at), word, cut ? Buffer.alloc(0) : whole.subarray(at + drop)]),
        )
        const back = readRecording(path)
        if ('header' in back) {
          expect(back.header.schema).toBe(header.schema)
          expect(back.header.boundary).toMatch(/^[0-9a-f]{8,128}$/)
        } else expect(back).toMatchObject({ kind: 'recording-unreadable', message: expect.stringMatching(/./) })
        expect(await recordedBox(path).run(':', look)).toHaveProperty('ok')
      }),
      { numRuns: 300 },
    )
  })

  it('never throws, whatever its bytes', () => {
    const path = join(folder, 'any')
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, packed) => {
        writeFileSync(path, packed ? Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), bytes]) : bytes)
        expect(readRecording(path)).toMatchObject({ kind: 'recording-unreadable' })
      }),
      { numRuns: 200 },
    )
  })
})
