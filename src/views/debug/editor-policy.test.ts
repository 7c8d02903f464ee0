import { describe, expect, it } from 'vitest'
import type { Configuration } from '../../boxes/configuration.ts'
import type { Price } from '../../boxes/price.ts'
import { editorPolicy } from './editor-policy.ts'

const settings = (highestPrice: Price): Configuration => ({
  file: '/srv/halligan.yaml',
  groups: { careful: { boxes: ['web-1'], policy: { highestPrice } } },
  services: {},
  notify: [],
  redact: [],
})
const SAID = 'policy of web-1 in /srv/halligan.yaml allows slow at most, and this is pause'

describe('the policy of a box and a debugger for an editor', () => {
  it('refuses what it forbids, unless somebody says why it is done: that is for the record', () => {
    const policy = settings('slow')
    expect(editorPolicy('web-1', policy, { price: 'pause', anyway: undefined })).toEqual({
      refused: `the ${SAID}`,
      overridden: undefined,
    })
    expect(editorPolicy('web-1', policy, { price: 'pause', anyway: 'it burns' })).toEqual({
      refused: undefined,
      overridden: `The ${SAID}.`,
    })
  })
  it('says nothing where it allows it: there is nothing to override', () => {
    const nothing = { refused: undefined, overridden: undefined }
    for (const anyway of [undefined, 'it burns']) {
      expect(editorPolicy('web-1', settings('pause'), { price: 'pause', anyway })).toEqual(nothing)
      expect(editorPolicy('web-2', settings('slow'), { price: 'pause', anyway })).toEqual(nothing)
    }
  })
})
