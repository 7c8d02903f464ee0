import { shellQuoted } from '../../../base/shell-quoted.ts'
import { GDB_COMMAND, PASS_SIGNALS } from '../../gdb/gdb.ts'
import { GDB_LIMIT, gdbAlone } from '../../gdb/gdb-alone.ts'
import { mendHeldChildren } from '../../gdb/left-breakpoints.ts'
import { gdbExpression } from '../../gdb/gdb-expression.ts'
import type { InspectOptions, Target } from '../../inspect/inspector.ts'
import { proveTarget } from '../../inspect/prove-target.ts'
import type { SnapshotRequest, StatementPlace } from '../../inspect/snapshot.ts'

/**
 * So many runs of the statement are let through at most: each stops all threads for 0.7 ms (docs/inspect.md), also where the condition is false.
 */
export const MOST_RUNS = 2_000
/** Runs after which is told that there were so many, though there was no hit. */
const TOLD_RUNS = [1, 10, 100, 1_000] as const
/** Libraries of the program itself in which a statement is looked for. */
const MOST_MODULES = 20
const MOST_LINES = 20_000

/**
 * Two runs of gdb: one that looks at the binary alone, and tells whether there is such a statement; and one that sets the breakpoint (before it attaches, so that
 * symbols are read while the process still runs), attaches, tells each hit, and lets go. `ended` of the answer: docs of `gdb-snapshot-answer.ts`.
 *
 * The clock is a shell beside gdb: it sends SIGHUP, at which gdb takes out its breakpoint and lets go. While gdb is a child that nobody has waited for, its number is no
 * other's.
 */
export function gdbSnapshotScript({ process }: Target, options: InspectOptions, at: SnapshotRequest): string {
  const { pid } = process
  const when = at.when && gdbExpression(at.when)
  const print = at.print.map((each) => gdbExpression(each))
  const refusal = [when, ...print].find((each) => each && !each.ok)
  if (refusal && !refusal.ok) return `printf '%s\\n' ${shellQuoted(`@@ refused ${refusal.why} (${refusal.hint})`)}\n`
  const values = print.flatMap((each) => (each.ok ? [each.text] : []))
  const commands = breakpointCommands(at, options, when?.ok ? when.text : undefined, values)
  return `${proveTarget(process)}
export LC_ALL=C
folder=\${0%/*}
lines() { awk '$2 ~ /^[0-9]+$/ && $2 > 0 && $3 ~ /^0x/ && !seen[$2]++ { print "@@ line " $2 }' | head -n ${MOST_LINES}; }
found=
# Paths of the target are words here, and no patterns.
set -f
for module in /proc/${pid}/exe $(awk '$2 ~ /x/ && $6 ~ /^\\// && $6 !~ /^\\/(usr\\/)?lib/ && !seen[$6]++ { print "/proc/${pid}/root" $6 }' /proc/${pid}/maps 2>/dev/null | head -n ${MOST_MODULES}); do
  look=$(${gdbAlone(`${GDB_COMMAND} ${lookCommands(at)} "$module"`)})
  case $look in *' starts at address '*) found=$module; break;; esac
  case $look in *'${GDB_LIMIT}'*) echo "${GDB_LIMIT} $module" | cut -b 1-400;; esac
  # What the program itself said is more telling than what its libraries say.
  [ "$module" != /proc/${pid}/exe ] || first=$look
  case $look in *'contains no code'*|*'is out of range'*) first=$look;; esac
done
set +f
case $look in *'@@ python'*) python=1;; *) python=0;; esac
if [ -z "$found" ]; then
  printf '%s\\n' "$first" | sed '/^@@ table/,$d' | cut -b 1-400 | head -n 20
  printf '%s\\n' "$first" | sed '1,/^@@ table/d' | lines
  echo '@@ nowhere'
  exit 0
fi
printf '%s\\n' "$look" | sed '/^@@ table/,$d' | cut -b 1-400 | head -n 20
halligan_proved
cat >"$folder/snapshot.gdb" <<'HALLIGAN_COMMANDS' || { echo '@@ no-room'; exit 0; }
${commands}
${PASS_SIGNALS}
${BEFORE_ITS_END}
attach ${pid}
interpreter-exec mi3 "-break-list"
halligan_now
continue
delete
shell . "$HALLIGAN_FOLDER/let-go"
detach
echo @@ over\\n
halligan_now
HALLIGAN_COMMANDS
cat >"$folder/let-go" <<'HALLIGAN_LET_GO' || { echo '@@ no-room'; exit 0; }
folder=$HALLIGAN_FOLDER
${mendHeldChildren(process)}
HALLIGAN_LET_GO
# gdb runs it by the shell of the user, were that not said.
HALLIGAN_FOLDER=$folder SHELL=/bin/sh; export HALLIGAN_FOLDER SHELL
${GDB_COMMAND} -ex "set \\$halligan_python = $python" -x "$folder/snapshot.gdb" /proc/${pid}/exe 2>&1 </dev/null &
gdb=$!
(
  until grep -q "^TracerPid:[^0-9]*$gdb\\$" /proc/${pid}/status 2>/dev/null; do kill -0 $gdb 2>/dev/null || exit; sleep 0.1 2>/dev/null || sleep 1; done
  left=${Math.max(1, Math.round(at.forMs / 1_000))}
  while [ $left -gt 0 ]; do sleep 1; kill -0 $gdb 2>/dev/null || exit; left=$((left - 1)); done
  echo '@@ time'
  kill -HUP $gdb
) & clock=$!
wait $gdb
kill $clock 2>/dev/null
echo '@@ done'
halligan_proved
`
}

