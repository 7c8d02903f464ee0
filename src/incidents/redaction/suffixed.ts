import { kindOfName, type SecretName } from './names.ts'
import { isNamed } from './no-secret.ts'
import { LONG_VALUE } from './rule.ts'

/**
 * Whether a value may be the secret of a name that goes on behind its word. Of a suffix that says which one it is any value is, as without one; of another
 * only what looks like a secret, since nobody can list all that is told of passwords and tokens.
 */
export function fitsSuffix(name: SecretName, text: string, isQuoted = false): boolean {
  if (name.suffix === undefined || text.length > LONG_VALUE) return true
  const { isSure, isUpper } = name.suffix
  const isPassword = kindOfName(name) === 'password'
  if (/^\d+$/.test(text)) return isSure && isPassword && text.length >= SHORTEST_NUMBER
  if (isSure) return isPassword ? !MOMENT_OR_ADDRESS.test(text) : !isNamed(text.replace(PADDING, ''))
  if (isNamed(text.replace(PADDING, '')) || OBJECT.test(text)) return false
  const isMixed = /\d/.test(text) && /\p{L}/u.test(text)
  if (isPassword) return text.length >= 4 && (isUpper || !/\s/.test(text)) && (isMixed || isQuoted || isUpper)
  return isMixed && text.length >= SHORTEST_TOKEN
}

/** `password_1: 12` counts something; PINs are longer. Characters. */
const SHORTEST_NUMBER = 4
/** Nothing that is drawn at random is shorter. Characters. */
const SHORTEST_TOKEN = 8
const MOMENT_OR_ADDRESS = /^\d{4}-\d\d-\d\d|:\/\//
/** Of base 64. */
const PADDING = /={1,2}$/
/** What people call objects: `shop-db-7f9c`, `deploy-2026`. */
const OBJECT = /^[a-z]{2,20}(?:[-_.][a-z\d]{1,6}){1,5}$/
