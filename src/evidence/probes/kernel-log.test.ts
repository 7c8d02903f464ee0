import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { helpers } from '../collector.ts'
import { kernelLog } from './kernel-log.ts'

/** What the script lets through of these lines, and the parser makes of them. */
function read(...lines: readonly string[]) {
  const script = `${helpers}\ndmesg() { cat; }; have() { :; }\n${kernelLog.script}`
  const { stdout } = spawnSync('sh', ['-c', script], { encoding: 'utf8', input: `${lines.join('\n')}\n` })
  return kernelLog.parse({ during: { atSeconds: 300_000, text: stdout } }, { beganAtMs: 0 })
}

// Lines that checks look for, each as somebody published it.
const PUBLISHED = [
  ['longhorn/longhorn/issues/193', '[211786.517987] blk_update_request: critical medium error, dev sdb, sector 0'],
  [
    'longhorn/longhorn/issues/193',
    '[211786.519432] Buffer I/O error on dev sdb, logical block 0, lost async page write',
  ],
  ['wballard/starphleet/pull/352', '[38775494.392631] nf_conntrack: table full, dropping packet'],
  ['SukkaW/Koolshare-Clash/issues/14', '[240560.532035] VFS: file-max limit 51200 reached'],
  [
    'VrayoSystems/vtrunkd/issues/159',
    '[    9.649346] TCP: request_sock_TCP: Possible SYN flooding on port 5400. Sending cookies.  Check SNMP counters.',
  ],
  ['openzfs/zfs/issues/2390', '[  720.514805] INFO: task kswapd0:410 blocked for more than 120 seconds.'],
] as const

describe('kernel-log', () => {
  it.each(PUBLISHED)('lets a line of %s through', (_, line) => {
    const [, seconds, text] = /^\[\s*([\d.]+)\] (.*)$/.exec(line) ?? []
    expect(read(line).lines).toEqual([{ atSeconds: Number(seconds), text }])
  })

  it('reads lines as the kernel hands them out, with and without a time', () => {
    expect(read('<3>[   12.500000] sda: I/O error', '<30>systemd[1]: Watchdog timeout').lines).toEqual([
      { atSeconds: 12.5, text: 'sda: I/O error' },
      { atSeconds: 12.5, text: 'systemd[1]: Watchdog timeout' },
    ])
  })

  it('asks a dmesg that does not know our options without them, and does not take its silence for calm', () => {
    const dmesg = (body: string) =>
      spawnSync('sh', ['-c', `${helpers}\nhave() { :; }\ndmesg() { ${body}; }\n${kernelLog.script}`], {
        encoding: 'utf8',
        cwd: '/proc',
      })
    const old = dmesg('[ $# = 0 ] || { echo "unknown option" >&2; return 1; }; echo "[    1.000000] sda: I/O error"')
    expect(old.stdout).toContain('\n[    1.000000] sda: I/O error\n')
    expect(old.status).toBe(0)
    expect(dmesg('echo "dmesg: read kernel buffer failed: Operation not permitted" >&2; return 1')).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/\ndmesg: read kernel buffer failed: Operation not permitted\n+$/) as string,
    })
    expect(dmesg('return 137').status).toBe(1)
  })

  it('leaves what is no trouble on the box', () => {
    expect(read('[    1.004211] Linux version 6.1.0', '[    1.204211] random: crng init done').lines).toEqual([])
  })
})
