import { describe, expect, it } from 'vitest'
import { width } from '../../base/safe-text.ts'
import { priceQuestion } from './price-question.ts'

const why = 'SIGUSR1 makes Node open its inspector on 127.0.0.1 (any user of the box can reach it for that time)'

describe('what is asked before a price is paid', () => {
  it('fits the terminal, what it does to the process first', () => {
    const tag = { price: 'pause', pauseMs: 60, residue: 'lines on its standard error', why } as const
    expect(priceQuestion('profile of JavaScript, by V8, of node (812)', tag, 60)).toBe(
      `profile of JavaScript, by V8, of node (812)
  pause: the target stands still for a moment, at most
  60 ms
  What stays: lines on its standard error.
  Why: SIGUSR1 makes Node open its inspector on 127.0.0.1
  (any user of the box can reach it for that time).
Do it? [y/N]`,
    )
  })

  it('is harmless, whatever a process is called', () => {
    const lines = priceQuestion(`stacks of \u001b[2J${'x'.repeat(90)} (812)`, { price: 'slow', why }, 40).split('\n')
    expect(lines.join('')).not.toContain('\u001b')
    expect(Math.max(...lines.map(width))).toBeLessThan(40)
  })
})
