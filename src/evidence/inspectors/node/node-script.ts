import { shellQuoted } from '../../../base/shell-quoted.ts'
import type { Target } from '../../inspect/inspector.ts'
import { proveTarget } from '../../inspect/prove-target.ts'
import { MASKED, SECRET_NAMES } from '../../inspect/secret-names.ts'
import { NODE_CLIENT, NODE_MEMORY_CLIENT, NODE_SNAPSHOT_CLIENT } from './node-client/client.ts'

/** What the client is asked, as `main.js` takes it. */
export interface ClientRequest {
  readonly way: 'stacks' | 'profile' | 'memory' | 'snapshot' | 'crash' | 'close'
  readonly samples?: number
  readonly betweenMs?: number
  readonly maxThreads?: number
  readonly maxFrames?: number
  /** Innermost frames whose variables are read. */
  readonly localsFrames?: number
  readonly maxLocals?: number
  readonly forMs?: number
  readonly intervalUs?: number
  readonly intervalBytes?: number
  readonly maxNodes?: number
  /** Of a snapshot: the statement; conditions and what is told as code (node-expression.ts). */
  readonly at?: {
    readonly file?: string | undefined
    readonly line?: number | undefined
    readonly function?: string | undefined
  }
  readonly when?: string
  readonly prints?: readonly { readonly name: string; readonly code: string }[]
  readonly hits?: number
  /** The name that conditions have for what writes values down. */
  readonly recorder?: string
  readonly maxScripts?: number
  /** Variables that are tried for; not all need be there. */
  readonly maxNames?: number
  readonly maxDepth?: number
  readonly maxItems?: number
  readonly maxText?: number
  readonly maxValue?: number
}

/** What a box is sent for it, where that is not the usual client. */
const PROGRAMS: Readonly<Partial<Record<ClientRequest['way'], string>>> = {
  memory: NODE_MEMORY_CLIENT,
  snapshot: NODE_SNAPSHOT_CLIENT,
}

/** Names whose values the client masks, and what stands for them. */
const SECRETS = { secret: SECRET_NAMES, masked: MASKED }

/** Where `node --inspect` and a signal open it, unless its arguments name another (nodejs.org/api/cli.html, --inspect-port). */
const DEFAULT_PORT = 9229

/**
 * Runs the client by a Node of the box: the program's own, which is of the right kind at any rate, or the one in the PATH. What another user could have put there is
 * not run with our rights, though: with `--sudo` it would be root's. In the network of the target, where its port is. NODE_OPTIONS of the session must not open a second
 * inspector, or load what the box's owner had in mind for their own programs.
 */
export function nodeScript({ process }: Target, request: ClientRequest): string {
  const { pid, uid, startTicks, namespacePids, argv } = process
  const options = {
    pid,
    startTicks,
    ownPid: namespacePids.at(-1) ?? pid,
    knownPort: portOf(argv),
    ...SECRETS,
    ...request,
  }
  return `${proveTarget(process)}
${TRUSTED}
node= why=no-node
for each in /proc/${pid}/exe node nodejs; do
  [ $each != /proc/${pid}/exe ] || [ "$(id -u)" = ${uid} ] || trusted $each || { why=not-run; continue; }
  NODE_OPTIONS= "$each" -e 0 >/dev/null 2>&1 && { node=$each; break; }
done
[ -n "$node" ] || { printf '{"refused":"%s"}\\n' $why; exit 0; }
enter=; [ "$(readlink /proc/${pid}/ns/net)" = "$(readlink /proc/self/ns/net)" ] || enter='nsenter -t ${pid} -n'
export HALLIGAN_INSPECT NODE_OPTIONS= HALLIGAN_ASK_STOP="\${0%/*}/ask-stop"
HALLIGAN_INSPECT=${shellQuoted(JSON.stringify(options))}
exec $enter "$node" -e ${shellQuoted(PROGRAMS[request.way] ?? NODE_CLIENT)}
`
}

/** Whether nobody but root and ourselves may have written a file: shell text. */
const TRUSTED = `trusted() {
  set -- $(stat -L -c '%u %a' "$1" 2>/dev/null) none none
  case $1 in 0|$(id -u)) ;; *) return 1;; esac
  case $2 in *[2367]|*[2367]?) return 1;; esac
}`

/**
 * For the guard, when the client could not do it itself: closes an inspector that was not there before. It is a file of the guard's folder, beside
 * `things`, which has the ports from before (boxes/attach-keeper.ts).
 */
export function closeScript(target: Target): string {
  return `HALLIGAN_THINGS=\${0%/*}/things; export HALLIGAN_THINGS\n${nodeScript(target, { way: 'close' })}`
}

function portOf(argv: readonly string[]): number {
  const port = argv.flatMap((word) => /^--inspect(?:-port|-brk)?=(?:.*:)?(\d{1,5})$/.exec(word)?.[1] ?? [])[0]
  return port === undefined ? DEFAULT_PORT : Number(port)
}
