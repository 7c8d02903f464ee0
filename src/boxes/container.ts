import type { Box, Failure } from './box.ts'
import type { Ending, Transport } from './child.ts'
import { lostConnection, heard, plain } from './failures.ts'
import { failedBox } from './failed.ts'
import { shellQuoted } from '../base/shell-quoted.ts'
import { shellBox } from './shell-box.ts'
import { terminalHere } from './terminal-here.ts'

export type Engine = 'docker' | 'podman'

/** Names of containers as both engines allow them (docker run --name: [a-zA-Z0-9][a-zA-Z0-9_.-]+); an id has the same form. */
const CONTAINER_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$/

/** A running container, entered with `docker exec -i NAME sh`. Root inside it with `asRoot` (its `--sudo`: `-u 0`). */
export function containerBox(engine: Engine, container: string, options: { readonly asRoot?: boolean } = {}): Box {
  const name = `${engine}:${container}`
  if (!CONTAINER_NAME.test(container)) return failedBox(name, engine, badContainerName(name, engine))
  const user = options.asRoot ? ['-u', '0'] : []
  const transport: Transport = {
    box: name,
    argv: [engine, 'exec', '-i', ...user, container, 'sh'],
    explain: (ending) => containerFailure(ending, engine, container),
  }
  const open = (): Promise<Transport> => Promise.resolve(transport)
  const inside = (command: string): string =>
    `exec ${[engine, 'exec', '-it', ...user, container, 'sh', '-c'].join(' ')} ${shellQuoted(command)}`
  const terminal = terminalHere(name, inside, transport.explain)
  return shellBox({ name, kind: engine, main: open, side: open, sideNeedsMain: false, terminal })
}

/** The words of `docker exec` and `podman exec` turned into a named failure. Total. */
export function containerFailure(ending: Ending, engine: Engine, container: string): Failure {
  const box = `${engine}:${container}`
  const { spawnError, stderr, entered, code } = ending
  const words = heard(stderr)
  if (spawnError)
    return {
      kind: 'client-missing',
      message: `${engine} could not be started on this machine to reach ${box}: ${plain(spawnError.message)}.`,
      tryNext: `Is ${engine} installed here? A container on another machine: log in to that one (\`halligan look HOST\`).`,
    }
  if (entered) return lostConnection(ending, words, box)
  if (/[Nn]o such container|no container with name or ID|not found: no such container/.test(words))
    return {
      kind: 'container-not-found',
      message: `${engine} knows no container ${container} (${box}).`,
      tryNext: `\`${engine} ps -a\` lists them.`,
    }
  if (
    /is not running|container state improper|is paused|is restarting|can only create exec sessions on running/i.test(
      words,
    )
  )
    return {
      kind: 'container-not-found',
      message: `${box} is there but not running: ${plain(words)}`,
      tryNext: `\`${engine} logs --tail 50 ${container}\` shows why it ended; \`${engine} start ${container}\` starts it.`,
    }
  if (
    /Cannot connect to the Docker daemon|docker daemon running|connection refused|permission denied while trying to connect|dial unix|unable to connect to Podman/i.test(
      words,
    )
  )
    return {
      kind: 'engine-not-running',
      message: `${box}: ${engine} does not answer: ${plain(words)}`,
      tryNext: `Is it running (\`systemctl status ${engine}\`), and may you use it (group ${engine}, sudo, DOCKER_HOST)?`,
    }
  if (code === 126 || code === 127 || /executable file (?:`?sh`?.*)?not found|no such file or directory/i.test(words))
    return {
      kind: 'no-shell',
      message: `${box} has no \`sh\`: ${plain(words) || `exit ${code}`}`,
      tryNext: `An image without a shell (distroless, scratch). Look from its host: its processes are seen there.`,
    }
  return {
    kind: 'unknown',
    message: `${engine} exec into ${container} failed: ${plain(words) || `exit ${code} without a word`}`,
    tryNext: `Try \`${engine} exec -i ${container} sh -c true\`.`,
  }
}

function badContainerName(name: string, engine: Engine): Failure {
  return {
    kind: 'bad-name',
    message: `${JSON.stringify(name)} names no container: only letters, digits, "_", "." and "-".`,
    tryNext: `\`${engine} ps\` lists the names.`,
  }
}
