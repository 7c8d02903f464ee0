import { quoted, shellQuoted } from '../../base/shell-quoted.ts'
import { PAUSE, stateOf, WHO } from './shell.ts'
import {
  AS_ROOT,
  hasForm,
  MOVED,
  numberIn,
  refused,
  unseen,
  valueOf,
  type Answer,
  type Before,
  type Refusal,
  type Verdict,
} from './relief.ts'

/** Letters, digits and `:-_.\@` (systemd.unit(5)); its longest name. */
const UNIT_NAME = /^[\w:.\\@-]{1,255}$/

/** `orders` is `orders.service`. */
export function unitIn(word: string | undefined, type: 'service' | 'timer'): string | Refusal {
  if (word === undefined || !UNIT_NAME.test(word))
    return {
      why: word === undefined ? 'The unit is missing.' : `"${word}" is no name of a unit.`,
      tryNext: '',
    }
  const unit = /\.(?:service|socket|target|timer|mount|automount|swap|path|slice|scope|device)$/.test(word)
    ? word
    : `${word}.${type}`
  return unit.endsWith(`.${type}`)
    ? unit
    : { why: `${unit} is no ${type}: what else systemd has is not touched here.`, tryNext: '' }
}

const PROPERTIES =
  'Id,LoadState,ActiveState,SubState,Type,RemainAfterExit,MainPID,NRestarts,Result,ExecMainStatus,ReloadResult,CanReload,CanStart,CanStop,RefuseManualStart,RefuseManualStop,Triggers,NextElapseUSecRealtime,InvocationID,StateChangeTimestampMonotonic,ConditionResult,ConditionTimestampMonotonic,UnitFileState'

export function showUnit(unit: string): string {
  return `systemctl show --no-pager -p ${PROPERTIES} -- ${shellQuoted(unit)}`
}

export function unitPlanScript(unit: string): string {
  return `${WHO}\n${showUnit(unit)} 2>/dev/null\n${ownScript(unit)}`
}

/** Says `own yes` when what runs here runs within the unit: to end that would end us, and our line. */
function ownScript(unit: string): string {
  return `${stateOf(unit)}
group=$(state ControlGroup)
[ -z "$group" ] || while read -r line; do case $line in *"$group"|*"$group/"*) echo 'own yes'; break;; esac; done </proc/self/cgroup
:`
}

/** Why it cannot be stopped and started; undefined when it can. */
export function restartRefusal(answer: Answer, unit: string): ({ readonly possible: false } & Refusal) | undefined {
  const refusal = unitRefusal(answer, unit)
  if (refusal) return refusal
  if (valueOf(answer, 'RefuseManualStart') === 'yes' || valueOf(answer, 'RefuseManualStop') === 'yes')
    return refused(
      `${unit} refuses to be started or stopped by hand. What it belongs to is what can be restarted.`,
      `halligan run BOX --price free -- systemctl list-dependencies --reverse ${quoted(unit)}`,
    )
  if (valueOf(answer, 'own') === 'yes')
    return refused(
      `This session runs within ${unit}: it would cut our own line. Only from the console of the machine it can be restarted.`,
      'halligan relieve BOX',
    )
  return undefined
}

/** By what a line to a box usually goes: logins, the network, a tunnel, the firewall, and what those need. */
const CARRIES_LINES =
  /^(?:sshd?|dropbear|network|networking|NetworkManager|systemd-(?:networkd|logind|resolved)|dbus|dbus-broker|wpa_supplicant|dhcpcd|wg-quick|openvpn.*|tailscaled|zerotier-one|strongswan.*|ipsec|firewalld|nftables|iptables|ufw)(?:@.*)?\.service$/

/** What stopping and starting a unit costs: a line each. */
export function restartCosts(answer: Answer, unit: string): readonly string[] {
  const state = valueOf(answer, 'ActiveState')
  const isStopped = state === 'inactive' || state === 'failed'
  const carries = [unit, valueOf(answer, 'Id')].some((name) => CARRIES_LINES.test(name))
  return [
    isStopped
      ? 'costs: it does not run now; this starts it'
      : 'costs: it is stopped first, and is down until it is up again; requests in flight and what it has in memory are lost',
    ...(carries
      ? [
          `danger: the line to this box may go through ${unit}: if it does not come up, nobody reaches the box any more. Have its console at hand`,
        ]
      : []),
  ]
}

