import { describeCheck } from '../../../test/checks/examples.ts'
import { filesOf, opened, ownerOf, table } from '../../../test/checks/quiet-box.ts'
import { inotifyInstances } from './inotify-instances.ts'

const watchers = (inotify: number, limit: number | undefined = 1_000) => ({
  'open-files': filesOf(opened({ inotify })),
  'kernel-limits': {
    openFiles: undefined,
    pidMax: undefined,
    threadsMax: undefined,
    connectionTracking: undefined,
    listenBacklogMax: undefined,
    inotifyInstancesMax: limit,
  },
  'process-status': new Map([[812, ownerOf(33)]]),
  'process-stat': table(),
})
describeCheck(inotifyInstances, [
  {
    when: '985 of 1,000',
    seen: watchers(985),
    then: {
      state: 'critical',
      title: /User 33 has 985 of 1000 inotify instances .* orders-api \(812\) holds 985/,
      subject: { pid: 812 },
    },
  },
  { when: '975', seen: watchers(975), then: { state: 'warning', title: /975/ } },
  { when: '805', seen: watchers(805), then: { state: 'warning', title: /805/ } },
  { when: '795', seen: watchers(795), then: { state: 'ok', why: /795 of 1000/ } },
  { when: 'an unknown limit', seen: watchers(5, 0), then: { state: 'unknown', why: /could not be read/ } },
])
