import type { Value } from '../../evidence/evidence.ts'
import type { KernelLog } from '../../evidence/probes/kernel-log.ts'
import type { ProcessCommands } from '../../evidence/probes/process-command.ts'
import type { ProcessExecutable } from '../../evidence/probes/process-executable.ts'
import type { ProcessStat, ProcessStats } from '../../evidence/probes/process-stat.ts'
import { check, unknown, verdict, type FindingDraft } from '../check.ts'
import { next } from '../next.ts'
import { isInterpreter, isShell, programOf } from '../program.ts'
import { processSubject, processWords } from '../subject.ts'
import { crashOf } from './segmentation-faults.ts'

export const crashLoop = check({
  id: 'crash-loop',
  title: 'Short-lived children of one parent: a crash loop',
  resource: 'process',
  about:
    'A supervisor starts a program that dies at once, over and over. Samples a second apart hardly see such children, but the kernel adds the page faults of each child that was waited for to its parent: a parent that is otherwise idle and whose figure climbs ' +
    'steadily has children that do not live. A script that polls (df, date, sleep 1) and a pool that forks a job have the same figure, so it takes a child that should have stayed: one that ended badly (a zombie with a status, a crash in the kernel log), ' +
    'or a program of its own (a script below an interpreter, a file outside of /usr/bin and the like) that is there again, or that costs what the parent is charged each second. Tools of the system that end soon are everyday life. A program that dies before any sample sees it, is not found here.',
  needs: ['process-stat'],
  wants: ['process-command', 'process-executable', 'process-cgroup', 'kernel-log'],
  limits: {
    faultsPerSecond: {
      value: 60,
      unit: 'faults/s of ended children',
      why: 'the smallest child costs some 30 to 100: about one death a second',
    },
    ownCpuPercent: {
      value: 50,
      unit: '% of one CPU',
      why: 'a parent that works hard itself (a build, a shell script) is not a supervisor that waits',
    },
    childCpuPercent: {
      value: 30,
      unit: '% of one CPU',
      why: 'children that work (a build, a test run, a busy CGI) end too; those that die at once have not worked',
    },
    steadiness: {
      value: 0.2,
      unit: 'of the present rate',
      why: 'over its life the parent must have lost children at least a fifth as fast as now, unless the next child of that name was seen',
    },
    deathsPerSecond: {
      value: 0.5,
      unit: 'children like the one seen, a second',
      why: 'what the parent is charged has to be enough for such a child each two seconds: else it is the tools beside it that end, or a job that runs now and then',
    },
    crashedSeconds: {
      value: 60,
      unit: 's since the kernel logged its crash',
      why: 'a loop crashes each few seconds; an older line is another story',
    },
    ageSeconds: { value: 2, unit: 's', why: 'a command line that has just begun starts children too' },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, limits, { box }) => {
    const stats = seen['process-stat']
    if (stats.windowSeconds === undefined) return unknown('there is no second sample')
    const parents = stats.processes
      .filter(
        (each) =>
          !each.terminal && each.ageSeconds >= limits.ageSeconds && (each.cpuPercent ?? 0) < limits.ownCpuPercent,
      )
      .toSorted((a, b) => (b.childFaultsPerSecond ?? 0) - (a.childFaultsPerSecond ?? 0))
    const most = parents[0]
    const losing = parents.filter(
      (each) =>
        (each.childFaultsPerSecond ?? 0) >= limits.faultsPerSecond &&
        (each.childCpuPercent ?? 0) < limits.childCpuPercent &&
        !isSshd(each.name) &&
        !startsCommands(each.name, seen['process-command']?.get(each.pid)),
    )
    const crashed = recentCrashes(seen['kernel-log'], limits.crashedSeconds)
    const findings = losing.flatMap((parent): FindingDraft[] => {
      const lost = whatDies(parent, seen, crashed, limits)
      return lost ? [describe(parent, lost, seen, box)] : []
    })
    return verdict(
      findings.slice(0, 3),
      most
        ? `${most.name} had most to do with children that ended: ${(most.childFaultsPerSecond ?? 0).toFixed(0)} page faults a second${losing.length > 0 ? ', and none was seen that should have stayed' : ''}`
        : 'no parent lost children',
    )
  },
})

