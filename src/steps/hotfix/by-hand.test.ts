import { expect, it } from 'vitest'
import { byHand, goneByHand } from './by-hand.ts'

it.each([
  ['web-1', 'scp web-1:/srv/shop/a .'],
  ['amy@web-1:2222', 'scp -P 2222 amy@web-1:/srv/shop/a .'],
  ['docker:shop', 'docker cp -L shop:/srv/shop/a .'],
  ['local', 'cp -L /srv/shop/a .'],
])('what a file of %s leads to is brought by %s', (box, command) => {
  expect(byHand(box, '/srv/shop/a')).toMatch(new RegExp(`^${command.replaceAll('.', String.raw`\.`)} {3}brings`))
})

it('names are quoted', () => {
  expect(byHand('web-1', "/srv/it's $(x)")).toContain(`scp 'web-1:/srv/it'\\''s $(x)' .`)
  expect(goneByHand('web-1', '/srv/my shop', 'lib/a b')).toMatch(
    /^halligan run web-1 --price free -- ls -la '\/srv\/my shop\/lib' {3}shows.*git rm -- 'lib\/a b' /,
  )
})
