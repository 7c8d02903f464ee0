// Which variables there are at a place of a JavaScript source: V8 tells them only of a program that stands still, and it shall not.

/** Words that name no variable, as far as they may stand where one could. */
const KEYWORDS = new Set(
  (
    'break case catch class const continue debugger default delete do else export extends finally for function if import in instanceof ' +
    'let new null of return super switch this throw true false try typeof undefined var void while with yield await'
  ).split(' '),
)
const DECLARES = new Set(['let', 'const', 'var'])
/** `if (…) {` opens a block and no function. */
const NOT_A_FUNCTION = new Set(['if', 'for', 'while', 'switch', 'with', 'catch'])
const IS_NAME = /^[A-Za-z_$\u0080-\uffff]/

/**
 * Arguments and variables of the function around `offset` that were declared before it, and what else its line names; each may turn out not to be there. A scanner, no
 * parser: what it gets wrong is a name too many or one too few.
 */
export function namesAt(source, offset) {
  const line = lineAround(source, offset)
  const tokens = tokensOf(source, line.end)
  const open = openAt(tokens, offset)
  const names = new Set()
  for (let level = open.length - 1; level >= 0; level -= 1) {
    const { names: here, arrows, arrowAt, isFunction } = open[level]
    const inner = Array.from(names)
    names.clear()
    for (const name of (arrowAt === undefined ? here : arrows).concat(inner)) names.add(name)
    if (isFunction || arrowAt !== undefined) break
  }
  const used = tokens.filter(({ text, at }, index) => at >= line.start && isVariable(tokens, index) && !names.has(text))
  return { declared: Array.from(names), used: Array.from(new Set(used.map(({ text }) => text))) }
}

/** For each of some places of one line the innermost function around it: where its body begins, or where its arrow stands. */
export function functionsAt(source, offsets) {
  const tokens = tokensOf(source, lineAround(source, offsets[offsets.length - 1]).end)
  return offsets.map((offset) => {
    for (const { isFunction, arrowAt, at } of openAt(tokens, offset)
      .slice()
      // oxlint-disable-next-line unicorn/no-array-reverse -- toReversed came with Node 20
      .reverse()) {
      if (arrowAt !== undefined) return tokens[arrowAt].at
      if (isFunction) return at < 0 ? -1 : tokens[at].at
    }
  })
}

function lineAround(source, offset) {
  const end = source.indexOf('\n', offset)
  return { start: source.lastIndexOf('\n', offset - 1) + 1, end: end < 0 ? source.length : end }
}

function isVariable(tokens, index) {
  const { text } = tokens[index]
  const before = index > 0 ? tokens[index - 1].text : ''
  const after = index + 1 < tokens.length ? tokens[index + 1].text : ''
  // `...rest` is no member.
  const isMember = before === '.' && !(index > 2 && tokens[index - 2].text === '.' && tokens[index - 3].text === '.')
  return IS_NAME.test(text) && !KEYWORDS.has(text) && !isMember && (after !== ':' || before === '?')
}

/** The brackets that are open before `offset`, each with what was declared in it; from the innermost function outwards nothing is a local variable any more. */
function openAt(tokens, offset) {
  const open = [{ at: -1, names: [], isFunction: true, arrows: [], arrowAt: undefined }]
  const pairs = new Map()
  for (let index = 0; index < tokens.length && tokens[index].at < offset; index += 1) {
    const { text } = tokens[index]
    const top = open[open.length - 1]
    if (text === '{' || text === '(' || text === '[') {
      const parameters = text === '{' ? parametersBefore(tokens, index, pairs) : undefined
      const isFunction = parameters !== undefined
      open.push({ at: index, names: parameters || [], isFunction, arrows: [], arrowAt: undefined })
    } else if (text === '}' || text === ')' || text === ']') {
      if (open.length === 1) continue
      pairs.set(index, top.at)
      open.pop()
      if (text === ')') keepBound(open[open.length - 1], top, tokens, index)
    } else if (text === '=>' && tokens[index + 1] && tokens[index + 1].text !== '{') {
      top.arrows = top.arrows.concat(arrowParameters(tokens, index, pairs))
      top.arrowAt = index
    } else if (text === ',' || text === ';') {
      top.arrows = []
      top.arrowAt = undefined
    } else if (DECLARES.has(text)) {
      top.names = top.names.concat(declared(tokens, index + 1))
    }
  }
  return open
}

/** `for (const item of items) …`, `catch (error) …`: they are there in what follows. */
function keepBound(outer, { at, names }, tokens, end) {
  const before = at > 0 ? tokens[at - 1].text : ''
  if (before === 'for' || before === 'await') outer.names = outer.names.concat(names)
  if (before === 'catch') outer.names = outer.names.concat(bound(tokens, at + 1, end))
}

/** Of a block that is the body of a function: undefined for any other. */
function parametersBefore(tokens, index, pairs) {
  const before = index > 0 ? tokens[index - 1].text : ''
  if (before === '=>') return arrowParameters(tokens, index - 1, pairs)
  if (before !== ')') return undefined
  const from = pairs.get(index - 1)
  const name = from > 0 ? tokens[from - 1].text : ''
  if (from === undefined || NOT_A_FUNCTION.has(name) || (name === 'await' && from > 1)) return undefined
  return bound(tokens, from + 1, index - 1)
}

function arrowParameters(tokens, arrow, pairs) {
  const last = arrow > 0 ? tokens[arrow - 1] : undefined
  if (last === undefined) return []
  if (last.text !== ')') return IS_NAME.test(last.text) ? [last.text] : []
  const from = pairs.get(arrow - 1)
  return from === undefined ? [] : bound(tokens, from + 1, arrow - 1)
}

