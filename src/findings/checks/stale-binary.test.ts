import { describeCheck } from '../../../test/checks/examples.ts'
import { filesOf, processOf, table } from '../../../test/checks/quiet-box.ts'
import { staleBinary } from './stale-binary.ts'

const executable = (path: string, deleted: boolean, more = {}) => ({
  'process-executable': new Map([[812, { path, deleted, deletedFolder: undefined }]]),
  'process-stat': table([processOf(more)]),
})
describeCheck(staleBinary, [
  {
    when: 'a replaced executable',
    seen: executable('/usr/bin/orders-api', true),
    then: {
      state: 'warning',
      title: /orders-api \(812\) runs \/usr\/bin\/orders-api, which was replaced or deleted/,
      because: /If a new version was installed, it has no effect/,
      subject: { pid: 812 },
    },
  },
  {
    when: 'one that was never installed',
    seen: executable('/tmp/.x/xm', true),
    then: { state: 'warning', title: /runs \/tmp\/\.x\/xm/, because: /temporary files/ },
  },
  {
    when: 'one that runs for 5.2 s',
    seen: executable('/usr/bin/orders-api', true, { ageSeconds: 5.2 }),
    then: { state: 'warning', title: /orders-api/ },
  },
  {
    when: 'an installer of 4.8 s',
    seen: executable('/tmp/installer', true, { ageSeconds: 4.8 }),
    then: { state: 'ok', why: /all 1 executables/ },
  },
  { when: 'a program in memory', seen: executable('/memfd:runc', true), then: { state: 'ok', why: /all 1/ } },
  {
    when: 'executables that could not be seen',
    seen: { 'process-executable': new Map(), 'process-stat': table(), 'open-files': filesOf({ unreadable: 9 }) },
    then: { state: 'unknown', why: /9 processes/ },
  },
])
