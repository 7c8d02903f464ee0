import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { noConfiguration } from './configuration-file.ts'
import type { Configuration } from './configuration.ts'
import { groupsOf, highestPriceOf, wantsSudo, selectBoxes, meantBox, unknownBoxes } from './selection.ts'
import { sshHostNames } from './ssh-hosts.ts'

const configuration: Configuration = {
  ...noConfiguration,
  groups: {
    checkout: { boxes: ['web-1', 'web-2', '@db'] },
    db: { boxes: ['db-1'], sudo: true },
    round: { boxes: ['web-1', '@round'] },
  },
}

describe('selectBoxes', () => {
  it.each([
    [['@checkout'], ['web-1', 'web-2', 'db-1']],
    [['web-*'], ['web-1', 'web-2', 'web-9']],
    [
      ['db-?', 'web-1', 'web-1'],
      ['db-1', 'web-1'],
    ],
    [['root@10.0.0.7:2222'], ['root@10.0.0.7:2222']],
    [['docker:shop-*'], ['docker:shop-*']],
    [['@round'], ['web-1']],
  ])('%j means %j', (asked, boxes) => {
    expect(selectBoxes(asked, configuration, ['web-9', 'web-1'])).toEqual({ ok: true, boxes })
  })

  it('names a group that does not exist and lists those that do', () => {
    expect(selectBoxes(['@chekout'], configuration, [])).toMatchObject({
      ok: false,
      message: 'There is no group @chekout.',
      tryNext: expect.stringContaining('Did you mean @checkout?'),
    })
    expect(selectBoxes(['@constructor'], configuration, [])).toMatchObject({ ok: false })
  })

  it('names a glob that matches nothing', () => {
    expect(selectBoxes(['api-*'], configuration, [])).toMatchObject({ ok: false, message: 'No box matches api-*.' })
  })
})

describe('groupsOf', () => {
  it('finds a box through nested groups', () => {
    expect(groupsOf('db-1', configuration).map(({ name }) => name)).toEqual(['checkout', 'db'])
  })
})

describe('what the groups of a box ask for', () => {
  const withPolicies: Configuration = {
    ...noConfiguration,
    groups: {
      all: { boxes: ['web-1', '@db'], policy: { highestPrice: 'change' } },
      db: { boxes: ['db-1'], sudo: true, policy: { highestPrice: 'slow' } },
      far: { boxes: ['fe80::1'], policy: { highestPrice: 'free' } },
      free: { boxes: ['web-2'] },
    },
  }

  it.each([
    ['web-1', 'change'],
    ['db-1', 'slow'],
    ['amy@db-1:2222', 'slow'],
    ['[fe80::1]:22', 'free'],
    ['web-2', undefined],
    ['somewhere', undefined],
  ])('the highest price on %s is %s', (box, price) => {
    expect(highestPriceOf(box, withPolicies)).toBe(price)
  })

  it.each([
    ['web-1', false],
    ['db-1', true],
    ['amy@db-1:2222', true],
    ['somewhere', false],
  ])('and %s is looked at through sudo: %s', (box, sudo) => {
    expect(wantsSudo(box, withPolicies)).toBe(sudo)
  })
})

describe('sshHostNames', () => {
  it('gives names that ssh takes for no option, or none, whatever is in the file', () => {
    const home = mkdtempSync(path.join(tmpdir(), 'halligan-ssh-hosts-'))
    const word = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom('Host ', 'Include ', 'host=', '-oProxyCommand=id', '*', '"', '\n', '#', '~/', '..', '{a,b}'),
    )
    try {
      mkdirSync(path.join(home, '.ssh'))
      fc.assert(
        fc.property(fc.array(word, { maxLength: 12 }), (words) => {
          writeFileSync(path.join(home, '.ssh', 'config'), words.join(''))
          for (const name of sshHostNames(home)) expect(name).toMatch(/^[^-*?!][^*?!]*$/)
        }),
        { numRuns: 300 },
      )
    } finally {
      rmSync(home, { recursive: true })
    }
  })

  it('reads Host lines without wildcards, follows Include, and survives a loop of includes', () => {
    const home = mkdtempSync(path.join(tmpdir(), 'halligan-ssh-hosts-'))
    try {
      mkdirSync(path.join(home, '.ssh'))
      writeFileSync(
        path.join(home, '.ssh', 'config'),
        'Include more*\nHost web-1 web-2 !web-3 *.example\n  HostName 10.0.0.1\nhost=db-1\n',
      )
      writeFileSync(path.join(home, '.ssh', 'more.conf'), 'Host bastion # jump\nInclude config\n')
      expect(sshHostNames(home)).toEqual(['bastion', 'web-1', 'web-2', 'db-1'])
      expect(sshHostNames(path.join(home, 'nobody'))).toEqual([])
    } finally {
      rmSync(home, { recursive: true })
    }
  })
})

describe('unknownBoxes', () => {
  const known = ['web-1', 'db-1.example.net']

  it('are names that nothing has, with what was meant', () => {
    expect(unknownBoxes(['web1', 'amy@wbe-1:2222', 'orders-api', 'db-1.exmaple.net'], known)).toEqual([
      { box: 'web1', meant: 'web-1' },
      { box: 'amy@wbe-1:2222', meant: 'web-1' },
      { box: 'orders-api', meant: undefined },
      { box: 'db-1.exmaple.net', meant: 'db-1.example.net' },
    ])
  })

  it('are none that are known, that are no hosts, or that only DNS knows', () => {
    const good = [
      'web-1',
      'amy@web-1:22',
      'local',
      'docker:x',
      'recorded:x',
      'mail.example.org',
      '10.0.0.7',
      '[::1]:22',
    ]
    expect(unknownBoxes(good, known)).toEqual([])
    expect(unknownBoxes(['anything'], [])).toEqual([])
  })
})

describe('the box that was meant', () => {
  const known = ['web-1', 'web1', 'db-1', 'docker:orders-api', 'orders-apj']

  it.each([
    ['web1', 'web-1'],
    ['amy@wbe-1', 'web-1'],
    ['docker:order-api', 'docker:orders-api'],
    ['podman:order-api', undefined],
    ['cache', undefined],
    ['local', undefined],
  ])('%s is %s', (box, meant) => expect(meantBox(box, known)).toBe(meant))
})
