import type { Comparison, Expression, Variable } from '../../inspect/expression.ts'
import { gdbExpression } from '../../gdb/gdb-expression.ts'

/** What of a condition is asked of the program, and the filter of the kernel over it. */
export interface KernelFilter {
  /** In the syntax of gdb: the first is `w0` in the filter. */
  readonly variables: readonly string[]
  /**
   * `(\0+(w0 < 0)\ && !\1-(w1 == "ann")\)`: between backslashes, which no text has, what is compared, with its number and whether it counts as it is (+) or its opposite (-):
   * `uprobe-places.ts` adds that it must be in memory.
   */
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
  const argument = (variable: Variable): number => {
    const text = gdbExpression(variable)
    if (!text.ok) {
      refuse(text.why, text.hint)
      return 0
    }
    const known = variables.indexOf(text.text)
    if (known === -1) variables.push(text.text)
    return known === -1 ? variables.length - 1 : known
  }
  const filter = printed(expression, '+', argument, refuse)
  const [refusal] = refusals
  return refusal ? { ok: false, ...refusal } : { ok: true, variables, filter }
}

type Sign = '+' | '-'

function printed(
  expression: Expression,
  sign: Sign,
  argument: (variable: Variable) => number,
  refuse: (why: string, hint?: string) => string,
): string {
  switch (expression.kind) {
    case 'name':
    case 'member':
    case 'index':
      return marked(argument(expression), sign, '!= 0')
    case 'not':
      return `!${printed(expression.of, sign === '+' ? '-' : '+', argument, refuse)}`
    case 'and':
    case 'or': {
      const both = expression.kind === 'and' ? '&&' : '||'
      return `(${printed(expression.left, sign, argument, refuse)} ${both} ${printed(expression.right, sign, argument, refuse)})`
    }
    case 'compare': {
      const { operator, left, right } = expression
      if (isVariable(left)) return marked(argument(left), sign, compared(operator, right, refuse))
      if (isVariable(right)) return marked(argument(right), sign, compared(MIRRORED[operator], left, refuse))
      return refuse('the kernel compares a variable with a number or a text')
    }
    case 'number':
    case 'text':
    case 'constant':
      return refuse('a number or a text alone is no condition', 'compare a variable with it')
  }
}

function marked(variable: number, sign: Sign, comparison: string): string {
  return `\\${variable}${sign}(w${variable} ${comparison})\\`
}

const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
}

function compared(operator: Comparison, value: Expression, refuse: (why: string, hint?: string) => string): string {
  if (value.kind === 'number')
    return /^-?(?:0[xX][0-9a-fA-F]+|\d+)$/.test(value.text)
      ? `${operator} ${value.text}`
      : refuse('the kernel compares whole numbers only')
  if (value.kind === 'constant') return `${operator} ${value.constant === 'true' ? 1 : 0}`
  if (value.kind !== 'text')
    return refuse('the kernel compares a variable with a number or a text, not with another variable')
  if (value.isCharacter) return `${operator} ${value.text.codePointAt(0) ?? 0}`
  if (operator !== '==' && operator !== '!=') return refuse('a text can only be compared with == and !=')
  return /^[ !#-&(-[\]-~]{1,100}$/.test(value.text)
    ? `${operator} "${value.text}"`
    : refuse('a text to compare with may have plain ASCII without quotes and backslashes', '')
}

function isVariable(expression: Expression): expression is Variable {
  return expression.kind === 'name' || expression.kind === 'member' || expression.kind === 'index'
}
