import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Fleet } from '../../test/boxes/fleet.ts'
import { delayProxy } from './delay-proxy.ts'

/** Runs what reaches `web-1` over ssh as if it were so far away: each way takes half of it. Milliseconds. */
export async function atRoundTrip<T>(fleet: Fleet, roundTripMs: number, run: () => Promise<T>): Promise<T> {
  const resolved = execFileSync('ssh', ['-F', fleet.sshConfig, '-G', 'web-1'], { encoding: 'utf8' })
  const address = /^hostname (.+)$/m.exec(resolved)?.[1] ?? ''
  const proxy = await delayProxy(address, 22, roundTripMs)
  const config = `${fleet.sshConfig}.delayed`
  writeFileSync(
    config,
    `Host web-1\n  HostName 127.0.0.1\n  Port ${proxy.port}\n  HostKeyAlias ${address}\n${readFileSync(fleet.sshConfig, 'utf8')}`,
  )
  process.env['HALLIGAN_SSH_CONFIG'] = config
  try {
    return await run()
  } finally {
    process.env['HALLIGAN_SSH_CONFIG'] = fleet.sshConfig
    proxy.close()
  }
}
