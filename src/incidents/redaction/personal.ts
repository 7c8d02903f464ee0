import { eachMatch, type Rule, type Span } from './rule.ts'

/** What is no secret of a machine but a person's: e-mail addresses, numbers of payment cards. */
export const email: Rule = {
  what: 'e-mail addresses (RFC 5321), but no login of ssh and git, no unit and no package',
  anchors: ['@'],
  find: (line) => {
    const spans: Span[] = []
    for (let at = line.indexOf('@'); at >= 0; at = line.indexOf('@', at + 1)) {
      const span = addressAround(line, at)
      if (span) spans.push(span)
    }
    return spans
  },
}

/** Octets of a local part (RFC 5321, 4.5.3.1). */
const LOCAL_LENGTH = 64
const LOCAL = /(?:^|[^\w.%+-])((?![.-])[\w.%+-]{1,64})$/
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}([a-z]{2,24})(?![\w-]|\.\w)/i
/** Units of systemd (`user@1000.service`) and files (`icon@2x.png`), which have the form of an address. */
const NO_DOMAIN =
  /^(?:service|socket|slice|scope|mount|target|timer|path|swap|device|automount|png|jpe?g|gif|svg|webp|m?js|ts|css|json|map|gz|zip|tar|log|txt|conf|html?|so|py|rb|sh|ya?ml|lock|pem)$/i
/** A user of a URL, or its password. */
const IN_URL = /:\/\/[^\s/@"']{0,190}$/
const SSH = /(?:^|[\s/:"'])(?:ssh|scp|sftp|rsync|mosh|ssh-copy-id|autossh|sshfs|git)\s/

function addressAround(line: string, at: number): Span | undefined {
  // One more, to see what stands before.
  const local = LOCAL.exec(line.slice(Math.max(0, at - LOCAL_LENGTH - 1), at))?.[1]
  const domain = DOMAIN.exec(line.slice(at + 1, at + 256))
  if (local === undefined || !domain || NO_DOMAIN.test(domain[1] ?? '') || /^\d+\./.test(domain[0])) return undefined
  const start = at - local.length
  const end = at + 1 + domain[0].length
  const isLogin =
    local === 'git' ||
    IN_URL.test(line.slice(Math.max(0, start - 200), start)) ||
    /^:[/~.\w][\w./~-]*\//.test(line.slice(end, end + 80)) ||
    SSH.test(line.slice(Math.max(0, start - 200), start))
  return isLogin ? undefined : { start, end, kind: 'email' }
}

/**
 * Numbers of payment cards: the lengths and beginnings that networks have (ISO/IEC 7812), whose last digit is right (Luhn). Numbers in
 * a row of numbers, and counters, are none.
 */
export const card: Rule = {
  what: 'payment card numbers (ISO/IEC 7812, Luhn)',
  anchors: ['00000000000000', '0000 0000 0000 0000', '0000-0000-0000-0000', '0000 000000 0000', '0000-000000-0000'],
  find: (line) => {
    if (line.length <= COUNTER_LENGTH && COUNTER.test(line)) return []
    const spans: Span[] = []
    eachMatch(CARD, line, 0, ({ 0: text, index }) => {
      if (isCard(text) && !isFigure(line, index, text))
        spans.push({ start: index, end: index + text.length, kind: 'card' })
      return undefined
    })
    return spans
  },
}

const CARD =
  /(?<![\w.+-]|(?:^|[\s,])\d{1,20}[ ,])(?:\d{14,16}|62\d{14,17}|\d{4}([ -])\d{4}\1\d{4}\1\d{4}|\d{4}([ -])\d{6}\2\d{4,5})(?![\w]|[.,-]\d| \d+(?:[ ,]|$))/g
const NETWORKS: readonly RegExp[] = [
  // Visa, Mastercard, American Express, Discover, Diners Club, JCB, UnionPay
  /^4\d{15}$/,
  /^(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}$/,
  /^3[47]\d{13}$/,
  /^(?:6011|64[4-9]\d|65\d{2})\d{12}$/,
  /^3(?:0[0-5]|[689]\d)\d{11}$/,
  /^35(?:2[89]|[3-8]\d)\d{12}$/,
  /^62\d{14,17}$/,
]
/** `usage_usec 4123456789012345`, `CPUUsageNSec=…`: a counter alone in its line; one that is called a card is none. */
const COUNTER = /^\s*(?!\w*(?:card|pan|acc|pay|cc))[\w.]*(?:[=:]|\s)?\s*\d+$/i
/** A name, a blank and a number; what is longer takes quadratic time. Characters. */
const COUNTER_LENGTH = 200
const FIGURE =
  /(?:sec|nanos?|micros?|millis?|_[num]s|time|stamp|bytes?|offset|pos|seq|sequence|count|total|inode|size|serial|block|generation|version|order|trace|span|request)[\w]{0,20}["']?\s?[=:]?\s?["']?$/i

function isFigure(line: string, at: number, text: string): boolean {
  return !/[ -]/.test(text) && FIGURE.test(line.slice(Math.max(0, at - 60), at))
}

function isCard(text: string): boolean {
  const digits = text.replaceAll(/[ -]/g, '')
  return NETWORKS.some((network) => network.test(digits)) && hasLuhnDigit(digits) && !/^(\d)\1+$/.test(digits)
}

/** ISO/IEC 7812-1, annex B: every second digit from the right counts twice, and the sum ends in 0. */
function hasLuhnDigit(digits: string): boolean {
  let sum = 0
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index])
    const counted = index % 2 === 0 ? digit : digit * 2
    sum += counted > 9 ? counted - 9 : counted
  }
  return sum % 10 === 0
}