interface Seen {
  readonly 'process-stat': ProcessStats
  readonly 'process-command': ProcessCommands | undefined
  readonly 'process-executable': ReadonlyMap<number, ProcessExecutable> | undefined
  readonly 'process-cgroup': Value<'process-cgroup'> | undefined
}

/** What does not stay up, and how that is known, as the end of a sentence. */
interface Lost {
  readonly child: ProcessStat
  readonly name: string
  readonly evidence: string
}

/** A child that should have stayed; undefined when all that ended may be tools and jobs. */
function whatDies(
  parent: ProcessStat,
  seen: Seen,
  crashed: ReadonlySet<string>,
  { steadiness, deathsPerSecond }: { readonly steadiness: number; readonly deathsPerSecond: number },
): Lost | undefined {
  const { appeared, vanished } = seen['process-stat']
  const isChild = ({ ppid, name }: ProcessStat): boolean => ppid === parent.pid && isAwake(name)
  const before = vanished.filter(isChild)
  const after = appeared.filter(isChild)
  const rate = parent.childFaultsPerSecond ?? 0
  const lost = (child: ProcessStat, evidence: string): Lost => ({ child, name: childName(child, seen), evidence })
  const again = after.find(
    (child) =>
      !endedWell(child) &&
      before.some(
        (earlier) => earlier.name === child.name && !endedWell(earlier) && isOwnProgram(earlier, parent, seen),
      ) &&
      isOwnProgram(child, parent, seen),
  )
  if (again) return lost(again, `one ${again.name} was there when the look began, and another one when it ended`)
  // PID 1 waits for the children of others too, and starts much in its first minute: it has to be seen to start the same thing again.
  if (parent.pid === 1 || parent.childFaults / parent.ageSeconds < steadiness * rate) return undefined
  const young = [...after, ...before]
  const failed = young.find(({ waitStatus }) => waitStatus !== undefined && waitStatus !== 0)
  if (failed) return lost(failed, `the one that was seen ended ${endingOf(failed.waitStatus ?? 0)}`)
  const crash = young.find(({ name }) => crashed.has(name))
  if (crash) return lost(crash, 'the kernel log tells of its crashes')
  const program = young.find(
    (child) =>
      !endedWell(child) &&
      isOwnProgram(child, parent, seen) &&
      isNamedProgram(child, seen) &&
      rate >= deathsPerSecond * child.ownFaults,
  )
  return program && lost(program, `${childName(program, seen)} is no tool of the system, and what ends costs as much`)
}

function describe(parent: ProcessStat, { child, name, evidence }: Lost, seen: Seen, box: string): FindingDraft {
  const subject = processSubject(parent.pid, seen)
  const rate = parent.childFaultsPerSecond ?? 0
  // Of what systemd starts the unit says more than the command.
  const unit =
    parent.pid === 1
      ? [...seen['process-stat'].vanished, ...seen['process-stat'].appeared].flatMap(({ pid, ppid, name: each }) =>
          ppid === 1 && each === child.name ? (seen['process-cgroup']?.get(pid)?.unit ?? []) : [],
        )[0]
      : undefined
  return {
    state: 'warning',
    severity: Math.min(0.5, rate / 10_000),
    title: unit
      ? `${unit} is started by ${processWords(subject)} again and again, and ends at once`
      : `${processWords(subject)} starts children that end at once (${name})`,
    why: `Children that ended within the window cost ${rate.toFixed(0)} page faults a second, while the parent itself is ${(parent.cpuPercent ?? 0).toFixed(0)} % busy; ${evidence}: it restarts something that does not live.`,
    subject: unit ? { kind: 'unit', name: unit, unit } : subject,
    measured: [
      {
        what: 'page faults of children that ended',
        value: rate,
        unit: 'count/s',
        source: `/proc/${parent.pid}/stat`,
      },
    ],
    next: [
      next(
        box,
        `strace -f -e trace=process -p ${parent.pid} 2>&1 | head -n 40`,
        'see which program is started and how it ends',
        'slow',
      ),
      next(box, `ps --ppid ${parent.pid} -o pid,etimes,stat,args`, 'catch a child alive'),
    ],
  }
}

