import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { missing } from '../boxes/fleet.ts'
import { noUprobes, TRACING } from './tracefs.ts'

const why = missing('root') ?? (noUprobes() || undefined)

it.skipIf(why)(`tracefs is mounted only as long as a test file needs it${why ? ` (skipped: ${why})` : ''}`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-tracefs-'))
  const steps = `
    import { spawn, spawnSync } from 'node:child_process'
    import { appendFileSync } from 'node:fs'
    import { mountTracefs, noUprobes } from ${JSON.stringify(path.join(import.meta.dirname, 'tracefs.ts'))}
    const say = () => console.log(spawnSync('mountpoint', ['-q', '${TRACING}']).status === 0 ? 'mounted' : 'not')
    noUprobes(); say()
    const first = mountTracefs(); say()
    // Of another test file, whose process is there, and later is not.
    const other = spawn('sleep', ['60'])
    appendFileSync('${folder}/halligan-test-tracefs', other.pid + '\\n')
    first(); say()
    const second = mountTracefs()
    other.on('exit', () => { second(); say() }); other.kill()`
  // In a mount namespace of its own, whoever has mounted it on this machine.
  const script = `while mountpoint -q ${TRACING}; do umount ${TRACING} || exit; done; exec "$0" --input-type=module -e "$1"`
  const { stdout, stderr } = spawnSync('unshare', ['--mount', 'sh', '-c', script, process.execPath, steps], {
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: folder },
  })
  rmSync(folder, { recursive: true })
  expect([stdout, stderr]).toEqual(['not\nmounted\nmounted\nnot\n', ''])
})
