import { expect, it } from 'vitest'
import type { BoxDrift } from '../../steps/hotfix/contract.ts'
import { driftScreen, type AskedDrift } from './drift-screen.ts'

const STYLE = { color: false, unicode: true, columns: 100 }

function nextOf(asked: AskedDrift, path = 'lib/cart.js', more: Partial<BoxDrift> = {}): string | undefined {
  const drift: BoxDrift = {
    box: 'web-1',
    identity: undefined,
    failure: undefined,
    folder: '/srv/shop',
    expected: { commit: { id: 'a'.repeat(40), atMs: 0, subject: 'x' }, how: 'told', from: 'REVISION', equal: 0 },
    files: [{ path, what: 'changed', diff: '--- a\n+++ b\n', who: [] }],
    same: 1,
    ofCommit: 2,
    ignored: 0,
    skipped: [],
    notCompared: 0,
    deployedAtMs: undefined,
    processes: [],
    settings: [],
    notices: [],
    blind: [],
    tookMs: 1,
    ...more,
  }
  return /next: (.*?) {3}/.exec(driftScreen([drift], [], asked, STYLE, 0))?.[1]
}

it('what brings a change home is asked as the drift was', () => {
  expect(nextOf({})).toBe('halligan hotfix adopt web-1 /srv/shop/lib/cart.js')
  expect(nextOf({ path: '/srv/shop', repo: '/home/amy/my shop', commit: 'v1.2', sudo: true, incident: '2026-x' })).toBe(
    "halligan hotfix adopt web-1 /srv/shop/lib/cart.js --path /srv/shop --repo '/home/amy/my shop' --commit v1.2 --incident 2026-x --sudo",
  )
  expect(nextOf({ service: 'shop' })).toBe('halligan hotfix adopt web-1 /srv/shop/lib/cart.js --service shop')
})

it('a name that cannot be typed is quoted, and one that is shown otherwise than it is is no example', () => {
  expect(nextOf({}, "it's $x")).toBe(String.raw`halligan hotfix adopt web-1 '/srv/shop/it'\''s $x'`)
  for (const path of ['a\u202eb', 'token=‹secret:token:k7qx›']) expect(nextOf({}, path)).toBe(undefined)
  expect(nextOf({}, 'a', { folder: '/srv/‹secret:token:k7qx›' })).toBe(undefined)
})
