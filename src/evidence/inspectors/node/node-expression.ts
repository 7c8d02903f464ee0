import { expressionText, type Comparison, type Expression } from '../../inspect/expression.ts'

/** Words of JavaScript that are no variable; `this` is as good as one. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    'await break case catch class const continue debugger default delete do else enum export extends false finally for function if implements import in instanceof ' +
    'interface let new null package private protected public return static super switch throw true try typeof var void while with yield'
  ).split(' '),
)

/** By that name the code calls what `recorder` of node-client/inside.js made: one that no program has for a variable of its own. */
export const RECORDER = 'halligan$recorder'

const COMPARED: Readonly<Record<Comparison, (left: string, right: string) => string>> = {
  '==': (left, right) => `${RECORDER}.same(${left}, ${right})`,
  '!=': (left, right) => `!${RECORDER}.same(${left}, ${right})`,
  '<': (left, right) => `${RECORDER}.less(${left}, ${right})`,
  '<=': (left, right) => `${RECORDER}.atMost(${left}, ${right})`,
  '>': (left, right) => `${RECORDER}.less(${right}, ${left})`,
  '>=': (left, right) => `${RECORDER}.atMost(${right}, ${left})`,
}

/**
 * An expression as JavaScript that runs nothing of the program: members are read by its `get`, which runs no getter and asks no proxy, and objects are compared by
 * identity alone, since anything else would call their `valueOf`.
 */
export function nodeExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'name':
      return RESERVED.has(expression.name) || expression.name === RECORDER ? `${RECORDER}.none()` : expression.name
    case 'member':
      return `${RECORDER}.get(${nodeExpression(expression.of)}, ${JSON.stringify(expression.name)})`
    case 'index':
      return `${RECORDER}.at(${nodeExpression(expression.of)}, ${nodeExpression(expression.at)})`
    case 'number':
      return numberCode(expression.text)
    case 'text':
      return textCode(expression.text)
    case 'constant':
      return expression.constant
    case 'compare':
      return COMPARED[expression.operator](nodeExpression(expression.left), nodeExpression(expression.right))
    case 'and':
      return `(${nodeExpression(expression.left)} && ${nodeExpression(expression.right)})`
    case 'or':
      return `(${nodeExpression(expression.left)} || ${nodeExpression(expression.right)})`
    case 'not':
      return `!(${nodeExpression(expression.of)})`
  }
}

/** What a hit tells of it, and the code. */
export function nodePrint(expression: Expression): { readonly name: string; readonly code: string } {
  return { name: expressionText(expression), code: nodeExpression(expression) }
}

/** `010` is eight in JavaScript of old, and ten for who typed it. */
function numberCode(text: string): string {
  const sign = text.startsWith('-') ? '-' : ''
  const value = Number(text.slice(sign.length))
  return `(${sign}${Number.isFinite(value) ? String(value) : 'Infinity'})`
}

/** ECMAScript before 2019 ends a line at these two, also within a text. */
function textCode(text: string): string {
  return JSON.stringify(text)
    .replaceAll('\u2028', String.raw`\u2028`)
    .replaceAll('\u2029', String.raw`\u2029`)
}
