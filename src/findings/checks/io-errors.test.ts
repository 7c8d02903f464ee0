import { expect, test } from 'vitest'
import { limitsOf } from '../check.ts'
import { describeCheck } from '../../../test/checks/examples.ts'
import { clockAt, logOf } from '../../../test/checks/quiet-box.ts'
import { ioErrors } from './io-errors.ts'

// https://github.com/longhorn/longhorn/issues/193, and other words of other layers.
const said = (ago: number, text: string) => ({ 'kernel-log': logOf([ago, text]), clock: clockAt })
test.each([
  ['sda1', ['sda']],
  ['nvme0n1p2', ['nvme0n1']],
  ['nvme0', ['nvme0']],
  ['loop0', []],
  ['dm-0', []],
  ['vda1', []],
])('of %s these disks can be asked how they are: %j', (device, disks) => {
  const seen = said(60, `Buffer I/O error on dev ${device}, logical block 0, lost async page write`)
  const verdict = ioErrors.run(seen, limitsOf(ioErrors), { box: 'web-1' })
  const findings = verdict.kind === 'burning' ? verdict.findings : []
  expect(findings).toHaveLength(1)
  const commands = findings.flatMap(({ next }) => next.map(({ command }) => command))
  expect(commands.flatMap((command) => /smartctl -a \/dev\/(\w+)/.exec(command)?.[1] ?? [])).toEqual(disks)
})
describeCheck(ioErrors, [
  {
    when: 'a medium error 59 minutes ago',
    seen: said(3_540, 'blk_update_request: critical medium error, dev sdb, sector 0'),
    then: {
      state: 'critical',
      title: /sdb reports errors: one line .* 59 min ago/,
      subject: { kind: 'device', name: 'sdb' },
    },
  },
  {
    when: 'a lost write 61 minutes ago',
    seen: said(3_660, 'Buffer I/O error on dev sdb, logical block 0, lost async page write'),
    then: { state: 'warning', title: /sdb/ },
  },
  {
    when: 'an ext4 error six and a half days ago',
    seen: said(
      6.6 * 86_400,
      "EXT4-fs error (device mmcblk0p2): ext4_evict_inode:292: comm rm: couldn't truncate inode 11376 (err -5)",
    ),
    then: { state: 'warning', title: /mmcblk0p2/ },
  },
  {
    when: 'a superblock that could not be written, https://github.com/SickChill/sickchill/issues/7362',
    seen: said(60, 'EXT4-fs (sda1): I/O error while writing superblock'),
    then: { state: 'critical', title: /sda1/ },
  },
  {
    when: 'an error seven and a half days ago',
    seen: said(7.5 * 86_400, 'blk_update_request: I/O error, dev sda, sector 106553248'),
    then: { state: 'ok', why: /no I\/O or file-system error/ },
  },
  {
    when: 'a mount',
    seen: said(5, 'EXT4-fs (sda1): mounted filesystem with ordered data mode'),
    then: { state: 'ok', why: /no I\/O/ },
  },
])
