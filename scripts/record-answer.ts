import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { openBox } from '../src/boxes/open.ts'
import { collectorScript } from '../src/evidence/collector.ts'
import { probesOf } from '../src/evidence/evidence.ts'
import { compileSick } from '../test/sick/compile.ts'
import { startFleet } from '../test/boxes/fleet.ts'

const BOUNDARY = '5eed5eed5eed5eed5eed5eed5eed5eed'

/**
 * Records the whole answer of a test box on which two things are sick, for the tests of the parsers. The kernel log is left out: it is that
 * of the machine that records.
 */
export async function recordAnswer(): Promise<void> {
  for (const name of ['close-wait-leak', 'hot-thread']) compileSick(name)
  const fleet = await startFleet({
    boxes: ['web-1'],
    hook: path.join(import.meta.dirname, '../test/boxes/with-sick-programs.sh'),
  })
  process.env['HALLIGAN_SSH_CONFIG'] = fleet.sshConfig
  fleet.leave('web-1', 'close-wait-leak 60 8081 120')
  fleet.leave('web-1', 'hot-thread 60')
  await new Promise((resolve) => setTimeout(resolve, 5_000))
  const box = openBox('web-1')
  const probes = probesOf('fast').filter(({ id }) => id !== 'kernel-log')
  const script = collectorScript(probes, { boundary: BOUNDARY, windowSeconds: 1, compression: 'none' })
  const { stdout } = await box.run(script, { what: 'record', timeoutMs: 30_000, maxBytes: 1e8 })
  await box.close()
  await fleet.down()
  writeFileSync(path.join(import.meta.dirname, '../test/fixtures/answers/web-1.txt'), stdout)
}
