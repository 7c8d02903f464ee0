import { describe, expect, it } from 'vitest'
import { isNextTried, withBoth, type Stacked } from './next-way.ts'

type Paid = Stacked['paid'][number]

const FIRST = { title: 'goroutines', mayNotFit: true } as const
const GOING = new AbortController().signal

function told(why: string, ended?: Paid['ended']): Stacked {
  const paid = { inspector: why, price: 'pause', why: '', ...(ended ? { ended } : {}) } as Paid
  return { stacks: undefined, noStacks: { what: 'stacks', why, hint: 'a hint' }, paid: [paid] }
}

describe('the next way to the stacks of a process', () => {
  it('is tried when the first came to its end by itself, and told none', () => {
    expect(isNextTried(FIRST, told('no endpoint', 'exited'), GOING)).toBe(true)
    expect(isNextTried({}, told('no endpoint', 'exited'), GOING)).toBe(false)
    expect(isNextTried(FIRST, { ...told('no endpoint', 'exited'), paid: [] }, GOING)).toBe(false)
    expect(isNextTried(FIRST, { ...told('', 'exited'), stacks: {} as NonNullable<Stacked['stacks']> }, GOING)).toBe(
      false,
    )
  })

  it.each(['stopped', 'console-gone', 'max-time', 'frozen', 'not-seen', 'refused', undefined] as const)(
    'is not tried when the first ended otherwise: %s',
    (ended) => {
      expect(isNextTried(FIRST, told('it was ended', ended), GOING)).toBe(false)
    },
  )

  it('is not tried after Ctrl-C', () => {
    expect(isNextTried(FIRST, told('no endpoint', 'exited'), AbortSignal.abort())).toBe(false)
  })

  it('tells why the first told none, whether it tells stacks itself or not, and what both cost', () => {
    const first = told('no endpoint', 'exited')
    const second = told('eu-stack is missing', 'exited')
    const paid = [...first.paid, ...second.paid]
    expect(withBoth(FIRST, first, second)).toEqual({
      stacks: undefined,
      noStacks: { what: 'stacks', why: 'eu-stack is missing; goroutines: no endpoint', hint: 'a hint' },
      paid,
    })
    const stacks = { notes: ['a note'] } as unknown as NonNullable<Stacked['stacks']>
    expect(withBoth(FIRST, first, { ...second, stacks, noStacks: undefined })).toEqual({
      stacks: { notes: ['a note', 'goroutines: no endpoint'] },
      noStacks: undefined,
      paid,
    })
  })
})
