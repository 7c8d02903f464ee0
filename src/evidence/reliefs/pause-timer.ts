import { quoted, shellQuoted } from '../../base/shell-quoted.ts'
import { MOVED, refused, unseen, valueOf, type Relief, type Verdict } from './relief.ts'
import { PAUSE, stateOf } from './shell.ts'
import { isUnitBefore, proveUnit, queueJob, showUnit, unitBefore, unitIn, unitPlanScript, unitRefusal } from './unit.ts'

/** Stops a timer, so that what it starts is not started again; what runs already goes on. */
export const pauseTimer: Relief = {
  id: 'pause-timer',
  title: 'stop a timer of systemd, so that it starts nothing',
  usage: 'TIMER',
  example: ['backup.timer'],
  price: 'change',
  endsProcess: false,
  targetOf: ([word, ...more]) => {
    const unit = unitIn(word, 'timer')
    if (typeof unit !== 'string') return unit
    return more.length === 0 ? [unit] : { why: 'One timer at a time.', tryNext: `pause-timer ${quoted(unit)}` }
  },
  does: ([unit = '']) => `pause ${unit}`,
  planScript: ([unit = '']) => unitPlanScript(unit),
  plan: (answer, [unit = '']) => {
    const refusal = unitRefusal(answer, unit)
    if (refusal) return refusal
    if (valueOf(answer, 'ActiveState') !== 'active')
      return refused(
        `${unit} does not run: it is ${valueOf(answer, 'ActiveState')}. There is nothing to pause.`,
        'halligan run BOX --price free -- systemctl list-timers',
      )
    const next = valueOf(answer, 'NextElapseUSecRealtime')
    return {
      possible: true,
      lines: [
        `now: it starts ${valueOf(answer, 'Triggers') || 'its unit'}${next === '' ? '' : `, next at ${next}`}`,
        `will be done: systemctl stop ${unit}`,
        'costs: what it starts is not done until it is taken back; what runs already goes on. An enabled timer comes back with a boot',
        `back: systemctl start ${unit}, which runs at once what was missed where the timer is Persistent`,
      ],
      before: unitBefore(answer),
    }
  },
  isBefore: (before) => isUnitBefore(before),
  act: {
    script: ([unit = ''], before) => `${proveUnit(unit, before)}\n${queueJob('stop', unit)}`,
    check: ([unit = '']) => settled(unit, 'inactive'),
    judge: (answer, [unit = '']) => isNow(valueOf(answer, 'ActiveState'), 'inactive', unit),
  },
  undo: {
    does: ([unit = '']) => `start ${unit}`,
    script: ([unit = ''], before) => `${provePaused(unit, before['UnitFileState'])}\n${queueJob('start', unit)}`,
    check: ([unit = '']) => settled(unit, 'active'),
    judge: (answer, [unit = '']) => isNow(valueOf(answer, 'ActiveState'), 'active', unit),
  },
  survey: `command -v systemctl >/dev/null && systemctl list-units --type=timer --state=active --plain --no-legend --no-pager --full 2>/dev/null | head -n 10 | while read -r unit rest; do printf 'timer %s\\n' "$unit"; done`,
  offers: (answer) =>
    (answer.get('timer') ?? []).flatMap((word) => {
      const unit = unitIn(word, 'timer')
      return typeof unit === 'string' ? [{ target: [unit], why: 'it runs' }] : []
    }),
}

/** Waits for it for 5 s at most. */
function settled(unit: string, state: 'active' | 'inactive'): string {
  return `${PAUSE}
${stateOf(unit)}
while [ $pauses -lt 25 ] && [ "$(state ActiveState)" != ${state} ]; do pause; done
${showUnit(unit)}`
}

/** Somebody may have disabled, masked or started it meanwhile, and meant it. */
function provePaused(unit: string, fileState: string | undefined): string {
  return `${stateOf(unit)}
now=$(state ActiveState) file=$(state UnitFileState)
[ "$now" = inactive ]${fileState === undefined ? '' : ` && [ "$file" = ${shellQuoted(fileState)} ]`} || { echo "it is $now now (its file: $file), and was left inactive"; exit ${MOVED}; }`
}

function isNow(state: string, wanted: string, unit: string): Verdict {
  if (state === '') return unseen(`systemd did not say how ${unit} is now`)
  return { worked: state === wanted, says: [`${unit} is ${state}`] }
}
