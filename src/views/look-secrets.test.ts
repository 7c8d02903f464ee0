import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { recordedBox, writeRecording } from '../boxes/recorded.ts'
import { lookJson } from './look-json.ts'
import { lookMarkdown } from './look-markdown.ts'
import { lookScreen } from './look-terminal.ts'
import { styleOf } from './style.ts'
import { redact, redactThoroughly } from '../../test/redact.ts'
import { lookAt, recordingOf, type BoxLook } from '../steps/look.ts'

const LOOKED = { deep: false, windowSeconds: 1 }
const BOUNDARY = 'feedfeedfeedfeed'
const folder = mkdtempSync(path.join(tmpdir(), 'halligan-look-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a look at a box whose processes carry secrets', () => {
  const secret = 'hunter2'
  const answer = block(
    frame(
      'process-command',
      'during',
      `812/cmdline:orders-api --password ${secret} --token=${secret}
813/cmdline:redis-cli -a ${secret} monitor
814/cmdline:psql postgres://app:${secret}@db/shop
815/cmdline:run -----BEGIN RSA PRIVATE KEY-----
815/cmdline:${secret}AAAA
815/cmdline:BBBB${secret}`,
    ),
    ...['first', 'last'].map((moment) =>
      frame('process-stat', moment, ['self 1 9.00', ...[812, 813, 814, 815].map(stat)].join('\n')),
    ),
    frame('kernel-log', 'during', `cat: password=${secret}`, 1),
    frame(
      'filesystems',
      'during',
      `mount /dev/vda /m/password='$(${secret})' ext4 rw\nsize 100 0 0 4096 9 9 /m/password='$(${secret})'`,
    ),
  )

  it.each(['screen', 'details', 'json', 'markdown', 'recording'])('shows none of them: %s', async (kind) => {
    const look = await lookAtAnswer('secrets', answer)
    const style = styleOf({ isTTY: false, columns: undefined, environment: { COLUMNS: '140' }, color: false })
    const shown: Readonly<Record<string, () => string | Promise<string>>> = {
      screen: () => lookScreen(look, style, 'usual'),
      details: () => lookScreen(look, style, 'details'),
      json: () => lookJson([look], 0, 1),
      markdown: () => lookMarkdown(look, false),
      recording: () => Buffer.from(recordingOf(look, LOOKED).answer).toString(),
    }
    const text = (await shown[kind]?.()) ?? ''
    expect(text).toMatch(/[‹<]secret:password:\w{4}[›>]/)
    expect(text).not.toContain(secret)
  })

  it('suggests commands whose quotes are still whole', async () => {
    const { conclusion } = await lookAtAnswer('quotes', answer)
    const commands = conclusion.findings.flatMap(({ next }) => next.map(({ command }) => command))
    expect(commands).toContainEqual(
      expect.stringMatching(
        /^halligan run web-1 --price slow -- 'du -xh --max-depth=2 "\/m\/password='\\''‹secret:password:\w{4}›'\\''" \| sort -h \| tail'$/,
      ),
    )
  })
})

describe('a recording of an earlier version', () => {
  it('is read, and what was taken out of it stays taken out', async () => {
    const answer = block(
      frame(
        'process-command',
        'during',
        '812/cmdline:orders-api --password [redacted] --token=[redacted] -u amy:[redacted]',
      ),
      ...['first', 'last'].map((moment) => frame('process-stat', moment, `self 1 9.00\n${stat(812)}`)),
    )
    const look = await lookAtAnswer('earlier', answer)
    expect(look.failure).toBeUndefined()
    const kept = Buffer.from(recordingOf(look, LOOKED).answer).toString()
    expect(kept).toBe(answer)
    expect(await redactThoroughly(kept)).toBe(answer)
  })
})

async function lookAtAnswer(name: string, answer: string): Promise<BoxLook> {
  const file = path.join(folder, name)
  writeRecording(file, {
    header: {
      schema: 'halligan.recording/1',
      box: 'web-1',
      boundary: BOUNDARY,
      startedAtMs: 0,
      beganAtMs: 1,
      durationMs: 2,
      deep: false,
      windowSeconds: 1,
      asked: ['process-command', 'process-stat', 'kernel-log', 'filesystems'],
      version: '0',
    },
    answer: Buffer.from(answer),
  })
  return lookAt(recordedBox(file), { ...LOOKED, compression: 'auto', redact })
}

function block(...frames: readonly string[]): string {
  return `\n${BOUNDARY} [ cat\n${frames.join('')}\n${BOUNDARY} ]\n`
}

function frame(probe: string, moment: string, text: string, code = 0): string {
  return `\n${BOUNDARY} + ${probe} ${moment} ${moment === 'last' ? '101.00' : '100.00'}\n${text}\n${BOUNDARY} - ${code}\n`
}

function stat(pid: number): string {
  return `${pid} (orders-api) T 1 1 1 0 -1 4194304 10 0 0 0 0 0 0 0 20 0 1 0 ${pid} 1000 100 1844674 1 1 0`
}
