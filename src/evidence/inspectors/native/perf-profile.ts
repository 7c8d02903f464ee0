import { shellQuoted } from '../../../base/shell-quoted.ts'
import { attachable, MAKE_ROOM } from '../../inspect/attachable.ts'
import type { Able, Inspector, PriceTag, Target } from '../../inspect/inspector.ts'
import type { Profile } from '../../inspect/profile.ts'
import { lostTarget, lostWords, proveTarget } from '../../inspect/prove-target.ts'
import { WATCH_END } from '../../inspect/watch-end.ts'
import { blind, seen, type Reading } from '../../reading.ts'
import { perfStacks } from './perf-script.ts'

/** Beside all that happens each 10 ms. Hertz. */
const HERTZ = 99
export const DEFAULT_MS = 10_000
/** Of the stack of each sample, for unwinding by DWARF: what perf takes by itself. Bytes. */
const STACK_BYTES = 8_192
/** Samples of 8 KiB: at 99 Hz one busy processor fills 0.8 MB a second. They lie in memory (/dev/shm). Mebibytes. */
export const MOST_MIB = 64
/** Of what `perf script` prints: below what the guard lets through. Bytes. */
const MOST_TEXT = 24 * 1024 * 1024

export const PERF = [{ name: 'perf', packages: { debian: 'linux-perf', fedora: 'perf', alpine: 'perf' } }] as const

export function perfGuard(): ReturnType<NonNullable<Inspector<Profile>['attaches']>> {
  return { tool: 'tracer', freezeSeconds: 3, cleanUp: `rm -f "\${0%/*}"/perf.data*` }
}

/**
 * Where a process spends processor time, by perf: its stack is copied 99 times a second on each processor it runs on, and unwound by DWARF afterwards, so
 * that programs built without frame pointers have whole stacks too. Time in which it waits is in no sample.
 *
 * The samples lie in the folder of the guard and go with it; symbols come from the files on the box alone (no debuginfod, no cache of build IDs in the home folder).
 * Sources: perf-record(1), perf-script(1); Documentation/admin-guide/perf-security.rst of Linux for who may.
 */
export const perfProfile: Inspector<Profile> = {
  id: 'perf-profile',
  title: 'profile of native code, by perf',
  does: 'profile',
  // Of what interprets or compiles as it runs it names functions of the runtime: taken where there is nothing better.
  runtimes: 'any',
  tools: PERF,
  attaches: perfGuard,
  endsWhenAsked: true,
  able: (target) => ableToSample(target, MOST_PARANOID),
  price,
  script: ({ process }, { forMs = DEFAULT_MS, maxFrames }) =>
    perfScript(process, forMs, {
      record: `-F ${HERTZ} --call-graph dwarf,${STACK_BYTES}`,
      script: `-F pid,tid,time,ip,sym,dso --no-inline --max-stack ${maxFrames}`,
    }),
  parse,
}

/** Shell text for `$halligan_watch`: what perf runs, and at whose end it ends (its `$0` is that of the command). */
export function perfWatch(forMs: number): string {
  return `halligan_watch=${shellQuoted(`${WATCH_END}\nhalligan_wait ${Math.round(forMs)}`)}`
}

/** Records into the folder of the guard for so long, then prints what was recorded; what perf says meanwhile stands in lines of its own. */
export function perfScript(
  process: Target['process'],
  forMs: number,
  options: { readonly record: string; readonly script: string },
): string {
  return `${proveTarget(process)}
folder=\${0%/*}
[ -O "$folder" ] && [ -w "$folder" ] || { echo 'halligan-perf no-folder'; exit 0; }
export HOME="$folder" DEBUGINFOD_URLS= PERF_CONFIG=/dev/null LC_ALL=C
${perfWatch(forMs)}
bound=; perf record -h 2>&1 | grep -q -e --max-size && bound=--max-size=${MOST_MIB}M
perf record -q ${options.record} -N -B $bound -p ${process.pid} -o "$folder/perf.data" -- sh -c "$halligan_watch" "$0" 2>&1 | head -n 20 | sed 's/^/halligan-perf said /'
halligan_proved
[ -s "$folder/perf.data" ] || { echo 'halligan-perf no-data'; exit 0; }
echo "halligan-perf size $(wc -c <"$folder/perf.data")"
perf script -i "$folder/perf.data" ${options.script} 2>/dev/null | cut -c 1-600 | head -c ${MOST_TEXT}
echo; echo 'halligan-perf done'
rm -f "$folder"/perf.data*
`
}

