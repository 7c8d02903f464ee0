import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressOf, isAddress, isCalled, receiverName, type Receiver } from './receiver.ts'

describe('an address', () => {
  it.each([
    ['https://hooks.slack.com/services/T0/B0/x', true],
    ['http://10.0.0.7:8080/', true],
    ['$SLACK_WEBHOOK', true],
    ['${SLACK_WEBHOOK}', false],
    ['$', false],
    ['$1', false],
    ['$A/x', false],
    ['ftp://example.org/', false],
    ['file:///etc/passwd', false],
    ['javascript:alert(1)', false],
    ['hooks.slack.com/services', false],
    ['', false],
  ])('is %j: %s', (text, expected) => {
    expect(isAddress(text)).toBe(expected)
  })

  it('of any text is one of http, or none', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((text) => `http://${text}`),
        ),
        (text) => {
          const address = addressOf({ address: text }, {})
          expect(address === undefined || /^https?:$/.test(address.protocol)).toBe(true)
          if (address) expect(isAddress(text)).toBe(true)
        },
      ),
    )
  })
})

describe('the name of a receiver', () => {
  it('holds neither the path, nor the query, nor a password of its address', () => {
    const word = fc.stringMatching(/^[a-z]{12}$/)
    fc.assert(
      fc.property(word, word, word, (user, secret, path) => {
        const address = `https://${user}:${secret}@hooks.example.org:8443/${path}?${secret}#${path}`
        const receiver: Receiver = { kind: 'slack', address, on: [] }
        expect(receiverName(receiver, [receiver], {})).toBe('slack hooks.example.org:8443')
        const hidden: Receiver = { kind: 'webhook', address: '$HOOK', on: [] }
        expect(receiverName(hidden, [hidden], { HOOK: address })).toBe('webhook hooks.example.org:8443')
        expect(receiverName(hidden, [hidden], { HOOK: secret })).toBe('webhook $HOOK')
      }),
    )
  })

  const teams: readonly Receiver[] = [
    { kind: 'slack', address: 'https://hooks.slack.com/services/A', on: [] },
    { kind: 'slack', address: 'https://hooks.slack.com/services/B', on: [] },
    { kind: 'slack', address: '$OPS', on: [] },
    { kind: 'slack', address: '$OPS', on: ['closed'] },
    { kind: 'command', argv: ['page', '--team', 'shop'], on: [] },
    { kind: 'command', argv: ['/usr/bin/page', '--team', 'ops'], on: [] },
    { kind: 'webhook', address: 'https://hooks.slack.com/services/A', on: [] },
  ]
  const environment = { OPS: 'https://hooks.slack.com/services/C' }
  const names = (all: readonly Receiver[]) => all.map((each) => receiverName(each, all, environment))

  it('tells those of one host apart, wherever they stand in the list', () => {
    expect(names(teams)).toEqual([
      expect.stringMatching(/^slack hooks\.slack\.com \([0-9a-f]{4}\)$/),
      expect.stringMatching(/^slack hooks\.slack\.com \([0-9a-f]{4}\)$/),
      'slack hooks.slack.com ($OPS)',
      'slack hooks.slack.com ($OPS)',
      expect.stringMatching(/^command page \([0-9a-f]{4}\)$/),
      expect.stringMatching(/^command page \([0-9a-f]{4}\)$/),
      'webhook hooks.slack.com',
    ])
    expect(new Set(names(teams)).size).toBe(6)
    expect(names(teams.toReversed())).toEqual(names(teams).toReversed())
  })

  it('is known again once the others are gone, and says nobody else', () => {
    const [first, second] = teams
    if (!first || !second) throw new Error('there are several')
    const [where = ''] = names(teams)
    expect(isCalled(first, where, [first], environment)).toBe(true)
    expect(isCalled(second, where, teams, environment)).toBe(false)
    expect(isCalled(first, 'slack hooks.slack.com', [first], environment)).toBe(true)
    expect(isCalled(first, 'slack hooks.slack.com', teams, environment)).toBe(false)
  })
})
