import { describeCheck } from '../../../test/checks/examples.ts'
import { filesystemsOf, logOf } from '../../../test/checks/quiet-box.ts'
import { readOnlyRemount } from './read-only-remount.ts'

// https://github.com/SickChill/sickchill/issues/7362
const REMOUNT = 'EXT4-fs (sda1): Remounting filesystem read-only'
const readOnly = (more: object, ...log: readonly (readonly [number, string])[]) => ({
  filesystems: filesystemsOf({ readOnly: true, ...more }),
  'kernel-log': logOf(...log),
})
describeCheck(readOnlyRemount, [
  {
    when: 'a remount six and a half days ago',
    seen: readOnly({}, [6.6 * 86_400, REMOUNT]),
    then: {
      state: 'critical',
      title: /\/data has become read-only 6 d/,
      subject: { kind: 'filesystem', name: '/data' },
    },
  },
  {
    when: 'a remount seven and a half days ago',
    seen: readOnly({}, [7.5 * 86_400, REMOUNT]),
    then: { state: 'ok', why: /none of them by an error/ },
  },
  {
    when: 'a file system that was to fall back to it',
    seen: readOnly({ remountsOnError: true }),
    then: { state: 'critical', title: /\/data has become read-only/ },
  },
  {
    when: 'an ext4 that says itself that an error stopped it',
    seen: readOnly({ stoppedByError: true }),
    then: { state: 'critical', title: /\/data has become read-only/ },
  },
  {
    when: 'one that fstab has writable',
    seen: readOnly({ meantWritable: true }),
    then: { state: 'critical', title: /\/data has become read-only/ },
  },
  {
    when: 'a tmpfs',
    seen: readOnly({ device: 'data', type: 'tmpfs' }),
    then: { state: 'warning', title: /\/data is read-only, a file system in memory/ },
  },
  ...['/run/credentials/x.service', '/sys/fs/cgroup', '/opt/app/secrets'].map((mount) => ({
    when: `a tmpfs at ${mount}`,
    seen: readOnly({ device: 'tmpfs', type: 'tmpfs', mount }),
    then: { state: 'ok' as const, why: /none of them by an error/ },
  })),
  {
    when: 'a remount of another device',
    seen: readOnly({}, [60, 'EXT4-fs (sdc1): Remounting filesystem read-only']),
    then: { state: 'ok', why: /1 read-only/ },
  },
  {
    when: 'a remount of a partition whose name begins alike',
    seen: readOnly({}, [60, 'EXT4-fs (sda10): Remounting filesystem read-only']),
    then: { state: 'ok', why: /1 read-only/ },
  },
  {
    when: 'the journal of the device',
    seen: readOnly({}, [60, 'Aborting journal on device sda1-8.']),
    then: { state: 'critical', title: /\/data has become read-only/ },
  },
  {
    when: 'only writable ones',
    seen: { filesystems: filesystemsOf({}) },
    then: { state: 'ok', why: /can be written to/ },
  },
])