/** @param most up to that value of kernel.perf_event_paranoid others than root may */
export function ableToSample({ process, box }: Target, most: number): Able {
  const may = attachable(process)
  if (!may.able) return may
  if (box.uid !== 0 && box.uid !== process.uid)
    return { able: false, why: `it belongs to user ${process.uid}`, hint: 'run with --sudo' }
  const paranoid = box.perfParanoid ?? 0
  if (box.uid !== 0 && paranoid > most)
    return {
      able: false,
      why: `kernel.perf_event_paranoid is ${paranoid}: only root may sample`,
      hint: 'run with --sudo',
    }
  return { able: true }
}

/** Up to it a user may sample own processes, outside the kernel; Debian and Ubuntu know higher ones, which forbid that. */
const MOST_PARANOID = 2

/** No cost could be measured at 99 Hz on a program of ten threads; copying 8 KiB takes some microseconds of each 10 ms. Percent. */
const SLOWER_PERCENT = 2

function price(): PriceTag {
  return {
    price: 'slow',
    why: `each sample copies ${STACK_BYTES / 1024} KiB of its stack, ${HERTZ} times a second: below ${SLOWER_PERCENT} % slower; at most ${MOST_MIB} MiB of the memory of the box until it ends`,
  }
}

function parse(output: Uint8Array, { process }: Target): Reading<Profile> {
  const text = Buffer.from(output).toString('utf8')
  const lost = lostTarget(output)
  const { stacks, firstMs, lastMs, samples } = perfStacks(text, process)
  if (stacks.length === 0) return perfRefusal(text, lost, 'it used no processor time meanwhile: there is no sample')
  return seen({
    of: 'cpu',
    unit: 'samples',
    tookMs: Math.max(0, lastMs - firstMs),
    intervalUs: Math.round(1_000_000 / HERTZ),
    stacks,
    idle: 0,
    notes: ['time in which it waits is in no sample', ...perfNotes(text, lost, samples)],
  })
}

/** What is missing of what was recorded, in sentences. */
export function perfNotes(text: string, lost: 'gone' | 'reused' | undefined, samples: number): readonly string[] {
  const isWhole = /^halligan-perf done$/m.test(text)
  const size = Number(/^halligan-perf size (\d{1,15})$/m.exec(text)?.[1] ?? 0)
  return [
    ...(isWhole ? [] : [`the answer was cut off after ${samples} samples`]),
    ...(size >= MOST_MIB * 1024 * 1024 * 0.99 ? [`it stopped early: the samples filled ${MOST_MIB} MiB`] : []),
    ...(lost ? ['the process ended meanwhile'] : []),
  ]
}

/** Why there is no sample. */
export function perfRefusal(text: string, lost: 'gone' | 'reused' | undefined, none: string): Reading<Profile> {
  if (lost) return blind(lostWords(lost))
  if (/^halligan-perf no-folder$/m.test(text)) return blind('there is no folder for its samples on the box', MAKE_ROOM)
  const said = [...text.matchAll(/^halligan-perf said (.{1,300})$/gm)].map(([, line = '']) => line.trim())
  const words = said
    .filter((line) => line !== '')
    .slice(0, 3)
    .join(' ')
  if (/permission|not permitted|paranoid|access to performance/i.test(words))
    return blind(`perf: ${words}`, 'run with --sudo')
  if (/^halligan-perf done$/m.test(text)) return blind(none, 'what it waits for stands in the threads')
  return blind(words === '' ? 'perf wrote no samples' : `perf: ${words}`)
}
