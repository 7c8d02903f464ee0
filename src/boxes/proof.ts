/**
 * What the guard found after a tool had been at a process: how each target is now, and what is left on the box. Said by the box itself, after everything was done
 * (`attach-keeper.ts`), and kept in the record.
 */
export interface Proof {
  readonly targets: readonly TargetProof[]
  /** `gone`: no process of the tool is there. `stuck`: it is, and the keeper goes on telling it. `not-started`: the guard refused. */
  readonly tool: 'gone' | 'stuck' | 'not-started'
  /** oom_score_adj under which tool and guard ran; above -999 the kernel could have killed the tool when memory ran out. Missing where it was not said. */
  readonly oomScore?: number
  /** What was not there before, or should be gone: at most 20. */
  readonly left: readonly Leftover[]
  /** Whether the folder of the guard is gone. */
  readonly spool: 'gone' | 'left'
  readonly refused?: Refusal
}

export interface TargetProof {
  readonly pid: number
  readonly startTicks: number
  /** Before anything was attached. */
  readonly found: TargetState
  /** `held`: it stands in a stop of ptrace. `ended`: it is not there any more, by itself or not. */
  readonly after: TargetState | 'held' | 'ended'
  /** Who traces it now; missing where nobody does. */
  readonly tracer?: number
  /** What the guard had to do so that it is as it was. */
  readonly restored?: 'continued' | 'stopped-again'
  /** It runs another program than before (exec). */
  readonly otherProgram?: true
}

export type TargetState = 'running' | 'stopped'

export interface Leftover {
  readonly kind: 'process' | 'port' | 'probe' | 'file' | 'other'
  /** As the box said it: hostile until shown. */
  readonly what: string
}

export interface Refusal {
  readonly why: RefusedBecause
  readonly pid?: number
  /** Who traces it, for `traced`. */
  readonly tracer?: number
}

export const REFUSED_BECAUSE = [
  'gone',
  'reused',
  'zombie',
  'uninterruptible',
  'traced',
  'no-room',
  'no-setsid',
  'hangup-ignored',
] as const
export type RefusedBecause = (typeof REFUSED_BECAUSE)[number]

/** At most so many of each kind of line are read. */
const MOST_LINES = 64

/** Reads the lines of the guard that begin with the nonce; what it does not understand is left out. Undefined when there is no end of a proof. */
export function readProof(text: string, nonce: string): Proof | undefined {
  const lines = text
    .split('\n')
    .filter((line) => line.startsWith(`${nonce} `))
    .map((line) => line.slice(nonce.length + 1))
  const started = lines.map((line) => /^tool (gone|stuck) (-?\d{1,4})?$/.exec(line)).find(Boolean)
  const refused = lines.flatMap((line) => refusalOf(line) ?? [])[0]
  if (!lines.some((line) => line.startsWith('ended ')) || (!started && !refused)) return undefined
  const score = started?.[2]
  return {
    targets: lines.flatMap((line) => targetOf(line) ?? []).slice(0, MOST_LINES),
    tool: refused ? 'not-started' : started?.[1] === 'stuck' ? 'stuck' : 'gone',
    ...(score === undefined ? {} : { oomScore: Number(score) }),
    left: lines.flatMap((line) => leftOf(line) ?? []).slice(0, MOST_LINES),
    spool: lines.some((line) => line === 'spool gone') ? 'gone' : 'left',
    ...(refused ? { refused } : {}),
  }
}

const TARGET =
  /^target (\d{1,10}) (\d{1,19}) found=([ST]) after=(\w+) tracer=(\d{1,10}) did=(nothing|continued|stopped) exec=(yes|no)$/

function targetOf(line: string): TargetProof | undefined {
  const [all, pid, startTicks, found, after = '', tracer, did, exec] = TARGET.exec(line) ?? []
  if (all === undefined) return undefined
  return {
    pid: Number(pid),
    startTicks: Number(startTicks),
    found: found === 'T' ? 'stopped' : 'running',
    after: after === 'gone' ? 'ended' : after === 't' ? 'held' : after === 'T' ? 'stopped' : 'running',
    ...(Number(tracer) > 0 ? { tracer: Number(tracer) } : {}),
    ...(did === 'continued' ? { restored: 'continued' } : did === 'stopped' ? { restored: 'stopped-again' } : {}),
    ...(exec === 'yes' ? { otherProgram: true } : {}),
  }
}

