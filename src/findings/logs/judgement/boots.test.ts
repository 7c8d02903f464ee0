import { describe, expect, it } from 'vitest'
import { kernel } from '../../../evidence/logs/formats/kernel.ts'
import { formatOf } from '../../../evidence/logs/detect.ts'
import { layoutOf } from '../../../evidence/logs/layout/layout.ts'
import { createMiner } from '../../../evidence/logs/mining/miner.ts'
import type { BoxTime } from '../../../evidence/logs/time/box-time.ts'
import type { Patterns } from '../pattern.ts'
import { patternsOf, type MinedLog } from '../patterns/patterns-of.ts'
import { bootsOf, partOfBoots } from './boots.ts'
import { judgePatterns } from './judge.ts'
import { proposeOnset } from './onset.ts'

const MINUTE = 60_000
const BEGAN = Date.UTC(2026, 0, 2, 13, 35)
const BOOTED = BEGAN + 27 * MINUTE
const BROKE = BEGAN + 45 * MINUTE
const ENDS = BEGAN + 60 * MINUTE
const time: BoxTime = { nowMs: ENDS, zone: 'UTC' }

type Line = readonly [atMs: number, text: string]

/** As `journalctl -o short-unix` has them. */
function log(source: string, lines: readonly Line[], originMs: number): MinedLog {
  const text = lines
    .toSorted((a, b) => a[0] - b[0])
    .map(([atMs, words]) => `${(atMs / 1000).toFixed(6)} web-1 ${words}\n`)
    .join('')
  const bytes = Buffer.from(text)
  const layout = layoutOf(bytes.subarray(0, 8192), time)
  const miner = createMiner(layout, { originMs })
  miner.feed(bytes)
  const format = formatOf(bytes.subarray(0, 8192), time)
  return { box: 'web-1', source, mined: miner.finish(), format, time, skewMs: 0 }
}

const DEVICES = 'acpi pci usb scsi ata ext4 net tcp cpu numa clocksource random audit rtc input hid nvme bridge'.split(
  ' ',
)

/** Each device speaks in words of its own. */
const wordsOf = (device: string, many: number): string =>
  ['probe', 'ring', 'bank', 'queue', 'lane', 'clock', 'table', 'quirk', 'node']
    .slice(0, many)
    .map((word) => `${device}-${word}`)
    .join(' ')

/** What a kernel and its services write while they start: some of it in the words of errors. */
const boot: readonly Line[] = [
  [BOOTED, 'kernel: Linux version 6.1.0-18-amd64 (builder@example.org) (gcc 12.2.0) #1 SMP'],
  ...DEVICES.flatMap((device, at): readonly Line[] => [
    [BOOTED + 100 * at, `kernel: ${device}: ${wordsOf(device, 2 + (at % 7))}`],
    [BOOTED + 100 * at + 20, `kernel: ${device}: ${wordsOf(`${device}-core`, 9 - (at % 7))}`],
    [BOOTED + 100 * at + 40, `kernel: ${device}: failed to load firmware patch, error -2`],
    [BOOTED + 6000 + 100 * at, `systemd[1]: Started ${device}.service - The ${device} daemon of this box.`],
  ]),
]

/** While it was down nothing was written. */
const isUp = (atMs: number): boolean => atMs < BOOTED - 20_000 || atMs > BOOTED + 8000

function served(every: number, text: (at: number) => string, fromMs = BEGAN): readonly Line[] {
  const lines: Line[] = []
  for (let atMs = fromMs; atMs < ENDS; atMs += every) if (isUp(atMs)) lines.push([atMs, text(atMs / every)])
  return lines
}

const traffic = [
  ...served(2000, (at) => `orders[812]: order ${at} was served`),
  ...served(7000, (at) => `orders[812]: cart ${at} was emptied`),
]
const errors = served(20_000, (at) => `orders[812]: ERROR payment of order ${at} failed: upstream refused`, BROKE)

