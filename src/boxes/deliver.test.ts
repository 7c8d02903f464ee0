import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createSocketServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { deliver, type Delivery, type DeliveryLimits } from './deliver.ts'
import type { Receiver } from './receiver.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'halligan-deliver-'))
const servers: { close: () => unknown }[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const SECRET = 'T0000-very-secret-path'
const message = { json: '{"schema":"halligan.notification/1"}', text: 'checkout returns 500s' }
const limits: DeliveryLimits = { totalMs: 3_000, tryMs: 400, pauseMs: 20 }
const signal = new AbortController().signal

interface Heard {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly type: string | undefined
  readonly body: string
}

/** A real server that answers each request in its turn as told; the last answer stands for all that follow. */
async function serving(
  answers: readonly ((response: ServerResponse, request: IncomingMessage) => void)[],
): Promise<{ readonly port: number; readonly heard: Heard[] }> {
  const heard: Heard[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (piece: Buffer) => (body += piece.toString()))
    request.on('end', () => {
      const { method, url, headers } = request
      heard.push({ method, url, type: headers['content-type'], body })
      answers[Math.min(heard.length, answers.length) - 1]?.(response, request)
    })
  })
  return { port: await listening(server), heard }
}

async function listening(server: Server | ReturnType<typeof createSocketServer>): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  servers.push({
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  })
  return (server.address() as AddressInfo).port
}

function webhook(port: number, kind: 'webhook' | 'slack' = 'webhook', scheme = 'http'): Receiver {
  return { kind, address: `${scheme}://127.0.0.1:${port}/services/${SECRET}`, on: [] }
}

function tell(
  receiver: Receiver,
  more: {
    readonly environment?: Record<string, string>
    readonly limits?: Partial<DeliveryLimits>
    readonly signal?: AbortSignal
  } = {},
): Promise<Delivery> {
  return deliver(receiver, message, {
    file: path.join(folder, 'halligan.yaml'),
    environment: more.environment ?? {},
    limits: { ...limits, ...more.limits },
    signal: more.signal ?? signal,
  })
}

const fine = (response: ServerResponse): void => void response.end('ok')
const status =
  (code: number, body = '', headers: Record<string, string> = {}) =>
  (response: ServerResponse): void =>
    void response.writeHead(code, headers).end(body)
const never = (): void => {}
const dripping = (response: ServerResponse): void => {
  response.writeHead(503)
  const drops = setInterval(() => response.write('x'), 50)
  response.on('close', () => clearInterval(drops))
}

