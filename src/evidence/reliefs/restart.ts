import { quoted } from '../../base/shell-quoted.ts'
import type { Relief } from './relief.ts'
import {
  isUnitBefore,
  judgeUnit,
  pidOf,
  proveUnit,
  queueJob,
  restartCosts,
  restartRefusal,
  unitBefore,
  unitCheck,
  unitIn,
  unitPlanScript,
  unitWords,
} from './unit.ts'

/**
 * Restarts a unit of systemd. The job is queued with `--no-block`: systemd has it or has it not, and does it by itself (systemctl(1)).
 *
 * It worked when the unit is active as another run of it (InvocationID), and is still so 5 s later.
 */
export const restart: Relief = {
  id: 'restart',
  title: 'restart a unit of systemd',
  usage: 'UNIT',
  example: ['orders.service'],
  price: 'change',
  endsProcess: true,
  targetOf: ([word, ...more]) => {
    const unit = unitIn(word, 'service')
    if (typeof unit !== 'string') return unit
    return more.length === 0 ? [unit] : { why: 'One unit at a time.', tryNext: `restart ${quoted(unit)}` }
  },
  does: ([unit = '']) => `restart ${unit}`,
  planScript: ([unit = '']) => unitPlanScript(unit),
  plan: (answer, [unit = '']) => {
    const refusal = restartRefusal(answer, unit)
    if (refusal) return refusal
    return {
      possible: true,
      lines: [
        `now: ${unitWords(answer)}`,
        `will be done: systemctl restart ${unit}`,
        ...restartCosts(answer, unit),
        'back: nothing brings the former process back',
      ],
      before: unitBefore(answer),
      pid: pidOf(answer),
    }
  },
  isBefore: (before) => isUnitBefore(before),
  act: {
    script: ([unit = ''], before) => `${proveUnit(unit, before)}\n${queueJob('restart', unit)}`,
    check: ([unit = '']) => unitCheck(unit),
    judge: (answer, [unit = ''], before) => judgeUnit(answer, { unit, former: before }),
  },
  survey: `command -v systemctl >/dev/null && systemctl list-units --failed --plain --no-legend --no-pager --full 2>/dev/null | head -n 5 | while read -r unit rest; do printf 'failed %s\\n' "$unit"; done`,
  offers: (answer) =>
    (answer.get('failed') ?? []).flatMap((word) => {
      const unit = unitIn(word, 'service')
      return typeof unit === 'string' ? [{ target: [unit], why: 'it has failed' }] : []
    }),
}
