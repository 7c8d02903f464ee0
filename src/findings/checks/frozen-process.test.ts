import { describeCheck } from '../../../test/checks/examples.ts'
import { processOf, table } from '../../../test/checks/quiet-box.ts'
import { frozenProcess } from './index.ts'

const PATH = '/docker/4f1b2c3d4e5f'
const seen = (channel: string, pids: readonly number[] = [812], more = {}) => ({
  'process-stat': table(pids.map((pid) => processOf({ pid, state: 'D', ...more }))),
  'process-wait': new Map(pids.map((pid) => [pid, channel])),
  'process-cgroup': new Map(pids.map((pid) => [pid, { path: PATH, unit: undefined, container: '4f1b2c3d4e5f' }])),
})

describeCheck(frozenProcess, [
  {
    when: 'a container that was left paused, https://github.com/concourse/concourse/issues/4477',
    seen: seen('__refrigerator'),
    then: {
      state: 'warning',
      title: /^orders-api \(812, container 4f1b2c3d4e5f\) is frozen with the control group \/docker\/4f1b2c3d4e5f$/,
      subject: { pid: 812, container: '4f1b2c3d4e5f' },
    },
  },
  {
    when: 'several of it, under v2',
    seen: seen('do_freezer_trap', [812, 813, 814]),
    then: { state: 'warning', title: /\) and 2 other processes are frozen with/, findings: 1 },
  },
  {
    when: 'one of which the group could not be seen',
    seen: { ...seen('do_freezer_trap'), 'process-cgroup': new Map() },
    then: { state: 'warning', title: /^orders-api \(812\) is frozen$/ },
  },
  { when: 'one that waits for a disk', seen: seen('io_schedule'), then: { state: 'ok', why: /0 frozen processes/ } },
  {
    when: 'a kernel thread, which the kernel freezes by itself before it suspends',
    seen: seen('__refrigerator', [2], { kernelThread: true }),
    then: { state: 'ok', why: /0 frozen/ },
  },
])
