import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressOf, isAddress, receiverName, type Receiver } from './receiver.ts'

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
})
