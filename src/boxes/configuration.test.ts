import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { loadConfiguration, parseConfiguration } from './configuration.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'halligan-configuration-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('parseConfiguration', () => {
  it('reads groups in their short and their long form, and services', () => {
    const text = `groups:
  checkout: [web-1, web-2]
  db:
    boxes: [db-1, '@checkout']
    sudo: true
    policy: { highestPrice: pause }
services:
  orders-api:
    boxes: ['@checkout']
    units: [orders-api.service]
    health: http://localhost:8080/health
`
    const result = parseConfiguration(text, 'halligan.yaml')
    expect(result).toMatchObject({
      ok: true,
      configuration: {
        groups: { checkout: { boxes: ['web-1', 'web-2'] }, db: { sudo: true, policy: { highestPrice: 'pause' } } },
        services: { 'orders-api': { units: ['orders-api.service'] } },
      },
    })
  })

  it('keeps patterns with the place where they stand', () => {
    const result = parseConfiguration("redact:\n  - kind: badge\n    pattern: 'BADGE-\\d{6}'\n", 'h.yaml')
    expect(result).toMatchObject({
      ok: true,
      configuration: { redact: [{ kind: 'badge', pattern: 'BADGE-\\d{6}', place: 'h.yaml:3: "redact.0.pattern"' }] },
    })
  })

  it('reads whom to tell, and of what', () => {
    const text = `notify:
  - slack: $SLACK_WEBHOOK
  - webhook: https://ops.example.org/in
    on: [took-over, closed]
  - command: [/usr/local/bin/page, --team, shop]
`
    expect(parseConfiguration(text, 'h.yaml')).toMatchObject({
      ok: true,
      configuration: {
        notify: [
          { kind: 'slack', address: '$SLACK_WEBHOOK', on: ['opened', 'handed-over', 'changed', 'closed'] },
          { kind: 'webhook', address: 'https://ops.example.org/in', on: ['took-over', 'closed'] },
          { kind: 'command', argv: ['/usr/local/bin/page', '--team', 'shop'] },
        ],
      },
    })
  })

  it.each([
    [
      'none of the three ways',
      'notify:\n  - on: [closed]\n',
      /^h\.yaml:2: "notify\.0": it takes one of webhook, slack and command/,
    ],
    ['two ways at once', 'notify:\n  - slack: $A\n    webhook: $B\n', /^h\.yaml:2: "notify\.0": it takes one of/],
    ['an unknown key', 'notify:\n  - slak: $A\n', /^h\.yaml:2: unknown key "notify\.0\.slak"/],
    [
      'an unknown kind of entry',
      'notify:\n  - slack: $A\n    on: [open]\n',
      /^h\.yaml:3: "notify\.0\.on\.0": .*"opened"/,
    ],
    ['nothing to be told of', 'notify:\n  - slack: $A\n    on: []\n', /^h\.yaml:3: "notify\.0\.on"/],
    [
      'a command line in one piece',
      'notify:\n  - command: page shop\n',
      /^h\.yaml:2: "notify\.0\.command": .*expected array/,
    ],
    [
      'another scheme',
      'notify:\n  - webhook: file:///etc/passwd\n',
      /^h\.yaml:2: "notify\.0\.webhook": it takes an http or https address/,
    ],
  ])('names file, line and key of a notify with %s, and no address', (_what, text, words) => {
    const result = parseConfiguration(text, 'h.yaml')
    expect(result.ok ? '' : result.mistakes.join()).toMatch(words)
    expect(result.ok ? '' : result.mistakes.join()).not.toContain('passwd')
  })

  it.each([
    [
      'an unknown key',
      'groups:\n  checkout:\n    boxs: [a]\n',
      /^h\.yaml:3: unknown key "groups\.checkout\.boxs"\. Did you mean "boxes"\?$/,
    ],
    ['an unknown key at the top', 'gruops: {}\n', /^h\.yaml:1: unknown key "gruops"\. Did you mean "groups"\?/],
    [
      'a value of the wrong kind',
      'services:\n  orders:\n    units: 3\n',
      /^h\.yaml:3: "services\.orders\.units": .*expected array/,
    ],
    [
      'a price that does not exist',
      'groups:\n  a:\n    boxes: [w]\n    policy: {highestPrice: boom}\n',
      /^h\.yaml:4: "groups\.a\.policy\.highestPrice": .*"free"/,
    ],
    [
      'a kind that no mark can have',
      'redact:\n  - kind: My Badge\n    pattern: x\n',
      /^h\.yaml:2: "redact\.0\.kind": it takes small letters/,
    ],
    ['a pattern that is missing', 'redact:\n  - kind: badge\n', /^h\.yaml:2: "redact\.0(?:\.pattern)?": /],
    [
      'an unknown key of a pattern',
      'redact:\n  - { kind: a, pattern: x, flags: i }\n',
      /^h\.yaml:2: unknown key "redact\.0\.flags"/,
    ],
    ['text that is not YAML', 'groups:\n  a: [x\n', /^h\.yaml:\d+: /],
    [
      'a group of a name that every object has',
      'groups:\n  a: ["@constructor"]\n',
      /the group @constructor, which is not/,
    ],
    ['a group that is not defined', 'groups:\n  a: ["@b"]\n', /groups\.a names the group @b, which is not defined/],
  ])('names file, line and key of %s', (_what, text, words) => {
    const result = parseConfiguration(text, 'h.yaml')
    expect(result.ok).toBe(false)
    expect(result.ok ? '' : result.mistakes[0]).toMatch(words)
  })

  it('takes __proto__ for a name like any other', () => {
    const result = parseConfiguration('groups:\n  __proto__: [web-1]\n  a: [web-2, "@__proto__"]\n', 'h.yaml')
    expect(({} as Record<string, unknown>)['boxes']).toBeUndefined()
    // Kept or refused by name, never half of each.
    if (result.ok) expect(Object.keys(result.configuration.groups)).toEqual(['__proto__', 'a'])
    else expect(result.mistakes.join()).toContain('__proto__')
  })

  it('gives a configuration or named mistakes for any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const result = parseConfiguration(text, 'h.yaml')
        expect(result.ok || result.mistakes.length > 0).toBe(true)
      }),
    )
  })

  it('gives a configuration or named mistakes when a good one is cut, or changed in any place', () => {
    const good = `groups:\n  checkout: [web-1, web-2]\n  db:\n    boxes: [db-1, '@checkout']\n    sudo: true\n    policy: { highestPrice: pause }\nservices:\n  orders-api:\n    boxes: ['@checkout']\n    units: [orders-api.service]\n    health: http://localhost:8080/health\nnotify:\n  - slack: $HOOK\n    on: [opened, closed]\n  - command: [page, shop]\n`
    const words = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.constantFrom(
        '&a ',
        '*a',
        '<<: ',
        '!!binary x',
        '? ',
        '- ',
        '|',
        '[',
        '{',
        '\t',
        '%YAML',
        '---',
        '\u0000',
        '__proto__',
      ),
    )
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(20), words, fc.boolean(), (at, drop, word, cut) => {
        const text = good.slice(0, at) + word + (cut ? '' : good.slice(at + drop))
        const result = parseConfiguration(text, 'h.yaml')
        expect(result.ok || result.mistakes.length > 0).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it.each(['[', '{a: ', '- ', '? ', '&a '])('comes to its end with ten thousand of %j, one in the other', (piece) => {
    const result = parseConfiguration(piece.repeat(10_000), 'h.yaml')
    expect(result.ok || result.mistakes.length > 0).toBe(true)
  })

  it.each(['constructor', 'toString', '__proto__'])(
    'knows that there is no group @%s, though every object has that',
    (name) => {
      expect(parseConfiguration(`groups: { a: ['@${name}'] }`, 'h.yaml')).toMatchObject({
        ok: false,
        mistakes: [expect.stringContaining(`@${name}`)],
      })
    },
  )

  it('does not expand aliases without bound', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...Array.from(
        { length: 9 },
        (_, n) =>
          `k${n}: &k${n} [*${n === 0 ? 'a' : `k${n - 1}`},*${n === 0 ? 'a' : `k${n - 1}`},*${n === 0 ? 'a' : `k${n - 1}`},*${n === 0 ? 'a' : `k${n - 1}`},*${n === 0 ? 'a' : `k${n - 1}`}]`,
      ),
    ].join('\n')
    expect(parseConfiguration(bomb, 'h.yaml').ok).toBe(false)
  })
})

