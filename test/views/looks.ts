import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Failure } from '../../src/boxes/box.ts'
import type { OutsideView } from '../../src/boxes/outside.ts'
import type { Price } from '../../src/boxes/price.ts'
import { probesOf, readEvidence, type Evidence } from '../../src/evidence/evidence.ts'
import * as checks from '../../src/findings/checks/index.ts'
import { conclude, type Conclusion } from '../../src/findings/conclude.ts'
import { markBeyondPolicy } from '../../src/findings/policy.ts'
import type { Finding, NextStep } from '../../src/findings/finding.ts'
import type { BoxLook } from '../../src/steps/look.ts'
import { cpuOf, filesOf, logOf, pagingOf, processOf, socketsOf, table } from '../checks/quiet-box.ts'

const BOUNDARY = '5eed5eed5eed5eed5eed5eed5eed5eed'
// A Debian test box with a process that leaks sockets in CLOSE_WAIT and one with a hot thread; scripts/record-answer.ts.
const ANSWER = readFileSync(path.join(import.meta.dirname, '../fixtures/answers/web-1.txt'))
/** When the box was recorded: its own clock. Milliseconds since the epoch. */
const BEGAN_AT_MS = Math.round(1000 * Number(/ \+ clock first \S+\n([\d.]+)/.exec(ANSWER.toString('latin1'))?.[1]))
const asked = probesOf('fast')

/** What the recorded test box showed, under another name if one is given. */
export function sickLook(box = 'web-1', highestPrice?: Price): BoxLook {
  const evidence = sickEvidence()
  const { findings, ...rest } = conclusionOf(evidence, box)
  return lookOf(box, evidence, { ...rest, findings: markBeyondPolicy(findings, highestPrice) })
}

/** A made-up fire with a symptom, a moment at which it began, and a step that its policy does not allow. */
export function burningLook(box = 'web-1'): BoxLook {
  const look = sickLook(box)
  const [leak, ...others] = look.conclusion.findings
  if (!leak) return look
  const cause: Finding = { ...leak, state: 'critical', score: 95, sinceMs: BEGAN_AT_MS - 3_723_000 }
  const symptom: Finding = {
    ...cause,
    check: 'fd-exhaustion',
    score: 94,
    title: 'close-wait-leak (87) holds 1016 of its 1024 file descriptors',
    symptomOf: leak.check,
  }
  const second: Finding = {
    ...symptom,
    check: 'accept-queue-overflow',
    score: 93,
    title: 'port 8081 turns connections away',
    symptomOf: 'fd-exhaustion',
  }
  const change: NextStep = {
    command: `halligan run ${box} --price change -- 'kill -TERM 87'`,
    why: 'end it, if it may be ended',
    price: 'change',
  }
  const findings = markBeyondPolicy([{ ...cause, next: [...cause.next, change] }, symptom, second, ...others], 'pause')
  const cleared = look.conclusion.cleared.filter(({ check }) => !findings.some((finding) => finding.check === check))
  return { ...look, state: 'critical', conclusion: { ...look.conclusion, state: 'critical', findings, cleared } }
}

const NO_SHARES = { user: 0, nice: 0, system: 0, idle: 0, iowait: 0, irq: 0, softirq: 0, steal: 0 }

/** The same box without what made it sick. */
export function healthyLook(box = 'web-2'): BoxLook {
  const calm = { user: 4, system: 1, idle: 95 }
  const evidence: Evidence = {
    ...sickEvidence(),
    cpu: seen(cpuOf(calm, { cpus: 2, perCpu: [0, 1].map((cpu) => ({ cpu, shares: { ...NO_SHARES, ...calm } })) })),
    'process-stat': seen(table([processOf({ cpuPercent: 4 }), processOf({ pid: 1, ppid: 0, name: 'sshd' })])),
    'process-command': seen(
      new Map([
        [812, '/usr/local/bin/orders-api --port 8080'],
        [1, 'sshd: /usr/sbin/sshd -D'],
      ]),
    ),
    'hot-threads': seen([]),
    'open-files': seen(filesOf()),
    sockets: seen(socketsOf({ byState: new Map([['ESTABLISHED', 1]]) })),
  }
  return lookOf(box, evidence, conclusionOf(evidence, box))
}

