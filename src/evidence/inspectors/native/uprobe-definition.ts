import type { Comparison, Expression, Variable } from '../../inspect/expression.ts'
import { gdbExpression } from '../../gdb/gdb-expression.ts'

/** What of a condition is asked of the program, and the filter of the kernel over it. */
export interface KernelFilter {
  /** In the syntax of gdb: the first is `w0` in the filter. */
  readonly variables: readonly string[]
  /** `(w0 < 0) && (w1 == "ann")`. */
  readonly filter: string
}

export type ReadFilter =
  | ({ readonly ok: true } & KernelFilter)
  | { readonly ok: false; readonly why: string; readonly hint: string }

const BY_GDB = 'a breakpoint of gdb can tell it: --by gdb-snapshot'

/**
 * A condition as a filter of an event, which the kernel evaluates before it writes anything (Documentation/trace/events.rst, "Event filtering"): variables against numbers and
 * texts, with and, or, not.
 */
export function kernelFilter(expression: Expression): ReadFilter {
  const variables: string[] = []
  const refusals: { readonly why: string; readonly hint: string }[] = []
  const refuse = (why: string, hint = BY_GDB): string => {
    refusals.push({ why, hint })
    return ''
  }
  const argument = (variable: Variable): string => {
    const text = gdbExpression(variable)
    if (!text.ok) return refuse(text.why, text.hint)
    const known = variables.indexOf(text.text)
    if (known === -1) variables.push(text.text)
    return `w${known === -1 ? variables.length - 1 : known}`
  }
  const filter = printed(expression, argument, refuse)
  const [refusal] = refusals
  return refusal ? { ok: false, ...refusal } : { ok: true, variables, filter }
}

function printed(
  expression: Expression,
  argument: (variable: Variable) => string,
  refuse: (why: string, hint?: string) => string,
): string {
  switch (expression.kind) {
    case 'name':
    case 'member':
    case 'index':
      return `(${argument(expression)} != 0)`
    case 'not':
      return `!${printed(expression.of, argument, refuse)}`
    case 'and':
    case 'or': {
      const sign = expression.kind === 'and' ? '&&' : '||'
      return `(${printed(expression.left, argument, refuse)} ${sign} ${printed(expression.right, argument, refuse)})`
    }
    case 'compare': {
      const { operator, left, right } = expression
      if (isVariable(left)) return compared(argument(left), operator, right, refuse)
      if (isVariable(right)) return compared(argument(right), MIRRORED[operator], left, refuse)
      return refuse('the kernel compares a variable with a number or a text')
    }
    case 'number':
    case 'text':
    case 'constant':
      return refuse('a number or a text alone is no condition', 'compare a variable with it')
  }
}

const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
}

function compared(
  name: string,
  operator: Comparison,
  value: Expression,
  refuse: (why: string, hint?: string) => string,
): string {
  if (value.kind === 'number')
    return /^-?(?:0[xX][0-9a-fA-F]+|\d+)$/.test(value.text)
      ? `(${name} ${operator} ${value.text})`
      : refuse('the kernel compares whole numbers only')
  if (value.kind === 'constant') return `(${name} ${operator} ${value.constant === 'true' ? 1 : 0})`
  if (value.kind !== 'text')
    return refuse('the kernel compares a variable with a number or a text, not with another variable')
  if (value.isCharacter) return `(${name} ${operator} ${value.text.codePointAt(0) ?? 0})`
  if (operator !== '==' && operator !== '!=') return refuse('a text can only be compared with == and !=')
  return /^[ !#-&(-[\]-~]{1,100}$/.test(value.text)
    ? `(${name} ${operator} "${value.text}")`
    : refuse('a text to compare with may have plain ASCII without quotes and backslashes', '')
}

function isVariable(expression: Expression): expression is Variable {
  return expression.kind === 'name' || expression.kind === 'member' || expression.kind === 'index'
}
