import { expect, it } from 'vitest'
import { boxThatSays } from '../../../test/relieve/box-that-says.ts'
import { reliefNamed } from '../../evidence/reliefs/index.ts'
import { AS_ROOT } from '../../evidence/reliefs/relief.ts'
import { reliefAgain, tryNextOf } from './try-next.ts'

const [plain, root] = [{}, { sudo: true }].map((more) => boxThatSays(() => ({}), more))

function meant(id: string, target: readonly string[]) {
  const relief = reliefNamed(id)
  if (!relief || !plain || !root) throw new Error(id)
  return { relief, target, plain, root }
}

it('what a relief says to try can be typed as it stands', () => {
  const { plain: box, root: asRoot, ...restart } = meant('restart', ['orders.service'])
  expect(tryNextOf('halligan look BOX', box, restart)).toBe('halligan look web-1')
  expect(tryNextOf('halligan run BOX --price free -- ls', box, restart)).toBe('halligan run web-1 --price free -- ls')
  expect(tryNextOf('end 812', asRoot, restart)).toBe('halligan relieve --sudo web-1 end 812')
  expect(tryNextOf(AS_ROOT, box, restart)).toBe('halligan relieve --sudo web-1 restart orders.service')
  expect(tryNextOf(AS_ROOT, asRoot, restart)).toBe('halligan doctor web-1')
})

it('the same command again has the words that were typed', () => {
  const { plain: box, ...end } = meant('end', ['812', 'kill'])
  expect(reliefAgain(box, end)).toBe('halligan relieve web-1 end 812 --kill')
  const { root: asRoot, ...rollback } = meant('rollback', ['/srv/my shop/current', '', '7'])
  expect(reliefAgain(asRoot, rollback)).toBe("halligan relieve --sudo web-1 rollback '/srv/my shop/current' 7")
})