function read(lines: readonly Line[], originMs = 0): Patterns {
  const patterns = patternsOf([log('journal', lines, originMs)])
  return { ...patterns, boots: bootsOf(patterns.patterns) }
}

describe('a box that was booted within the time that is read', () => {
  it('is told by the first line of the kernel, and by the box itself, once', () => {
    expect(kernel.read('[    0.000000] Linux version 6.1.0', time)?.message).toBe('Linux version 6.1.0')
    const { patterns } = read([...traffic, ...boot])
    expect(bootsOf(patterns)).toEqual([{ box: 'web-1', atMs: BOOTED }])
    expect(bootsOf(patterns, [{ box: 'web-1', atMs: BOOTED - 700 }])).toEqual([{ box: 'web-1', atMs: BOOTED - 700 }])
    expect(bootsOf(read(traffic).patterns)).toEqual([])
  })

  it('has no onset there, where errors begin at another time', () => {
    const proposed = proposeOnset(read([...traffic, ...boot, ...errors]))
    expect(Math.abs((proposed?.atMs ?? NaN) - BROKE)).toBeLessThan(MINUTE)
    expect(proposed?.why).toContain('payment of order')
  })

  it('has no onset there, where nothing but the boot happened', () => {
    expect(proposeOnset(read([...traffic, ...boot]))).toBeUndefined()
    // Of a new box nothing is older than its first boot; units go on to be started for a minute.
    const late = Array.from({ length: 60 }, (_, at): Line => [
      BOOTED + 1000 * at,
      `systemd[1]: Mounted run-${DEVICES[at % 18]}.mount - unit ${at}.`,
    ])
    const young = [...traffic.filter(([atMs]) => atMs > BOOTED), ...boot, ...late]
    expect(proposeOnset(read(young))).toBeUndefined()
  })

  it('has an onset there that names the boot, where errors begin with it', () => {
    const since = served(20_000, (at) => `orders[812]: ERROR payment of order ${at} failed: upstream refused`, BOOTED)
    const proposed = proposeOnset(read([...traffic, ...boot, ...since]))
    expect(Math.abs((proposed?.atMs ?? NaN) - BOOTED)).toBeLessThan(MINUTE)
    expect(proposed?.why).toMatch(/^web-1 booted at that time; /)
  })

  it('has its errors before all lines of the boot, which are new with it', () => {
    const judged = judgePatterns(read([...traffic, ...boot, ...errors], BOOTED - MINUTE), BOOTED - MINUTE)
    expect(judged[0]?.template).toContain('payment of order')
    const others = judged.slice(1).filter(({ verdict, ofBoot }) => verdict !== 'steady' && !ofBoot)
    expect(others.map(({ template }) => template)).toEqual([])
    expect(judged.filter(({ ofBoot }) => ofBoot).length).toBeGreaterThan(3)
  })

  it('has nothing gone silent that was over with the boot', () => {
    const judged = judgePatterns(read([...traffic, ...boot, ...errors], BROKE), BROKE)
    expect(judged.filter(({ verdict }) => verdict === 'silent')).toEqual([])
    expect(judged[0]?.verdict).toBe('new')
  })

  it('keeps what tells of trouble, of the kernel by grave words alone, of others by their level', () => {
    const trouble: readonly Line[] = [
      [BOOTED + 3000, 'kernel: EXT4-fs (sda1): Remounting, now a read-only file system'],
      [BOOTED + 9000, 'orders[812]: ERROR configuration lacks a key'],
    ]
    const patterns = read([...traffic, ...boot, ...trouble])
    const isOfBoot = partOfBoots(patterns)
    const kept = patterns.patterns.filter((pattern) => !isOfBoot(pattern)).map(({ template }) => template)
    expect(kept).toHaveLength(4)
    expect(kept.join('\n')).toMatch(/read-only file system[^]*lacks a key|lacks a key[^]*read-only file system/)
  })
})
