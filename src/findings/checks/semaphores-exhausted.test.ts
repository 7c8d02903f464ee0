import type { Semaphores } from '../../evidence/probes/system-v.ts'
import { describeCheck } from '../../../test/checks/examples.ts'
import { semaphoresExhausted } from './semaphores-exhausted.ts'

const arrays = (used: number, more: Partial<Semaphores> = {}) => ({
  'system-v': {
    segments: undefined,
    semaphores: {
      arrays: used,
      arraysLimit: 128,
      semaphores: used,
      semaphoresLimit: 32_000,
      mostOf: { uid: 33, arrays: used },
      ...more,
    },
  },
})

describeCheck(semaphoresExhausted, [
  {
    when: '128 of 128 arrays',
    seen: arrays(128),
    then: {
      state: 'critical',
      title: /^128 of at most 128 System V arrays of semaphores are in use \(100 %\); user 33 has 128 arrays$/,
    },
  },
  { when: '127 of them', seen: arrays(127), then: { state: 'warning', title: /127 of at most 128/ } },
  { when: '116 of them', seen: arrays(116), then: { state: 'warning', title: /116/ } },
  { when: '115 of them', seen: arrays(115), then: { state: 'ok', why: /115 of at most 128/ } },
  {
    when: 'few arrays of many semaphores',
    seen: arrays(10, { semaphores: 31_900 }),
    then: { state: 'warning', title: /^31900 of at most 32000 System V semaphores/ },
  },
  {
    when: 'a kernel that does not tell',
    seen: { 'system-v': { segments: undefined, semaphores: undefined } },
    then: { state: 'unknown', why: /does not tell/ },
  },
])
