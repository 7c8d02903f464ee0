import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { frameFile, frameName } from './frames.ts'

const FILES = [
  'services/api/src/orders.py',
  'services/jobs/src/orders.py',
  'src/main/java/com/acme/orders/OrderService.java',
  'src/main/java/com/acme/carts/OrderService.java',
  'web/src/cart.ts',
  'cmd/gateway/main.go',
]

describe('the file of a frame', () => {
  it.each([
    ['/app/api/src/orders.py', undefined, 'services/api/src/orders.py', true],
    ['/srv/src/orders.py', undefined, 'services/api/src/orders.py', false],
    ['OrderService.java', 'com.acme.carts.OrderService', 'src/main/java/com/acme/carts/OrderService.java', true],
    ['webpack://shop/./web/src/cart.ts?9f3a', undefined, 'web/src/cart.ts', true],
    ['file:///app/web/src/cart.ts', undefined, 'web/src/cart.ts', true],
    [String.raw`C:\build\web\src\cart.ts`, undefined, 'web/src/cart.ts', true],
    ['/go/src/acme/cmd/gateway/main.go', 'main', 'cmd/gateway/main.go', true],
  ])('%s of %s is %s', (file, module, found, only) => {
    expect(frameFile({ file, ...(module !== undefined && { module }) }, FILES)).toMatchObject({ file: found, only })
  })

  it('is none where no file has its name', () => {
    expect(frameFile({ file: '/app/src/other.py' }, FILES)).toBeUndefined()
    expect(frameFile({ function: 'main' }, FILES)).toBeUndefined()
    expect(frameName({ file: '/app/src/other.py' })).toBe('other.py')
    expect(frameName({ file: '/' })).toBeUndefined()
  })

  it('comes of any frame', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('/', 'a/../b', 'orders.py', 'src/orders.py', 'OrderService.java', 'com.acme.X'),
    )
    fc.assert(
      fc.property(text, text, (file, module) => {
        const found = frameFile({ file, module }, FILES)
        expect(found === undefined || FILES.includes(found.file)).toBe(true)
        expect(frameName({ file, module })).not.toBe('')
      }),
      { numRuns: 100 },
    )
  })
})
