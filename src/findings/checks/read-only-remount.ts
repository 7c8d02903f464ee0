import type { Filesystem } from '../../evidence/probes/filesystems.ts'
import { amongAsked } from '../asked-filesystems.ts'
import { check, type FindingDraft } from '../check.ts'
import { duration } from '../../base/format.ts'
import { next, quoted } from '../next.ts'

export const readOnlyRemount = check({
  id: 'read-only-remount',
  title: 'A file system has become read-only',
  resource: 'filesystem',
  about:
    'ext4 with errors=remount-ro (Debian and others for /) and btrfs stop all writes after an error to save what is there. Every write fails with EROFS: services run on until they have to write. Newer kernels show such an ext4 as rw,emergency_ro. ' +
    'XFS shuts down as a whole instead, with EIO for all (io-errors tells). Look for I/O errors before you remount; a reboot may not come back.',
  needs: ['filesystems'],
  wants: ['kernel-log'],
  limits: {
    recentSeconds: {
      value: 7 * 86_400,
      unit: 's',
      why: 'a remount stays until somebody acts: a week of log is looked through for its cause',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: ({ filesystems: asked, 'kernel-log': log }, { recentSeconds }, { box }) => {
    const { filesystems } = asked
    const findings = filesystems.flatMap((fs): readonly FindingDraft[] => {
      if (!fs.readOnly) return []
      if (!fs.device.startsWith('/dev/')) return uselessMemory(fs, box)
      const device = fs.device.replace(/^.*\//, '')
      const line = log?.lines.findLast(
        ({ text, atSeconds }) =>
          REMOUNTED.test(text) && mentions(text, device) && log.readAtSeconds - atSeconds <= recentSeconds,
      )
      // Without a word of the kernel, a read-only mount may be meant so; one that was set up to fall back to it was not.
      if (!line && !fs.remountsOnError && !fs.stoppedByError && !fs.meantWritable) return []
      return [
        {
          state: 'critical',
          severity: fs.mount === '/' ? 1 : 0.8,
          title: `${fs.mount} has become read-only${line ? ` ${duration((log?.readAtSeconds ?? 0) - line.atSeconds)} ago` : ''}`,
          why: line
            ? `The kernel stopped all writes to ${device}: ${line.text.slice(0, 200)}`
            : fs.stoppedByError
              ? `${device} was stopped by an error, its mount options say: nothing can be written.`
              : !fs.remountsOnError
                ? `${device} is mounted read-only, and /etc/fstab does not say so: writes fail with EROFS.`
                : `${device} is mounted with errors=remount-ro and is read-only now: writes fail with EROFS.`,
          subject: { kind: 'filesystem', name: fs.mount },
          measured: [
            {
              what: 'read-only file systems that should be writable',
              value: 1,
              unit: 'count',
              source: '/proc/self/mounts',
            },
          ],
          next: [
            next(box, `dmesg | grep -w -- ${quoted(device)} | tail -n 30`, 'find the error that came first'),
            next(
              box,
              `mount -o remount,rw ${quoted(fs.mount)}`,
              'only once the cause is known: writing to a failing disk loses more',
              'change',
            ),
          ],
        },
      ]
    })
    const readOnly = filesystems.filter(({ readOnly: is }) => is).length
    return amongAsked(
      findings,
      asked,
      readOnly === 0
        ? 'all local file systems can be written to'
        : `${readOnly} read-only file systems, none of them by an error`,
    )
  },
})

/** `sda1` or its journal `sda1-8`, not `sda10`. */
function mentions(text: string, device: string): boolean {
  return text.split(/[\s():,.]+/).some((word) => word === device || word.startsWith(`${device}-`))
}

/** Memory that cannot be written to is of no use, but where the system puts what is only to be read: secrets, credentials, kernel files. */
function uselessMemory(fs: Filesystem, box: string): readonly FindingDraft[] {
  if (fs.type !== 'tmpfs' || READ_ONLY_BY_DESIGN.test(fs.mount)) return []
  return [
    {
      state: 'warning',
      severity: 0.6,
      title: `${fs.mount} is read-only, a file system in memory that is there to be written to`,
      why: 'Every write to it fails with EROFS: "Read-only file system". Somebody, or something, has mounted it so.',
      subject: { kind: 'filesystem', name: fs.mount },
      measured: [
        {
          what: 'read-only file systems that should be writable',
          value: 1,
          unit: 'count',
          source: '/proc/self/mounts',
        },
      ],
      next: [next(box, `mount -o remount,rw ${quoted(fs.mount)}`, 'make it writable again', 'change')],
    },
  ]
}

const READ_ONLY_BY_DESIGN =
  /^\/(?:sys|proc|dev|run|etc|var\/run|var\/lib|snap)(?:\/|$)|secret|serviceaccount|credential/

const REMOUNTED = /(?:[Rr]emounting filesystem read-only|forced readonly|Shutting down filesystem|Aborting journal)/
