import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { profileOf } from '../../../../test/inspect/go-profile.ts'
import { SHELLS } from '../../../../test/live/shells.ts'
import type { Target } from '../../inspect/inspector.ts'
import { goPprofScript } from './go-pprof-script.ts'
import { goPprof } from './go-pprof.ts'

// This process plays the one of Go: it listens, and says of itself what net/http/pprof would.

const GOROUTINE = 'goroutine 7 [select]:\nmain.serve(0x1)\n\t/srv/shop/serve.go:9 +0x1d\n\n'
const INDEX =
  "<table><tr><td>9</td><td><a href='allocs?debug=1'>allocs</a></td></tr>\n<tr><td>2500</td><td><a href='goroutine?debug=1'>goroutine</a></td></tr>\n</table>"
const TOOLS = [
  'awk',
  'cat',
  'cut',
  'grep',
  'gzip',
  'head',
  'ls',
  'od',
  'readlink',
  'sed',
  'sort',
  'timeout',
  'tr',
] as const
const CLIENTS = ['curl', 'python3', 'wget'] as const

type Answers = Readonly<Record<string, string | ((response: ServerResponse, request: IncomingMessage) => void)>>

describe('the script that asks a program for its goroutines', { timeout: 30_000 }, () => {
  const home = mkdtempSync(path.join(tmpdir(), 'halligan-pprof-'))
  const binary = path.join(home, 'binary')
  let servers: Server[] = []
  let heard: string[] = []

  beforeAll(() => {
    writeFileSync(binary, '\0net/http/pprof.Index\0')
    for (const client of [...CLIENTS, 'none'] as const) {
      mkdirSync(path.join(home, client))
      for (const name of [...TOOLS, client]) {
        const found = where(name)
        if (found !== undefined) symlinkSync(found, path.join(home, client, name))
      }
    }
  })
  afterEach(() => {
    for (const server of servers) {
      server.close()
      server.closeAllConnections()
    }
    servers = []
    heard = []
  })
  afterAll(() => rmSync(home, { recursive: true }))

  function where(name: string): string | undefined {
    // The shims of pyenv need more than one tool.
    const say = name === 'python3' ? 'python3 -c "import sys; print(sys.executable)"' : `command -v ${name}`
    return spawnSync('sh', ['-c', say], { encoding: 'utf8' }).stdout.trim() || undefined
  }

  const itself = (): Buffer => profileOf(readFileSync('/proc/self/maps', 'utf8').split('\n'))

  async function listening(answers: Answers, on = '127.0.0.1'): Promise<number> {
    const server = createServer((request, response) => {
      heard.push(request.url ?? '')
      const answer = answers[request.url ?? '']
      if (typeof answer === 'function') answer(response, request)
      else if (answer === undefined) response.writeHead(404).end()
      else response.end(answer)
    })
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, on, resolve))
    return (server.address() as AddressInfo).port
  }

  function pprof(changes: Answers = {}): Answers {
    return {
      '/debug/pprof/threadcreate': (response) => response.end(itself()),
      '/debug/pprof/': INDEX,
      '/debug/pprof/goroutine?debug=2': GOROUTINE.repeat(2_500),
      ...changes,
    }
  }

  async function said({
    argv = ['sh'],
    client = where('curl') === undefined ? 'python3' : 'curl',
    pid = process.pid,
    edit = (script: string) => script,
  }: {
    readonly argv?: readonly string[]
    readonly client?: string
    readonly pid?: number
    readonly edit?: (script: string) => string
  } = {}): Promise<string> {
    const startTicks = Number(readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[19])
    const script = goPprofScript({ pid, startTicks }, { seconds: 15, goroutines: 5_000, ports: 8 })
    const [shell = '', ...more] = argv
    const child = spawn(where(shell) ?? shell, more, {
      env: { PATH: path.join(home, client) },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    child.stdin.on('error', () => undefined).end(edit(script.replaceAll(`/proc/${pid}/exe`, binary)))
    return text(child.stdout)
  }

  const read = (output: string) => goPprof.parse(Buffer.from(output), {} as Target)

  describe.each(SHELLS)('in $name', ({ argv, missing }) => {
    it.skipIf(missing)('gets a long answer whole, of a process that has very many sockets', async () => {
      await listening(pprof())
      const many = path.join(home, `many-${argv.join('-')}`)
      mkdirSync(many)
      for (const name of [...TOOLS, 'curl'])
        symlinkSync(where(name) ?? '', path.join(many, name === 'ls' ? 'real-ls' : name))
      writeFileSync(
        path.join(many, 'ls'),
        `#!/bin/sh\nawk 'BEGIN { for (i = 0; i < 30000; i++) print "l 3 -> socket:[" 9000000000 + i "]" }'\nexec real-ls "$@"\n`,
      )
      chmodSync(path.join(many, 'ls'), 0o755)
      const answer = read(await said({ argv, client: path.basename(many) }))
      expect(answer).toMatchObject({ kind: 'seen', value: { notes: [] } })
      expect(answer.kind === 'seen' && answer.value.samples[0]?.apart).toHaveLength(2_500)
    })

    it.skipIf(missing)('asks no one for goroutines whose profile is of another process', async () => {
      const ofAnother = profileOf(spawnSync('cat', ['/proc/self/maps'], { encoding: 'utf8' }).stdout.split('\n'))
      await listening(pprof({ '/debug/pprof/threadcreate': (response) => response.end(ofAnother) }))
      expect(await said({ argv })).toMatch(/^@@ asked \S+\n@@ no-answer\n$/)
      expect(heard).toEqual(['/debug/pprof/threadcreate'])
    })
  })

  describe.each(CLIENTS.map((client) => [client, where(client) === undefined ? ' (skipped: not here)' : ''] as const))(
    'by %s%s',
    (client, missing) => {
      it.skipIf(missing)('follows no redirect', async () => {
        const other = await listening({})
        const away = (response: ServerResponse, { url }: IncomingMessage): void => {
          response.writeHead(302, { location: `http://127.0.0.1:${other}/elsewhere${url}` }).end()
        }
        await listening({ '/debug/pprof/threadcreate': away })
        await listening(pprof({ '/debug/pprof/goroutine?debug=2': away }))
        expect(read(await said({ client }))).toMatchObject({ kind: 'blind' })
        expect(heard.filter((url) => url.startsWith('/elsewhere'))).toEqual([])
        expect(heard).toContain('/debug/pprof/threadcreate')
      })

      it.skipIf(missing)('says of an answer that ended too early, or is too long, that it was cut', async () => {
        const short = (response: ServerResponse): void => {
          response.writeHead(200, { 'content-length': 10 * GOROUTINE.length })
          response.write(GOROUTINE.repeat(2), () => response.destroy())
        }
        for (const cut of [short, GOROUTINE.repeat(130_000)]) {
          await listening(pprof({ '/debug/pprof/goroutine?debug=2': cut }))
          const answer = read(await said({ client }))
          expect(answer).toMatchObject({
            kind: 'seen',
            value: { notes: expect.arrayContaining(['its answer was cut: it has more goroutines']) },
          })
          for (const server of servers.splice(0)) server.close()
        }
      })

      it.skipIf(missing)('reads no more than a little of what never ends', async () => {
        let written = 0
        const endless = (response: ServerResponse): void => {
          const more = (): void => {
            if (response.destroyed) return
            written += 65_536
            response.write('x'.repeat(65_536), more)
          }
          more()
        }
        await listening({ '/debug/pprof/threadcreate': endless })
        await listening(pprof({ '/debug/pprof/': endless }))
        expect(await said({ client })).toMatch(/@@ no-answer\n$/)
        expect(written).toBeLessThan(64 * 1024 * 1024)
        expect(heard).not.toContain('/debug/pprof/goroutine?debug=2')
      })
    },
  )

  it('asks for none of too many goroutines, nor where their number is not told', async () => {
    await listening(pprof({ '/debug/pprof/': INDEX.replace('2500', '5001') }))
    expect(await said()).toMatch(/\n@@ many 5001\n$/)
    for (const server of servers.splice(0)) server.close()
    await listening(pprof({ '/debug/pprof/': '<html>' }))
    expect(await said()).toMatch(/\n@@ no-count\n@@ no-answer\n$/)
    expect(heard).not.toContain('/debug/pprof/goroutine?debug=2')
  })

  it('does not tell what was answered when another one answers afterwards', async () => {
    let asked = 0
    await listening(
      pprof({
        '/debug/pprof/threadcreate': (response) => response.end(asked++ === 0 ? itself() : profileOf(['[vdso]'])),
      }),
    )
    expect(read(await said())).toMatchObject({ kind: 'blind', why: expect.stringContaining('afterwards') })
    expect(asked).toBe(2)
  })

  it('asks a listener for all addresses by IPv6, where it is one', async ({ skip }) => {
    const port = await listening(pprof(), '::').catch(() => skip('no IPv6 here'))
    expect(await said()).toContain(`@@ asked [::1]:${port}\n`)
    expect(heard).toContain('/debug/pprof/goroutine?debug=2')
  })

  it('asks at no port at which another process listens too, or whose socket a twin has', async ({ skip }) => {
    if (where('python3') === undefined) return skip('needs python3')
    const source = `
import os, socket, sys, time
at = socket.socket()
at.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
at.bind(("127.0.0.1", 0))
if sys.argv[1] == "twin":
    at.listen()
parent = os.fork() != 0
if sys.argv[1] == "sibling":
    port = at.getsockname()[1]
    if not parent:
        at.close()
        at = socket.socket()
        at.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        at.bind(("127.0.0.1", port))
    at.listen()
print("ready", flush=True)
sys.stdin.read()
`
    for (const kind of ['twin', 'sibling']) {
      const child = spawn(where('python3') ?? '', ['-c', source, kind], { stdio: ['pipe', 'pipe', 'inherit'] })
      try {
        await new Promise<void>((resolve) => {
          let lines = ''
          child.stdout.on('data', (chunk: Buffer) => {
            lines += chunk.toString()
            if (lines.split('ready').length === 3) resolve()
          })
        })
        expect([kind, await said({ pid: child.pid ?? 0 })]).toEqual([kind, '@@ shared\n@@ no-answer\n'])
      } finally {
        child.stdin.end()
      }
    }
  })

  it('says that its network may not be entered, that there is no client, or that it has no endpoint', async () => {
    await listening(pprof())
    const edit = (script: string): string => script.replace('/proc/self/ns/net', '/proc/self/ns/pid')
    expect(await said({ edit })).toBe('@@ no-enter\n')
    expect(await said({ client: 'none' })).toBe('@@ no-client\n')
    writeFileSync(path.join(home, 'personality'), '00040000\n')
    for (const [file, instead] of [
      [`/proc/${process.pid}/personality`, path.join(home, 'personality')],
      [`/proc/${process.pid}/maps`, binary],
    ] as const)
      expect(await said({ edit: (script) => script.replace(file, instead) })).toBe('@@ no-vdso\n')
    writeFileSync(path.join(home, 'other'), 'net/http/pprof')
    const other = (script: string): string => script.replaceAll(binary, path.join(home, 'other'))
    expect(await said({ edit: other })).toBe('@@ no-pprof\n')
    expect(await said({ edit: (script) => script.replaceAll(binary, `${binary}-gone`) })).toBe('@@ unread\n')
    expect(heard).toEqual([])
  })
})
