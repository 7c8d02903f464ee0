import { isSecretName } from '../../inspect/secret-names.ts'
import { isRecord, type DapMessage } from './message.ts'

/**
 * An editor opens a value by a number (`variablesReference`), and its parts come without its name: `_M_p = "hunter2"` of a password. This knows which of the numbers lead into what
 * a name on the way says to be secret.
 */
export interface SecretReferences {
  /** Whether all of what is asked for is secret. What nobody gave a number is: it is not known what it is of. */
  readonly isSecret: (command: string, args: DapMessage) => boolean
  /** What an answer gives numbers to: scopes, variables, a value. `isSecret`: all of it is secret. */
  readonly learn: (body: unknown, isSecret: boolean) => void
  /** At each stop the numbers begin anew. */
  readonly forget: () => void
}

export function secretReferences(): SecretReferences {
  const known = new Map<unknown, boolean>()
  return {
    isSecret: (command, { variablesReference, expression }) => {
      if (command === 'variables') return known.get(variablesReference) ?? true
      return command === 'evaluate' && typeof expression === 'string' && namesSecret(expression)
    },
    learn: (body, isSecret) => {
      for (const each of withReferences(body)) {
        const reference = each['variablesReference']
        if (reference !== 0) known.set(reference, isSecret || isSecretVariable(each['name']))
      }
    },
    forget: () => known.clear(),
  }
}

function withReferences(body: unknown): readonly DapMessage[] {
  if (!isRecord(body)) return []
  const lists = [body['scopes'], body['variables']].flatMap((list): readonly unknown[] =>
    Array.isArray(list) ? list : [],
  )
  return [body, ...lists].filter(isRecord).filter(({ variablesReference }) => typeof variablesReference === 'number')
}

/** gdb tells two of one name apart: `pin #2`. */
export function isSecretVariable(name: unknown): boolean {
  return typeof name === 'string' && isSecretName(name.replace(/ #\d+$/, ''))
}

/** `order.password[0]`: a name in it is that of a secret. */
export function namesSecret(expression: string): boolean {
  return expression.split(/[^\p{L}\w]+/u).some(isSecretName)
}
