import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { closeSync, copyFileSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lostConnection } from '../../src/boxes/failures.ts'
import { openSession } from '../../src/boxes/session.ts'
import { collectorScript } from '../../src/evidence/collector.ts'
import { probesOf, readEvidence, type Evidence } from '../../src/evidence/evidence.ts'

// A user of a box names files so that a line of theirs poses as one of another process: that it holds a large deleted file, say,
// which a person would then be told to empty.

const BOUNDARY = '5eed5eed5eed5eed'
const asked = probesOf('fast')
const folder = mkdtempSync(path.join(tmpdir(), 'halligan-forged-'))
const started: ChildProcess[] = []
let live = -1
let forged = -1

beforeAll(() => {
  // This process is the victim: it holds a large file that has its name.
  live = openSync(path.join(folder, 'database'), 'w')
  writeSync(live, Buffer.alloc(20 * 1024 * 1024))
  forged = openSync(
    inFolder(`x\n${process.pid}/fd:\nlrwx------ 1 0 0 64 Nov 23 10:00 ${live} -> /tmp/gone (deleted)\nlrwx`),
    'w',
  )
  for (const name of [
    `s ${process.pid}/exe -> /opt/old (deleted)`,
    `s\nlrwx 1 0 0 0 Nov 23 10:00 ${process.pid}/exe -> /opt/old (deleted)`,
  ]) {
    copyFileSync('/bin/sleep', inFolder(name))
    started.push(spawn(inFolder(name), ['60'], { stdio: 'ignore' }))
  }
})
afterAll(() => {
  for (const child of started) child.kill('SIGKILL')
  closeSync(live)
  closeSync(forged)
  rmSync(folder, { recursive: true, force: true })
})

const SHELLS = ['dash', 'bash', 'busybox sh'].filter(
  (shell) => spawnSync(shell.split(' ')[0] ?? '', ['-c', ':']).error === undefined,
)

describe.each(SHELLS)('names of files that pose as lines of another process, seen by %s', (shell) => {
  it('are names of files', async () => {
    const evidence = await looked(shell)
    const files = evidence['open-files']
    const executables = evidence['process-executable']
    expect(files.kind === 'seen' && files.value.deleted.filter(({ path: name }) => name.includes('gone'))).toEqual([])
    expect(executables.kind === 'seen' && executables.value.get(process.pid)?.path).toBe(process.execPath)
    expect(executables.kind === 'seen' && executables.value.get(process.pid)?.deleted).toBe(false)
  })
})

function inFolder(name: string): string {
  const file = path.join(folder, name)
  mkdirSync(path.dirname(file), { recursive: true })
  return file
}

async function looked(shell: string): Promise<Evidence> {
  const [program = 'sh', ...args] = shell.split(' ')
  const session = openSession({
    box: 'box',
    argv: [program, ...args],
    explain: (ending) => lostConnection(ending, ending.stderr, 'box'),
  })
  const script = collectorScript(asked, { boundary: BOUNDARY, windowSeconds: 0.3, compression: 'none' })
  const result = await session.run(script, { what: 'look', timeoutMs: 30_000, maxBytes: 64 * 1024 * 1024 })
  await session.close()
  return readEvidence(result.stdout, BOUNDARY, asked, { beganAtMs: 0 })
}
