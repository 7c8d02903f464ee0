import type { Expression } from '../inspect/expression.ts'

export type GdbExpression =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly why: string; readonly hint: string }

/**
 * An expression in the syntax that gdb has for C, C++ and what is like them. A text is compared by gdb's own `$_streq`, which reads the memory of the process; C
 * itself would compare addresses, and gdb would have the process allocate room for the text.
 */
export function gdbExpression(expression: Expression): GdbExpression {
  const refusals: GdbExpression[] = []
  const refuse = (why: string, hint: string): string => {
    refusals.push({ ok: false, why, hint })
    return '0'
  }
  const text = printed(expression, refuse)
  return refusals[0] ?? { ok: true, text }
}

type Refuse = (why: string, hint: string) => string

function printed(expression: Expression, refuse: Refuse): string {
  switch (expression.kind) {
    case 'name':
      return expression.name.includes('$')
        ? refuse(`${expression.name} is no variable of C: with $ begin those of gdb`, 'name a variable of the program')
        : expression.name
    case 'member':
      return `${printed(expression.of, refuse)}.${memberName(expression.name, refuse)}`
    case 'index':
      return expression.at.kind === 'text' && !expression.at.isCharacter
        ? refuse('an index is a number in C', 'for example items[0]')
        : `${printed(expression.of, refuse)}[${printed(expression.at, refuse)}]`
    case 'number':
      return expression.text
    case 'constant':
      return expression.constant === 'true' ? '1' : '0'
    case 'text':
      return expression.isCharacter ? characterOf(expression.text, refuse) : refuse(...TEXT_ALONE)
    case 'not':
      return `!(${printed(expression.of, refuse)})`
    case 'compare':
      return comparison(expression, refuse)
    case 'and':
      return `((${printed(expression.left, refuse)}) && (${printed(expression.right, refuse)}))`
    case 'or':
      return `((${printed(expression.left, refuse)}) || (${printed(expression.right, refuse)}))`
  }
}

const TEXT_ALONE = ['a text can only be compared with == and !=', 'for example name == "web"'] as const

function memberName(name: string, refuse: Refuse): string {
  return name.includes('$') ? refuse(`${name} is no member of C`, 'name a member of the program') : name
}

function characterOf(text: string, refuse: Refuse): string {
  const code = text.charCodeAt(0)
  return code <= 0x7f ? String(code) : refuse('a character of C has one byte', "for example grade == 'A'")
}

function comparison(
  { operator, left, right }: Extract<Expression, { readonly kind: 'compare' }>,
  refuse: Refuse,
): string {
  const [text, other] = isText(left) ? [left, right] : isText(right) ? [right, left] : []
  if (!text || !other) return `((${printed(left, refuse)}) ${operator} (${printed(right, refuse)}))`
  if (isText(other) || (operator !== '==' && operator !== '!=')) return refuse(...TEXT_ALONE)
  // What would need escapes, at three levels of quotes, is left out.
  if (!/^[ !#-&(-[\]-~]{0,100}$/.test(text.text))
    return refuse('a text to compare with may have plain ASCII without quotes and backslashes', '')
  const isEqual = `$_streq(${printed(other, refuse)}, "${text.text}")`
  return operator === '==' ? isEqual : `!${isEqual}`
}

function isText(expression: Expression): expression is Extract<Expression, { readonly kind: 'text' }> {
  return expression.kind === 'text' && !expression.isCharacter
}
