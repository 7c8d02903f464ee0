import { probe, Unreadable } from '../probe.ts'

export interface Unit {
  readonly name: string
  /** ActiveState of systemd: active, failed, activating… */
  readonly active: string
  /** SubState: running, auto-restart, failed… */
  readonly sub: string
  readonly description: string
  /** How it ended; undefined for units that are no services, and where systemctl did not say. */
  readonly ending: Ending | undefined
}

export interface Ending {
  /** Result of systemd.service(5): exit-code, signal, core-dump, timeout, oom-kill, start-limit-hit, watchdog, protocol, resources… */
  readonly result: string
  /** Exit status, or number of the signal, of its main process. */
  readonly status: number | undefined
  /** Times that systemd started it again since somebody started it. */
  readonly restarts: number | undefined
  /** Restart= of the unit is not `no`: it is meant to stay up. */
  readonly meantToStay: boolean
  /** Seconds since boot when it became inactive. */
  readonly endedAtSeconds: number | undefined
  /** The same by the clock of the box, milliseconds since the epoch, whole seconds; undefined likewise, and in older answers. */
  readonly endedAtMs?: number | undefined
}

/** What systemd says of a unit that was asked for more closely. Times are seconds since boot, of a clock that stands still while the box is suspended. */
export interface UnitDetail {
  /** LoadState: loaded, masked, not-found, error… */
  readonly load: string
  readonly active: string
  /** Type= of a service: simple, notify, forking, dbus, oneshot…; undefined for other units. */
  readonly type: string | undefined
  /** When it came into its present state; undefined when it has been in it since boot. */
  readonly changedAtSeconds: number | undefined
  /** The same by the clock of the box, milliseconds since the epoch, whole seconds; undefined likewise, and in older answers. */
  readonly changedAtMs?: number | undefined
  /** When it was last told to start; undefined when never. */
  readonly startedAtSeconds: number | undefined
  /** How long it was up the last time; undefined when it never was. */
  readonly upSeconds: number | undefined
  /** Its main process ended only after the unit had begun to stop: it was told to. Undefined where that cannot be told. */
  readonly toldToStop: boolean | undefined
  /** How its main process ended: status, or number of the signal. */
  readonly exit: { readonly how: 'exited' | 'killed'; readonly status: number } | undefined
  /** False when a Condition…= kept it from starting (or nobody tried). */
  readonly conditionMet: boolean
  /** Timers, sockets and paths that start it. */
  readonly triggeredBy: readonly string[]
  /** Its file on disk is not the one that systemd has read. */
  readonly needsReload: boolean
  /** Arguments of its ExecStart=, joined by spaces, at most 300 characters; undefined for what runs nothing. */
  readonly command: string | undefined
}

export interface Units {
  /** False where systemd is not PID 1: nothing is wrong with that. */
  readonly systemd: boolean
  /** Failed ones, those that wait for their next restart, and those that are being started or stopped. */
  readonly units: readonly Unit[]
  /** Services that the target of a normal boot wants and that are not up; undefined where the answer does not tell. */
  readonly idle?: readonly string[] | undefined
  /** The files of units were compared with the time of the last reload, which systemd tells since 251; older answers do not say. */
  readonly compared?: boolean | undefined
  /** By name, of those above and of those whose file was changed; undefined where none was asked. */
  readonly details?: ReadonlyMap<string, UnitDetail> | undefined
  /** The last lines that failed services logged in their last run, oldest first; undefined where none was read. */
  readonly logged?: ReadonlyMap<string, readonly string[]> | undefined
}

/** Descriptions are a few words; a title is made of them. Characters. */
const DESCRIPTION_KEPT = 300

/** Of one service. More would not fit under a finding. */
const LOG_LINES = 3
/** Services whose log is read: each costs a process of some 15 ms. */
const LOGS_READ = 3
/** Bytes of one line. */
const LOG_LINE_KEPT = 300
/** Units that systemd is asked about more closely: about a millisecond each of PID 1. */
const DETAILS_ASKED = 20

