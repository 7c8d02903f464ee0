import { isPlaceholder } from './placeholder.ts'
import { HIDDEN, ruleOf, type Rule, type Span } from './rule.ts'

/**
 * The password of a URL, and a token in the place of its user (RFC 3986, 3.2.1). What people write there unescaped is taken too: the
 * last `@` ends it, before `?` and `#` if there is one.
 */
const userInformation: Rule = {
  what: 'user information of URLs',
  anchors: ['://'],
  find: (line) => {
    const spans: Span[] = []
    for (let at = line.indexOf('://'); at >= 0; at = line.indexOf('://', at + 3)) {
      const span = secretBehind(line, at + 3)
      if (span) spans.push(span)
    }
    return spans
  },
}

/** User and password are looked for in so much. Characters. */
const AUTHORITY_LENGTH = 512
const AUTHORITY = new RegExp(String.raw`[^\s"'<>\0${HIDDEN}]*`)
/** Digits behind the colon, up to what may follow a port. */
const PORT = /^\d{1,5}(?:[/?#,]|$)/
/** Long, and not a word: `sparkExecutorActorSystem@` is a name. A pair of hexadecimal numbers is given out by some package servers. */
const TOKEN = /^(?=.*\d)[\w.~%+-]{20,256}$/
const HEX_PAIR = /^[0-9a-f]{8}:[0-9a-f]{8}$/

function secretBehind(line: string, start: number): Span | undefined {
  const authority = AUTHORITY.exec(line.slice(start, start + AUTHORITY_LENGTH))?.[0] ?? ''
  const userEnd = authority.search(/[:@/]/)
  if (userEnd < 0 || authority[userEnd] === '/') return undefined
  const user = authority.slice(0, userEnd)
  if (authority[userEnd] === '@')
    return TOKEN.test(user) ? { start, end: start + userEnd, kind: 'url-token' } : undefined
  const rest = authority.slice(userEnd + 1)
  const beforeQuery = rest.slice(0, rest.search(/[?#]|$/)).lastIndexOf('@')
  const end = beforeQuery > 0 ? beforeQuery : rest.lastIndexOf('@')
  const password = rest.slice(0, Math.max(0, end))
  if (TOKEN.test(user) && end === 0) return { start, end: start + userEnd, kind: 'url-token' }
  if (password === '' || PORT.test(rest) || isPlaceholder(password)) return undefined
  // A token as the user, and a word for the form behind it (x-oauth-basic).
  const isPair = HEX_PAIR.test(`${user}:${password}`) || (TOKEN.test(user) && /^[a-z-]{1,40}$/.test(password))
  const from = isPair ? start : start + userEnd + 1
  return { start: from, end: start + userEnd + 1 + end, kind: isPair ? 'url-token' : 'url-password' }
}

/** Secrets within URLs and connection strings. */
export const urls: readonly Rule[] = [
  userInformation,
  ruleOf(
    'url-password',
    'user and password of Oracle: scott/tiger@',
    ['thin:', 'oci:', 'oci0:', 'sqlplus', 'expdp', 'impdp', 'sqlldr', 'rman'],
    /(?:\b(?:thin|oci8?):|\b(?:sqlplus|expdp|impdp|sqlldr|rman)\b.{0,200}?\s)["']?[\w$#.]{1,60}\/(?<secret>[^\s/"'@\uD800][^\s"'@\uD800]{0,120})(?=@)/,
  ),
  ruleOf(
    'slack-webhook',
    'webhooks of Slack',
    ['hooks.slack'],
    /hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/(?<secret>[^\s"'<>\uD800]{8,})/,
  ),
  ruleOf(
    'discord-webhook',
    'webhooks of Discord',
    ['webhooks/0000000'],
    /\/webhooks\/(?<secret>\d{15,22}\/[\w-]{40,})/,
  ),
  ruleOf(
    'teams-webhook',
    'webhooks of Teams',
    ['webhookb0/', 'webhook.office'],
    /(?:webhookb2|webhook\.office\.[\w.]{2,40}\/webhook)\/(?<secret>[\w@/-]{30,})/,
  ),
  ruleOf(
    'signature',
    'signatures of URLs (S3, GCS, Azure SAS, CloudFront)',
    ['sig=', 'signature=', 'hmac='],
    /[?&;](?:sig|signature|x-(?:amz|goog|oss|cos)-signature|hmac)=(?<secret>[\w%+/=.~-]{16,})/i,
  ),
  ruleOf(
    'google-api-key',
    'keys in the query of Google APIs and their like',
    ['?key=', '&key='],
    /[?&]key=(?<secret>(?=[\w-]{0,200}\d)[\w-]{24,})/,
  ),
]
