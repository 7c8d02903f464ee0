import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { guarded, type GuardOptions, type GuardedResult } from '../../src/boxes/guard.ts'
import { guardScript } from '../../src/boxes/guard-script.ts'
import { GONE_LIMIT_MS } from './guard-cases.ts'
import { running, SHELLS } from './shells.ts'

describe.each(SHELLS)('the guard in $name', ({ argv, missing, open }) => {
  const run = async (
    options: Partial<GuardOptions> & { readonly command: string },
    act?: (stop: () => void) => void,
  ): Promise<GuardedResult> => {
    const here = open()
    const running = guarded(here, { what: 'test', maxSeconds: 30, ...options })
    act?.(() => running.stop())
    const result = await running.result
    await here.close()
    expect(spools()).toEqual([])
    return result
  }

  it('gives the output in order and the exit code', async (context) => {
    if (missing) context.skip(missing)
    const result = await run({
      command: 'i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done; echo oops >&2; exit 5',
    })
    expect(result).toMatchObject({ ended: 'exited', commandExit: 5 })
    const lines = Buffer.from(result.stdout).toString().trimEnd().split('\n')
    expect(lines).toEqual([...Array.from({ length: 2000 }, (_, at) => `line ${at}`), 'oops'])
  })

  it('stops a command that ignores the stop signal, with all that it started and all that went its own way', async (context) => {
    if (missing) context.skip(missing)
    const mark = `31${process.pid}${argv.length}${argv[0].length}`
    const command = `trap '' TERM; sleep ${mark}1 & setsid sleep ${mark}2 & echo begun; while :; do sleep 1; done`
    const result = await run({ command, graceSeconds: 1 }, (stop) => setTimeout(stop, 2_000))
    expect(result.ended).toBe('stopped')
    expect(Buffer.from(result.stdout).toString()).toContain('begun')
    expect(running(mark)).toEqual([])
  })

  it(
    'leaves nothing when the supervisor is killed while it is still setting itself up',
    { timeout: 120_000 },
    async (context) => {
      if (missing) context.skip(missing)
      const mark = `32${process.pid}${argv.length}${argv[0].length}`
      // The first thing that the command does is to kill its parent, which at that moment may have started nothing else yet.
      for (let round = 0; round < 12; round += 1) {
        const here = open()
        const result = await guarded(here, { what: 'test', maxSeconds: 30, command: `kill -KILL $PPID; sleep ${mark}` })
          .result
        expect(result.ended).toBe('not-seen')
        await here.close()
      }
      const until = Date.now() + GONE_LIMIT_MS
      while ((running(mark).length > 0 || spools().length > 0) && Date.now() < until)
        await new Promise((resolve) => setTimeout(resolve, 200))
      expect([running(mark), spools()]).toEqual([[], []])
    },
  )

  it('ends at its time limit and at its byte limit', async (context) => {
    if (missing) context.skip(missing)
    expect(await run({ command: 'sleep 100', maxSeconds: 2 })).toMatchObject({ ended: 'max-time' })
    expect(
      await run({ command: 'while :; do echo 0123456789012345678901234567890123456789; done', maxBytes: 100_000 }),
    ).toMatchObject({ ended: 'max-bytes' })
  })
})

describe('the guard script', () => {
  it('has nothing that shellcheck takes for an error', (context) => {
    if (spawnSync('shellcheck', ['--version']).status !== 0) context.skip('needs shellcheck')
    const limits = {
      heartbeatSeconds: 4,
      maxSeconds: 10,
      maxBytes: 1_000,
      stopSignal: 'TERM',
      graceSeconds: 3,
    } as const
    const script = guardScript("echo it's", 'abc', limits)
    expect(execFileSync('shellcheck', ['-s', 'sh', '-S', 'error', '-'], { input: script, encoding: 'utf8' })).toBe('')
  })
})

function spools(): readonly string[] {
  return ['/dev/shm', '/run', '/tmp']
    .flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []))
    .filter((name) => {
      if (!name.startsWith('.halligan-guard.')) return false
      // Guards of other tests may run at the same time on this machine.
      const owner = ['/dev/shm', '/run', '/tmp']
        .map((folder) => `${folder}/${name}/owner`)
        .find((file) => existsSync(file))
      return owner === undefined || !existsSync(`/proc/${readFileSync(owner, 'utf8').split(' ')[0]}`)
    })
}
