import { describe, expect, it } from 'vitest'
import { filesOf } from './probe.ts'

const sample = (text: string) => ({ atSeconds: 1, text })
const END = '==> /dev/null <=='

describe('filesOf', () => {
  it('takes files apart, without the empty lines between them, and leaves out empty ones', () => {
    const text = `==> stat <==\ncpu 1 2\n\nctxt 3\n\n==> empty <==\n\n==> loadavg <==\n0.20\n\n${END}`
    expect([...filesOf(sample(text))]).toEqual([
      ['stat', 'cpu 1 2\n\nctxt 3'],
      ['loadavg', '0.20'],
    ])
  })

  it('reads a file of nothing but empty lines, as a hostile box may send, in one pass', () => {
    const lines = '\n'.repeat(300_000)
    expect(filesOf(sample(`==> stat <==\n${lines}x\n${END}`)).get('stat')).toBe(`${lines}x`)
  })

  it('reads nothing from a sample without its end', () => {
    expect(() => filesOf(sample('==> stat <==\ncpu 1 2\n'))).toThrow(/end/)
  })
})
