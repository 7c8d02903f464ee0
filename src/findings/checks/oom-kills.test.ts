import { clockAt, logOf, pagingOf } from '../../../test/checks/builders.ts'
import { describeCheck, type Readings } from '../../../test/checks/examples.ts'
import { oomKills } from './oom-kills.ts'

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
  { when: 'a kill 23 hours ago', seen: said([82_800, killed]), then: { state: 'warning', title: /orders-api/ } },
  { when: 'a kill 25 hours ago', seen: said([90_000, killed]), then: { state: 'ok', why: /none within a day/ } },
])
