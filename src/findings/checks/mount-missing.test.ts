import { describeCheck } from '../../../test/checks/examples.ts'
import { filesystemsOf } from '../../../test/checks/quiet-box.ts'
import { mountMissing } from './mount-missing.ts'

const unmounted = (...mounts: readonly string[]) => ({
  filesystems: {
    ...filesystemsOf(),
    missing: mounts.map((mount) => ({ mount, device: 'UUID=3e6b', type: 'ext4' })),
  },
})
describeCheck(mountMissing, [
  {
    when: 'one that is missing',
    seen: unmounted('/srv/my data'),
    then: {
      state: 'warning',
      title: /^\/srv\/my data is not mounted, and \/etc\/fstab says that it should be \(UUID=3e6b, ext4\)$/,
      subject: { kind: 'filesystem', name: '/srv/my data' },
    },
  },
  {
    when: 'an fstab of another machine',
    seen: { filesystems: { ...filesystemsOf(), foreignFstab: true } },
    then: { state: 'ok', why: /is not judged/ },
  },
  {
    when: 'one with nofail, into whose mount point somebody wrote',
    seen: {
      filesystems: {
        ...filesystemsOf(),
        missing: [{ mount: '/srv/media', device: 'filer:/media', type: 'nfs', optional: true }],
      },
    },
    then: {
      state: 'warning',
      title: /^\/srv\/media is not mounted \(filer:\/media, nfs; .* nofail\), and its mount point holds files$/,
      because: /hidden once it is mounted/,
    },
  },
  { when: 'none', seen: unmounted(), then: { state: 'ok', why: /is mounted/ } },
  {
    when: 'an answer that tells nothing of it',
    seen: { filesystems: { ...filesystemsOf(), missing: undefined } },
    then: { state: 'unknown', why: /fstab could not be read/ },
  },
])
