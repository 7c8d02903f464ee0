import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { layoutOf } from '../layout/layout.ts'
import { recordsOf } from '../layout/records.ts'
import { formatOf } from '../detect.ts'
import { kernelDated } from './commands.ts'

/** As `dmesg -r` of util-linux and busybox prints them; before Linux 3.5 and with `printk.time=0` there are no times, and older ones have no priorities. */
const RING = `<6>[    0.000000] Linux version 6.1.0-18-amd64 (debian-kernel@lists.debian.org)
<4>[   12.345678] TCP: request_sock_TCP: Possible SYN flooding on port 8080. Sending cookies.
<3>[ 9012.000001] Out of memory: Killed process 812 (orders-api) total-vm:2097152kB, anon-rss:1048576kB
<30>[ 9013.500000] systemd[1]: orders.service: A process of this unit has been killed by the OOM killer.
[ 9014.250000] EXT4-fs error (device sda1): ext4_lookup:1855: inode #2: comm sh: deleted inode referenced: 12
<4>Call Trace:
`
const AWKS = ['awk', 'busybox awk'] as const

describe.each(AWKS)('messages of the kernel, by %s', (awk) => {
  const script = kernelDated('1700000000').replace(/^awk/, awk)
  const { stdout } = spawnSync('sh', ['-c', script], { input: RING, encoding: 'utf8' })

  it('have a time and their priority', () => {
    expect(stdout.split('\n').slice(0, 6)).toEqual([
      '<6>1700000000.000000 - kernel: Linux version 6.1.0-18-amd64 (debian-kernel@lists.debian.org)',
      '<4>1700000012.345678 - kernel: TCP: request_sock_TCP: Possible SYN flooding on port 8080. Sending cookies.',
      '<3>1700009012.000001 - kernel: Out of memory: Killed process 812 (orders-api) total-vm:2097152kB, anon-rss:1048576kB',
      '<30>1700009013.500000 - kernel: systemd[1]: orders.service: A process of this unit has been killed by the OOM killer.',
      '<>1700009014.250000 - kernel: EXT4-fs error (device sda1): ext4_lookup:1855: inode #2: comm sh: deleted inode referenced: 12',
      '    Call Trace:',
    ])
  })

  it('are read as records with a severity', () => {
    const time = { nowMs: 1_700_010_000_000, zone: 'UTC' }
    const bytes = new TextEncoder().encode(stdout)
    const format = formatOf(bytes, time)
    const records = recordsOf(bytes, layoutOf(bytes, time))
    expect(records.map(({ text, atMs }) => [atMs, format.read(text, time)?.severity])).toEqual([
      [1_700_000_000_000, 'info'],
      [1_700_000_012_345, 'warning'],
      [1_700_009_012_000, 'error'],
      [1_700_009_013_500, 'info'],
      [1_700_009_014_250, undefined],
    ])
  })
})
