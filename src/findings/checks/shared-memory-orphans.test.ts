import type { SharedSegment } from '../../evidence/probes/system-v.ts'
import { describeCheck } from '../../../test/checks/examples.ts'
import { GIB, memoryOf, MIB, processOf, table } from '../../../test/checks/quiet-box.ts'
import { sharedMemoryOrphans } from './shared-memory-orphans.ts'

const segment = (bytes: number, more: Partial<SharedSegment> = {}): SharedSegment => ({
  id: 3,
  bytes,
  attached: 0,
  uid: 26,
  creator: 120,
  lastUser: 121,
  ...more,
})
const shared = (...segments: readonly SharedSegment[]) => ({
  'system-v': { segments, semaphores: undefined },
  'process-stat': table([processOf()]),
  memory: memoryOf({ totalBytes: 20 * GIB }),
})

describeCheck(sharedMemoryOrphans, [
  {
    when: 'two that take 5.1 % of the memory',
    seen: shared(segment(0.9 * GIB), segment(122 * MIB, { id: 4 })),
    then: {
      state: 'warning',
      title: /^2 segments of System V shared memory that nobody uses take 1\.0 GiB, 5\.1 % of the memory$/,
      because: /The largest, 3 of user 26, takes 922 MiB\./,
    },
  },
  { when: 'one of 4.9 %', seen: shared(segment(0.98 * GIB)), then: { state: 'ok', why: /^1 segment .* has no user/ } },
  { when: 'one of 5.4 %', seen: shared(segment(1.08 * GIB)), then: { state: 'warning', title: /^1 segment/ } },
  ...(
    [
      ['is attached', { attached: 2 }],
      ['has a creator that lives', { creator: 812 }],
      ['has a last user that lives', { lastUser: 812 }],
    ] as const
  ).map(([how, more]) => ({
    when: `one of a database that ${how}`,
    seen: shared(segment(8 * GIB, more)),
    then: { state: 'ok' as const, why: /^0 segments/ },
  })),
  {
    when: 'a kernel that does not tell',
    seen: { ...shared(), 'system-v': { segments: undefined, semaphores: undefined } },
    then: { state: 'unknown', why: /does not tell/ },
  },
])
