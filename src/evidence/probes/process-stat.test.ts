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
  text: [`self 99 ${at}.00`, ...lines].join('\n'),
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

  it('reads names with parentheses, spaces and escaped newlines', () => {
    const first = sample(50, line(812, String.raw`a) R (b\nc\\`))
    expect(processStat.parse({ first }, meta).processes[0]).toMatchObject({ name: 'a) R (b\nc\\', state: 'S' })
  })

  it('does not make a table of the few lines that changed when the first sample is missing', () => {
    expect(() => processStat.parse({ last: sample(52, '= 812', line(813, 'nginx')) }, meta)).toThrow(/first sample/)
  })
})
