/**
 * Secrets are taken out before anything is written or shown (rule: redact before writing). The rules look at the form of
 * what surrounds a secret (a name, a scheme, a prefix of a known kind of token); what has no such form cannot be told
 * from other text, and stays. Each rule keeps enough for a person to know what stood there.
 */
export function redact(text: string): string {
  return RULES.reduce((redacted, { pattern, replacement }) => redacted.replaceAll(pattern, replacement), text)
}

/** The same for every string inside plain data (arrays, objects); other values and object keys stay. */
export function redactDeep<T>(value: T): T {
  return redacted(value) as T
}

function redacted(value: unknown): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map(redacted)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, redacted(inner)]))
}

interface Rule {
  readonly what: string
  readonly pattern: RegExp
  readonly replacement: string
}

const GONE = '[redacted]'

/** Words that name a secret in `name=value`, `name: value`, `--name value`, with anything joined before them (`DB_PASSWORD`). */
const SECRET_NAME = String.raw`[\w.-]*(?:passw(?:or)?d|passwd|passphrase|pwd|secret|token|api[_-]?key|apikey|access[_-]?key|private[_-]?key|credentials?|auth[_-]?key)`

const RULES: readonly Rule[] = [
  {
    what: 'private key blocks (RFC 7468)',
    pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
    replacement: `-----BEGIN PRIVATE KEY----- ${GONE}`,
  },
  {
    what: 'user information of a URL (RFC 3986, 3.2.1)',
    pattern: /\b([a-z][a-z0-9+.-]*:\/\/[^\s:@/]*):[^\s@/]+@/gi,
    replacement: `$1:${GONE}@`,
  },
  {
    what: 'authorization headers and bearer tokens (RFC 9110, RFC 6750)',
    pattern: /\b((?:proxy-)?authorization["']?\s*[:=]\s*["']?(?:basic|bearer|digest|token)?|bearer)\s+[\w.~+/=-]{6,}/gi,
    replacement: `$1 ${GONE}`,
  },
  { what: 'cookies', pattern: /\b((?:set-)?cookie["']?\s*[:=]\s*)[^\s"'][^"'\n]*/gi, replacement: `$1${GONE}` },
  {
    what: 'name=value and name: value',
    pattern: new RegExp(String.raw`\b(${SECRET_NAME})(["']?\s*[=:]\s*)("[^"\n]*"|'[^'\n]*'|[^\s"',;&\[]+)`, 'gi'),
    replacement: `$1$2${GONE}`,
  },
  {
    what: '--name value',
    pattern: new RegExp(String.raw`(--?${SECRET_NAME})(\s+)(?!-)("[^"\n]*"|'[^'\n]*'|[^\s"',;&\[]+)`, 'gi'),
    replacement: `$1$2${GONE}`,
  },
  { what: 'mysql -pPASSWORD', pattern: /\b((?:mysql|mariadb)\w*\b[^\n]*?\s-p)(?!\[)[^\s]+/g, replacement: `$1${GONE}` },
  { what: 'curl -u user:password', pattern: /(\s(?:-u|--user)[\s=]+[^\s:]+):(?!\[)[^\s]+/g, replacement: `$1:${GONE}` },
  { what: 'JSON web tokens (RFC 7519)', pattern: /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, replacement: GONE },
  { what: 'AWS access key ids', pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, replacement: GONE },
  {
    what: 'tokens of GitHub, GitLab, Slack, Stripe and npm, by their prefix',
    pattern:
      /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}|[sr]k_(?:live|test)_\w{16,}|npm_\w{30,})/g,
    replacement: GONE,
  },
]
