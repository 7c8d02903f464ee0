import { duration } from '../../base/format.ts'
import { check, verdict, type FindingDraft } from '../check.ts'
import { next } from '../next.ts'

export const ioErrors = check({
  id: 'io-errors',
  title: 'A disk or file system reports errors',
  resource: 'disk',
  about:
    'The kernel could not read or write a block, or found a file system damaged. What was written may be lost; the next step of many file systems is to become read-only. Save what matters before anything else; do not repair on the only copy.',
  needs: ['kernel-log', 'clock'],
  limits: {
    recentSeconds: { value: 3_600, unit: 's', why: 'within the hour it belongs to the fire' },
    oldSeconds: { value: 7 * 86_400, unit: 's', why: 'a disk that failed once this week fails again' },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { recentSeconds, oldSeconds }, { box }) => {
    const log = seen['kernel-log']
    const errors = log.lines.flatMap(({ atSeconds, text }) => {
      const device = deviceOf(text)
      return device && log.readAtSeconds - atSeconds <= oldSeconds ? [{ atSeconds, text, device }] : []
    })
    const findings = [...Map.groupBy(errors, ({ device }) => device)].flatMap(([device, all]): FindingDraft[] => {
      const last = all.at(-1)
      if (!last) return []
      const ago = log.readAtSeconds - last.atSeconds
      return [
        {
          state: ago <= recentSeconds ? 'critical' : 'warning',
          severity: Math.min(1, 0.5 + all.length / 200),
          title: `${device} reports errors: ${all.length === 1 ? 'one line' : `${all.length} lines`} in the kernel log, last ${duration(ago)} ago`,
          why: `The kernel said: ${last.text.slice(0, 200)}`,
          subject: { kind: 'device', name: device },
          measured: [{ what: 'error lines within a week', value: all.length, unit: 'count', source: 'dmesg' }],
          sinceMs:
            seen.clock.boxMs -
            seen.clock.skewMs -
            Math.round((log.readAtSeconds - (all[0]?.atSeconds ?? last.atSeconds)) * 1000),
          next: [
            next(box, `dmesg | grep -w -- ${device} | tail -n 30`, 'read them in order'),
            ...[diskOf(device)].flatMap((disk) =>
              disk === undefined ? [] : [next(box, `smartctl -a /dev/${disk}`, 'ask the disk how it is')],
            ),
          ],
        },
      ]
    })
    return verdict(findings, 'the kernel log tells of no I/O or file-system error within a week')
  },
})

/** Messages of block/blk-core.c, fs/buffer.c, fs/ext4/super.c, fs/xfs, fs/btrfs, drivers/nvme/host, drivers/ata/libata-eh.c. */
const FORMS: readonly RegExp[] = [
  /(?:I\/O error|critical (?:medium|target|space allocation) error|Buffer I\/O error|protection error).*?\bdev(?:ice)? (\w[\w-]*)/,
  /(?:Buffer|logical) I\/O error on (?:dev(?:ice)? )?(\w[\w-]*)/,
  /EXT[234]-fs (?:error|warning) \(device (\w[\w-]*)\): .*(?:error|corrupt|failed)/,
  /EXT[234]-fs error \(device (\w[\w-]*)\)/,
  /EXT[234]-fs \((\w[\w-]*)\): I\/O error while writing superblock/,
  /XFS \((\w[\w-]*)\): .*(?:I\/O error|Corruption|shut(?:ting)? down)/,
  /BTRFS (?:error|critical) \(device (\w[\w-]*)/,
  /(nvme\d+)(?:n\d+)?: (?:I\/O .*timeout|controller is down|Abort status)/,
  /(ata\d+)(?:\.\d+)?: (?:failed command|exception Emask|error: \{ (?:UNC|IDNF))/,
]

/** The disk that can be asked by SMART: of `sda1` it is sda, of `nvme0n1p2` nvme0n1; images and volumes (loop0, dm-0, md1, vda) have none of their own. */
function diskOf(device: string): string | undefined {
  return /^(sd[a-z]+|hd[a-z]+|nvme\d+(?:n\d+)?)(?:p?\d+)?$/.exec(device)?.[1]
}

function deviceOf(text: string): string | undefined {
  return FORMS.map((form) => form.exec(text)?.[1]).find((device) => device !== undefined)
}
