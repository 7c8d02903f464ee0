import { execFile } from 'node:child_process'
import { lookup } from 'node:dns/promises'
import { connect } from 'node:net'
import { parseDestination } from './destination.ts'
import { plain } from './failures.ts'
import { resolveSshConfiguration, type SshConfiguration } from './ssh-configuration.ts'

/** One thing that can be seen of a box without a login. */
export interface OutsideView {
  /** `name`, `port 22`, `banner`, `route`, `way`. */
  readonly what: string
  readonly said: string
}

/** All of it together ends after this long: it comes on top of a login that has failed. Milliseconds. */
const OUTSIDE_LIMIT_MS = 3_000
/** A banner line is at most 255 bytes (RFC 4253, 4.2); a foreign service may send anything. Bytes. */
const BANNER_KEPT = 255

/**
 * What is seen of an ssh box from outside when it cannot be entered: what its name means, where it resolves to, whether its
 * port accepts a connection and who speaks there, which way leads there. Behind a jump host only the jump is looked at,
 * because only that is reached from here. Never throws; at most 3 s.
 */
export async function lookFromOutside(name: string): Promise<readonly OutsideView[]> {
  const destination = parseDestination(name)
  if ('kind' in destination) return []
  const deadline = Date.now() + OUTSIDE_LIMIT_MS
  const configuration = await within(resolveSshConfiguration(name, destination), deadline)
  if (!configuration) return [{ what: 'way', said: 'ssh -G did not answer in time' }]
  if ('kind' in configuration) return [{ what: 'way', said: configuration.message }]
  const host = configuration.get('hostname') ?? destination.host
  const port = Number(configuration.get('port') ?? 22)
  const way: OutsideView = {
    what: 'way',
    said: `ssh goes to ${configuration.get('user') ?? '?'}@${host} port ${port}${through(configuration)}`,
  }
  const jump = firstJump(configuration)
  if (jump !== undefined) return [way, ...(await jumpViews(jump, deadline))]
  if (configuration.has('proxycommand'))
    return [way, { what: 'port', said: 'not tried: the way leads through a ProxyCommand' }]
  return [way, ...(await endpointViews(host, port, deadline))]
}

async function jumpViews(jump: string, deadline: number): Promise<readonly OutsideView[]> {
  const destination = parseDestination(jump)
  if ('kind' in destination) return []
  const configuration = await within(resolveSshConfiguration(jump, destination), deadline)
  if (!configuration || 'kind' in configuration) return []
  const views = await endpointViews(
    configuration.get('hostname') ?? jump,
    Number(configuration.get('port') ?? 22),
    deadline,
  )
  return views.map(({ what, said }) => ({ what: `jump host ${jump}, ${what}`, said }))
}

async function endpointViews(host: string, port: number, deadline: number): Promise<readonly OutsideView[]> {
  const addresses = await within(
    lookup(host, { all: true }).catch((error: unknown) => errorCode(error)),
    deadline,
  )
  if (addresses === undefined) return [{ what: 'name', said: `${host} was not resolved in time` }]
  if (typeof addresses === 'string') return [{ what: 'name', said: `${host} does not resolve: ${addresses}` }]
  const first = addresses[0]?.address
  if (first === undefined) return [{ what: 'name', said: `${host} has no address` }]
  const named: OutsideView = {
    what: 'name',
    said:
      first === host
        ? `${host} is an address, there is no name to resolve`
        : `${host} is ${addresses
            .slice(0, 4)
            .map(({ address }) => address)
            .join(', ')}`,
  }
  const [knock, route] = await Promise.all([knockAt(first, port, deadline), routeTo(first, deadline)])
  return [named, ...knock, ...(route ? [{ what: 'route', said: route }] : [])]
}

function knockAt(address: string, port: number, deadline: number): Promise<readonly OutsideView[]> {
  return new Promise((resolve) => {
    const startedAtMs = Date.now()
    const socket = connect({ host: address, port })
    let opened: OutsideView | undefined
    let banner = Buffer.alloc(0)
    const what = `port ${port}`
    const done = (otherwise: string): void => {
      clearTimeout(timer)
      socket.destroy()
      if (!opened) return resolve([{ what, said: otherwise }])
      const said =
        banner.length > 0
          ? `"${plain(banner.toString('latin1').split('\n')[0] ?? '')}"`
          : 'nothing was said there: sshd hangs, or something else listens'
      resolve([opened, { what: 'banner', said }])
    }
    const timer = setTimeout(
      () => done('no answer: packets are dropped, or the box is off'),
      Math.max(0, deadline - Date.now()),
    )
    socket.on('connect', () => {
      opened = { what, said: `accepts connections (${Date.now() - startedAtMs} ms)` }
    })
    socket.on('data', (chunk: Buffer) => {
      banner = Buffer.concat([banner, chunk]).subarray(0, BANNER_KEPT)
      if (banner.includes(10) || banner.length >= BANNER_KEPT) done('')
    })
    socket.on('end', () => done('closed at once'))
    socket.on('error', (error) => done(errorCode(error)))
  })
}

/** `ip route get` asks the kernel's table only, it sends nothing (ip-route(8)). */
function routeTo(address: string, deadline: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(
      'ip',
      ['route', 'get', address],
      { timeout: Math.max(1, deadline - Date.now()) },
      (error, stdout, stderr) => {
        if (error && 'code' in error && error.code === 'ENOENT') return resolve(undefined)
        resolve(plain((stdout.trim() || stderr.trim()).split('\n')[0] ?? '').replaceAll(/\s+/g, ' ') || undefined)
      },
    )
  })
}

function firstJump(configuration: SshConfiguration): string | undefined {
  const jump = configuration.get('proxyjump')
  return jump === undefined || jump === 'none' ? undefined : jump.split(',')[0]
}

function through(configuration: SshConfiguration): string {
  const jump = configuration.get('proxyjump')
  if (jump !== undefined && jump !== 'none') return ` through ${jump}`
  return configuration.has('proxycommand') ? ' through a ProxyCommand' : ''
}

/** Codes of connect(2) and of the resolver, in words; the code stays for those who search for it. */
const CODES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused: nothing listens there',
  EHOSTUNREACH: 'no machine answers at this address',
  ENETUNREACH: 'no way leads to this network',
  ECONNRESET: 'closed at once',
  ETIMEDOUT: 'no answer',
  EAI_AGAIN: 'no name server answers',
}

function errorCode(error: unknown): string {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return plain(String(error))
  const words = CODES[error.code]
  return words ? `${words} (${error.code})` : error.code
}

function within<T>(promise: Promise<T>, deadline: number): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => resolve(undefined), Math.max(0, deadline - Date.now()))
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
