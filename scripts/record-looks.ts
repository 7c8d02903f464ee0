import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { openBox } from '../src/boxes/open.ts'
import { recordedBox, writeRecording } from '../src/boxes/recorded.ts'
import { collectorScript } from '../src/evidence/collector.ts'
import { expandedAnswer } from '../src/evidence/answer.ts'
import { probesOf } from '../src/evidence/evidence.ts'
import { redact } from '../test/redact.ts'
import { lookAt } from '../src/steps/look.ts'
import { startFleet } from '../test/boxes/fleet.ts'
import { compileSick } from '../test/sick/compile.ts'

const BOUNDARY = '5eed5eed5eed5eed5eed5eed5eed5eed'
const FOLDER = path.join(import.meta.dirname, '../test/fixtures/looks')

/** What runs on each box while it is looked at; the service is the sick program of a connection leak under the name of one. */
const SCENES: readonly (readonly [name: string, box: string, light: string])[] = [
  ['web-1-burning', 'web-1', 'ulimit -n 1024; exec orders-api 90 8080 1010'],
  ['web-1-relieved', 'web-1', 'ulimit -n 8192; exec orders-api 90 8080 160'],
  ['web-1-fixed', 'web-1', 'ulimit -n 1024; exec orders-api 90 8080 27'],
  ['web-2', 'web-2', 'ulimit -n 1024; exec orders-api 90 8080 11'],
  ['db-1', 'db-1', 'exec sleep 90'],
]

/** Records whole looks of test boxes for the incident that the tests of the write-up are about. */
export async function recordLooks(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true })
  compileSick('close-wait-leak')
  const hook = path.join(import.meta.dirname, '../test/boxes/with-sick-programs.sh')
  const fleet = await startFleet({ boxes: ['web-1', 'web-2', 'db-1'], hook })
  try {
    process.env['HALLIGAN_SSH_CONFIG'] = fleet.sshConfig
    for (const name of ['web-1', 'web-2']) await fleet.run(name, 'cd /usr/local/bin && cp close-wait-leak orders-api')
    for (const [name, box, light] of SCENES) {
      fleet.leave(box, light)
      await new Promise((resolve) => setTimeout(resolve, 5_000))
      for (let tries = 1; !(await isCalm(name, box)); tries++)
        if (tries === TRIES) throw new Error(`${name}: this machine is too busy; record when nothing else runs`)
      await fleet.run(box, 'pkill orders-api || true')
    }
  } finally {
    await fleet.down()
  }
}

const TRIES = 8

/** Records, and says whether what was recorded is about the box alone: not that this machine had much to do. */
async function isCalm(name: string, box: string): Promise<boolean> {
  await recordLook(name, box)
  const file = path.join(FOLDER, `${name}.look.zst`)
  const look = await lookAt(recordedBox(file), { deep: false, windowSeconds: 1, compression: 'none', redact })
  return look.conclusion.findings.every(({ subject }) => subject.name === 'orders-api')
}

async function recordLook(name: string, box: string): Promise<void> {
  const probes = probesOf('fast')
  const script = collectorScript(probes, { boundary: BOUNDARY, windowSeconds: 1, compression: 'none' })
  const opened = openBox(box)
  const result = await opened.run(script, { what: 'record', timeoutMs: 30_000, maxBytes: 1e8 })
  await opened.close()
  writeRecording(path.join(FOLDER, `${name}.look.zst`), {
    header: {
      schema: 'halligan.recording/1',
      box,
      boundary: BOUNDARY,
      startedAtMs: result.startedAtMs,
      beganAtMs: result.beganAtMs ?? result.startedAtMs,
      durationMs: result.durationMs,
      deep: false,
      windowSeconds: 1,
      asked: probes.map(({ id }) => id),
      version: '0.1.0',
    },
    answer: Buffer.from(withoutMachine(redact(expandedAnswer(result.stdout, BOUNDARY)))),
  })
}

/** What is that of the machine that records, whatever had happened on it: counters since boot, and the kernel log, which an ordinary user could not read. */
function withoutMachine(answer: string): string {
  const kernelLog = new RegExp(`(\\n${BOUNDARY} \\+ kernel-log during \\S+\\n)[^]*?(\\n${BOUNDARY} - )\\d+\\n`)
  return answer
    .replaceAll(/^oom_kill \d+$/gm, 'oom_kill 0')
    .replace(kernelLog, '$1dmesg: read kernel buffer failed: Operation not permitted$21\n')
}
