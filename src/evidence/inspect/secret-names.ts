/** What stands in place of a value that its name says to be secret. */
export const MASKED = '<masked>'

/** Names of variables and fields whose values nobody should see; also for what masks on the box, to be taken without regard to case. What secrets look like by themselves is for the redaction of what is kept and shown. */
export const SECRET_NAMES = String.raw`passw|passphrase|passcode|secret|token|credential|cookie|authorization|session_?id|(?:api|access|auth|private|signing|encryption|session)_?key|(?:^|_)(?:pass|pw|pwd|psk|auth|pin|otp|cvv)$`
const SECRET = new RegExp(SECRET_NAMES, 'i')

export function isSecretName(name: string): boolean {
  return SECRET.test(name)
}

/** A printed value of a structure, without what its secret fields hold: `{id = 3, password = 0x55d0 "hunter2"}`. */
export function withoutSecrets(value: string): string {
  const field = /\b([A-Za-z_]\w{0,80}) = /g
  let kept = ''
  let from = 0
  for (let found = field.exec(value); found; found = field.exec(value)) {
    if (!isSecretName(found[1] ?? '')) continue
    kept += value.slice(from, field.lastIndex) + MASKED
    from = field.lastIndex + endOfValue(value.slice(field.lastIndex))
    field.lastIndex = from
  }
  return kept + value.slice(from)
}

/** Where the value that begins here ends: at the comma or brace of its own depth, outside of quotes. */
function endOfValue(text: string): number {
  let depth = 0
  let quote = ''
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? ''
    if (quote !== '') {
      if (sign === '\\') at += 1
      else if (sign === quote) quote = ''
    } else if (sign === '"' || sign === "'") quote = sign
    else if (sign === '{' || sign === '(' || sign === '[') depth += 1
    else if (depth === 0 && (sign === ',' || sign === '}')) {
      // `"hunter2", '\000' <repeats 8 times>` is one value: a comma that no name follows does not end it.
      if (sign === '}' || /^, (?:[A-Za-z_<]|\{)/.test(text.slice(at, at + 4))) return at
    } else if (sign === '}' || sign === ')' || sign === ']') depth -= 1
  }
  return text.length
}
