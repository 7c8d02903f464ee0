import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Box } from '../../src/boxes/box.ts'
import { expandedAnswer } from '../../src/evidence/answer.ts'

export const ANSWERS = path.join(import.meta.dirname, '../fixtures/logs-discovery')
/** In place of the random one. */
export const BOUNDARY = '5eed5eed5eed5eed'
/** What the recordings are of; each is read again by discovery.test.ts. */
const RECORDED: Readonly<Record<string, string>> = {
  'web-1': 'web-1',
  'amy@web-1': 'ordinary-user',
  'bb-1': 'busybox',
  'sys-1': 'systemd',
}

/** With HALLIGAN_RECORD_LOGS=1 the answers of the boxes become fixtures, to be read; without the log of the kernel, which is that of this machine. */
export function recordingAnswers(box: Box, asked: readonly string[]): Box {
  const name = RECORDED[asked.join(' ')]
  if (process.env['HALLIGAN_RECORD_LOGS'] !== '1' || name === undefined) return box
  return {
    ...box,
    run: async (script, options) => {
      const result = await box.run(script, options)
      const boundary = /^K=([0-9a-f]+)$/m.exec(script)?.[1] ?? ''
      const answer = expandedAnswer(result.stdout, boundary).replaceAll(boundary, BOUNDARY)
      mkdirSync(ANSWERS, { recursive: true })
      writeFileSync(path.join(ANSWERS, `${name}.txt`), ofNoMachine(answer))
      return result
    },
  }
}

function ofNoMachine(answer: string): string {
  return answer
    .replace(/\n5eed5eed5eed5eed \+ logs-kernel [^]*?\n5eed5eed5eed5eed - \d+\n/, '\n')
    .replace(/^kernel .*$/m, 'kernel 6.1.0-18-amd64')
    .replace(/^machine .*$/m, 'machine 5f2c1f0e6b0a4e6f9a0d6c1b7a3e2d11')
    .replace(/^boot .*$/m, 'boot 0b7a9e34-6a55-4d0e-8a57-3f4c2a3f4f61')
    .replace(/\n5eed5eed5eed5eed times [^]*$/, '\n')
}
