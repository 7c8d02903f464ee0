/**
 * Secrets are taken out before anything is written or shown (rule: redact before writing). The rules look at the form of
 * what surrounds a secret (a name, a scheme, a prefix of a known kind of token, the option of a known program); what has no
 * such form cannot be told from other text, and stays. Each rule keeps enough for a person to know what stood there.
 *
 * Works on an answer of many lines as on one word: no rule but that of private keys reaches over the end of a line, none takes
 * more than linear time, and what was redacted once stays as it is.
 */
export function redact(text: string): string {
  return RULES.reduce((redacted, { apply }) => apply(redacted), withoutPrivateKeys(text))
}

interface Rule {
  readonly what: string
  readonly apply: (text: string) => string
}

const GONE = '[redacted]'
/** Never the same place twice. */
const NOT_YET = String.raw`(?!\[redacted\])`
/** Spaces within a line. */
const BLANK = String.raw`[^\S\n]`
/** A value, quoted or up to the next space. Too much is taken rather than too little: passwords contain `,`, `;` and `&`. */
const VALUE = String.raw`${NOT_YET}(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s"']+)`

/** Ends of words that name a secret; whatever is joined before them (`DB_PASSWORD`, `keyStorePassword`) need not be looked at. */
const SECRET_NAME = [
  'passw(?:or)?d',
  'passphrase',
  String.raw`(?:require|(?<![a-z]))pass`,
  'masterauth',
  String.raw`(?<![a-z])pw`,
  'secret',
  'token',
  'credentials?',
  '(?:api|access|private|secret|account|auth|encryption|signing|shared|master|app|session)[_-]?key(?:[_-]?base)?',
].join('|')

/** Programs that take a password as an option of one letter, with the option. */
const PROGRAM_OPTIONS: readonly (readonly [program: string, option: string])[] = [
  ['mysql|mariadb', '-p'],
  ['sshpass', `-p${BLANK}*`],
  ['redis-cli|valkey-cli', `-a${BLANK}*`],
  ['mongo', `-p${BLANK}+`],
  ['ldap', `-w${BLANK}*`],
  ['login', `-p${BLANK}+`],
  ['sqlcmd|ipmitool', `-P${BLANK}*`],
  ['curl', String.raw`(?:-u|-U|--user|--proxy-user)[^\S\n=]*=?[^\s:]+:`],
  ['smbclient|rpcclient', String.raw`-U${BLANK}*[^\s%]+%`],
]