/** What `systemctl show` is asked for. One option each: older ones take no list. */
const PROPERTIES = [
  'Id',
  'Restart',
  'Result',
  'NRestarts',
  'ExecMainStatus',
  'InactiveEnterTimestampMonotonic',
  'LoadState',
  'ActiveState',
  'Type',
  'StateChangeTimestampMonotonic',
  'InactiveExitTimestampMonotonic',
  'ActiveEnterTimestampMonotonic',
  'ActiveExitTimestampMonotonic',
  'ExecMainExitTimestampMonotonic',
  'ExecMainCode',
  'ConditionResult',
  'TriggeredBy',
  'NeedDaemonReload',
  'InvocationID',
  'ExecStart',
  'StateChangeTimestamp',
  'InactiveEnterTimestamp',
]

/**
 * Which units have failed, wait to be started again, or are stuck on their way up or down? Which services does a normal boot start that are not up?
 *
 *   nginx.service  loaded failed     failed       A high performance web server
 *   orders.service loaded activating auto-restart Orders API
 *   mail.service   loaded activating start        start Mail
 *   (unit, LOAD, ACTIVE, SUB, kind of job if any has one, description)
 *   idle cron.service                           <- wanted by multi-user.target, and without a run of its own in /run/systemd/units
 *   compared                                    <- the files of units were, with the mark of the last reload
 *   Restart=on-failure                          <- systemctl show, for at most 20 of these
 *   Result=exit-code
 *   NRestarts=0
 *   ExecMainStatus=203                          <- 200 to 243 are systemd's own: 203 is EXEC, the program could not be started
 *   Id=nginx.service
 *   InactiveEnterTimestampMonotonic=84213774511 <- microseconds since boot, of a clock that stands still while the box is suspended
 *   InactiveEnterTimestamp=Fri 2026-01-02 03:04:05 UTC  <- in UTC, as TZ says: systemctl writes it, in this form since 209
 *   NeedDaemonReload=no                         <- asked where a file of /etc/systemd/system is newer than the last reload
 *   log nginx.service bind() to 0.0.0.0:80 failed (98: Address already in use)  <- what it said in its last run
 *
 * systemd (since 236) keeps a link /run/systemd/units/invocation:NAME for each unit that is up, so that a shell sees by itself what is not; since 251 it
 * marks its last reload in /run/systemd/systemd-units-load. Services that end by design (oneshot) are known by their file. The log is left alone while tasks
 * wait for a disk (state D): journalctl would wait too, and could not be ended.
 *
 * Sources: systemctl(1), systemd.exec(5) (process exit codes), org.freedesktop.systemd1(5), unit_export_invocation_id() and manager_ready() of
 * src/core/. Costs one process (two more where something is not up, and some for each log that is read) and an answer of PID 1 over D-Bus, which may hang on a sick box: hence the limit.
 */
