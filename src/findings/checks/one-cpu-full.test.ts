import { describeCheck } from '../../../test/checks/examples.ts'
import { busy, cpuOf, pressureOf, processOf, table } from '../../../test/checks/quiet-box.ts'
import { oneCpuFull } from './one-cpu-full.ts'

// Six workers bound to CPU 0 of two.
const pinned = (more: {
  readonly full?: number
  readonly idle?: number
  readonly waiting?: number | undefined
  readonly each?: number
  readonly cpu?: number | undefined
  readonly softirq?: number
}) => {
  const { full = 100, idle = 95, waiting = 90, each = 16, softirq = 0 } = more
  const none = { user: 0, nice: 0, system: 0, idle: 0, iowait: 0, irq: 0, softirq: 0, steal: 0 }
  return {
    cpu: cpuOf(busy(50), {
      cpus: 2,
      perCpu: [
        { cpu: 0, shares: { ...none, user: full - softirq, softirq, idle: 100 - full } },
        { cpu: 1, shares: { ...none, user: 100 - idle, idle } },
      ],
    }),
    pressure: pressureOf({ cpu: waiting }),
    'process-stat': table([
      processOf({ pid: 7, name: 'web', cpuPercent: 5, cpu: 1 }),
      ...Array.from({ length: 6 }, (_, at) =>
        processOf({ pid: 120 + at, name: 'encoder', cpuPercent: each, cpu: 'cpu' in more ? more.cpu : 0 }),
      ),
    ]),
  }
}
describeCheck(oneCpuFull, [
  {
    when: 'six workers that may use one CPU of two only',
    seen: pinned({}),
    then: {
      state: 'warning',
      title: /CPU 0 is full while the others are 95 % idle: 6 processes named encoder share it/,
      subject: { name: 'encoder', pid: 120 },
    },
  },
  { when: 'a CPU that is 96 % busy', seen: pinned({ full: 96 }), then: { state: 'warning', title: /encoder/ } },
  { when: 'a CPU that is 94 % busy', seen: pinned({ full: 94 }), then: { state: 'ok', why: /CPU 0 is 94 % busy/ } },
  { when: 'another one that is 41 % idle', seen: pinned({ idle: 41 }), then: { state: 'warning', title: /encoder/ } },
  { when: 'another one that is 39 % idle', seen: pinned({ idle: 39 }), then: { state: 'ok', why: /39 % idle/ } },
  {
    when: 'tasks that wait half the time',
    seen: pinned({ waiting: 51 }),
    then: { state: 'warning', title: /encoder/ },
  },
  { when: 'tasks that wait a little less', seen: pinned({ waiting: 49 }), then: { state: 'ok', why: /waited 49 %/ } },
  {
    when: 'workers that use 31.2 % together',
    seen: pinned({ each: 5.2 }),
    then: { state: 'warning', title: /encoder/ },
  },
  { when: 'workers that use 28.8 %', seen: pinned({ each: 4.8 }), then: { state: 'ok', why: /100 % busy/ } },
  { when: 'workers that move about', seen: pinned({ cpu: undefined }), then: { state: 'ok', why: /100 % busy/ } },
  {
    when: 'one thread that has that CPU for itself: who waits is not seen',
    seen: {
      ...pinned({}),
      'process-stat': table([processOf({ name: 'gzip', threads: 1, cpuPercent: 100, cpu: 0 })]),
    },
    then: { state: 'ok', why: /100 % busy/ },
  },
  { when: 'a CPU that serves interrupts', seen: pinned({ softirq: 60 }), then: { state: 'ok', why: /40 % busy/ } },
  {
    when: 'no second sample',
    seen: { ...pinned({}), cpu: cpuOf(undefined, { cpus: 2 }) },
    then: { state: 'unknown', why: /second sample/ },
  },
])
