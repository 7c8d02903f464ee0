import { afterAll, describe, expect, it } from 'vitest'
import { openBox } from '../../boxes/open.ts'
import { COMMON } from '../../evidence/logs/discovery/containers.ts'
import { running } from '../../../test/live/shells.ts'

describe('what hangs while logs are looked for', () => {
  const box = openBox('local')
  afterAll(() => box.close())

  it('is ended with all that it started, not only its first process', async () => {
    const hangs = `v=$(${Array.from({ length: 2 }, () => 'sleep 7193.5').join(' | ')})`
    // A box that is starved: time passes between the end of a process and that of its children.
    const script = `kill() { command kill "$@"; sleep 0.2; }\n${COMMON}\nhangs() { ${hangs}; }\nguarded 1 hangs || echo hung\n`
    const { stdout } = await box.run(script, { what: 'hang', timeoutMs: 20_000, maxBytes: 1_000 })
    expect(Buffer.from(stdout).toString()).toBe('hung\n')
    expect(running('7193.5')).toEqual([])
  })
})