describe('loadConfiguration', () => {
  it('is found in a folder above', () => {
    const below = path.join(folder, 'one', 'two')
    mkdirSync(below, { recursive: true })
    writeFileSync(path.join(folder, 'one', 'halligan.yaml'), 'groups: { a: [web-1] }\n')
    expect(loadConfiguration(below, { HOME: folder })).toMatchObject({
      ok: true,
      configuration: { groups: { a: { boxes: ['web-1'] } } },
    })
  })

  it('falls back to the XDG folder', () => {
    mkdirSync(path.join(folder, 'xdg', 'halligan'), { recursive: true })
    mkdirSync(path.join(folder, 'elsewhere'))
    writeFileSync(path.join(folder, 'xdg', 'halligan', 'halligan.yaml'), 'groups: { x: [db-1] }\n')
    const result = loadConfiguration(path.join(folder, 'elsewhere'), {
      HOME: '/nonexistent',
      XDG_CONFIG_HOME: path.join(folder, 'xdg'),
    })
    expect(result).toMatchObject({ ok: true, configuration: { groups: { x: { boxes: ['db-1'] } } } })
  })

  it('is empty when there is no file, and says so when the file is a folder', () => {
    expect(loadConfiguration(path.join(folder, 'elsewhere'), { HOME: '/nonexistent' })).toMatchObject({
      ok: true,
      configuration: { file: undefined },
    })
    mkdirSync(path.join(folder, 'odd', 'halligan.yaml'), { recursive: true })
    const result = loadConfiguration(path.join(folder, 'odd'), { HOME: '/nonexistent' })
    expect(result.ok ? '' : result.mistakes[0]).toMatch(/cannot be read: it is not a regular file/)
  })

  it.each([
    ['one that every user may write to', (file: string) => chmodSync(file, 0o666), /changed by every user/],
    ['a pipe', (file: string) => (rmSync(file), execFileSync('mkfifo', [file])), /not a regular file/],
    ['a device', (file: string) => (rmSync(file), symlinkSync('/dev/zero', file)), /not a regular file/],
    ['a large one', (file: string) => truncateSync(file, 2 * 1024 * 1024), /larger than 1 MiB/],
  ] as const)('does not use %s', (name, change, words) => {
    const place = path.join(folder, name)
    mkdirSync(place)
    writeFileSync(path.join(place, 'halligan.yaml'), 'groups: { a: [web-1] }\n')
    change(path.join(place, 'halligan.yaml'))
    const result = loadConfiguration(place, { HOME: '/nonexistent' })
    expect(result.ok ? '' : result.mistakes[0]).toMatch(words)
  })

  it.runIf(process.getuid?.() === 0)('does not use the file, or the link, of another user (as root)', () => {
    const place = path.join(folder, 'strangers')
    mkdirSync(place)
    const mine = path.join(folder, 'mine.yaml')
    const file = path.join(place, 'halligan.yaml')
    writeFileSync(mine, 'groups: { a: [web-1] }\n')
    symlinkSync(mine, file)
    expect(loadConfiguration(place, { HOME: '/nonexistent' }).ok).toBe(true)
    lchownSync(file, 12_345, 12_345)
    expect(loadConfiguration(place, { HOME: '/nonexistent' })).toMatchObject({
      ok: false,
      mistakes: [expect.stringContaining('another user (uid 12345)')],
    })
    rmSync(file)
    writeFileSync(file, '')
    lchownSync(file, 12_345, 12_345)
    expect(loadConfiguration(place, { HOME: '/nonexistent' }).ok).toBe(false)
  })
})