/** Why nothing can be done to this unit; undefined when it can. */
export function unitRefusal(answer: Answer, unit: string): ({ readonly possible: false } & Refusal) | undefined {
  if (valueOf(answer, 'systemd') !== 'yes')
    return refused(
      'systemd does not run this box: what started it there can restart it (halligan run).',
      'halligan run BOX --price free -- cat /proc/1/comm',
    )
  const load = valueOf(answer, 'LoadState')
  if (load === '') return refused(`systemd did not say anything of ${unit}.`, 'halligan doctor BOX')
  if (load === 'not-found')
    return refused(`There is no unit ${unit}.`, 'halligan run BOX --price free -- systemctl list-units')
  if (load === 'masked')
    return refused(
      `${unit} is masked: somebody has forbidden to start it. Find out who and why before it is unmasked.`,
      `halligan run BOX --price free -- systemctl status ${quoted(unit)}`,
    )
  if (load !== 'loaded')
    return refused(
      `${unit} is not loaded (${load}).`,
      `halligan run BOX --price free -- systemctl status ${quoted(unit)}`,
    )
  if (valueOf(answer, 'uid') !== '0') return refused(`Only root may do that to ${unit}.`, AS_ROOT)
  return undefined
}

/** What the unit is now, in words: `active (running), main process 812, restarted 3 times by systemd`. */
export function unitWords(answer: Answer): string {
  const pid = numberIn(valueOf(answer, 'MainPID')) ?? 0
  const restarts = numberIn(valueOf(answer, 'NRestarts')) ?? 0
  return [
    `${valueOf(answer, 'ActiveState')} (${valueOf(answer, 'SubState')})`,
    ...(pid > 0 ? [`main process ${pid}`] : []),
    ...(restarts > 0 ? [`restarted by systemd ${restarts} times`] : []),
  ].join(', ')
}

/** What is kept of a unit, each in its form; of an invocation the first digits, since a whole one has the form of many secrets. */
const UNIT_FORM: Readonly<Record<string, RegExp>> = {
  ActiveState: /^[a-z-]{0,32}$/,
  MainPID: /^\d{0,10}$/,
  NRestarts: /^\d{0,15}$/,
  InvocationID: /^[0-9a-f]{0,12}$/,
  StateChangeTimestampMonotonic: /^\d{0,15}$/,
  UnitFileState: /^[a-z-]{0,32}$/,
}

export function unitBefore(answer: Answer): Record<string, string> {
  return Object.fromEntries(
    Object.entries(UNIT_FORM).map(([name, form]) => {
      const value = valueOf(answer, name)
      const kept = name === 'InvocationID' ? value.slice(0, 12) : value
      return [name, form.test(kept) ? kept : '']
    }),
  )
}

export function isUnitBefore(before: Before): boolean {
  return hasForm(before, UNIT_FORM)
}

/**
 * Ends with `MOVED` where somebody started or stopped the unit since. What ends again and again is started again and again by systemd, which counts that (NRestarts; a start by
 * hand begins at 0): it still is what the plan saw.
 */
export function proveUnit(unit: string, before: Before): string {
  return `${stateOf(unit)}
moved() { printf '%s is not what the plan saw any more: it is %s now' ${shellQuoted(unit)} "$(state ActiveState)"; exit ${MOVED}; }
same() {
  [ "$(state ActiveState)" = ${shellQuoted(before['ActiveState'] ?? '')} ] && [ "$(state MainPID)" = ${shellQuoted(before['MainPID'] ?? '')} ] || return 1
  case $(state InvocationID) in ${shellQuoted(before['InvocationID'] ?? '')}*) ;; *) return 1;; esac
}
same || [ "$(state NRestarts)" -gt ${shellQuoted(before['NRestarts'] ?? '')} ] 2>/dev/null || moved`
}

export function pidOf(answer: Answer): number | undefined {
  const pid = numberIn(valueOf(answer, 'MainPID'))
  return pid === undefined || pid === 0 ? undefined : pid
}

/** A job of systemd (restart, stop) takes so long at most: its own limits for stopping and starting are 90 s each (systemd-system.conf(5)). Fifths of a second. */
const JOB_FIFTHS = 200 * 5
/** What comes up and dies at once, by its own start-up checks, does so within this. Seconds. */
const STAYS_SECONDS = 5

/** Waits until systemd has no job for it any more, then says how it is now, and again some seconds later, with its last lines where it is not up. */
export function unitCheck(unit: string, stays = STAYS_SECONDS): string {
  const quoted = shellQuoted(unit)
  return `${PAUSE}
${stateOf(unit)}
while [ $pauses -lt ${JOB_FIFTHS} ]; do
  job=$(state Job); [ -z "$job" ] || [ "$job" = 0 ] || { pause; continue; }
  # Between two tries of systemd there is no job.
  case $(state ActiveState) in activating|deactivating|reloading) [ $pauses -lt 50 ] || [ "$(state SubState)" != auto-restart ] || break; pause;; *) break;; esac
done
[ -z "$job" ] || [ "$job" = 0 ] || echo 'job waiting'
${showUnit(unit)} | sed 's/^/first./'
[ "$(state ActiveState)" != active ] || sleep ${stays}
${showUnit(unit)} | sed 's/^/then./'
[ "$(state ActiveState)" = active ] || journalctl --no-pager -q -n 5 -o cat -u ${quoted} 2>/dev/null | cut -c 1-300 | sed 's/^/log /'
:`
}

