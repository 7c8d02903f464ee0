import { describeCheck } from '../../../test/checks/examples.ts'
import { GIB, KIB, memoryOf, MIB, pagingOf, table } from '../../../test/checks/quiet-box.ts'
import { swapStorm } from './swap-storm.ts'

const swapping = (rate: number, out = 2 * rate) => ({
  paging: pagingOf({ swapInBytesPerSecond: rate, swapOutBytesPerSecond: out }),
  memory: memoryOf({ swapTotalBytes: 2 * GIB, swapFreeBytes: GIB }),
  'process-stat': table(),
})
/** si and so of a published line of vmstat, KiB a second; how much swap there was is published with one of them only. */
const vmstat = (si: number, so: number) => swapping(si * KIB, so * KIB)
const GALBRAITH = 'lore.kernel.org/lkml/Pine.Linu.4.10.10011100732250.601-100000@mikeg.weiden.de'
describeCheck(swapStorm, [
  {
    when: `30 compilers that do not fit, ${GALBRAITH}`,
    seen: vmstat(106_500, 84_612),
    then: { state: 'critical', title: /The box swaps: 104 MiB a second in, 82\.6 MiB out/ },
  },
  {
    when: `the same machine a moment before, ${GALBRAITH}`,
    seen: vmstat(248, 1_904),
    then: { state: 'ok', why: /248 KiB a second swapped in, 1\.9 MiB out/ },
  },
  {
    when: 'the same work on another day, lore.kernel.org/linux-mm/Pine.LNX.4.10.10007171308190.13324-100000@coffee.psychology.mcmaster.ca',
    seen: vmstat(11_008, 8_948),
    then: { state: 'warning', title: /10\.8 MiB a second in, 8\.7 MiB out/ },
  },
  {
    when: 'swap that is used and at rest, fromdual.com/do-not-underestimate-performance-impacts-of-swapping-on-numa-database-systems',
    seen: {
      ...vmstat(0, 0),
      memory: memoryOf({ swapTotalBytes: 31_250_428 * KIB, swapFreeBytes: 29_548_636 * KIB }),
    },
    then: { state: 'ok', why: /0 B a second swapped in, 0 B out/ },
  },
  {
    when: '10.5 MiB each way',
    seen: swapping(10.5 * MIB),
    then: { state: 'critical', title: /The box swaps: 10\.5 MiB a second in, 21\.0 MiB out/ },
  },
  { when: '9.5 MiB each way', seen: swapping(9.5 * MIB), then: { state: 'warning', title: /swaps/ } },
  { when: '1.05 MiB each way', seen: swapping(1.05 * MIB), then: { state: 'warning', title: /swaps/ } },
  { when: '0.95 MiB each way', seen: swapping(0.95 * MIB), then: { state: 'ok', why: /swapped in/ } },
  {
    when: 'pages that only go out',
    seen: { ...swapping(0), paging: pagingOf({ swapOutBytesPerSecond: GIB }) },
    then: { state: 'ok', why: /0 B a second swapped in/ },
  },
  {
    when: 'no second sample',
    seen: { ...swapping(0), paging: pagingOf({ swapInBytesPerSecond: undefined }) },
    then: { state: 'unknown', why: /second sample/ },
  },
])