export const units = probe({
  id: 'units',
  title: 'systemd units',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 3,
  shortcut: 'answer=none; [ ! -d /run/systemd/system ]',
  script: `
echo systemd
found=$(systemctl list-units --all --state=failed,activating,deactivating --no-legend --plain --no-pager --full 2>&1) || { printf '%s\\n' "$found"; exit 1; }
printf '%s\\n' "$found"
idle= changed= at=/etc/systemd/system runs=/run/systemd/units loaded=/run/systemd/systemd-units-load
if [ -d $runs ]; then
  for link in $at/multi-user.target.wants/*.service $at/graphical.target.wants/*.service; do
    name=\${link##*/}
    # Every Debian has these two, which do not stay.
    case $name in e2scrub_reap.service|systemd-pstore.service) continue;; esac
    [ -h "$runs/invocation:$name" ] || [ ! -e "$link" ] || idle="$idle $link"
  done
fi
[ ! -e $loaded ] || echo compared
[ ! -e $loaded ] || for file in $at/*.service $at/*.service.d/*.conf; do
  [ "$file" -nt $loaded ] || continue
  case $file in *.conf) file=\${file%/*}; file=\${file%.d};; esac
  # At a template, which is no unit by itself, systemctl show stops.
  case $file in *@.service) continue;; esac
  changed="$changed \${file##*/}"
done
set -f
[ -z "$idle" ] || idle=$(grep -LE '^(Type=oneshot|ConditionVirtualization=|ConditionFirstBoot=)' $idle 2>/dev/null)
names=
for link in $idle; do names="$names \${link##*/}"; done
[ ! -d $runs ] || [ -h $runs/invocation:systemd-journald.service ] || names="$names systemd-journald.service"
[ ! -d $runs ] || echo "idle$names"
set --
[ -z "$found" ] || set -- $(printf '%s\\n' "$found" | sed -n 's/^\\([^ ]*\\.[a-z]*\\) .*/\\1/p' | head -n ${DETAILS_ASKED})
set -- "$@" $names $changed
[ $# -gt 0 ] || exit 0
[ $# -le ${DETAILS_ASKED * 2} ] || set -- $(printf '%s\\n' "$@" | head -n ${DETAILS_ASKED * 2})
shown=$(TZ=UTC0 systemctl show ${PROPERTIES.map((name) => `-p ${name}`).join(' ')} "$@" 2>/dev/null)
printf '%s\\n\\n' "$shown"
have journalctl || exit 0
case $shown in *ActiveState=failed*) ;; *) exit 0;; esac
case $stat1 in *') D '*) exit 0;; esac
# Ends by itself what does not answer at once. The sleep that may be left over holds nothing.
briefly() {
  "$@" </dev/null 2>/dev/null & asked=$!
  { sleep 0.4 || sleep 1; kill -9 $asked; } >/dev/null 2>&1 & timer=$!
  wait $asked; kill $timer
} 2>/dev/null
read=0 id= run= state=
printf '%s\\n\\n' "$shown" | while IFS= read -r line; do
  case $line in
    Id=*) id=\${line#Id=};;
    InvocationID=*) run=\${line#*=};;
    ActiveState=*) state=\${line#*=};;
    '') if [ "$state" = failed ] && [ -n "$run" ] && [ $read -lt ${LOGS_READ} ]; then
        read=$((read + 1))
        briefly journalctl -q --no-pager -o cat -n ${LOG_LINES} _SYSTEMD_INVOCATION_ID=$run | cut -b 1-${LOG_LINE_KEPT} | tail -n ${LOG_LINES} |
          while IFS= read -r text; do
            # Half a secret would be known as none: a line that was cut ends before its last word.
            [ \${#text} -lt ${LOG_LINE_KEPT} ] || case $text in *' '*) text="\${text% *} ...";; *) text=...;; esac
            printf 'log %s %s\\n' "$id" "$text"
          done
      fi
      id= run= state=;;
  esac
done
:`,
  hint: 'does systemctl answer on the box?',
  parse: ({ during }): Units => {
    const text = during?.text ?? ''
    const [first, ...lines] = text.split('\n')
    if (first !== 'systemd' && first !== 'none') throw new Unreadable('the answer does not say whether systemd runs')
    const blocks = text.split(/\n\n/).map(fieldsOf)
    const endings = new Map(blocks.flatMap(readEnding))
    const details = new Map(blocks.flatMap(readDetail))
    const idle = lines.find((line) => /^idle(?: |$)/.test(line))
    const logged = Map.groupBy(lines.flatMap(readLog), ([name]) => name)
    return {
      systemd: first === 'systemd',
      units: lines
        .filter((line) => !isProperty(line))
        .flatMap((line): readonly Unit[] => {
          const [, name, active, sub, description] =
            /^(?:[●○×↻*x] )?\s*(\S{1,255}\.\w{1,16})\s+\S+\s+(\S+)\s+(\S+)\s*(.*)$/s.exec(line) ?? []
          return name && active && sub
            ? [
                {
                  name,
                  active,
                  sub,
                  description: withoutJob(active, description ?? '').slice(0, DESCRIPTION_KEPT),
                  ending: endings.get(name),
                },
              ]
            : []
        }),
      ...(idle === undefined ? {} : { idle: idle.split(' ').slice(1) }),
      ...(lines.includes('compared') ? { compared: true } : {}),
      ...(details.size === 0 ? {} : { details }),
      ...(logged.size === 0
        ? {}
        : { logged: new Map([...logged].map(([name, found]) => [name, found.map(([, said]) => said)])) }),
    }
  },
})

/** A line of `systemctl show`, whose value may look like a line of the list: `TriggeredBy=a.timer b.timer c.timer d.timer`. */
function isProperty(line: string): boolean {
  return PROPERTIES.some((name) => line.startsWith(`${name}=`))
}

/** Where a job is under way systemctl puts a column with its kind before the description. */
function withoutJob(active: string, description: string): string {
  if (active !== 'activating' && active !== 'deactivating') return description
  return description.replace(/^(?:start|stop|restart|try-restart|reload|verify-active)\s+(?=\S)/, '')
}

