import { describeCheck, type Readings } from '../../../test/checks/examples.ts'
import { clockAt, logOf, pagingOf } from '../../../test/checks/quiet-box.ts'
import { oomKills } from './oom-kills.ts'

const KILL =
  'Memory cgroup out of memory: Killed process 10032 (memory-leak) total-vm:31828kB, anon-rss:30592kB, file-rss:0kB, shmem-rss:548kB, UID:0 pgtables:96kB oom_score_adj:0'
const said = (...lines: readonly (readonly [number, string])[]): Readings => ({
  paging: pagingOf(),
  clock: clockAt,
  'kernel-log': logOf(...lines),
})
const killed = 'Memory cgroup out of memory: Killed process 812 (orders-api) total-vm:64124kB, anon-rss:61440kB'
const report = (limited: string, task = limited): string =>
  `oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=${limited},task_memcg=${task},task=orders-api,pid=812,uid=0`
const usage = 'memory: usage 266240kB, limit 266240kB, failcnt 39'
const CONTAINER = `/docker/${'4f1b'.repeat(16)}`

describeCheck(oomKills, [
  {
    when: 'a kill at the limit of a unit, with the limit',
    seen: said([60, usage], [60, report('/system.slice/orders.service')], [60, killed]),
    then: {
      state: 'critical',
      title:
        /^The kernel killed orders-api \(812, orders\.service\) at the memory limit of orders\.service \(260 MiB\) 1 min ago$/,
      because: /not the end of the memory of the box/,
    },
  },
  {
    when: 'at the limit of what the unit is in',
    seen: said([60, usage], [60, report('/shop.slice', '/shop.slice/orders.service')], [60, killed]),
    then: {
      state: 'critical',
      title: /at the memory limit of shop\.slice \(260 MiB\)/,
      because: /the process is in \/shop\.slice\/orders\.service, below it/,
    },
  },
  {
    when: 'at the limit of a container',
    seen: said([60, report(CONTAINER)], [60, killed]),
    then: { state: 'critical', title: /at the memory limit of container 4f1b4f1b4f1b 1 min ago/ },
  },
  {
    when: 'a figure of another report, long before',
    seen: said([65, usage], [60, report('/shop')], [60, killed]),
    then: { state: 'critical', title: /at the memory limit of \/shop 1 min ago/ },
  },
  {
    when: 'a kernel that does not name the group',
    seen: said([3_540, killed]),
    then: { state: 'critical', title: /at the memory limit of its control group 59 min ago/ },
  },
  {
    when: 'a kill for want of memory of the box, 61 minutes ago',
    seen: said([3_660, killed.replace('Memory cgroup out', 'Out')]),
    then: { state: 'warning', title: /for lack of memory 1 h 1 min ago/, because: /The box had no memory left/ },
  },
  {
    when: 'a kill 59 minutes ago',
    seen: { paging: pagingOf(), clock: clockAt, 'kernel-log': logOf([3_540, KILL]) },
    then: {
      state: 'critical',
      title: /killed memory-leak \(10032\) .* 59 min ago/,
      subject: { name: 'memory-leak', pid: 10_032 },
    },
  },
  {
    when: 'a kill in a unit, which the line before it names',
    seen: {
      paging: pagingOf(),
      clock: clockAt,
      'kernel-log': logOf(
        [
          60,
          'oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/system.slice/orders.service,task_memcg=/system.slice/orders.service,task=memory-leak,pid=10032,uid=0',
        ],
        [60, KILL],
      ),
    },
    then: {
      state: 'critical',
      title: /killed memory-leak \(10032, orders\.service\)/,
      subject: { pid: 10_032, unit: 'orders.service' },
    },
  },
  {
    when: 'a kill 61 minutes ago',
    seen: {
      paging: pagingOf(),
      clock: clockAt,
      'kernel-log': logOf([3_660, 'Out of memory: Killed process 812 (orders-api) total-vm:1kB']),
    },
    then: { state: 'warning', title: /orders-api/ },
  },
  {
    when: 'a kill 23 hours ago, in the words of old kernels',
    seen: {
      paging: pagingOf(),
      clock: clockAt,
      'kernel-log': logOf([82_800, 'Out of memory: Kill process 812 (orders-api) score 900 or sacrifice child']),
    },
    then: { state: 'warning', title: /orders-api/ },
  },
  {
    when: 'a kill 25 hours ago',
    seen: { paging: pagingOf({ oomKills: 1 }), clock: clockAt, 'kernel-log': logOf([90_000, KILL]) },
    then: { state: 'ok', why: /none within a day/ },
  },
  {
    when: 'kills since boot and a kernel log that has turned over',
    seen: { paging: pagingOf({ oomKills: 20 }), clock: clockAt, 'kernel-log': logOf([180, 'eth0: link is up']) },
    then: {
      state: 'ok',
      why: /20 kills .* since boot, none within a day as far as the kernel log tells, whose first line is 3 min/,
    },
  },
  {
    when: 'kills since boot and no kernel log',
    seen: { paging: pagingOf({ oomKills: 3 }), clock: clockAt },
    then: { state: 'warning', title: /has killed 3 processes/ },
  },
])