const RULES: readonly Rule[] = [
  rule(
    'user information of a URL (RFC 3986, 3.2.1); digits alone are a port',
    /(:\/\/[^\s:@/]{0,256}:)(?!\d+(?:[/?#\s]|$)|\[redacted\])\S{1,256}@/g,
    `$1${GONE}@`,
  ),
  rule('a token in the place of the user of a URL', /(:\/\/)[^\s:@/[]{20,256}@/g, `$1${GONE}@`),
  rule('webhooks of Slack, Discord and Teams', /(\/(?:services|webhooks|webhookb2)\/)(?!\[)[^\s"']{8,}/g, `$1${GONE}`),
  rule('signed URLs', /([?&](?:sig|signature|x-amz-signature)=)(?!\[)[^\s"'&]+/gi, `$1${GONE}`),
  rule(
    'authorization headers and bearer tokens (RFC 9110, RFC 6750)',
    pattern(
      String.raw`(authorization["']?${BLANK}*[:=]${BLANK}*["']?(?:(?:basic|bearer|digest|token|negotiate)${BLANK}+)?|\bbearer${BLANK}+)${NOT_YET}[^\s"']{6,}`,
    ),
    `$1${GONE}`,
  ),
  rule('cookies', pattern(String.raw`(cookie["']?${BLANK}*[:=]${BLANK}*)${NOT_YET}[^\s"'][^"'\n]*`), `$1${GONE}`),
  rule(
    'name=value and name: value',
    pattern(String.raw`(${SECRET_NAME})(["']?${BLANK}*[=:]${BLANK}*)${VALUE}`),
    `$1$2${GONE}`,
  ),
  rule(
    'PWD=value, but not of a folder',
    pattern(String.raw`(pwd["']?${BLANK}*[=:]${BLANK}*)(?!\/)${VALUE}`),
    `$1${GONE}`,
  ),
  rule(
    'dbPass=value, MYPASS=value; bypass and compass are no passwords',
    new RegExp(
      String.raw`((?:(?<=[a-z0-9])Pass|(?<=[A-Z0-9])(?<!BY|COM)PASS)["']?${BLANK}*[=:]${BLANK}*)${VALUE}`,
      'g',
    ),
    `$1${GONE}`,
  ),
  rule(
    '--name value',
    pattern(String.raw`((?<![^\s"'])--?[\w.-]{0,60}?(?:${SECRET_NAME}|pwd)${BLANK}+)(?!-)${VALUE}`),
    `$1${GONE}`,
  ),
  ...PROGRAM_OPTIONS.map(([program, option]) => optionRule(program, option)),
  rule('-u user:password', /(\s(?:-u|--user)[\s=]+[^\s:]{1,256}:)(?!\[)\S+/g, `$1${GONE}`),
  rule('JSON web tokens (RFC 7519)', /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, GONE),
  rule('AWS access key ids', /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, GONE),
  rule(
    'tokens of GitHub, GitLab, Slack, Stripe, npm, Google, Vault and others, by their prefix',
    /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{20,200}|xox[abprs]-[\w-]{10,200}|[sr]k_(?:live|test)_\w{16,}|npm_\w{30,}|AIza[\w-]{35}|hv[sb]\.[\w-]{20,200}|dop_v1_\w{32,}|(?<!-)sk-[\w-]{20,200})/g,
    GONE,
  ),
]

function rule(what: string, form: RegExp, replacement: string): Rule {
  return { what, apply: (text) => text.replaceAll(form, replacement) }
}

function pattern(source: string): RegExp {
  return new RegExp(source, 'gi')
}

/** Only on what follows the program's name in its line: `-p` means something else to others. */
function optionRule(program: string, option: string): Rule {
  const line = new RegExp(String.raw`\b(?:${program})[^\n]*`, 'g')
  const value = new RegExp(String.raw`(\s${option})${NOT_YET}[^\s]+`, 'g')
  return {
    what: `${program} ${option}`,
    apply: (text) => text.replaceAll(line, (found) => found.replaceAll(value, `$1${GONE}`)),
  }
}

const KEY_BEGINS = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----(?! \[redacted\])/
const KEY_ENDS = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----/
/** A line within a key: base64, or a header of RFC 1421. */
const KEY_LINE = /^(?:[A-Za-z0-9+/=]*|(?:Proc-Type|DEK-Info): .*)\s*$/

/**
 * Private key blocks (RFC 7468), on one line or over several. What is cut off before its end goes on while the lines look
 * like a key; in an answer each line of a command line repeats the name of its file before it.
 */
function withoutPrivateKeys(text: string): string {
  if (!KEY_BEGINS.test(text)) return text
  const kept: string[] = []
  let prefix: string | undefined
  for (const line of text.split('\n')) {
    const rest = prefix === undefined ? line : afterKey(line, prefix)
    if (rest === undefined) continue
    prefix = undefined
    const [before, after] = withoutKey(rest)
    if (after === undefined) prefix = /^\d+\/\w+:/.exec(line)?.[0] ?? ''
    kept.push(before + (after ?? ''))
  }
  return kept.join('\n')
}

/** What a line has beside the key that began above it; undefined when all of it belongs to that key. */
function afterKey(line: string, prefix: string): string | undefined {
  if (!line.startsWith(prefix)) return line
  const text = line.slice(prefix.length)
  const end = KEY_ENDS.exec(text)
  if (end) return text.slice(end.index + end[0].length)
  return KEY_LINE.test(text) ? undefined : line
}

/** A line without the keys in it, and what follows the last of them; undefined when that one goes on in the next line. */
function withoutKey(line: string): readonly [string, string | undefined] {
  let kept = ''
  let rest = line
  for (let begin = KEY_BEGINS.exec(rest); begin; begin = KEY_BEGINS.exec(rest)) {
    kept += `${rest.slice(0, begin.index)}-----BEGIN PRIVATE KEY----- ${GONE}`
    rest = rest.slice(begin.index + begin[0].length)
    const end = KEY_ENDS.exec(rest)
    if (!end) return [kept, undefined]
    rest = rest.slice(end.index + end[0].length)
  }
  return [kept, rest]
}