function leftOf(line: string): Leftover | undefined {
  const [, kind = '', what = ''] = /^left (?:(process|port|probe|file) )?(.{1,200})$/.exec(line) ?? []
  if (what === '') return undefined
  if (kind === 'process' || kind === 'probe' || kind === 'file') return { kind, what }
  return kind === 'port' ? { kind, what: portWords(what) } : { kind: 'other', what }
}

/** `812 0100007F:240D`: the process, then address and port as /proc/net/tcp has them, the port in hexadecimal (proc_net_tcp). */
function portWords(text: string): string {
  const [, pid = '', port = ''] = /^(\d+) [0-9A-F]+:([0-9A-F]{4})$/.exec(text) ?? []
  return pid === '' ? text : `port ${Number.parseInt(port, 16)} of process ${pid}`
}

function refusalOf(line: string): Refusal | undefined {
  const [, word, pid, tracer] = /^refused ([\w-]+)(?: (\d{1,10}))?(?: (\d{1,10}))?$/.exec(line) ?? []
  const why = REFUSED_BECAUSE.find((each) => each === word)
  if (!why) return undefined
  return {
    why,
    ...(pid === undefined ? {} : { pid: Number(pid) }),
    ...(tracer === undefined ? {} : { tracer: Number(tracer) }),
  }
}

/** Nothing is left, and each target that is still there is as it was found. */
export function isClean({ targets, tool, left, spool }: Proof): boolean {
  return (
    tool !== 'stuck' &&
    left.length === 0 &&
    spool === 'gone' &&
    targets.every(({ found, after, tracer }) => tracer === undefined && (after === 'ended' || after === found))
  )
}

/** In sentences for a person, the worst first. `residue`: what stays of it, as its price had named it. */
export function proofWords(proof: Proof, residue?: string): readonly string[] {
  const { targets, tool, left, spool, refused } = proof
  if (refused) return [refusalWords(refused)]
  return [
    ...(tool === 'stuck'
      ? ['The tool does not end. It was not killed, since that could kill its target; the guard goes on asking it.']
      : []),
    ...targets.map(targetWords),
    ...left.map(
      ({ kind, what }) => `Left on the box: ${kind === 'other' || kind === 'port' ? what : `${kind} ${what}`}.`,
    ),
    ...(spool === 'left' && tool !== 'stuck' ? ['The folder of the guard was still there at the end.'] : []),
    ...(residue === undefined ? [] : [`What stays: ${residue}.`]),
    ...(left.length === 0 && spool === 'gone' && tool === 'gone'
      ? [`${residue === undefined ? 'No' : 'Beside that no'} file, no probe and no open port is left.`]
      : []),
  ]
}

const AFTER: Readonly<Record<TargetProof['after'], string>> = {
  running: 'runs',
  stopped: 'is stopped',
  held: 'stands in a stop of ptrace',
  ended: 'has ended meanwhile',
}

function targetWords({ pid, found, after, tracer, restored, otherProgram }: TargetProof): string {
  const before = after === 'ended' || found === after ? '' : `, and was ${found} before`
  const traced = after === 'ended' ? '' : tracer === undefined ? ', traced by nobody' : `, traced by ${tracer}`
  const act =
    restored === 'continued'
      ? '; the tool had left it stopped, and the guard continued it'
      : restored === 'stopped-again'
        ? '; it was stopped before, and the guard stopped it again'
        : ''
  return `Process ${pid} ${AFTER[after]}${before}${traced}${act}${otherProgram && after !== 'ended' ? '; it runs another program than before' : ''}.`
}

const REFUSED: Readonly<Record<RefusedBecause, string>> = {
  gone: 'is gone',
  reused: 'is gone; its number belongs to another process now',
  zombie: 'has ended already (a zombie)',
  uninterruptible:
    'waits in the kernel and cannot be interrupted (state D); a tool would wait with it, and leave it stopped',
  traced: 'is traced already',
  'no-room': 'There is no room for the output on the box (/dev/shm, /run and /tmp are full).',
  'no-setsid':
    'The box has no setsid (util-linux, busybox), without which a tool could not be kept from being killed with the connection.',
  'hangup-ignored':
    'SIGHUP is ignored in this session, which is how a debugger is told to let go; start Halligan without nohup.',
}

function refusalWords({ why, pid, tracer }: Refusal): string {
  if (pid === undefined) return REFUSED[why]
  return `Process ${pid} ${REFUSED[why]}${tracer === undefined ? '' : ` by process ${tracer}`}; nothing was attached.`
}
