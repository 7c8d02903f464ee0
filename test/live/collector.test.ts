import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { lostConnection } from '../../src/boxes/failures.ts'
import { openSession } from '../../src/boxes/session.ts'
import { readFrames } from '../../src/evidence/answer.ts'
import { collectorScript } from '../../src/evidence/collector.ts'
import { probe, type Probe } from '../../src/evidence/probe.ts'

// How the collector asks probes of any kind, on the shells of boxes. Sick tools: sick-tools.test.ts.

const BOUNDARY = '5eed5eed5eed5eed'

const SHELLS = ['dash', 'bash', 'busybox sh', 'mksh', 'ksh93'].filter(
  (shell) => spawnSync(shell.split(' ')[0] ?? '', ['-c', ':']).error === undefined,
)

function asked(id: string, definition: Partial<Probe<string>>): Probe<string> {
  const usual = { title: id, set: 'fast', moments: ['during'], limitSeconds: 2, parse: () => '' } as const
  return probe({ ...usual, ...definition, id })
}

/** By name of the probe: what it printed, and its exit code. */
async function answers(shell: string, probes: readonly Probe<string>[]): Promise<Readonly<Record<string, unknown>>> {
  const [program = 'sh', ...args] = shell.split(' ')
  const session = openSession({
    box: 'box',
    argv: [program, ...args],
    explain: (ending) => lostConnection(ending, ending.stderr, 'box'),
  })
  const script = collectorScript(probes, { boundary: BOUNDARY, windowSeconds: 0.1, compression: 'none' })
  const { stdout } = await session.run(script, { what: 'look', timeoutMs: 30_000, maxBytes: 64 * 1024 * 1024 })
  await session.close()
  return Object.fromEntries(
    readFrames(stdout, BOUNDARY).map(({ probe: id, text, ended }) => [
      id,
      ended.how === 'exited' ? [ended.code, text.trimEnd()] : ended.how,
    ]),
  )
}

describe.concurrent.each(SHELLS)('the collector under %s', (shell) => {
  it('takes an answer that is longer than an argument may be', async () => {
    const long = 'x'.repeat(200_000)
    const script = `put "$(head -c 200000 /dev/zero | tr '\\000' x)"`
    const alone = await answers(shell, [asked('long', { script })])
    expect(alone['long']).toEqual([0, long])
    const one = { script, together: true }
    expect(await answers(shell, [asked('one', one), asked('other', one)])).toMatchObject({
      one: [0, long],
      other: [0, long],
    })
  })

  it('asks together what cannot hang, each with an exit code of its own', async () => {
    const probes = ['echo seen', 'echo no such thing; return 3', 'echo seen too'].map((script, at) =>
      asked(`probe-${at}`, { script, together: true }),
    )
    expect(await answers(shell, probes)).toEqual({
      'probe-0': [0, 'seen'],
      'probe-1': [3, 'no such thing'],
      'probe-2': [0, 'seen too'],
    })
  })

  it('asks each by itself where one ends the shell that they share, or hangs', { timeout: 30_000 }, async () => {
    const before = asked('before', { script: 'echo seen', together: true })
    const after = asked('later', { script: 'echo seen', together: true })
    const seen = { before: [0, 'seen'], later: [0, 'seen'] }
    const ends = asked('ends', { script: 'echo no more; exit 0', together: true })
    expect(await answers(shell, [before, ends, after])).toEqual({ ...seen, ends: [0, 'no more'] })
    const hangs = asked('hangs', { script: 'sleep 60', together: true })
    expect(await answers(shell, [before, hangs, after])).toEqual({ ...seen, hangs: 'timed-out' })
  })

  it('starts nothing where a shortcut says all there is to say', async () => {
    const script = 'echo asked'
    const probes = [
      asked('short', { script, shortcut: 'answer=known; true' }),
      asked('long', { script, shortcut: 'answer=unknown; false' }),
      asked('short-together', { script, together: true, shortcut: 'answer=known; return 0' }),
      asked('long-together', { script, together: true, shortcut: 'return 1' }),
    ]
    expect(await answers(shell, probes)).toEqual({
      short: [0, 'known'],
      long: [0, 'asked'],
      'short-together': [0, 'known'],
      'long-together': [0, 'asked'],
    })
  })
})