describe('a webhook', () => {
  it('gets the JSON, and one of Slack its text', async () => {
    const { port, heard } = await serving([fine])
    expect(await tell(webhook(port))).toEqual({ ok: true, why: undefined, tries: 1 })
    expect(await tell(webhook(port, 'slack'))).toEqual({ ok: true, why: undefined, tries: 1 })
    expect(heard.map(({ method, type, body }) => [method, type, JSON.parse(body)])).toEqual([
      ['POST', 'application/json; charset=utf-8', { schema: 'halligan.notification/1' }],
      ['POST', 'application/json; charset=utf-8', { text: 'checkout returns 500s' }],
    ])
    expect(heard[0]?.url).toBe(`/services/${SECRET}`)
  })

  it('is tried again when it answers 500, then 429, and hears it once it is well', async () => {
    const { port, heard } = await serving([status(500), status(429, '', { 'retry-after': '0' }), fine])
    expect(await tell(webhook(port))).toEqual({ ok: true, why: undefined, tries: 3 })
    expect(heard).toHaveLength(3)
  })

  it('that hangs at first is tried again', async () => {
    const { port } = await serving([never, fine])
    expect(await tell(webhook(port))).toMatchObject({ ok: true, tries: 2 })
  })

  it.each([
    ['hangs', never, /does not answer/],
    ['sends its answer drop by drop', dripping, /503|does not answer/],
    ['answers 500 for ever', status(500, 'boom'), /answers 500 \(boom\)/],
    ['cuts the connection', (response: ServerResponse) => void response.destroy(), /cut the connection/],
  ])('that %s is given up when the time is over', async (_what, answer, why) => {
    const { port, heard } = await serving([answer])
    const delivery = await tell(webhook(port), { limits: { totalMs: 700, tryMs: 200 } })
    expect(delivery.ok).toBe(false)
    expect(delivery.why).toMatch(why)
    expect(delivery.tries).toBeGreaterThan(1)
    expect(heard.length).toBe(delivery.tries)
  })

  it.each([
    ['refuses for good', status(404, 'no_service'), /answers 404 \(no_service\)/],
    ['leads elsewhere', status(302, '', { location: 'http://127.0.0.1:1/' }), /302, which leads elsewhere/],
    ['wants to be left alone for an hour', status(429, '', { 'retry-after': '3600' }), /answers 429/],
    [
      'floods',
      (response: ServerResponse) => void response.writeHead(400).end('A'.repeat(10_000_000)),
      /answers 400 \(A{200}\)/,
    ],
    ['answers with control characters', status(400, '\u001b[2J\r\nx'), /answers 400/],
  ])('that %s is not tried again', async (_what, answer, why) => {
    const { port, heard } = await serving([answer])
    const delivery = await tell(webhook(port))
    expect(delivery).toMatchObject({ ok: false, tries: 1, why: expect.stringMatching(why) })
    expect(heard).toHaveLength(1)
  })

  it('that nobody listens at, or that speaks something else, is told so', async () => {
    expect((await tell(webhook(1), { limits: { totalMs: 100 } })).why).toBe('it refuses the connection')
    const port = await listening(createSocketServer((socket) => void socket.end('220 mail.example.org ESMTP\r\n')))
    expect(await tell(webhook(port))).toMatchObject({ ok: false, tries: 1, why: expect.stringContaining('not HTTP') })
    expect(await tell(webhook(port, 'webhook', 'https'))).toMatchObject({
      ok: false,
      tries: 1,
      why: expect.stringContaining('TLS'),
    })
  })

  it('whose headers never end is not read for ever', async () => {
    const port = await listening(
      createSocketServer((socket) => {
        socket.on('error', () => {})
        socket.write('HTTP/1.1 200 OK\r\n')
        for (let n = 0; n < 2_000; n++) socket.write(`x-${n}: ${'y'.repeat(100)}\r\n`)
      }),
    )
    expect(await tell(webhook(port))).toMatchObject({
      ok: false,
      tries: 1,
      why: expect.stringContaining('HPE_HEADER_OVERFLOW'),
    })
  })

  it('whose certificate nobody vouches for hears nothing', async () => {
    const key = path.join(folder, 'key.pem')
    const certificate = path.join(folder, 'certificate.pem')
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        key,
        '-out',
        certificate,
        '-days',
        '1',
        '-subj',
        '/CN=127.0.0.1',
      ],
      { stdio: 'ignore' },
    )
    let heard = 0
    const server = createTlsServer(
      { key: readFileSync(key), cert: readFileSync(certificate) },
      (_request, response) => {
        heard += 1
        response.end()
      },
    )
    const port = await listening(server)
    const delivery = await tell(webhook(port, 'slack', 'https'))
    expect(delivery).toMatchObject({
      ok: false,
      tries: 1,
      why: expect.stringMatching(/certificate is not trusted.*NODE_EXTRA_CA_CERTS/),
    })
    expect(heard).toBe(0)
  })

  it('is reached through the proxy of the environment, unless it is among those that are not', async () => {
    const proxy = await serving([fine])
    const target = await serving([fine])
    const environment = { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` }
    expect(await tell(webhook(target.port), { environment })).toMatchObject({ ok: true })
    expect(proxy.heard.map(({ url }) => url)).toEqual([`http://127.0.0.1:${target.port}/services/${SECRET}`])
    expect(target.heard).toEqual([])
    expect(await tell(webhook(target.port), { environment: { ...environment, NO_PROXY: '127.0.0.1' } })).toMatchObject({
      ok: true,
    })
    expect(target.heard).toHaveLength(1)
  })

  it('may be named by a variable, so that its address stands in no file', async () => {
    const { port, heard } = await serving([fine])
    const receiver: Receiver = { kind: 'slack', address: '$HOOK', on: [] }
    expect(await tell(receiver)).toMatchObject({
      ok: false,
      tries: 1,
      why: '$HOOK is not set to an http or https address',
    })
    expect(await tell(receiver, { environment: { HOOK: `http://127.0.0.1:${port}/x` } })).toMatchObject({ ok: true })
    expect(heard).toHaveLength(1)
  })

  it('is left alone when the person goes on without', async () => {
    const { port } = await serving([never])
    const stop = new AbortController()
    const telling = tell(webhook(port), { signal: stop.signal, limits: { totalMs: 60_000, tryMs: 60_000 } })
    stop.abort()
    expect(await telling).toMatchObject({ ok: false, tries: 1, why: 'it was not waited for' })
  })

  it('is never named by what is secret about it', async () => {
    const { port } = await serving([status(400, 'bad')])
    const proxied = { HTTP_PROXY: 'http://user:hunter2@127.0.0.1:1' }
    const whys = await Promise.all([
      tell(webhook(port)),
      tell(webhook(1), { limits: { totalMs: 100 } }),
      tell(webhook(port), { environment: proxied, limits: { totalMs: 100 } }),
      tell({ kind: 'webhook', address: `https://nobody.invalid/${SECRET}`, on: [] }, { limits: { totalMs: 500 } }),
    ])
    for (const { ok, why } of whys) {
      expect(ok).toBe(false)
      expect(why).not.toMatch(/very-secret|hunter2/)
    }
  })
})

