import { quoted } from '../../base/shell-quoted.ts'
import { numberIn, refused, unseen, valueOf, type Relief } from './relief.ts'
import {
  isUnitBefore,
  judgeUnit,
  pidOf,
  proveUnit,
  queueJob,
  unitBefore,
  unitCheck,
  unitIn,
  unitPlanScript,
  unitRefusal,
  unitWords,
} from './unit.ts'

/** Makes a unit read its configuration again: its processes go on. */
export const reload: Relief = {
  id: 'reload',
  title: 'make a unit of systemd read its configuration again',
  usage: 'UNIT',
  example: ['nginx.service'],
  price: 'change',
  endsProcess: false,
  targetOf: ([word, ...more]) => {
    const unit = unitIn(word, 'service')
    if (typeof unit !== 'string') return unit
    return more.length === 0 ? [unit] : { why: 'One unit at a time.', tryNext: `reload ${quoted(unit)}` }
  },
  does: ([unit = '']) => `reload ${unit}`,
  planScript: ([unit = '']) => unitPlanScript(unit),
  plan: (answer, [unit = '']) => {
    const refusal = unitRefusal(answer, unit)
    if (refusal) return refusal
    if (valueOf(answer, 'ActiveState') !== 'active')
      return refused(
        `${unit} is ${valueOf(answer, 'ActiveState')}: only what runs can be reloaded.`,
        `restart ${quoted(unit)}`,
      )
    if (valueOf(answer, 'CanReload') !== 'yes')
      return refused(`${unit} does not know how to reload (it has no ExecReload).`, `restart ${quoted(unit)}`)
    return {
      possible: true,
      lines: [
        `now: ${unitWords(answer)}`,
        `will be done: systemctl reload ${unit}`,
        'costs: it works with the configuration that lies there now, whoever changed it since it started',
        'back: put the former configuration back and reload again',
      ],
      before: unitBefore(answer),
      pid: pidOf(answer),
    }
  },
  isBefore: (before) => isUnitBefore(before),
  act: {
    script: ([unit = ''], before) => `${proveUnit(unit, before)}\n${queueJob('reload', unit)}`,
    check: ([unit = '']) => unitCheck(unit, 1),
    judge: (answer, [unit = ''], before) => {
      const verdict = judgeUnit(answer, { unit, same: before['MainPID'] })
      const result = valueOf(answer, 'then.ReloadResult')
      if (!verdict.worked) return verdict
      if (result !== '' && result !== 'success')
        return {
          worked: false,
          says: [`${unit} did not reload: ${result}; it goes on with what it had`, ...verdict.says],
        }
      // A reload is a change of state and back: systemd keeps the time of the last one.
      const changed = numberIn(valueOf(answer, 'then.StateChangeTimestampMonotonic'))
      const was = numberIn(before['StateChangeTimestampMonotonic'])
      if (changed === undefined || was === undefined)
        return unseen(`systemd did not say whether ${unit} was reloaded`, ...verdict.says)
      if (changed === was) return { worked: false, says: [`${unit} was not reloaded since`, ...verdict.says] }
      return verdict
    },
  },
}
