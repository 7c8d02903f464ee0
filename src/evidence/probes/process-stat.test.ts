import { describe, expect, it } from 'vitest'
import { processStat } from './process-stat.ts'

const line = (
  pid: number,
  name: string,
  more: { readonly ppid?: number; readonly ticks?: number; readonly start?: number } = {},
): string =>
  `${pid} (${name}) S ${more.ppid ?? 1} ${pid} ${pid} 0 -1 4194560 9213 0 12 0 ${more.ticks ?? 100} 0 0 0 20 0 9 0 ${more.start ?? 1000} 1000000 500 184467 1 1 0`
const sample = (at: number, ...lines: readonly string[]) => ({
  atSeconds: at,
  text: [`self 99 ${at}.00`, ...lines, 'end'].join('\n'),
})
const meta = { beganAtMs: 0 }

describe('process-stat', () => {
  it('takes a line that has not changed from the first sample', () => {
    const first = sample(50, line(812, 'orders-api'), line(813, 'nginx'))
    const stats = processStat.parse({ first, last: sample(52, '= 812', line(813, 'nginx', { ticks: 300 })) }, meta)
    expect(stats.windowSeconds).toBe(2)
    expect(stats.processes.map(({ pid, cpuPercent }) => [pid, cpuPercent])).toEqual([
      [812, 0],
      [813, 100],
    ])
    expect(stats.vanished).toEqual([])
  })

  it('reads the CPU, the policy and the end of a process, where the line has them', () => {
    const whole = (state: string, { threads = 9, cpu = 1, policy = 0, status = 0 } = {}): string =>
      `812 (orders-api) ${state} 1 812 812 0 -1 4194560 776 0 12 0 100 0 0 0 20 0 ${threads} 0 1000 1000000 500 ${'0 '.repeat(14)}${cpu} 0 ${policy} ${'0 '.repeat(10)}${status}`
    const read = (before: string, after: string) =>
      processStat.parse({ first: sample(50, before), last: sample(52, after) }, meta).processes[0]
    expect(read(whole('S'), whole('S', { threads: 129, policy: 1 }))).toMatchObject({
      cpu: 1,
      realTimePolicy: 'SCHED_FIFO',
      threadsPerSecond: 60,
      ownFaults: 776,
      waitStatus: undefined,
    })
    expect(read(whole('R'), whole('Z', { cpu: 0, status: 256 }))).toMatchObject({ cpu: undefined, waitStatus: 256 })
    expect(read(line(812, 'orders-api'), line(812, 'orders-api'))).toMatchObject({
      cpu: undefined,
      realTimePolicy: undefined,
    })
  })

  it('tells who came and who went, a reused number included', () => {
    const first = sample(50, line(812, 'old'), line(813, 'gone'))
    const stats = processStat.parse(
      { first, last: sample(51, line(812, 'new', { start: 5_050 }), line(814, 'born', { start: 5_060 })) },
      meta,
    )
    expect(stats.appeared.map(({ name }) => name)).toEqual(['new', 'born'])
    expect(stats.vanished.map(({ name }) => name)).toEqual(['old', 'gone'])
  })

  it('leaves out the shell that asks and all below it', () => {
    const first = sample(
      50,
      line(99, 'sh'),
      line(100, 'sh', { ppid: 99 }),
      line(101, 'cat', { ppid: 100 }),
      line(812, 'orders-api'),
    )
    expect(processStat.parse({ first }, meta).processes.map(({ pid }) => pid)).toEqual([812])
  })

  it('reads a chain of processes of which each has started the next, as a script that calls itself makes, and rows that go round in a circle', () => {
    // Walking up from each of them to the top would take longer than a test may.
    const chain = Array.from({ length: 8_000 }, (_, at) => line(1_001 + at, 'sh', { ppid: 1_000 + at }))
    const circle = [line(501, 'a', { ppid: 502 }), line(502, 'b', { ppid: 501 })]
    const first = sample(50, ...chain, line(99, 'sh', { ppid: 9_000 }), line(100, 'sh', { ppid: 99 }), ...circle)
    expect(processStat.parse({ first }, meta).processes).toHaveLength(8_002)
  })

  it.each(['a) R (b c', 'new\nline\\n', 'x)\n1 (systemd', 'x\n\n\n= 1', 'x\nend', ') S 1 1 1 1 1 1'])(
    'takes the row of a process with the name %j for that of no other',
    (name) => {
      const first = sample(50, line(1, 'systemd'), line(812, name), line(813, 'nginx'))
      const { processes } = processStat.parse({ first }, meta)
      expect(processes.map(({ pid, name }) => [pid, name])).toEqual([
        [1, 'systemd'],
        [812, name],
        [813, 'nginx'],
      ])
    },
  )

  it('reads nothing from a table that does not come to its end', () => {
    expect(() =>
      processStat.parse({ first: { atSeconds: 50, text: `self 99 50.00\n${line(812, 'a')}` } }, meta),
    ).toThrow(/end/)
  })

  it('counts memory in pages of the size that the box has', () => {
    const text = sample(50, line(812, 'orders-api')).text.replace('50.00', '50.00 64')
    expect(processStat.parse({ first: { atSeconds: 50, text } }, meta).processes[0]?.rssBytes).toBe(500 * 65_536)
  })

  it('does not make a table of the few lines that changed when the first sample is missing', () => {
    expect(() => processStat.parse({ last: sample(52, '= 812', line(813, 'nginx')) }, meta)).toThrow(/first sample/)
  })
})
