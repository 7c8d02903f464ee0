import { describe, expect, it } from 'vitest'
import { logWords } from './log-words.ts'

const configuration = {
  file: undefined,
  groups: { checkout: { boxes: ['web-1', 'web-2'] } },
  services: { orders: { units: ['orders-api.service'] } },
}
const split = (...words: readonly string[]) => logWords(words, configuration, ['db-1'], (word) => word.endsWith('.log'))

describe('boxes are told from what is meant on them', () => {
  it.each<[readonly string[], readonly string[], readonly string[]]>([
    [[], ['local'], []],
    [['web-1'], ['web-1'], []],
    [['unknown-box'], ['unknown-box'], []],
    [['web-1', 'nginx'], ['web-1'], ['nginx']],
    [
      ['web-1', 'web-2', 'nginx', '812'],
      ['web-1', 'web-2'],
      ['nginx', '812'],
    ],
    [
      ['web-1', 'db-1', 'amy@cache:2222', '@checkout', 'nginx'],
      ['web-1', 'db-1', 'amy@cache:2222', '@checkout'],
      ['nginx'],
    ],
    [['/var/log/syslog'], ['local'], ['/var/log/syslog']],
    [['./app.log'], ['local'], ['./app.log']],
    [['app.log'], ['local'], ['./app.log']],
    [['old/app.txt', 'app.log'], ['local'], ['./old/app.txt', './app.log']],
    [['local', 'app.log'], ['local'], ['./app.log']],
    [['web-1', 'app.log'], ['web-1'], ['app.log']],
    [['812'], ['local'], ['812']],
    [['orders'], ['local'], ['orders']],
    [['nginx.service'], ['local'], ['nginx.service']],
    [['local', '/var/log/app*.log'], ['local'], ['/var/log/app*.log']],
    [['web-*', 'kernel'], ['web-*'], ['kernel']],
    [['web-1', 'nginx', 'web-2'], ['web-1'], ['nginx', 'web-2']],
  ])('%j', (words, boxes, subjects) => {
    expect(split(...words)).toEqual({ boxes, subjects, input: false })
  })

  it('reads standard input for a lone hyphen', () => {
    expect(split('-')).toEqual({ boxes: ['local'], subjects: [], input: true })
  })
})
