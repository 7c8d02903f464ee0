import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// However the console ends, nothing of it stays: no ssh on its way in, no private folder with its sockets.

const main = path.resolve(import.meta.dirname, '../src/main.ts')
const NAP = `7${process.pid}`
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'halligan-ends-'))
  // An sshd that says who it is, and nothing else for ever: no time limit of ssh ends that.
  writeFileSync(
    path.join(folder, 'config'),
    `Host *\n  ProxyCommand sh -c 'printf "SSH-2.0-x\\r\\n"; exec sleep ${NAP}'\n  UserKnownHostsFile /dev/null\n`,
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each(['look', 'doctor'])('halligan %s that waits for a handshake', (command) => {
  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('takes all along when it is ended by %s', async (signal, code) => {
    const { program, runtime, ended } = start(command)
    await until(() => readdirSync(runtime).length > 0 && processes(NAP).length > 0)
    program.kill(signal)
    expect(await ended).toBe(code)
    expect(readdirSync(runtime)).toEqual([])
    await until(() => processes(NAP).length === 0)
  })

  it('takes all along after two Ctrl-C', async () => {
    const { program, runtime, ended } = start(command)
    await until(() => readdirSync(runtime).length > 0 && processes(NAP).length > 0)
    program.kill('SIGINT')
    program.kill('SIGINT')
    expect(await ended).toBe(130)
    expect(readdirSync(runtime)).toEqual([])
    await until(() => processes(NAP).length === 0)
  })
})

describe('halligan', () => {
  it.each([
    ['says so when its answer cannot be written', `exec "$@" boxes >/dev/full`, 1, /could not be written: .*no space/i],
    ['is content when its reader has gone', `"$@" boxes | true`, 0, /^$/],
    ['works without standard input and output', `exec "$@" boxes <&- >&-`, 0, /^$/],
    ['works in a folder that is gone', `mkdir gone && cd gone && rmdir ../gone && exec "$@" boxes >/dev/null`, 0, /^$/],
    ['does not examine a recording as if it were a box', `exec "$@" doctor recorded:x`, 2, /is a recording/],
    [
      'prints all that a shell on the box would read',
      `"$@" look --print-script | tee script | sh -n && grep -q halligan_arm script && exec grep -q read_files_first script`,
      0,
      /^$/,
    ],
    [
      // 1031 is F_SETPIPE_SZ (fcntl(2)): less than it has to say.
      'prints all into a pipe that does not wait for its slow reader',
      `"$@" look --print-script >whole; perl -MFcntl -e 'fcntl(STDOUT, 1031, 4096); fcntl(STDOUT, F_SETFL, O_WRONLY | O_NONBLOCK); exec @ARGV' "$@" look --print-script | { sleep 1; exec cmp - whole; }`,
      0,
      /^$/,
    ],
    [
      'takes no name for an option of ssh',
      `exec "$@" look -- -oProxyCommand=x`,
      1,
      /^halligan: not recorded, no incident is open\.\n$/,
    ],
  ])('%s', (_what, script, code, words) => {
    const { status, stderr } = spawnSync('sh', ['-c', script, 'sh', process.execPath, main], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect(stderr).toMatch(words)
    expect(status).toBe(code)
  })
})

function start(command: string) {
  const runtime = mkdtempSync(path.join(folder, 'r-'))
  const program = spawn(process.execPath, [main, command, 'web-1'], {
    stdio: 'ignore',
    cwd: folder,
    env: { ...process.env, XDG_RUNTIME_DIR: runtime, HALLIGAN_SSH_CONFIG: path.join(folder, 'config') },
  })
  const ended = new Promise<number | null>((resolve) => {
    program.once('exit', resolve)
  })
  return { program, runtime, ended }
}

function processes(mark: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(`sleep\0${mark}`)
      } catch {
        return false
      }
    })
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('the condition did not come true within 20 s')
    await new Promise((resolve) => {
      setTimeout(resolve, 100)
    })
  }
}