/** What is looked up in the binary alone. Each command stands by itself: one that fails ends nothing. */
function lookCommands(at: SnapshotRequest): string {
  const commands = [
    'python print("@@ python")',
    `info line ${location(at)}`,
    // Answered with what is wrong, which tells whether there is debug information at all.
    'tbreak 99999999',
    ...(at.line === undefined
      ? []
      : [String.raw`echo @@ table\n`, `maint info line-table ${filePattern(at.file ?? '')}`]),
  ]
  return commands.map((command) => `-ex ${shellQuoted(command)}`).join(' ')
}

/** An explicit location ("Debugging with GDB", 9.2.2): nothing in it is an expression or an address. The parser of places lets no quote through. */
export function location({ file, line, function: called }: StatementPlace): string {
  return [
    ...(file === undefined ? [] : [`-source "${file}"`]),
    ...(line === undefined ? [] : [`-line ${line}`]),
    ...(called === undefined ? [] : [`-function "${called}"`]),
  ].join(' ')
}

/** As a regular expression that its own name fits, too. */
function filePattern(file: string): string {
  return `${file.replaceAll(/[^\w/-]/g, '.')}$`
}

function breakpointCommands(
  at: SnapshotRequest,
  { maxFrames }: InspectOptions,
  when: string | undefined,
  print: readonly string[],
): string {
  const values =
    print.length === 0
      ? ['interpreter-exec mi3 "-stack-list-variables --all-values"', 'halligan_behind']
      : print.map((each) => `interpreter-exec mi3 ${argument(`-data-evaluate-expression ${argument(each)}`)}`)
  return `set may-call-functions off
set breakpoint pending on
set $halligan_ran = 0
set $halligan_hits = 0
set $halligan_true = 1
define halligan_now
if $halligan_python
python import time; print("@@ at %d" % (time.monotonic() * 1000))
else
shell read -r up rest </proc/uptime; echo "@@ up $up"
end
end
${BEHIND_POINTERS}
break ${location(at)} if ${condition(when)}
commands
silent
printf "@@ ran %d\\n", $halligan_ran
if $halligan_true
set $halligan_hits = $halligan_hits + 1
printf "@@ hit %d\\n", $halligan_true
halligan_now
thread
interpreter-exec mi3 "-stack-list-frames 0 ${maxFrames}"
${values.join('\n')}
echo @@ end\\n
end
if $halligan_hits < ${at.hits} && $halligan_ran < ${MOST_RUNS}
continue
end
end`
}

/** The same where gdb is told to end (SIGHUP); from version 12 on, with Python. */
const BEFORE_ITS_END = `if $halligan_python
python
try: gdb.events.gdb_exiting.connect(lambda event: gdb.execute('shell . "$HALLIGAN_FOLDER/let-go"'))
except Exception: pass
end
end`

/** At most so many pointers of a hit are followed. */
const MOST_FOLLOWED = 12

/** What the pointers to structures among the variables point to, which says more than their addresses. For a gdb with Python; without it there are the addresses. */
const BEHIND_POINTERS = `define halligan_behind
if $halligan_python
python
try:
  import re
  block, seen = gdb.selected_frame().block(), []
  while block is not None and len(seen) < ${MOST_FOLLOWED}:
    for symbol in block:
      if not (symbol.is_argument or symbol.is_variable) or symbol.name in seen or not re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", symbol.name): continue
      kind = symbol.type.strip_typedefs()
      if kind.code != gdb.TYPE_CODE_PTR or kind.target().strip_typedefs().code != gdb.TYPE_CODE_STRUCT: continue
      seen.append(symbol.name)
      print("@@ behind " + symbol.name)
      gdb.execute('interpreter-exec mi3 "-data-evaluate-expression *%s"' % symbol.name)
    block = None if block.function else block.superblock
except Exception:
  pass
end
end
end`

/** True for a hit, and now and then, so that is told how often it runs. It is 2 where the condition could not be told: gdb then stops as if it were true. */
function condition(when: string | undefined): string {
  const counted = '$halligan_ran = $halligan_ran + 1'
  if (when === undefined) return `(${counted}, 1)`
  const told = TOLD_RUNS.map((runs) => `$halligan_ran == ${runs}`).join(' || ')
  return `(${counted}, $halligan_true = 2, $halligan_true = (${when}) ? 1 : 0, $halligan_true || ${told} || $halligan_ran >= ${MOST_RUNS})`
}

/** An argument of gdb in quotes. */
function argument(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}
