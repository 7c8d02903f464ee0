/** What is joined behind a word that names a secret: `_PROD` of `DB_PASSWORD_PROD`, `Old` of `passwordOld`, `.primary` of `password.primary`. */
export interface Suffix {
  /** Index behind it. */
  readonly end: number
  /** All of its words say which one of several it is (`prod`, `2`, `confirmation`); else only the value can tell. */
  readonly isSure: boolean
  /** As variables of an environment are written: `_PROD`. */
  readonly isUpper: boolean
}

/** No name goes on for longer. Characters. */
const LONGEST = 40
const FORM = new RegExp(String.raw`(?:[._-]{0,2}[A-Za-z0-9]){1,${LONGEST}}`, 'y')
const JOINT = /[._-]/
const GOES_ON = /[\w.-]/
/** `Read`, `only`, `V2`, `2`, `OLD`. */
const WORD = /[A-Z]?[a-z]+\d*|[A-Z]+(?![a-z])\d*|\d+/g

/** Which one of several secrets it is: of which environment, which place, which time, how often it was typed, in which form it is kept. */
const WHICH: ReadonlySet<string> = new Set(
  `v prod production prd live test testing dev develop development stage staging stg uat qa sandbox sbx local demo preprod pre ci canary
  primary secondary replica slave master main standby read write only ro rw readonly readwrite backup archive shared internal external
  old new current curr previous prev next original orig initial first second third last legacy fallback alt alternate alternative temp tmp temporary
  confirm confirmation confirmed again repeat repeated retype retyped verify
  admin root superuser plain plaintext clear cleartext raw value val
  b64 base64 hex pem json enc encrypted hash hashed digest eu us ap asia emea`
    .split(/\s+/)
    .filter(Boolean),
)

/** What is told of a secret, and of other things that are called so, and is none itself: where it lies, how long it is, how long it is valid. */
const ABOUT: ReadonlySet<string> = new Set(
  `file files filename path paths dir directory folder location loc store stores storage mount backend engine manager provider providers source src from ref refs reference
  name names named id ids uuid guid arn urn sid kid alias label title description desc hint help text message msg error errors exception warning placeholder prompt question
  url urls uri uris endpoint endpoints port issuer audience scope scopes domain region project namespace
  policy policies rule rules regex regexp pattern format validator validators validation strength score complexity history
  length len size min max minimum maximum limit limits count counts total number num bits bytes chars characters budget usage used rate per quota index idx position pos offset
  age ttl lifetime life validity valid duration interval timeout days hours minutes seconds sec secs ms expire expires expired expiry expiration exp
  at on date time timestamp issued created updated changed modified sent set since until iat
  type types kind method methods mode strategy algorithm algorithms algo alg encryption cipher encoder encoders encoding hasher hashers rounds iterations cost
  enabled enable disabled disable required require optional allowed allow supported is has status state flag visible mask masked shown show
  header headers field fields input column columns attribute attr param parameter params variable var env prefix suffix separator
  reset resets recovery forgot change changes update rotation rotate refresher renew renewal generation generator generate creation revoke revoked request requests requested review response controller
  filter handler listener interceptor factory bean class config configuration settings options template form page screen view button link
  attempts attempt tries retries retry failures failed misses hits bucket pool set sets version versions ver revision
  login through stdin command cmd helper script process map list array group roles username identity profile
  js jsx ts tsx mjs cjs py rb go java kt php c cc cpp h hpp rs cs sh txt csv log conf cfg ini yml yaml xml html css md gz tar zip properties key crt cer csr jks p12 pub kdbx gpg asc lock pid sock
  prompting hashing protected protection authentication authenticated authorization auth encrypts sync synced seen salt`
    .split(/\s+/)
    .filter(Boolean),
)
/** Each of these has a look at what stands behind it itself. */
const NAMES = /^(?:passw(?:or)?ds?|passphrase|passcode|pass|pwd?|tokens?|secrets?|credentials?|keys?|jwt|bearer)\d*$/

/**
 * What is joined behind a name that ends at an index: undefined where nothing is, `none` where it makes something else of the name (`_file`, `Policy`,
 * `izer` of a tokenizer).
 */
export function suffixAt(line: string, at: number): Suffix | 'none' | undefined {
  if (!GOES_ON.test(line[at] ?? '')) return undefined
  FORM.lastIndex = at
  const text = FORM.exec(line)?.[0]
  if (text === undefined) return undefined
  const end = at + text.length
  if (/[\w-]/.test(line[end] ?? '')) return 'none'
  const words = (text.match(WORD) ?? []).map((word) => word.toLowerCase())
  if (words.some((word) => ABOUT.has(word.replace(/\d+$/, '')) || NAMES.test(word))) return 'none'
  const isSure = words.every((word) => WHICH.has(word.replace(/(?<=.)\d+$/, '')) || /^\d+$/.test(word))
  return isSure || text === 's' || text === 'S' || isJoined(line, at, text)
    ? { end, isSure, isUpper: text === text.toUpperCase() }
    : 'none'
}

/** A sign, a digit or a capital stands behind the name; where letters go on in the same case it is a part of another word (`tokenizer`). */
function isJoined(line: string, at: number, text: string): boolean {
  const first = text[0] ?? ''
  return JOINT.test(first) || /\d/.test(first) || (/[A-Z]/.test(first) && /[a-z]/.test(line[at - 1] ?? ''))
}
