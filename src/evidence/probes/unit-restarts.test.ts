import { describe, expect, it } from 'vitest'
import { NotThere } from '../probe.ts'
import { unitRestarts } from './unit-restarts.ts'

const meta = { beganAtMs: 0 }

describe('restarts of units', () => {
  it('are read with the time since the last start, most first', () => {
    const text = 'basket.service 2 0 activating\norders-api.service 14 84101774511 active\nend'
    expect(unitRestarts.parse({ during: { atSeconds: 84_161.77, text } }, meta)).toEqual([
      { name: 'orders-api.service', restarts: 14, activeForSeconds: expect.closeTo(60, 1), active: 'active' },
      { name: 'basket.service', restarts: 2, activeForSeconds: undefined, active: 'activating' },
    ])
  })

  it('are none where systemd does not run', () => {
    expect(unitRestarts.parse({ during: { atSeconds: 1, text: 'none' } }, meta)).toEqual([])
  })

  it('are none when systemctl says so, and unseen when it did not come to its end', () => {
    expect(unitRestarts.parse({ during: { atSeconds: 1, text: 'end' } }, meta)).toEqual([])
    expect(() => unitRestarts.parse({ during: { atSeconds: 1, text: 'a.service 1 2 active' } }, meta)).toThrow(NotThere)
  })
})
