import type { Failure } from './box.ts'

/** A name of a box as ssh understands it: host and port apart, because `ssh user@host:port` is not a form of ssh(1). */
export interface Destination {
  /** `web-1`, `user@host`, `user@::1`: handed to ssh after `--`. */
  readonly host: string
  readonly port: number | undefined
}

/**
 * Reads `alias`, `user@host`, `user@host:port`, `[::1]:22`, `::1`, `ssh://user@host:port`. What could be taken for an option or
 * carries control characters is refused: ssh hands user and host to ProxyCommand and to a shell (CVE-2023-51385).
 */
export function parseDestination(name: string): Destination | Failure {
  if (name === '') return badName(name, 'it is empty')
  if (name.length > 512) return badName(`${name.slice(0, 40)}…`, 'it is longer than 512 characters')
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name)) return badName(JSON.stringify(name), 'it has control characters')
  const rest = name.replace(/^ssh:\/\//, '').replace(/^(.*?)\/$/, '$1')
  const at = rest.lastIndexOf('@')
  const user = at < 0 ? undefined : rest.slice(0, at)
  const { host, port } = hostAndPort(rest.slice(at + 1))
  if (!host) return badName(name, 'it has no host')
  if (host.startsWith('-') || user?.startsWith('-'))
    return badName(name, 'a name that begins with "-" would be an option of ssh')
  if (user === '') return badName(name, 'nothing stands before the "@"')
  if (/[\s'"`$\\;&|<>(){}!*?#]/.test(`${user ?? ''}${host}`))
    return badName(name, 'it has characters that a shell would act on')
  if (port !== undefined && (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535))
    return badName(name, `"${port}" is not a port`)
  return { host: user === undefined ? host : `${user}@${host}`, port: port === undefined ? undefined : Number(port) }
}

/** `-p 2222 user@host`: as a person gives it to ssh, in commands that are suggested. */
export function commandForm({ host, port }: Destination): string {
  return port === undefined ? host : `-p ${port} ${host}`
}

function hostAndPort(text: string): { readonly host: string; readonly port: string | undefined } {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text)
  if (bracketed) return { host: bracketed[1] ?? '', port: bracketed[2] }
  const parts = text.split(':')
  // Two colons and more: an IPv6 address without brackets, which can have no port.
  return parts.length === 2 ? { host: parts[0] ?? '', port: parts[1] } : { host: text, port: undefined }
}

function badName(name: string, why: string): Failure {
  return {
    kind: 'bad-name',
    message: `${name || '(nothing)'} is not a name of a box: ${why}.`,
    tryNext:
      'A box is `local`, a host of your ~/.ssh/config, `user@host`, `user@host:port`, `[::1]:22`, `docker:NAME`, `podman:NAME` or `recorded:FILE`.',
  }
}
