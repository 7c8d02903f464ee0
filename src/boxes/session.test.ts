import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RunOptions, RunResult } from './box.ts'
import type { Transport } from './child.ts'
import { lostConnection } from './failures.ts'
import { openSession, type Session } from './session.ts'

/** The five families of POSIX shells that boxes have. */
const SHELLS = ['dash', 'bash', 'busybox sh', 'mksh', 'ksh93']
const opened: Session[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map((session) => session.close()))
})

describe.each(SHELLS)('a session of %s', (shell) => {
  const argv = shell.split(' ')
  const absent = isAbsent(shell)
  beforeEach(({ skip }) => skip(absent, `needs ${argv[0]}`))

  it('gives output, standard error and exit code of a script, and nothing of what came before', async () => {
    const session = open(['sh', '-c', `echo Welcome; echo motd; exec ${shell}`])
    const result = await session.run('echo out; echo err >&2; exit 3', options())
    expect(result).toMatchObject({ ok: true, exitCode: 3, stderr: 'err\n', failure: undefined, truncated: false })
    expect(text(result)).toBe('out\n')
  })

  it('is not changed by what a login shell exported: options, functions, variables that change the output of tools', async () => {
    const session = open(argv, {
      SHELLOPTS: 'errexit:nounset:noglob',
      ...Object.fromEntries(
        ['cat', 'ls', 'printf', 'read', 'kill', 'cd'].map((name) => [
          `BASH_FUNC_${name}%%`,
          '() { echo of the user; }',
        ]),
      ),
      QUOTING_STYLE: 'shell-always',
      GREP_OPTIONS: '--color=always',
      IFS: 'a',
    })
    const script =
      'false; echo $no_such_variable; cd /proc; ls -d self; echo banana | cat; set -- banana; echo $#; echo se*f'
    expect(text(await session.run(script, options()))).toBe('\nself\nbanana\n1\nself\n')
  })

  it('answers many requests one after another, each its own', async () => {
    const session = open(argv)
    for (let index = 0; index < 40; index += 1)
      expect(text(await session.run(`echo ${index}; cat`, options()))).toBe(`${index}\n`)
  })

  it('gives standard error as it comes too, byte for byte and whole, without what was there before', async () => {
    const session = open(['sh', '-c', `echo a banner >&2; exec ${shell}`])
    const errors: Uint8Array[] = []
    const { exitCode, stdout } = await session.run("echo out; printf 'e\\000\\377r\\n' >&2; exit 4", {
      ...options(),
      streamed: true,
      onErrors: (chunk) => void errors.push(chunk),
    })
    expect([exitCode, stdout.length]).toEqual([4, 0])
    expect(Buffer.concat(errors).toString('latin1')).toBe('e\0\xffr\n')
  })

  it('holds output back, on the box too, while its reader is not ready', async () => {
    const session = open(argv)
    const ready = Promise.withResolvers<void>()
    let received = 0
    let held = 0
    const run = session.run('head -c 20000000 /dev/zero', {
      ...options(),
      streamed: true,
      maxBytes: Number.POSITIVE_INFINITY,
      onOutput: (chunk) => {
        received += chunk.length
        return received > 100_000 ? ready.promise : undefined
      },
    })
    await new Promise((resolve) => setTimeout(resolve, 500))
    held = received
    ready.resolve()
    expect(await run).toMatchObject({ exitCode: 0 })
    expect(held).toBeLessThan(1_000_000)
    expect(received).toBe(20_000_000)
  })

  it('goes on when the reader gives anything but a promise', async () => {
    const onOutput = (() => new Map()) as unknown as () => void
    expect(await open(argv).run('echo out', { ...options(), onOutput })).toMatchObject({ exitCode: 0 })
  })

  it('carries every byte', async () => {
    const result = await open(argv).run(
      `i=0; while [ $i -lt 256 ]; do printf "\\\\$(printf %o $i)"; i=$((i + 1)); done`,
      options(),
    )
    expect([...result.stdout]).toEqual(Array.from({ length: 256 }, (_, index) => index))
  })

  it('keeps what came before the time limit, ends what ran, and goes on', async () => {
    const session = open(argv)
    const late = await session.run('echo before; env sleep 7231 & env sleep 7231', options({ timeoutMs: 400 }))
    expect(late).toMatchObject({
      ok: false,
      timedOut: true,
      truncated: true,
      exitCode: undefined,
      failure: { kind: 'no-answer' },
    })
    expect(text(late)).toBe('before\n')
    expect(text(await session.run('echo after', options()))).toBe('after\n')
    expect(processes('sleep 7231')).toEqual([])
  })

  it('keeps what came before it was cancelled', async () => {
    const controller = new AbortController()
    const session = open(argv)
    const cancelled = session.run(
      'echo before; env sleep 7232',
      options({ signal: controller.signal, onOutput: () => controller.abort() }),
    )
    expect(await cancelled).toMatchObject({ cancelled: true, failure: { kind: 'cancelled' } })
    expect(text(await cancelled)).toBe('before\n')
    expect(text(await session.run('echo after', options()))).toBe('after\n')
    expect(processes('sleep 7232')).toEqual([])
  })

  it('stops at the limit of bytes', async () => {
    const result = await open(argv).run('cat /dev/zero', options({ maxBytes: 100_000 }))
    expect(result).toMatchObject({ ok: false, overflowed: true, failure: { kind: 'too-much-output' } })
    expect(result.stdout.length).toBe(100_000)
  })

  it('feeds lines to a script, never to its own shell, also when the script has ended', async () => {
    const session = open(argv)
    const fed = session.run('read one; read two; echo "$one/$two"; exec <&-; sleep 0.1', options(), true)
    session.input('first\nse\\cond $(id)\necho this must not run\n')
    expect(text(await fed)).toMatch(/^first\//)
    session.input('echo nor this\n')
    expect(text(await session.run('echo next', options()))).toBe('next\n')
  })

  it('takes the next request after each of many scripts that were fed', async () => {
    const session = open(argv)
    for (let index = 0; index < 15; index += 1) {
      const fed = session.run('read word; echo "$word"; exec <&-', options(), true)
      session.input(`${index}\nleft over\n`)
      expect(text(await fed)).toBe(`${index}\n`)
      expect(text(await session.run('echo next', options()))).toBe('next\n')
    }
  })

  it('gives what was written to standard error though its pipe is read late', async () => {
    const session = open(['sh', '-c', `{ ${shell} 3>&2 2>&1 >&4 | { sleep 0.2; cat >&2; }; } 4>&1`])
    const result = await session.run('echo out; echo err >&2', options())
    expect([text(result), result.stderr]).toEqual(['out\n', 'err\n'])
  })

  it('closes the input of a script when told to', async () => {
    const session = open(argv)
    const fed = session.run('cat; echo end of input', options(), true)
    session.input('a line\n')
    session.endInput()
    expect(text(await fed)).toBe('a line\nend of input\n')
  })

  it('says that it was cut off when its shell is killed in the middle', async () => {
    const session = open(argv)
    const result = await session.run('echo before; env sleep 0.1; kill -9 $$; env sleep 7233', options())
    expect(result).toMatchObject({ ok: false, truncated: true, exitCode: undefined, failure: { kind: 'cut-off' } })
    expect(session.usable()).toBe(false)
    // The watchdog outlives the shell, and ends what it had started.
    await until(() => processes('sleep 7233').length === 0)
  })

  it('leaves no process when it is closed in the middle of a script', async () => {
    const session = open(argv)
    const running = session.run('(env sleep 7234 & env sleep 7234); env sleep 7234', options({ onOutput: () => {} }))
    await until(() => processes('sleep 7234').length > 0)
    await session.close()
    expect((await running).failure?.kind).toBe('cut-off')
    await until(() => processes('sleep 7234').length === 0)
  })

  it('leaves no process when the console is killed, in a script with input or without', async () => {
    for (const input of ['', 'input']) {
      const program = spawn(process.execPath, ['--input-type=module', '-e', CONSOLE, shell, input, '7235'], {
        stdio: 'ignore',
        detached: true,
      })
      await until(() => processes('sleep 7235').length > 0)
      process.kill(program.pid ?? 0, 'SIGKILL')
      await until(() => processes('sleep 7235').length === 0)
    }
  })
})

// These wait for what takes a session 10 s and more: side by side, each with a sleep and a session of its own.
describe.concurrent('a session that waits', () => {
  it.for(SHELLS.map((shell, at) => [shell, String(7236 + at)] as const))(
    'of %s ends itself when it hears nothing any more, and takes what ran along',
    async ([shell, seconds], { skip }) => {
      skip(isAbsent(shell), `needs ${shell}`)
      const program = spawn(process.execPath, ['--input-type=module', '-e', CONSOLE, shell, '', seconds], {
        stdio: 'ignore',
        detached: true,
      })
      await until(() => processes(`sleep ${seconds}`).length > 0)
      // A stopped console sends no heartbeat and closes nothing: the same as a cable that is cut.
      process.kill(program.pid ?? 0, 'SIGSTOP')
      await until(() => processes(`sleep ${seconds}`).length === 0)
      process.kill(program.pid ?? 0, 'SIGKILL')
    },
  )

  it('outlives a script of minutes by heartbeats alone', { timeout: 40_000 }, async () => {
    const session = openSession(transport(['dash']))
    const result = await session.run('sleep 14; echo done', options({ timeoutMs: 30_000 }))
    expect(result).toMatchObject({ ok: true, exitCode: 0 })
    await session.close()
  })
})

describe('a session', () => {
  it('reads an answer of 64 MB whole', async () => {
    const result = await open(['dash']).run(
      'head -c 67108864 /dev/zero',
      options({ timeoutMs: 30_000, maxBytes: 100_000_000 }),
    )
    expect(result).toMatchObject({ ok: true, exitCode: 0 })
    expect(result.stdout.length).toBe(67_108_864)
  })

  it('never kills a process that has the number of a session that is gone', async () => {
    const session = open(['dash'])
    const shown = await session.run('grep -c . /proc/$$/stat >/dev/null; echo $$', options())
    const shell = Number(text(shown))
    process.kill(shell, 'SIGKILL')
    await session.closed
    // The watchdog sees that the shell of its start time is gone, and ends without touching anything.
    await until(() => childrenOf(shell).length === 0)
    expect(session.usable()).toBe(false)
  })

  it('says so when its program is missing', async () => {
    const result = await open(['no-such-program-here']).run(':', options())
    expect(result).toMatchObject({ ok: false, beganAtMs: undefined, failure: { kind: 'cut-off' } })
  })
})

/** A console of its own: sleeps for the seconds of its third argument, in a session of the shell that its first argument names. */
const CONSOLE = `
const { openSession } = await import('${fileURLToPath(new URL('session.ts', import.meta.url))}')
const argv = process.argv[1].split(' ')
const session = openSession({ box: 'box', argv, explain: () => ({ kind: 'cut-off', message: '', tryNext: '' }) })
await session.run('env sleep ' + process.argv[3] + '; :', { what: 'test', timeoutMs: 60_000, maxBytes: 1000 }, process.argv[2] === 'input')
`

function isAbsent(shell: string): boolean {
  return spawnSync(shell.split(' ')[0] ?? '', ['-c', ':']).error !== undefined
}

function open(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Session {
  const session = openSession(transport(argv, env))
  opened.push(session)
  return session
}

function transport(
  [program = 'sh', ...rest]: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Transport {
  return {
    box: 'box',
    argv: [program, ...rest],
    env,
    explain: (ending) => lostConnection(ending, ending.stderr, 'box'),
  }
}

function options(part: Partial<RunOptions> = {}): RunOptions {
  return { what: 'test', timeoutMs: 10_000, maxBytes: 1_000_000, ...part }
}

function text(result: RunResult): string {
  return Buffer.from(result.stdout).toString()
}

function processes(command: string): readonly string[] {
  return execFileSync('ps', ['-eo', 'pid=,stat=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.trim().endsWith(` ${command}`) && !/^\s*\d+ Z/.test(line))
}

function childrenOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
  } catch {
    return []
  }
}

/** Waits for a condition, at most the 20 s within which everything must be gone. */
async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('the condition did not come true within 20 s')
    await new Promise((resolve) => {
      setTimeout(resolve, 100)
    })
  }
}
