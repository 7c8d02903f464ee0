import { check, unknown, verdict, type FindingDraft } from '../check.ts'
import { next, quoted } from '../next.ts'

export const mountMissing = check({
  id: 'mount-missing',
  title: 'A file system of fstab is not mounted',
  resource: 'filesystem',
  about:
    '/etc/fstab says what is mounted at boot. Where one of it is not, its empty mount point is there all the same: programs find no data and start anew, or write to the file system below until that is full. A disk that is gone or has another UUID, a server that was not reached at boot, an unmount that nobody undid. ' +
    'Of an entry with nofail it is told only where the mount point holds files. Entries with noauto or an automount are left out, and those of an fstab that says something else of / than there is, as in the image of a container.',
  needs: ['filesystems'],
  limits: {},
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: ({ filesystems: { missing, foreignFstab } }, _limits, { box }) => {
    if (missing === undefined) return unknown('/etc/fstab could not be read')
    return verdict(
      missing.slice(0, NAMED).map(({ mount, device, type, optional }): FindingDraft => ({
        state: 'warning',
        severity: optional ? 0.3 : 0.6,
        title: optional
          ? `${mount} is not mounted (${device}, ${type}; /etc/fstab has it with nofail), and its mount point holds files`
          : `${mount} is not mounted, and /etc/fstab says that it should be (${device}, ${type})`,
        why: optional
          ? 'The box boots without it and says nothing. What is written there goes to the file system below, and is hidden once it is mounted.'
          : 'What is read there is the empty mount point; what is written there goes to the file system below.',
        subject: { kind: 'filesystem', name: mount },
        measured: [
          { what: 'mounts of fstab that are missing', value: missing.length, unit: 'count', source: '/etc/fstab' },
        ],
        next: [
          next(box, 'blkid; lsblk -f', 'see whether the device is there, and its UUID (root)'),
          next(box, `ls -lA ${quoted(mount)} | head`, 'see what was written below the mount point meanwhile'),
          next(
            box,
            `mount ${quoted(mount)}`,
            'mount it, and see why it fails; what lies below is hidden then (root)',
            'change',
          ),
        ],
      })),
      foreignFstab
        ? '/etc/fstab says something else of / than there is (as in the image of a container), and is not judged'
        : 'all that /etc/fstab mounts at boot is mounted',
    )
  },
})

/** Each is one finding; on a box with more than these something else is wrong. */
const NAMED = 5
