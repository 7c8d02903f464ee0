import type { Box } from './box.ts'
import { containerBox } from './container.ts'
import { localBox } from './local.ts'
import type { Prompt } from './prompt.ts'
import { recordedBox } from './recorded.ts'
import { sshBox } from './ssh.ts'

export interface OpenOptions {
  /** Run everything as root: through sudo (local, ssh), as user 0 (containers). */
  readonly sudo?: boolean | undefined
  /** Asks the person at the console for passwords and host keys; `inTurns` lets several boxes share one terminal. */
  readonly prompt?: Prompt | undefined
  /** False: nobody is asked even if there is a prompt. Default: true when there is one. */
  readonly interactive?: boolean | undefined
  readonly connectTimeoutMs?: number | undefined
  readonly keepAliveSeconds?: number | undefined
}

/** More would only wait for this machine's own CPUs and for MaxStartups of a shared jump host (10 by default, sshd_config(5)). */
export const BOXES_AT_ONCE = 8

/**
 * The box that a name stands for: `local`, `docker:NAME`, `podman:NAME`, `recorded:FILE`, else a destination of ssh. Connects
 * to nothing yet; a name that is none gives a box whose every run fails with the reason.
 */
export function openBox(name: string, options: OpenOptions = {}): Box {
  const box = boxNamed(name, options)
  return options.sudo ? { ...box, sudo: true } : box
}

function boxNamed(name: string, options: OpenOptions): Box {
  const prompt = options.interactive === false ? undefined : options.prompt
  const sudo = options.sudo ? { prompt, secret: { value: undefined } } : undefined
  if (name === 'local') return localBox(sudo ? { sudo } : {})
  const [, kind, rest = ''] = /^(docker|podman|recorded):([^]*)$/.exec(name) ?? []
  if (kind === 'docker' || kind === 'podman') return containerBox(kind, rest, { asRoot: options.sudo ?? false })
  if (kind === 'recorded') return recordedBox(rest)
  return sshBox(name, {
    prompt,
    sudo,
    connectTimeoutMs: options.connectTimeoutMs,
    keepAliveSeconds: options.keepAliveSeconds,
  })
}