/** Names that a list of parameters or a pattern binds: no keys of it, no values by default. */
function bound(tokens, from, to) {
  const names = []
  let depth = 0
  let skipped
  for (let index = from; index < to; index += 1) {
    const { text } = tokens[index]
    if (text === ')' || text === '}' || text === ']') {
      if (skipped === depth) skipped = undefined
      depth -= 1
    }
    if (text === ',' && skipped === depth) skipped = undefined
    if (skipped === undefined && text === '=') skipped = depth
    if (skipped === undefined && isVariable(tokens, index)) names.push(text)
    if (text === '(' || text === '{' || text === '[') depth += 1
  }
  return names
}

/** `let a = 1, { b, c: [d] } = f()`. */
function declared(tokens, from) {
  const names = []
  for (let index = from; index < tokens.length; index += 1) {
    const { text } = tokens[index]
    if (text === '{' || text === '[') {
      const end = closing(tokens, index)
      names.push(...bound(tokens, index + 1, end))
      index = end
    } else if (isVariable(tokens, index)) names.push(text)
    else break
    index = nextDeclarator(tokens, index + 1)
    if (index < 0) break
  }
  return names
}

/** The comma after an initial value, or -1 where the declaration ends. */
function nextDeclarator(tokens, from) {
  let index = from
  if (index < tokens.length && tokens[index].text === ',') return index
  if (index >= tokens.length || tokens[index].text !== '=') return -1
  for (; index < tokens.length; index += 1) {
    const { text } = tokens[index]
    if (text === ',') return index
    if (text === ';' || text === ')' || text === '}' || text === ']' || DECLARES.has(text)) return -1
    if (text === '(' || text === '{' || text === '[') index = closing(tokens, index)
  }
  return -1
}

function closing(tokens, from) {
  let depth = 0
  for (let index = from; index < tokens.length; index += 1) {
    const { text } = tokens[index]
    if (text === '(' || text === '{' || text === '[') depth += 1
    else if (text === ')' || text === '}' || text === ']') depth -= 1
    if (depth === 0) return index
  }
  return tokens.length
}

/** Names, signs and brackets up to `end`, each with its place; comments, texts, numbers and regular expressions are one sign without a meaning. */
function tokensOf(source, end) {
  const tokens = []
  const templates = []
  const word = /[\w$\u0080-\uffff]+/y
  for (let at = 0; at < end;) {
    const sign = source[at]
    if (sign === ' ' || sign === '\n' || sign === '\t' || sign === '\r') {
      at += 1
      continue
    }
    word.lastIndex = at
    const found = word.exec(source)
    if (found) {
      tokens.push({ text: found[0], at })
      at += found[0].length
      continue
    }
    const next = source[at + 1]
    if (sign === '/' && next === '/') at = placeOf(source, '\n', at)
    else if (sign === '/' && next === '*') at = placeOf(source, '*/', at + 2) + 2
    else if (sign === '"' || sign === "'") {
      tokens.push({ text: '"', at })
      at = endOfText(source, at + 1, sign)
    } else if (sign === '/' && beginsExpression(tokens)) {
      tokens.push({ text: '"', at })
      at = endOfText(source, at + 1, '/')
    } else if (sign === '\x60' || (sign === '}' && templates[templates.length - 1] === depthOf(tokens))) {
      if (sign === '}') templates.pop()
      // A value within a template is told apart from what is around it.
      if (sign === '}') tokens.push({ text: ')', at })
      at = endOfTemplate(source, at + 1)
      tokens.push({ text: '"', at: at - 1 })
      if (source[at - 1] === '{') {
        tokens.push({ text: '(', at: at - 1 })
        tokens.braces = tokens.braces || 0
        templates.push(depthOf(tokens))
      }
    } else {
      const text = sign === '=' && next === '>' ? '=>' : sign
      if (sign === '{') tokens.braces = depthOf(tokens) + 1
      if (sign === '}') tokens.braces = depthOf(tokens) - 1
      // `==`, `<=` and the like are no assignment.
      const isLong = text !== '=>' && next === '=' && '=!<>+-*/%&|^?'.includes(sign)
      tokens.push({ text: isLong ? '"' : text, at })
      at += isLong ? (source[at + 2] === '=' ? 3 : 2) : text.length
    }
  }
  return tokens
}

function depthOf(tokens) {
  return tokens.braces || 0
}

function placeOf(source, text, from) {
  const at = source.indexOf(text, from)
  return at < 0 ? source.length : at
}

/** After a value or a closing bracket a slash divides. */
function beginsExpression(tokens) {
  if (tokens.length === 0) return true
  const { text } = tokens[tokens.length - 1]
  if (IS_NAME.test(text)) return KEYWORDS.has(text) && text !== 'this' && text !== 'super'
  return !/^[\w)\]}"]/.test(text)
}

/** A slash within the brackets of a regular expression does not end it. */
function endOfText(source, from, sign) {
  let inClass = false
  for (let at = from; at < source.length; at += 1) {
    if (source[at] === '\\') at += 1
    else if (source[at] === '\n') return at
    else if (sign === '/' && source[at] === '[') inClass = true
    else if (sign === '/' && source[at] === ']') inClass = false
    else if (source[at] === sign && !inClass) return at + 1
  }
  return source.length
}

function endOfTemplate(source, from) {
  for (let at = from; at < source.length; at += 1) {
    if (source[at] === '\\') at += 1
    else if (source[at] === '\x60') return at + 1
    else if (source[at] === '$' && source[at + 1] === '{') return at + 2
  }
  return source.length
}
