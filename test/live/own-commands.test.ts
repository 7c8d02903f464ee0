import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { commandScript } from '../../src/boxes/command-script.ts'
import { noRecorder } from '../../src/incidents/recorder.ts'
import { collect, detach, jobsOn, stopJob } from '../../src/steps/detach.ts'
import { runCommand, type Stream } from '../../src/steps/run.ts'
import { waitFor } from './program.ts'
import { running, SHELLS } from './shells.ts'

// The engineer's own commands in each shell that a box may have.

describe.each(SHELLS)('a command of one’s own in $name', ({ argv, missing, open }) => {
  const entries = (): Promise<[]> => Promise.resolve([])
  const run = async (line: string, act?: (stop: AbortController) => void, timeoutMs?: number) => {
    const box = open()
    const stop = new AbortController()
    const shown: Record<Stream, string> = { stdout: '', stderr: '' }
    act?.(stop)
    const ran = await runCommand(box, {
      line,
      price: 'free',
      timeoutMs,
      recorder: noRecorder,
      entries,
      offTheRecord: false,
      stop: stop.signal,
      kill: new AbortController().signal,
      onOutput: (from, chunk) => void (shown[from] += Buffer.from(chunk).toString('latin1')),
    })
    await box.close()
    return { ...shown, state: ran.state, exit: ran.exit }
  }

  it('gives output, errors and exit code, byte for byte', async (context) => {
    if (missing) context.skip(missing)
    expect(await run("printf 'a\\000\\377\\n'; echo err >&2; exit 42")).toEqual({
      stdout: 'a\0\xff\n',
      stderr: 'err\n',
      state: 'ended',
      exit: 42,
    })
    expect(await run('exit 0')).toEqual({ stdout: '', stderr: '', state: 'ended', exit: 0 })
    expect(await run('cat; kill -TERM $$')).toMatchObject({ stdout: '', exit: 143 })
  })

  it('has umask, PATH and locale of the user', async (context) => {
    if (missing) context.skip(missing)
    const { stdout } = await run('umask; echo "$PATH"; echo "${LC_ALL-none}"')
    const plain = spawnSync('sh', ['-c', 'umask; echo "$PATH"; echo "${LC_ALL-none}"'], { encoding: 'utf8' }).stdout
    expect(stdout).toBe(plain)
  })

  it('is interrupted, and all below it', async (context) => {
    if (missing) context.skip(missing)
    const mark = String(9_100_000 + SHELLS.findIndex((shell) => shell.argv === argv))
    const stopLater = (stop: AbortController): unknown => setTimeout(() => stop.abort(), 1_500)
    expect(await run(`sh -c 'sleep ${mark}; :' ; echo not reached`, stopLater)).toMatchObject({
      stdout: '',
      state: 'interrupted',
    })
    expect(running(mark)).toEqual([])
  })

  it('is ended after its time', async (context) => {
    if (missing) context.skip(missing)
    const mark = String(9_200_000 + SHELLS.findIndex((shell) => shell.argv === argv))
    expect(await run(`echo begun; sleep ${mark}`, undefined, 1_000)).toMatchObject({
      stdout: 'begun\n',
      state: 'timed-out',
    })
    expect(running(mark)).toEqual([])
  })

  it('is ended to the last of its children, also where its own shell is gone before they are told', async (context) => {
    if (missing) context.skip(missing)
    const mark = String(9_250_000 + SHELLS.findIndex((shell) => shell.argv === argv))
    const many = `i=0; while [ $i -lt 300 ]; do sleep ${mark} & i=$((i+1)); done; echo begun; wait`
    expect(await run(many, undefined, 3_000)).toMatchObject({ stdout: 'begun\n', state: 'timed-out' })
    expect(running(mark)).toEqual([])
  })

  it('goes on by itself, is listed, collected, and leaves nothing', async (context) => {
    if (missing) context.skip(missing)
    const signal = new AbortController().signal
    const start = async (line: string, timeoutMs?: number): Promise<string> => {
      const box = open()
      const { job, failure } = await detach(box, {
        line,
        price: 'free',
        timeoutMs,
        recorder: noRecorder,
        entries,
        signal,
      })
      expect(failure).toBeUndefined()
      await box.close()
      return job
    }
    const box = open()
    const stateOf = async (job: string) => {
      const jobs = await jobsOn(box, signal)
      return 'kind' in jobs ? undefined : jobs.find((each) => each.job === job)?.state
    }
    const asked = { entries, recorder: noRecorder, began: undefined, signal }
    const short = await start('echo out; echo err >&2; exit 3')
    const long = await start("trap 'echo bye; exit 4' TERM; echo begun; while :; do sleep 1; done")
    await waitFor(async () => (await stateOf(short)) === 'ended', 'the end of the short one')
    expect(await stateOf(long)).toBe('running')
    const collected = await collect(box, { job: short, ...asked })
    expect([collected.exit, text(collected.stdout), text(collected.stderr), collected.isRemoved]).toEqual([
      3,
      'out\n',
      'err\n',
      true,
    ])
    expect((await stopJob(box, { job: long, ...asked })).failure).toBeUndefined()
    await waitFor(async () => (await stateOf(long)) === 'stopped', 'the end of the long one')
    const stopped = await collect(box, { job: long, ...asked })
    expect([stopped.exit, text(stopped.stdout), stopped.isRemoved]).toEqual([4, 'begun\nbye\n', true])
    expect(await collect(box, { job: long, ...asked })).toMatchObject({
      failure: { message: expect.stringContaining('no detached command') },
    })
    await box.close()
    expect(readdirSync('/dev/shm').filter((name) => name.includes(short) || name.includes(long))).toEqual([])
    expect(running(short)).toEqual([])
    expect(running(long)).toEqual([])
  })
})

describe('the script around a command', () => {
  it('hands any line on as it is', () => {
    const line = `it's "$HOME" \`x\` $(y) \\ ; & | > '`
    const quoted = /-c (.*) \)\n/.exec(commandScript(line))?.[1] ?? ''
    expect(spawnSync('sh', ['-c', `printf %s ${quoted}`], { encoding: 'utf8' }).stdout).toBe(line)
  })
})

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8')
}

/** Command lines of this machine in which it stands. */
