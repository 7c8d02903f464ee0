import { describeCheck } from '../../../test/checks/examples.ts'
import { kernelLimits } from '../../evidence/probes/kernel-limits.ts'
import { kernelLog } from '../../evidence/probes/kernel-log.ts'
import { openFileTable } from './open-file-table.ts'

const files = (used: number) => ({
  'kernel-limits': {
    openFiles: { used, limit: 1_000 },
    pidMax: 32_768,
    threadsMax: 100_000,
    connectionTracking: undefined,
    listenBacklogMax: 4_096,
    inotifyInstancesMax: undefined,
  },
})
const fileNr = (text: string) => ({
  'kernel-limits': kernelLimits.parse(
    { first: { atSeconds: 1, text: `==> sys/fs/file-nr <==\n${text}\n==> /dev/null <==` } },
    { beganAtMs: 0 },
  ),
})
/** A published line of the log, read so many seconds later; file-nr of that day was not published, the line names its limit. */
const fileMaxReached = (ago: number) => ({
  'kernel-log': kernelLog.parse(
    { during: { atSeconds: 240_560.53 + ago, text: 'now unknown\n[240560.532035] VFS: file-max limit 51200 reached' } },
    { beganAtMs: 0 },
  ),
})
describeCheck(openFileTable, [
  {
    when: 'a table that was full 59 minutes ago, https://github.com/SukkaW/Koolshare-Clash/issues/14',
    seen: { ...fileNr('3456\t0\t51200'), ...fileMaxReached(3_540) },
    then: { state: 'critical', title: /was full 59 min ago; 3456 of 51200 open files in use/ },
  },
  {
    when: 'the same, 61 minutes ago',
    seen: { ...fileNr('3456\t0\t51200'), ...fileMaxReached(3_660) },
    then: { state: 'ok', why: /3456 of 51200/ },
  },
  {
    when: 'what the line implies, at that moment',
    seen: fileNr('51200\t0\t51200'),
    then: { state: 'critical', title: /51200 of 51200 open files in use \(100 %\)/ },
  },
  {
    when: 'a full table, and file-nr not seen',
    seen: { ...fileMaxReached(60), 'kernel-limits': { ...files(0)['kernel-limits'], openFiles: undefined } },
    then: { state: 'critical', title: /was full 1 min ago/ },
  },
  {
    when: 'a box at ease, https://github.com/containerd/containerd/issues/4641',
    seen: fileNr('7872\t0\t810953'),
    then: { state: 'ok', why: /7872 of 810953 open files/ },
  },
  { when: '955 of 1,000', seen: files(955), then: { state: 'critical', title: /955 of 1000 open files/ } },
  { when: '945', seen: files(945), then: { state: 'warning', title: /945/ } },
  { when: '805', seen: files(805), then: { state: 'warning', title: /805/ } },
  { when: '795', seen: files(795), then: { state: 'ok', why: /795 of 1000/ } },
  {
    when: 'file-nr not seen',
    seen: { 'kernel-limits': { ...files(0)['kernel-limits'], openFiles: undefined } },
    then: { state: 'unknown', why: /file-nr/ },
  },
])
