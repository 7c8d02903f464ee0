import { describe, expect, it, vi } from 'vitest'
import { width } from '../base/safe-text.ts'
import type { LookStage } from '../steps/look.ts'
import type { Style } from './style.ts'
import { waitingFor, waitingWords } from './waiting.ts'

const style: Style = { columns: 100, color: false, unicode: true }
const hint = { seconds: 3, interrupt: 'shows what is known' }

describe('waitingWords', () => {
  it('says for what one box is waited for', () => {
    expect(waitingWords(1, new Map([['web-1', 'reaching']]), hint, style)).toBe(
      'waiting for web-1: reaching it, 3 s (Ctrl-C shows what is known)',
    )
  })

  it('says that a process is looked into, which may take its time', () => {
    expect(waitingWords(1, new Map([['web-1', 'watching']]), hint, style)).toBe(
      'waiting for web-1: looking into the process, 3 s (Ctrl-C shows what is known)',
    )
  })

  it('counts those that have answered, and names the others', () => {
    const left = new Map<string, LookStage>([
      ['db-1', 'answering'],
      ['db-2', 'outside'],
    ])
    expect(waitingWords(5, left, hint, style)).toBe(
      '3 of 5 boxes have answered, 3 s (Ctrl-C shows what is known); waiting for db-1, db-2',
    )
  })

  it('is one harmless line that leaves room for what the terminal writes at Ctrl-C', () => {
    const left = new Map<string, LookStage>([['\u001b[2J'.repeat(20), 'answering']])
    const words = waitingWords(1, left, hint, { ...style, columns: 40 })
    expect(words).not.toContain('\u001b')
    expect(width(words)).toBe(35)
  })
})

describe('waitingFor', () => {
  it('is silent as long as a healthy box takes, is away while a person is asked, and leaves nothing behind', async () => {
    vi.useFakeTimers()
    try {
      let written = ''
      const output = { write: (text: string) => (written += text) }
      const waiting = waitingFor(['web-1'], style, 'ends it', output)
      await vi.advanceTimersByTimeAsync(1_400)
      expect(written).toBe('')
      await vi.advanceTimersByTimeAsync(200)
      expect(written).toContain('waiting for web-1: reaching it, 1 s (Ctrl-C ends it)')
      const answered = Promise.withResolvers<string>()
      const prompt = waiting.around(() => answered.promise)
      const answer = prompt?.({ box: 'web-1', kind: 'password', text: 'password:', secret: true })
      expect(written.endsWith('\r\u001b[K')).toBe(true)
      const before = written
      await vi.advanceTimersByTimeAsync(5_000)
      expect(written).toBe(before)
      answered.resolve('x')
      expect(await answer).toBe('x')
      waiting.stage('web-1', 'answering')
      await vi.advanceTimersByTimeAsync(600)
      expect(written).toContain('it is measuring, 7 s')
      waiting.stop()
      expect(written.endsWith('\r\u001b[K')).toBe(true)
      const end = written
      await vi.advanceTimersByTimeAsync(2_000)
      expect(written).toBe(end)
    } finally {
      vi.useRealTimers()
    }
  })

  it('gives what is said meanwhile a line of its own, and goes on below it', async () => {
    vi.useFakeTimers()
    try {
      let written = ''
      const waiting = waitingFor(['web-1'], style, 'ends it', { write: (text: string) => (written += text) })
      await vi.advanceTimersByTimeAsync(2_100)
      const before = written
      waiting.say('Waiting for the end of orders-api (812).\n', { write: (text: string) => (written += text) })
      expect(written.slice(before.length)).toBe('\r\u001b[KWaiting for the end of orders-api (812).\n')
      await vi.advanceTimersByTimeAsync(600)
      expect(written).toMatch(/\(812\)\.\n\rwaiting for web-1: reaching it, 2 s/)
      waiting.stop()
    } finally {
      vi.useRealTimers()
    }
  })
})
