import { fields, list, number, optional, text, type ShapeOf } from '../../../base/shape.ts'
import type { Frame } from '../../inspect/frame.ts'
import type { PriceTag, Target } from '../../inspect/inspector.ts'
import { fittingLines } from '../../inspect/json-line.ts'
import type { WeightedStack } from '../../inspect/profile.ts'
import { proveTarget } from '../../inspect/prove-target.ts'
import { WATCH_END } from '../../inspect/watch-end.ts'
import { blind } from '../../reading.ts'
import { jcmdSamples, jcmdTools, NO_QUIT, SMALL_JVM } from './jcmd-script.ts'
import { JVM_RESIDUE, ownClass } from './jvm-attaching.ts'
import { JVM_FOLDER } from './jvm-folder.ts'
import { FOLD_RECORDING } from './jvm-helper/classes.ts'

/** Different stacks that are told; more of them are counted as left out. */
const MOST_STACKS = 20_000
/** Its buffers have 10 MB. So much must be free where it writes them, right before it does. Mebibytes. */
const ROOM_MIB = 32
/** Java Flight Recorder begins at a safepoint, and looks at all classes that it has events of; 8 ms were measured in a small JVM 17. Milliseconds. */
const PAUSE_MS = 50

/** A recording of Java Flight Recorder, and what is told of it. */
interface Recording {
  /** How long it goes on. Milliseconds. */
  readonly forMs: number
  /** The `event` elements of its settings (.jfc). */
  readonly events: string
  /** What FoldRecording is to tell, and with how many frames. */
  readonly fold: string
  /** Shell text before it begins, and once it has ended. */
  readonly around?: string
  /** Shell text where the JVM has no recorder; what the JVM said stands before. */
  readonly instead: string
}

/**
 * A JVM whose recording lies on a disk that fills up ends itself (JfrJavaSupport::abort of HotSpot; seen with 17 and 25): so the recording is never on a disk (disk=false) until it
 * is written out, once, where there is room; where there is none, it is thrown away. It has no `duration`, at whose end a JVM would write it by itself.
 * Sources: docs.oracle.com, "The jcmd Command" (JFR.start, JFR.stop) and package jdk.jfr.consumer.
 */
export function recordingScript(target: Target, { forMs, events, fold, around, instead }: Recording): string {
  const settings = `<?xml version="1.0" encoding="UTF-8"?>\n<configuration version="2.0">${events}</configuration>`
  return `${proveTarget(target.process)}
${jcmdTools(target.process)}
[ -n "$jcmd" ] || { echo halligan-no-jcmd; exit 0; }
${JVM_FOLDER}
${WATCH_END}
${jcmdSamples('Thread.print')}
halligan_folder
[ -n "$folder" ] || { echo 'halligan-jfr no-folder'; exit 0; }
halligan_put settings.jfc <<'halligan'
${Buffer.from(settings).toString('base64')}
halligan
halligan_put FoldRecording.class <<'halligan'
${FOLD_RECORDING}
halligan
name=halligan-\${own##*.} repository=
has_room() { df -Pk "$root\${repository%/*}" 2>/dev/null | { read -r head; read -r device size used free rest; [ "\${free:-0}" -ge ${ROOM_MIB * 1024} ]; }; }
# Without it nobody would end the recording, should this be ended.
{ echo "JFR.stop name=$name" >"$own/begun"; } 2>/dev/null && [ -s "$own/begun" ] || { echo 'halligan-jfr no-folder'; exit 0; }
${around ?? ''}
halligan_jcmd JFR.start name=$name settings=$folder/settings.jfc disk=false >"$own/said" 2>&1
if grep -q '^Started recording' "$own/said"; then
  repository=$(halligan_jcmd JFR.configure 2>/dev/null | sed -n 's/^Repository path: //p')
  if [ -z "$repository" ] || ! has_room; then echo 'halligan-jfr no-room'; exit 0; fi
  halligan_wait ${Math.round(forMs)}
  halligan_proved
  has_room || { echo 'halligan-jfr no-room'; exit 0; }
  halligan_jcmd JFR.stop name=$name filename=$folder/recording.jfr >"$own/said" 2>&1
  [ -s "$root$folder/recording.jfr" ] || { sed 's/^/halligan-jfr said /' "$own/said" | head -n 20; exit 0; }
  rm -f "$own/begun"
${around ?? ''}
  $as "\${jcmd%/*}/java" ${SMALL_JVM.replace('-Xmx64m', '-Xmx256m')} -cp $folder FoldRecording $folder/recording.jfr ${MOST_STACKS} ${fold} 2>&1
else
  rm -f "$own/begun"
  head -n 20 "$own/said" | sed 's/^/halligan-jfr said /'
  grep -qE 'Exception|not (be )?(responding|supported)|^${NO_QUIT}$' "$own/said" && ! grep -qi 'flight\\|jfr' "$own/said" || ${instead}
fi
halligan_proved
`
}

