import { shellQuoted } from '../../../base/shell-quoted.ts'
import { blind, seen, type Reading } from '../../reading.ts'
import { gdbCommand } from '../../gdb/gdb.ts'
import { GDB_LIMIT, GDB_LIMIT_WORDS, gdbAlone } from '../../gdb/gdb-alone.ts'
import { gdbSample } from '../../gdb/gdb-stacks.ts'
import type { Stacks } from '../stacks.ts'

const MOST = { frames: 100, threads: 500 } as const

/** Mapped files of which it is looked whether they are pipes now: gdb opens each that a core names, and would wait there until its time is over. */
const MOST_FILES = 5_000
const PIPE = '@@ pipe '

/**
 * Shell text that lets gdb read the stacks of a core, with the variables on them. No process is touched. Core and binary are taken for hostile: no file of theirs,
 * nor one beside them or in the home folder, is run (`-nx`, auto-load off, no separate debug files, nobody is asked), and gdb has its limits.
 *
 * gdb opens the libraries that the memory of the core names.
 */
export function gdbCoreScript(
  core: string,
  binary: string | undefined,
  threads: number,
  mapped: readonly string[] = [],
): string {
  const each = `thread apply ${threads > MOST.threads ? `1-${MOST.threads}` : 'all'} -c --`
  const commands = [
    // One frame more tells whether there are more.
    `${each} interpreter-exec mi3 "-stack-list-frames 0 ${MOST.frames}"`,
    String.raw`echo @@ locals\n`,
    `${each} frame apply ${MOST.frames} -q -c interpreter-exec mi3 "-stack-list-variables --all-values"`,
  ]
  const files = `${binary === undefined ? '' : shellQuoted(binary)} --core=${shellQuoted(core)}`
  const opened = [...(binary === undefined ? [] : [binary]), ...mapped].slice(0, MOST_FILES).map(shellQuoted)
  return `
for p in ${opened.join(' ')}; do [ ! -p "$p" ] || { printf '${PIPE}%s\\n' "$p"; exit 0; }; done
cd / || exit 1
export DEBUGINFOD_URLS= HOME=/nonexistent LC_ALL=C
${gdbAlone(gdbCommand(commands, files, ['set auto-load safe-path', 'set print entry-values if-needed']))}
`
}

/** What gdb printed; blind where it could not follow any stack. */
export function readGdbCore(output: Uint8Array): Reading<Stacks> {
  const text = Buffer.from(output).toString('utf8')
  if (text.startsWith(PIPE)) return blind(`${text.slice(PIPE.length).trimEnd()} is a pipe now, at which gdb would wait`)
  const { threads } = gdbSample(text, 0, MOST.frames)
  const told = threads.filter(({ frames }) => frames.length > 0)
  if (told.length === 0) return blind(whyNot(text))
  const notes = NOTES.flatMap(([pattern, note]) => (pattern.test(text) ? [note] : []))
  return seen({ samples: [{ atMs: 0, threads }], notes })
}

const LIMIT = new RegExp(`^${GDB_LIMIT}$`, 'm')
const NOTES: readonly (readonly [RegExp, string])[] = [
  [/core file may not match/, 'gdb says that the binary may not be the one that the core was made by.'],
  [/exec file is newer than core file/, 'The binary is newer than the core.'],
  [LIMIT, `${GDB_LIMIT_WORDS}.`],
  [/expected core file size/, 'gdb says that the core is cut: some memory is missing.'],
]

function whyNot(text: string): string {
  if (/gdb: (?:command )?not found/.test(text)) return 'There is no gdb on the box.'
  if (LIMIT.test(text)) return `${GDB_LIMIT_WORDS}.`
  const said =
    /^.{0,300}(?:is not a core dump|file format not recognized|No such file|cannot|Cannot|Can't).{0,200}$/m.exec(
      text,
    )?.[0]
  return said === undefined ? 'gdb said nothing of any thread.' : `gdb: ${said}`
}