/** What a unit has to be afterwards. */
export interface UnitWanted {
  readonly unit: string
  /** What it was before: it has to be another run of it. */
  readonly former?: Before | undefined
  /** Its main process has to be the same as before. */
  readonly same?: string | undefined
}

export function judgeUnit(answer: Answer, { unit, former, same }: UnitWanted): Verdict {
  const of = (moment: string, name: string): string => valueOf(answer, `${moment}.${name}`)
  const log = (answer.get('log') ?? []).map((line) => `its log: ${line}`)
  const state = of('then', 'ActiveState')
  if (state === '') return unseen(`systemd did not say how ${unit} is now`)
  const words = `${state} (${of('then', 'SubState')})`
  if (valueOf(answer, 'job') === 'waiting')
    return unseen(`systemd still has a job for ${unit}, which is ${words}`, ...log)
  if (isUnderWay(state) && of('then', 'SubState') !== 'auto-restart')
    return unseen(`${unit} is ${words}: that still goes on`, ...log)
  const isOneshot = of('then', 'Type') === 'oneshot' && state === 'inactive'
  if (isOneshot && of('then', 'Result') === 'success') return judgeOneshot(answer, unit, former)
  if (state !== 'active') return { worked: false, says: [`${unit} is ${words}${whyDown(answer)}`, ...log] }
  const pid = of('then', 'MainPID')
  if (pid !== of('first', 'MainPID') || of('then', 'NRestarts') !== of('first', 'NRestarts'))
    return {
      worked: false,
      says: [`${unit} was up and ended again within ${STAYS_SECONDS} s: its main process is ${pid} now`, ...log],
    }
  const isAnother = former === undefined ? true : isAnotherRun(answer, former)
  if (isAnother === undefined) return unseen(`${unit} is ${words}; systemd did not say whether it was restarted`)
  if (!isAnother)
    return { worked: false, says: [`${unit} is ${words} and still what it was before: it was not restarted`] }
  if (same !== undefined && same !== '' && pid !== same)
    return { worked: false, says: [`the main process of ${unit} is ${pid}, and was ${same}: it did not go on`] }
  const was = isNoPid(former?.['MainPID']) ? '' : `, which was ${former?.['MainPID']}`
  return { worked: true, says: [`${unit} is ${words}${isNoPid(pid) ? '' : `, main process ${pid}${was}`}`] }
}

function isUnderWay(state: string): boolean {
  return state === 'activating' || state === 'deactivating' || state === 'reloading'
}

function isNoPid(text: string | undefined): boolean {
  return text === undefined || text === '' || text === '0'
}

/** `: exit-code, status 3`; empty where it ended well. */
function whyDown(answer: Answer): string {
  const result = valueOf(answer, 'then.Result')
  const status = valueOf(answer, 'then.ExecMainStatus')
  if (result === '' || result === 'success') return ''
  return `: ${result}${status === '' || status === '0' ? '' : `, status ${status}`}`
}

/** A job that runs to its end leaves no process: that it has run is told by its run and by its conditions. Once systemd has forgotten it, nobody can say. */
function judgeOneshot(answer: Answer, unit: string, former: Before | undefined): Verdict {
  const looked = valueOf(answer, 'then.ConditionTimestampMonotonic')
  if (looked === '' || looked === '0')
    return unseen(`${unit} is inactive; systemd does not know any more whether it has run`)
  if (valueOf(answer, 'then.ConditionResult') !== 'yes')
    return {
      worked: false,
      says: [`${unit} is inactive and was not run: a condition of it is not met (ConditionResult)`],
    }
  const isAnother = former === undefined ? true : isAnotherRun(answer, former)
  if (isAnother === undefined) return unseen(`${unit} is inactive; systemd did not say whether it has run since`)
  return isAnother
    ? { worked: true, says: [`${unit} has run to its end (Result=success)`] }
    : { worked: false, says: [`${unit} is inactive and still what it was before: it was not restarted`] }
}

/** Whether the unit was started since, by its invocation; before systemd 232 by its main process. Undefined where neither says. */
function isAnotherRun(answer: Answer, former: Before): boolean | undefined {
  const run = valueOf(answer, 'then.InvocationID')
  const was = former['InvocationID']
  if (run !== '' && was !== undefined) return was === '' || !run.startsWith(was)
  const pid = valueOf(answer, 'then.MainPID')
  return isNoPid(pid) || former['MainPID'] === undefined ? undefined : pid !== former['MainPID']
}

/** The job is queued at once or not at all, and is done by systemd itself, whatever becomes of who asked for it. */
export function queueJob(verb: 'restart' | 'reload' | 'stop' | 'start', unit: string): string {
  return `systemctl --no-block --no-pager ${verb} -- ${shellQuoted(unit)} 2>&1`
}
