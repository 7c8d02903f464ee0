import type { Able, InspectOptions, Inspector, PriceTag, Target } from '../../inspect/inspector.ts'
import { lostTarget, lostWords } from '../../inspect/prove-target.ts'
import type { Stacks } from '../../inspect/stacks.ts'
import { blind, seen, type Reading } from '../../reading.ts'
import { goPprofScript } from './go-pprof-script.ts'
import { goroutinesIn } from './goroutines.ts'

/**
 * What do the goroutines of this program do? Asked of the program itself, where it has net/http/pprof and listens: `GET /debug/pprof/goroutine?debug=2` at the first of its own ports,
 * those on loopback first, that proves to be this process (go-pprof-script.ts). The request is made on the box. No signal is sent: SIGQUIT would end the program.
 *
 *     @@ asked 127.0.0.1:6060
 *     @@ count 12
 *     goroutine 18 [chan receive, 5 minutes]:        <- goroutines.ts
 *     @@ whole
 *     @@ same
 *
 * Cost: the runtime stops the world while it writes all stacks (runtime.Stack). Source: pkg.go.dev/net/http/pprof, pkg.go.dev/runtime/pprof#Lookup.
 */
export const goPprof: Inspector<Stacks> = {
  id: 'go-pprof',
  title: 'goroutines, by the pprof endpoint that it has',
  does: 'stacks',
  runtimes: ['go'],
  tools: [],
  attaches: () => ({ tool: 'tracer', freezeSeconds: 5 }),
  mayNotFit: true,
  able,
  price,
  script,
  parse,
}

/**
 * Measured with Go 1.19 on a busy machine, stacks of some five frames: 1,000 goroutines 4 to 10 ms, 10,000 27 to 171. The runtime starts again with twice the room (1, 2, 4 … 64 MB) for as
 * long as its text does not fit, each time with the world stopped, and writes up to 100 frames of each stack: 5,000 goroutines of 100 frames took 2.2 to 2.4 s, the longest stop 0.4 s.
 */
const MOST_GOROUTINES = 5_000
/** So many take at 100 frames each, all stops together. Milliseconds. */
const PAUSE_MS = 3_000
const MOST_PORTS = 8

function able({ process, box }: Target): Able {
  if (process.state === 'T' || process.state === 't')
    return { able: false, why: 'it is stopped, and would not answer', hint: 'kill -CONT lets it go on' }
  if (process.state === 'Z' || process.state === 'X') return { able: false, why: 'it has ended (a zombie)', hint: '' }
  if (box.uid !== 0 && box.uid !== process.uid)
    return { able: false, why: `its ports are not told to user ${box.uid}`, hint: 'run with --sudo' }
  return { able: true }
}

function price(): PriceTag {
  return {
    price: 'pause',
    pauseMs: PAUSE_MS,
    why: `asks it over HTTP, on the box, at the ports on which it listens (${MOST_PORTS} at most) until one answers as this process; all goroutines stand still while it writes their stacks: some 10 to 25 µs for each with short stacks, up to twenty times that with stacks of 100 frames, in up to seven stops, with up to 127 MB of its memory for the while; of more than ${MOST_GOROUTINES} goroutines it is not asked for them. Nothing is attached`,
    residue:
      'each of these ports gets a GET, whatever is spoken there: a line in its own log, if it writes one for each request, or for one that it does not understand; a port of another protocol may count it as an error',
  }
}

function script({ process }: Target, { timeoutMs }: InspectOptions): string {
  return goPprofScript(process, {
    seconds: Math.floor(timeoutMs / 1_000),
    goroutines: MOST_GOROUTINES,
    ports: MOST_PORTS,
  })
}

function parse(output: Uint8Array, _target: Target, options?: InspectOptions): Reading<Stacks> {
  const text = Buffer.from(output).toString('utf8')
  const lost = lostTarget(output)
  if (lost) return blind(lostWords(lost))
  const proved = /^@@ count (\d{1,9})\n/m.exec(text)
  if (proved)
    return answered(text.slice(proved.index + proved[0].length), Number(proved[1]), options?.maxThreads ?? 5_000)
  const many = /^@@ many (\d{1,9})$/m.exec(text)?.[1]
  if (many !== undefined)
    return blind(
      `it has ${many} goroutines, more than ${MOST_GOROUTINES}: all of them would stand still for too long`,
      'its own /debug/pprof/goroutine?debug=1 counts them by stack, with a shorter stop',
    )
  for (const [mark, why, hint] of REASONS) if (new RegExp(`^@@ ${mark}$`, 'm').test(text)) return blind(why, hint)
  return blind('nothing was answered', NATIVE)
}

/** What came after it had proved itself: the stacks, `@@ whole` where nothing of them is missing, then whether it still is the one that answers there. */
function answered(text: string, counted: number, most: number): Reading<Stacks> {
  const end = text.lastIndexOf(SAME)
  if (end === -1 || end + SAME.length !== text.length)
    return blind(
      'whether it still was the one that answered could not be proved afterwards: what came is not told',
      NATIVE,
    )
  const isWhole = text.slice(0, end).endsWith(WHOLE)
  const stacks = text.slice(0, isWhole ? end - WHOLE.length : end)
  if (!/^goroutine \d/.test(stacks)) return blind('it did not answer with goroutines, or not in time', NATIVE)
  const { goroutines, more, unread } = goroutinesIn(stacks, most)
  const told = goroutines.length + more + unread
  return seen({
    samples: [{ atMs: 0, threads: [], apart: goroutines }],
    notes: [
      ...(more > 0 ? [`${more} more goroutines are left out`] : []),
      ...(unread > 0 ? [`${unread} more are written in a form that is not known here`] : []),
      ...(isWhole ? [] : ['its answer was cut: it has more goroutines']),
      ...(isWhole && told < counted * 0.9 - 10 ? [`it counted ${counted} just before, and told ${told}`] : []),
    ],
  })
}

const SAME = '\n@@ same\n'
const WHOLE = '\n@@ whole\n'

const NATIVE = '--by eu-stack tells the stacks of its threads, those of goroutines that wait are not among them'

const REASONS: readonly (readonly [mark: string, why: string, hint: string])[] = [
  ['no-pprof', 'the program was built without net/http/pprof', NATIVE],
  ['unread', 'its binary may not be read', 'run with --sudo'],
  ['no-client', 'there is no curl, python3 or wget (of GNU) on the box to ask it with', 'apt-get install curl'],
  ['no-enter', 'it is in a network of its own, which may not be entered here (nsenter)', 'run with --sudo'],
  ['no-gzip', 'gzip or od is missing on the box: that the answer is its own cannot be proved', NATIVE],
  [
    'no-vdso',
    'its memory map may not be read, or the kernel draws no places in it: that the answer is its own cannot be proved',
    NATIVE,
  ],
  [
    'no-count',
    'its /debug/pprof/ does not say how many goroutines it has, so what the answer would cost is not known',
    NATIVE,
  ],
  [
    'shared',
    'another process listens at the same port, or has the same socket: which of them would answer cannot be known',
    NATIVE,
  ],
  [
    'no-answer',
    'none of its ports answers /debug/pprof/threadcreate with a profile of this very process, so no answer there is known to be its own',
    NATIVE,
  ],
]
