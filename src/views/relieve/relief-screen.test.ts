import { describe, expect, it } from 'vitest'
import { reliefNamed } from '../../evidence/reliefs/index.ts'
import type { Relieved } from '../../steps/relieve/relieve.ts'
import { offersJson } from './offers-screen.ts'
import { relievedJson, relievedScreen, settledJson, settledScreen } from './relief-screen.ts'

const STYLE = { color: false, unicode: true, columns: 100 }
/** Clears the screen, turns the text around, and is no text at all. */
const HOSTILE = '\u009b2J\u202e\u0007\ud800'
// oxlint-disable-next-line no-control-regex -- these are what must not come
const HARMFUL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\ud800]/

function restart(more: Partial<Relieved> = {}): Relieved {
  const relief = reliefNamed('restart')
  if (!relief) throw new Error('no restart')
  return {
    box: 'web-1',
    sudo: false,
    relief,
    target: ['orders.service'],
    identity: undefined,
    plan: { possible: true, lines: [`now: ${HOSTILE}`], before: { name: HOSTILE } },
    preserved: undefined,
    state: 'ended',
    worked: true,
    says: [`it is up ${HOSTILE}`],
    failure: undefined,
    recorded: [],
    seq: 7,
    ...more,
  }
}

function recorded() {
  const { relief, target } = restart()
  const payload = { what: 'restart orders.service', price: 'change' } as const
  return { seq: 7, at: '', relief, target, before: {}, payload, end: 'unseen', isUndone: false } as const
}

describe('JSON of reliefs', () => {
  it('has nothing in it that a terminal would obey', () => {
    const hostile = { command: HOSTILE, why: HOSTILE, price: 'change', finding: HOSTILE } as const
    for (const json of [
      relievedJson(restart()),
      settledJson('web-1', 'check', recorded(), restart({ state: 'lost' }) as never),
      offersJson({ box: 'web-1', fitting: [hostile], from: 2, others: [hostile], failure: undefined }),
    ]) {
      expect(json).not.toMatch(HARMFUL)
      expect(JSON.stringify(JSON.parse(json))).toContain('2J')
    }
  })
})

describe('the headline', () => {
  it('says of an end that was not seen that it is not known, and nothing else', () => {
    const lost = restart({ state: 'lost', worked: false, says: ['it ended with 1'] })
    expect(relievedScreen(lost, STYLE)).toBe('NOT KNOWN YET  web-1: restart orders.service\n  it ended with 1\n')
    expect(settledScreen('web-1', 'check', recorded(), lost as never, STYLE)).toMatch(/^NOT KNOWN YET {2}web-1: /)
  })

  it('says of what ended whether it worked, and nothing of what was not begun', () => {
    expect(relievedScreen(restart(), STYLE)).toMatch(/^IT WORKED {2}/)
    expect(relievedScreen(restart({ worked: false }), STYLE)).toMatch(/^IT DID NOT WORK {2}/)
    expect(relievedScreen(restart({ state: 'not-started', says: [] }), STYLE)).toBe('')
  })
})