describe('a command', () => {
  const program = (name: string, script: string): Receiver => {
    const file = path.join(folder, name)
    writeFileSync(file, `#!/bin/sh\n${script}\n`)
    chmodSync(file, 0o755)
    return { kind: 'command', argv: [`./${name}`, 'a b', '$HOME;id'], on: [] }
  }

  it('gets the JSON on its standard input and its arguments as they are, in the folder of halligan.yaml', async () => {
    const receiver = program('tell', 'cat > heard; printf "%s\\n" "$@" >> heard')
    expect(await tell(receiver)).toEqual({ ok: true, why: undefined, tries: 1 })
    expect(readFileSync(path.join(folder, 'heard'), 'utf8')).toBe(`${message.json}\na b\n$HOME;id\n`)
  })

  it.each([
    ['does not read', 'exit 0', { ok: true, tries: 1 }],
    [
      'fails',
      'echo first >&2; echo "no such team" >&2; exit 3',
      { ok: false, tries: 1, why: 'it ended with 3 (no such team)' },
    ],
    [
      'floods with complaints',
      'yes | head -c 3000000 >&2; exit 4',
      { ok: false, tries: 1, why: 'it ended with 4 (y)' },
    ],
    ['is killed', 'kill -9 $$', { ok: false, tries: 1, why: 'it was ended by SIGKILL' }],
    ['says to try again', 'test -e again || { touch again; exit 75; }', { ok: true, tries: 2 }],
    ['leaves something behind that holds its pipes', 'sleep 7.251 >&2 & exit 0', { ok: true, tries: 1 }],
  ])('that %s is taken at its word', async (name, script, expected) => {
    expect(await tell(program(name.replaceAll(' ', '-'), script))).toMatchObject(expected)
  })

  it('that hangs is ended with all that it started', async () => {
    const hanging = program('hang', 'sleep 7252 & echo $! > child; sleep 7252')
    expect(await tell(hanging, { limits: { totalMs: 500 } })).toMatchObject({
      ok: false,
      why: 'it did not end in time',
    })
    const pid = readFileSync(path.join(folder, 'child'), 'utf8').trim()
    await expect.poll(() => existsSync(`/proc/${pid}`) && !isZombie(pid)).toBe(false)
  })

  it('that is not there, or can be none, is told so', async () => {
    const missing: Receiver = { kind: 'command', argv: ['./nobody'], on: [] }
    expect(await tell(missing)).toMatchObject({ ok: false, tries: 1, why: 'it cannot be started (ENOENT)' })
    expect(await tell({ kind: 'command', argv: ['a\0b'], on: [] })).toMatchObject({ ok: false, tries: 1 })
  })
})

function isZombie(pid: string): boolean {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return true
  }
}
