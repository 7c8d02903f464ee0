import { describeCheck } from '../../../test/checks/examples.ts'
import { cgroupOf, GIB, table } from '../../../test/checks/quiet-box.ts'
import { cgroupMemory } from './cgroup-memory.ts'

const held = (share: number) => ({
  cgroups: [cgroupOf({ memoryLimitBytes: GIB, memoryBytes: GIB })],
  'process-cgroup': new Map([[812, { path: '/shop', unit: undefined, container: undefined }]]),
  'process-status': new Map([[812, { uid: 0, swapBytes: 0, anonymousBytes: share * GIB, tracer: undefined }]]),
})
describeCheck(cgroupMemory, [
  {
    when: '96 % of the limit',
    seen: held(0.96),
    then: {
      state: 'critical',
      title: /^Control group \/shop uses .* \(96 %\) of its memory limit of 1\.0 GiB/,
      subject: { pid: 812 },
    },
  },
  {
    when: 'a box that is a container with a limit of its own',
    seen: {
      ...held(0.96),
      cgroups: [cgroupOf({ path: '/', memoryLimitBytes: GIB, memoryBytes: GIB })],
      'process-cgroup': new Map(),
      'process-stat': table(),
    },
    then: {
      state: 'critical',
      title: /^The box as a whole uses .* \(96 %\) of its memory limit of 1\.0 GiB; most is orders-api \(812\)$/,
      because: /the box itself, a container/,
      subject: { kind: 'box', name: 'web-1', pid: 812 },
    },
  },
  { when: '94 %', seen: held(0.94), then: { state: 'warning', title: /94 %/ } },
  { when: '86 %', seen: held(0.86), then: { state: 'warning', title: /86 %/ } },
  {
    when: 'files on tmpfs up to the limit',
    seen: {
      ...held(0.1),
      cgroups: [
        cgroupOf({
          memoryLimitBytes: GIB,
          memoryBytes: GIB,
          anonymousBytes: 0.1 * GIB,
          sharedBytes: 0.87 * GIB,
        }),
      ],
    },
    then: {
      state: 'critical',
      title: /\(97 %\) of its memory limit of 1\.0 GiB; 891 MiB of it is shared memory or files/,
    },
  },
  { when: 'page cache up to the limit', seen: held(0.84), then: { state: 'ok', why: /\/shop at 84 %/ } },
  {
    when: 'a limit whose use was not seen',
    seen: { ...held(0.5), cgroups: [cgroupOf({ memoryLimitBytes: GIB })] },
    then: { state: 'unknown', why: /could not be read/ },
  },
])