function readLog(line: string): readonly (readonly [name: string, said: string])[] {
  const [, name, said] = /^log (\S{1,255}) (.*\S.*)$/s.exec(line) ?? []
  return name && said ? [[name, said.slice(0, LOG_LINE_KEPT)]] : []
}

/** One block of `systemctl show`: NAME=VALUE lines in any order. Split at newlines alone: a logged line may hold other ends of lines. */
function fieldsOf(block: string): ReadonlyMap<string, string> {
  return new Map(
    block.split('\n').flatMap((line): [string, string][] => {
      const [, name, value] = /^(\w+)=(.*)$/s.exec(line) ?? []
      return name && value !== undefined ? [[name, value]] : []
    }),
  )
}

function numberOf(fields: ReadonlyMap<string, string>, name: string): number | undefined {
  const value = fields.get(name)
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined
}

/** Undefined for 0, which stands for never. */
function secondsOf(fields: ReadonlyMap<string, string>, name: string): number | undefined {
  const microseconds = numberOf(fields, name)
  return microseconds ? microseconds / 1e6 : undefined
}

/** `Fri 2026-01-02 03:04:05 UTC`: format_timestamp() of systemd, in the time zone of TZ. */
function momentOf(fields: ReadonlyMap<string, string>, name: string): number | undefined {
  const [, year, month, day, hour, minute, second] =
    /^\w{3} (\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d) UTC$/.exec(fields.get(name) ?? '') ?? []
  return year === undefined
    ? undefined
    : Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
}

/** Characters. */
const COMMAND_KEPT = 300

/** CLD_EXITED, CLD_KILLED and CLD_DUMPED of waitid(2). */
const EXIT_CODES: ReadonlyMap<number, 'exited' | 'killed'> = new Map([
  [1, 'exited'],
  [2, 'killed'],
  [3, 'killed'],
])

function readDetail(fields: ReadonlyMap<string, string>): [string, UnitDetail][] {
  const [id, load, active] = [fields.get('Id'), fields.get('LoadState'), fields.get('ActiveState')]
  if (!id || !load || !active) return []
  const seconds = (name: string): number | undefined => secondsOf(fields, name)
  const [up, down] = [seconds('ActiveEnterTimestampMonotonic'), seconds('ActiveExitTimestampMonotonic')]
  const exited = seconds('ExecMainExitTimestampMonotonic')
  const changedAtMs = momentOf(fields, 'StateChangeTimestamp')
  const how = EXIT_CODES.get(numberOf(fields, 'ExecMainCode') ?? 0)
  const status = numberOf(fields, 'ExecMainStatus')
  return [
    [
      id,
      {
        load,
        active,
        type: fields.get('Type'),
        changedAtSeconds: seconds('StateChangeTimestampMonotonic'),
        ...(changedAtMs === undefined ? {} : { changedAtMs }),
        startedAtSeconds: seconds('InactiveExitTimestampMonotonic'),
        upSeconds: up === undefined || down === undefined || down < up ? undefined : down - up,
        toldToStop: down === undefined || exited === undefined ? undefined : exited > down,
        exit: how === undefined || status === undefined ? undefined : { how, status },
        conditionMet: fields.get('ConditionResult') === 'yes',
        triggeredBy: (fields.get('TriggeredBy') ?? '').split(' ').filter((name) => name !== ''),
        needsReload: fields.get('NeedDaemonReload') === 'yes',
        command: / argv\[\]=(.*?) ; ignore_errors=/s.exec(fields.get('ExecStart') ?? '')?.[1]?.slice(0, COMMAND_KEPT),
      },
    ],
  ]
}

/** A unit that is no service has no Restart. */
function readEnding(fields: ReadonlyMap<string, string>): [string, Ending][] {
  const [id, result] = [fields.get('Id'), fields.get('Result')]
  if (!id || !result) return []
  const restart = fields.get('Restart')
  const endedAtMs = momentOf(fields, 'InactiveEnterTimestamp')
  return [
    [
      id,
      {
        result,
        status: numberOf(fields, 'ExecMainStatus'),
        restarts: numberOf(fields, 'NRestarts'),
        meantToStay: restart !== undefined && restart !== 'no',
        endedAtSeconds: secondsOf(fields, 'InactiveEnterTimestampMonotonic'),
        ...(endedAtMs === undefined ? {} : { endedAtMs }),
      },
    ],
  ]
}