/** Between two tries a script sleeps: that is not what ends at once. systemd names a child in parentheses until it has become the program. */
function isAwake(name: string): boolean {
  return name !== 'sleep' && !name.startsWith('(')
}

function endedWell({ waitStatus }: ProcessStat): boolean {
  return waitStatus === 0
}

/** Status of wait(2): the signal in the low seven bits, else the exit status above. */
function endingOf(waitStatus: number): string {
  const signal = waitStatus & 0x7f
  return signal === 0 ? `with status ${waitStatus >> 8}` : `by signal ${signal}`
}

/** Another program than its parent, and not a tool of the system. Unseen, it is called by its name alone. */
function isOwnProgram(child: ProcessStat, parent: ProcessStat, seen: Seen): boolean {
  const command = commandOf(child, seen)
  if (command === undefined) return child.name !== parent.name && !isShell(child.name)
  if (child.name === parent.name && command === seen['process-command']?.get(parent.pid)) return false
  return isNamedProgram(child, seen)
}

/** A script below an interpreter, or a file outside of the folders of the system's tools; not a shell script, with which others poll. */
function isNamedProgram(child: ProcessStat, seen: Seen): boolean {
  const command = commandOf(child, seen)
  const executable = seen['process-executable']?.get(child.pid)?.path
  if (command === undefined && executable === undefined)
    return (isInterpreter(child.name) && !isShell(child.name)) || SCRIPT_NAMES.test(child.name)
  const program = command === undefined ? undefined : programOf(command)
  if (program?.interpreter !== undefined) return !isShell(program.interpreter) && !isSystemTool(program.path)
  const path = executable ?? program?.path
  return path?.startsWith('/') === true && !isInterpreter(path.slice(path.lastIndexOf('/') + 1)) && !isSystemTool(path)
}

/**
 * Its command line; of a child that came after they were asked, that of a process of its name that came and went between the samples,
 * as only the one before it can have been.
 */
function commandOf({ pid, name }: ProcessStat, seen: Seen): string | undefined {
  const commands = seen['process-command']
  const known = commands?.get(pid)
  if (known !== undefined || !commands) return known
  const { byPid, vanished } = seen['process-stat']
  return [...commands].find(
    ([each, command]) =>
      !byPid.has(each) &&
      !vanished.some((gone) => gone.pid === each) &&
      [programOf(command)?.name, programOf(command)?.interpreter].includes(name),
  )?.[1]
}

/** `payment.py` of `python3 /opt/pay/payment.py`, else the name that the kernel has. */
function childName(child: ProcessStat, seen: Seen): string {
  const program = programOf(commandOf(child, seen) ?? '')
  return program?.interpreter === undefined ? child.name : program.name
}

/** What the kernel calls a script that was started by its own name. */
const SCRIPT_NAMES = /\.(?:py|pl|rb|js|mjs|php)$/

/** Where the tools of the system lie; what a team runs lies in /opt, /srv, /usr/local, /home, … */
function isSystemTool(path: string): boolean {
  return /^\/(?:usr\/)?s?bin\//.test(path)
}

/** What starts short commands for a living. */
const COMMAND_STARTERS: ReadonlySet<string> = new Set([
  'make',
  'ninja',
  'xargs',
  'cron',
  'crond',
  'CRON',
  'find',
  'parallel',
  'git',
  'apt',
  'dpkg',
  // A web server or a super-server starts a program for each request.
  'apache2',
  'httpd',
  'lighttpd',
  'fcgiwrap',
  'inetd',
  'xinetd',
])

/** A shell too, unless it was given a file: then it may be a supervisor. */
function startsCommands(name: string, command: string | undefined): boolean {
  return COMMAND_STARTERS.has(name) || (isShell(name) && programOf(command ?? '')?.interpreter === undefined)
}

/** Names of programs of whose crash the kernel told lately. */
function recentCrashes(log: KernelLog | undefined, seconds: number): ReadonlySet<string> {
  const names = (log?.lines ?? []).flatMap(({ atSeconds, text }) => {
    const name = log && log.readAtSeconds - atSeconds <= seconds ? crashOf(text)?.name : undefined
    return name === undefined ? [] : [name]
  })
  return new Set(names)
}

function isSshd(name: string): boolean {
  return name.startsWith('sshd') || name === 'dropbear'
}