/** The link broke before the second sample came. */
export function cutOffLook(box = 'web-3'): BoxLook {
  const cut = evidenceOf(ANSWER.subarray(0, ANSWER.indexOf(`${BOUNDARY} ]`)))
  const evidence = { ...cut, paging: seen(pagingOf()) }
  return {
    ...lookOf(box, evidence, conclusionOf(evidence, box)),
    failure: {
      kind: 'cut-off',
      message: `${box} was cut off in the middle of "look": the link went silent (no answer to three keep-alives).`,
      tryNext: 'What came before is used. Look again.',
    },
  }
}

/** A box that could not be entered. */
export function lockedLook(box = 'db-1'): BoxLook {
  const failure: Failure = {
    kind: 'host-key-changed',
    message: `${box}: its host key has changed since it was last accepted; it is now SHA256:E4cECyGta/z3Lc7wgTCplZgSFVjvXujHOVqub9sFncE.`,
    tryNext: `Was ${box} reinstalled? Ask who runs it before you accept the new key.`,
  }
  const outside: readonly OutsideView[] = [
    { what: 'way', said: `ssh goes to root@10.0.0.7 port 22` },
    { what: 'port 22', said: 'accepts connections (3 ms)' },
    { what: 'banner', said: '"SSH-2.0-OpenSSH_9.2p1 Debian-2"' },
  ]
  const evidence = evidenceOf(new Uint8Array())
  const empty: Conclusion = { state: 'unknown', findings: [], cleared: [], unknown: [] }
  return { ...lookOf(box, evidence, empty), identity: undefined, blind: [], failure, outside }
}

/** Ctrl-C came before the box had answered. */
export function interruptedLook(box = 'db-1'): BoxLook {
  const message = `"look" on ${box} was interrupted; what was known by then is used.`
  return { ...lockedLook(box), outside: [], failure: { kind: 'cancelled', message, tryNext: 'Run it again.' } }
}

/** The kernel's own memory is that of the machine that recorded: it is made up. */
function sickEvidence(): Evidence {
  return { ...evidenceOf(ANSWER), paging: seen(pagingOf()), 'kernel-log': seen(logOf()) }
}

function seen<T>(value: T): { readonly kind: 'seen'; readonly value: T } {
  return { kind: 'seen', value }
}

function evidenceOf(bytes: Uint8Array): Evidence {
  return readEvidence(bytes, BOUNDARY, asked, { beganAtMs: BEGAN_AT_MS })
}

function conclusionOf(evidence: Evidence, box: string): Conclusion {
  return conclude(Object.values(checks), evidence, { box })
}

function lookOf(box: string, evidence: Evidence, conclusion: Conclusion): BoxLook {
  return {
    box,
    state: conclusion.state,
    startedAtMs: BEGAN_AT_MS,
    tookMs: 1_300,
    windowMs: 1_000,
    bytesReceived: 12_345,
    boxCpuMs: 40,
    identity:
      evidence.identity.kind === 'seen' ? { ...evidence.identity.value, hostname: box, kernel: '6.1.0' } : undefined,
    clockSkewMs: 0,
    conclusion,
    blind: Object.entries(evidence).flatMap(([probe, reading]) =>
      reading.kind === 'seen' || reading.why === 'not asked'
        ? []
        : [{ probe, why: reading.why, hint: reading.kind === 'blind' ? reading.hint : 'try again' }],
    ),
    failure: undefined,
    outside: [],
    warnings: [],
    evidence,
    recorded: { how: 'no-incident' },
    answer: { boundary: BOUNDARY, asked: [], result: RESULT, told: new Uint8Array() },
  }
}

/** What came back of a box that answered. */
export const RESULT = {
  box: 'web-1',
  what: 'look',
  ok: true,
  stdout: new Uint8Array(),
  stderr: '',
  exitCode: 0,
  timedOut: false,
  cancelled: false,
  overflowed: false,
  truncated: false,
  startedAtMs: BEGAN_AT_MS,
  beganAtMs: BEGAN_AT_MS,
  durationMs: 1_300,
  failure: undefined,
}
