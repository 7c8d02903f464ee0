import { describeCheck } from '../../../test/checks/examples.ts'
import { clockAt, logOf, pagingOf } from '../../../test/checks/quiet-box.ts'
import { oomKills } from './oom-kills.ts'

const KILL =
  'Memory cgroup out of memory: Killed process 10032 (memory-leak) total-vm:31828kB, anon-rss:30592kB, file-rss:0kB, shmem-rss:548kB, UID:0 pgtables:96kB oom_score_adj:0'
describeCheck(oomKills, [
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
