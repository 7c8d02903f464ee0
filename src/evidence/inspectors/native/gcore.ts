import { bytes } from '../../../base/format.ts'
import { shellQuoted } from '../../../base/shell-quoted.ts'
import { attachable, NATIVE_STACKS } from '../../inspect/attachable.ts'
import type { CoreEstimate, TakenCore } from '../../inspect/core/taken-core.ts'
import { GDB, gdbAt, gdbFailure } from '../../gdb/gdb.ts'
import type { Inspector, PriceTag, Target } from '../../inspect/inspector.ts'
import { lostTarget, lostWords, proveTarget } from '../../inspect/prove-target.ts'
import { blind, seen, type Reading } from '../../reading.ts'

/**
 * A core of a living process by gdb, into a file on the box. The process stands still until all of it is written: one to three milliseconds for each MiB. gdb heeds
 * coredump_filter and what the process has marked as not to be dumped (core(5)); a thread's stack is written whole, used or not.
 *
 * gdb says "Saved corefile" even where the disk was full meanwhile, with a warning for each piece that it could not write: such a core is removed. A limit of file size
 * (which gdb is let not be killed by) keeps a process that grows meanwhile from filling the disk.
 */
export const gcore: Inspector<TakenCore> = {
  id: 'gcore',
  title: 'a core of it, by gdb',
  does: 'core',
  runtimes: NATIVE_STACKS,
  tools: [GDB],
  attaches: () => ({ tool: 'debugger', freezeSeconds: LEAST_FREEZE_SECONDS }),
  able: ({ process }) => attachable(process),
  price: ({ process }) => roughPrice(process),
  // What it would take is asked of the box before: without that, nothing is done.
  script: () => `echo '${MARK} no-estimate'\n`,
  parse,
}

const MARK = 'halligan-core'
/** The pause is an estimate: a busy disk takes three times as long, and a guard looks once a second. */
const FREEZE_TIMES = 3
const LEAST_FREEZE_SECONDS = 5
/** As core-estimate.ts has it. Milliseconds for each MiB. */
const PAUSE_PER_MIB = 3
const MIB = 1024 * 1024
const NO_BREAKPOINT = 'no breakpoint is set, so that it goes on even if the kernel kills gdb when memory runs out'

function roughPrice({ residentBytes, swapBytes }: Target['process']): PriceTag {
  return {
    price: 'pause',
    pauseMs: Math.round(150 + (PAUSE_PER_MIB * (residentBytes + swapBytes)) / MIB),
    why: `all of it stands still while its memory is written to a file on the box; how much that is and whether there is room is asked first; ${NO_BREAKPOINT}`,
  }
}

/** The same for one process, whose price says what it takes. */
export function gcoreOf(estimate: CoreEstimate): Inspector<TakenCore> {
  const { file, pauseMs } = estimate
  const folder = file.slice(0, file.lastIndexOf('/'))
  return {
    ...gcore,
    attaches: () => ({
      tool: 'debugger',
      freezeSeconds: Math.max(LEAST_FREEZE_SECONDS, Math.ceil((FREEZE_TIMES * pauseMs) / 1_000)),
      // Only what is whole has its name.
      cleanUp: `[ -e ${shellQuoted(file)} ] || rm -rf ${shellQuoted(folder)}; rm -f ${shellQuoted(`${file}.part`)}`,
      residue: `[ ! -e ${shellQuoted(`${file}.part`)} ] || echo file ${shellQuoted(`${file}.part`)}`,
    }),
    price: () => priceOf(estimate),
    script: ({ process }) => script(process, estimate, folder),
  }
}

function priceOf({ file, folder, mostBytes, residentBytes, freeBytes, filter, pauseMs }: CoreEstimate): PriceTag {
  return {
    price: 'pause',
    pauseMs,
    residue: `${file}, up to ${bytes(mostBytes)}, with all that is in its memory, secrets too`,
    why: `all of it stands still while it is written: ${bytes(residentBytes)} private and in use, ${bytes(mostBytes)} with what is mapped and not used (coredump_filter ${filter}); ${folder} has ${bytes(freeBytes)} free; ${NO_BREAKPOINT}`,
  }
}

/** A process may grow between the look and the core. */
const GROWTH = 1.25
const BLOCK_BYTES = 512

function script(process: Target['process'], { file, mostBytes }: CoreEstimate, folder: string): string {
  const part = `${file}.part`
  const blocks = Math.ceil((mostBytes * GROWTH + 16 * MIB) / BLOCK_BYTES)
  return `${proveTarget(process)}
umask 077
mkdir -m 700 ${shellQuoted(folder)} || { echo '${MARK} no-folder'; exit 0; }
said=$(trap '' XFSZ; ulimit -f ${blocks} 2>/dev/null; ${gdbAt(process, [`generate-core-file ${part}`])} 2>&1 | tail -n 40 | cut -c 1-300)
printf '%s\\n' "$said" | sed 's/^/${MARK} said /'
case $said in
  *'Failed to write corefile'* | *'writing note section'* | *'cannot close'* | *'No space left'* | *'File too large'*) rm -rf ${shellQuoted(folder)}; echo '${MARK} no-room'; exit 0 ;;
  *'Saved corefile'*) ;;
  *) rm -rf ${shellQuoted(folder)}; echo '${MARK} none'; exit 0 ;;
esac
chmod 600 ${shellQuoted(part)} && mv ${shellQuoted(part)} ${shellQuoted(file)} && stat -c '${MARK} bytes %s' ${shellQuoted(file)} && printf '${MARK} file %s\\n' ${shellQuoted(file)}
`
}

function parse(output: Uint8Array): Reading<TakenCore> {
  const lost = lostTarget(output)
  const text = Buffer.from(output).toString('utf8')
  const file = new RegExp(`^${MARK} file (/.{1,2000})$`, 'm').exec(text)?.[1]
  const size = new RegExp(`^${MARK} bytes (\\d{1,15})$`, 'm').exec(text)?.[1]
  if (file !== undefined && size !== undefined) return seen({ file, bytes: Number(size) })
  if (lost) return blind(lostWords(lost))
  if (text.includes(`${MARK} no-estimate`))
    return blind(
      'how much it would take is not known, so nothing was written',
      'once more; the box may have been too busy to say it',
    )
  if (text.includes(`${MARK} no-folder`)) return blind('its folder could not be made', 'another one: --core FOLDER')
  if (text.includes(`${MARK} no-room`))
    return blind('there was no room for all of it; what was written is removed', '--core FOLDER with one that has more')
  const { why, hint } = gdbFailure(text.replaceAll(`${MARK} said `, ''))
  return blind(why, hint)
}