/** `meanwhile`: what it costs while it goes on; `furtherMs`: what the JVM stands still for longer, for what is done besides. */
export function recordingPrice(meanwhile: string, furtherMs = 0): PriceTag {
  return {
    price: 'pause',
    pauseMs: Math.round(PAUSE_MS + furtherMs),
    residue: `${JVM_RESIDUE}; the classes of Java Flight Recorder and its empty folder in the temporary folder of the JVM`,
    why: `the JVM stands still at a safepoint when the recording begins; then ${meanwhile}. Should the disk of its temporary folder fill up in the very moment in which the recording is written, Java Flight Recorder ends the JVM; at least ${ROOM_MIB} MiB must be free right before`,
  }
}

/** Why there is no recording, where the box had no room for one. */
export function noRecording(raw: string): ReturnType<typeof blind> | undefined {
  if (/^halligan-jfr no-folder$/m.test(raw))
    return blind('there is no room for a recording on the box (/dev/shm, /tmp)', 'make room there')
  if (/^halligan-jfr no-room$/m.test(raw))
    return blind(
      `less than ${ROOM_MIB} MiB are free where Java Flight Recorder writes (the temporary folder of the JVM): on a full disk it ends the JVM, so its recording was thrown away`,
      'make room there, or see its stacks',
    )
  return undefined
}

/** What the JVM said in place of beginning one. */
export function recorderSaid(raw: string): string | undefined {
  return [...raw.matchAll(/^halligan-jfr said (.{1,300})$/gm)]
    .map(([, line = '']) => line.trim())
    .findLast((line) => line !== '' && !/^\d+:$/.test(line))
}

const PLACE = fields({ place: number, function: text, line: optional(number), module: optional(text) })
const COUNT = fields({ count: number, thread: text, wait: optional(number), stack: list(number) })
const WAIT = fields({
  wait: number,
  event: text,
  type: optional(text),
  host: optional(text),
  address: optional(text),
  port: optional(number),
  path: optional(text),
})
const HELD = fields({ held: text, by: text, ms: number })
const END = fields({ profiled: number, samples: number, leftOut: number, cutOff: number })

/** What FoldRecording told of a recording. */
export interface Folded extends ShapeOf<typeof END> {
  readonly stacks: readonly (WeightedStack & { readonly wait?: ShapeOf<typeof WAIT> })[]
  /** By class of the lock: who had it before, for how long others waited then. */
  readonly held: readonly ShapeOf<typeof HELD>[]
}

/** Undefined where there is no whole recording in it; `torn` where it names what it does not tell. */
export function foldedIn(raw: string): Folded | 'torn' | undefined {
  const all = fittingLines(raw)
  const [end] = all(END)
  if (!end) return undefined
  const places = new Map(all(PLACE).map((place) => [place.place, frameOf(place)]))
  const waits = new Map(all(WAIT).map((wait) => [wait.wait, wait]))
  const counts = all(COUNT).filter(({ count }) => count > 0)
  const isTold = ({ stack, wait }: ShapeOf<typeof COUNT>): boolean =>
    stack.every((at) => places.has(at)) && (wait === undefined || waits.has(wait))
  if (!counts.every(isTold)) return 'torn'
  return {
    ...end,
    held: all(HELD),
    stacks: counts.map(({ count, thread, stack, wait }) => {
      const awaited = wait === undefined ? undefined : waits.get(wait)
      return {
        ...(thread === '' ? {} : { thread }),
        frames: stack.flatMap((at) => places.get(at) ?? []),
        weight: count,
        ...(awaited ? { wait: awaited } : {}),
      }
    }),
  }
}

/** A class is in the file of its outermost one, by the rule of the language. */
function frameOf({ function: called, line, module }: ShapeOf<typeof PLACE>): Frame {
  const name = plainName(called)
  const own = module === undefined && ownClass(name)
  const type = /^(?:[^.]+\.)*([^.$]+)(?:\$[^.]*)?\.[^.]+$/.exec(name)?.[1]
  return {
    function: name,
    ...(line === undefined || type === undefined ? {} : { file: `${type}.java`, line }),
    ...(module === undefined ? {} : { module }),
    own,
  }
}

/** What the compiler makes of a lambda has a number for a name, another in each run. */
export function plainName(called: string): string {
  return called.replace(/(\$\$Lambda)[$.+/][\w.+/]*(\.[^.]+)$/, '$1$2')
}
