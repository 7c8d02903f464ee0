import type { ProcessStat } from '../../evidence/probes/process-stat.ts'
import { describeCheck } from '../../../test/checks/examples.ts'
import { processOf, table } from '../../../test/checks/quiet-box.ts'
import { deletedFolder } from './deleted-folder.ts'

const inFolder = (folder: string | undefined, more: Partial<ProcessStat> = {}) => ({
  'process-executable': new Map([[812, { path: '/usr/bin/node', deleted: false, deletedFolder: folder }]]),
  'process-stat': table([processOf(more)]),
})
describeCheck(deletedFolder, [
  {
    when: 'a service in a release that is gone',
    seen: inFolder('/srv/release-41', { ageSeconds: 3.2 }),
    then: {
      state: 'warning',
      title: /orders-api \(812\) works in \/srv\/release-41, which was deleted/,
      subject: { pid: 812 },
    },
  },
  {
    when: 'a process of 2.8 s',
    seen: inFolder('/tmp/build', { ageSeconds: 2.8 }),
    then: { state: 'ok', why: /no process/ },
  },
  {
    when: "somebody's shell",
    seen: inFolder('/tmp/gone', { terminal: true }),
    then: { state: 'ok', why: /no process/ },
  },
  { when: 'a folder that is there', seen: inFolder(undefined), then: { state: 'ok', why: /no process/ } },
])
