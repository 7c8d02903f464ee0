import { describe, expect, it } from 'vitest'
import { inTurns, type Question } from './prompt.ts'

const question = (box: string): Question => ({ box, kind: 'password', text: 'Password: ', secret: true })

describe('inTurns', () => {
  it('asks the second box only after the first was answered', async () => {
    const events: string[] = []
    const answers: ((answer: string) => void)[] = []
    const ask = inTurns(({ box }) => {
      events.push(`asked ${box}`)
      return new Promise((resolve) => answers.push(resolve))
    })
    const both = Promise.all([ask(question('web-1')), ask(question('web-2'))])
    await Promise.resolve()
    expect(events).toEqual(['asked web-1'])
    answers[0]?.('one')
    await expect.poll(() => events).toEqual(['asked web-1', 'asked web-2'])
    answers[1]?.('two')
    expect(await both).toEqual(['one', 'two'])
  })

  it('goes on after a question that failed', async () => {
    let calls = 0
    const ask = inTurns(() => ((calls += 1) === 1 ? Promise.reject(new Error('no terminal')) : Promise.resolve('two')))
    await expect(ask(question('web-1'))).rejects.toThrow('no terminal')
    expect(await ask(question('web-2'))).toBe('two')
  })
})
