import { describe, expect, it } from 'vitest'
import { commonMessage } from './common-message.ts'

describe('what messages of a folded row have in common', () => {
  it('are the words that all of them have at their places', () => {
    expect(commonMessage(['user alice came', 'user bob came', 'user carol came late'])).toBe('user <*> came')
    expect(commonMessage(['GET /shop/a/b 200', 'GET /shop/c/d 200'])).toBe('GET /shop/<*>/<*> 200')
    expect(commonMessage(['a=x,b=y', 'a=z,b=y'])).toBe('a=<*>,b=y')
    expect(commonMessage(['alone'])).toBe('alone')
    expect(commonMessage([])).toBe('')
  })
})
