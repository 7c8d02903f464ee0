import { describeCheck } from '../../../test/checks/examples.ts'
import { pressureOf } from '../../../test/checks/quiet-box.ts'
import { memoryStall } from './memory-stall.ts'

// some avg10=70.24 …, full avg10=57.59 avg60=58.06 avg300=60.38: https://github.com/tobixen/thrash-protect/issues/28.
const thrashing = {
  some: { avg10: 70.24, avg60: 68.52, avg300: 69.91, window: undefined },
  full: { avg10: 57.59, avg60: 58.06, avg300: 60.38, window: undefined },
}
describeCheck(memoryStall, [
  {
    when: 'the figures of a box that thrashed',
    seen: { pressure: { ...pressureOf({}), memory: thrashing } },
    then: { state: 'critical', title: /58 % of the time/ },
  },
  { when: '41 %', seen: { pressure: pressureOf({ memory: 41 }) }, then: { state: 'critical', title: /41 %/ } },
  { when: '39 %', seen: { pressure: pressureOf({ memory: 39 }) }, then: { state: 'warning', title: /39 %/ } },
  { when: '10.5 %', seen: { pressure: pressureOf({ memory: 10.5 }) }, then: { state: 'warning', title: /1[01] %/ } },
  { when: '9.5 %', seen: { pressure: pressureOf({ memory: 9.5 }) }, then: { state: 'ok', why: /9.5 %/ } },
  {
    when: 'no memory pressure in the answer',
    seen: { pressure: { ...pressureOf({}), memory: undefined } },
    then: { state: 'unknown', why: /no memory pressure/ },
  },
])
