/**
 * Lets through of a terminal's output what is needed to see it, and nothing that does something else: no title, no clipboard, no hyperlink, no question
 * that the terminal would answer by typing into the shell, no mode that changes what keys send. Hostile output can then spoil the picture, not the person's
 * terminal.
 *
 * The grammar is that of ECMA-48 (escape and control sequences, strings) as xterm reads it (ctlseqs); C1 controls are read as the escape
 * sequences that they stand for. Text may come in any pieces.
 */
export interface TerminalFilter {
  push(text: string): string
}

/**
 * `lines`: text with colours, tab, carriage return (progress bars) and backspace. `screen`: also what moves the cursor, erases, scrolls and
 * switches to the alternate screen, as full-screen programs do.
 */
export type Allowed = 'lines' | 'screen'

/** Puts a terminal back that a `screen` was shown on: cursor shown, wrapping, all lines scroll (which would move the cursor), no colours, ASCII, no
 * inserting, no reverse video, no picture that is held back, the usual cursor; no origin mode, by a
 * soft reset (DECSTR), since taking it back alone would move the cursor. */
export const SCREEN_RESET =
  '\u001b[?2026l\u001b[!p\u001b[?5l\u001b[4l\u001b[?25h\u001b[?7h\u001b7\u001b[r\u001b8\u001b[0m\u001b[0 q\u001b(B\u000f'

export function terminalFilter(allowed: Allowed): TerminalFilter {
  let state: State = 'ground'
  /** The sequence so far, without its introducer. */
  let collected = ''

  function one(character: string): string {
    if (character === '\u0018' || character === '\u001a') return toGround('')
    switch (state) {
      case 'ground':
        return inGround(character)
      case 'escape':
        return inEscape(character)
      case 'control':
        return inControl(character)
      case 'string':
        if (character === '\u0007' || character === '\u009c') return toGround('')
        if (character === ESCAPE) state = 'string-escape'
        return ''
      case 'string-escape':
        // `ESC \` ends a string; any other sequence ends it too and is one of its own.
        state = 'escape'
        collected = ''
        return character === '\\' ? toGround('') : inEscape(character)
    }
  }

  function inGround(character: string): string {
    const code = character.codePointAt(0) ?? 0
    if (code === 0x1b) return start('escape')
    if (code >= 0x80 && code < 0xa0) return start('escape') + inEscape(String.fromCharCode(code - 0x40))
    if (code < 0x20 || code === 0x7f) return CONTROLS[allowed].includes(character) ? character : ''
    return REORDERING.test(character) ? '' : character
  }

  function inEscape(character: string): string {
    if (character === ESCAPE) return start('escape')
    const code = character.codePointAt(0) ?? 0
    // Controls within a sequence are carried out as if they stood before it.
    if (code < 0x20) return CONTROLS[allowed].includes(character) ? character : ''
    if (collected === '' && character === '[') return start('control')
    if (collected === '' && STRING_BEGINS.includes(character)) return start('string')
    if (code < 0x30) return collect(character)
    const sequence = collected + character
    return toGround(allowed === 'screen' && ESCAPES.test(sequence) ? ESCAPE + sequence : '')
  }

  function inControl(character: string): string {
    if (character === ESCAPE) return start('escape')
    const code = character.codePointAt(0) ?? 0
    if (code < 0x20) return CONTROLS[allowed].includes(character) ? character : ''
    if (code < 0x40) return collect(character)
    if (code > 0x7e) return toGround('')
    const sequence = collected + character
    const passes = COLOUR.test(sequence) || (allowed === 'screen' && MOVES.test(sequence))
    return toGround(passes ? `${ESCAPE}[${sequence}` : '')
  }

  /** A sequence that is too long is none: it goes on to its end, and passes for nothing. */
  function collect(character: string): string {
    collected = collected.length < LONGEST ? collected + character : TOO_LONG
    return ''
  }

  function start(next: State): string {
    state = next
    collected = ''
    return ''
  }

  function toGround(passed: string): string {
    start('ground')
    return passed
  }

  return {
    push: (text) => {
      // Most of it: no control but line ends, carriage returns and tabs, nothing to look at character by character.
      if (state === 'ground' && !REMARKABLE.test(text)) return text
      let passed = ''
      for (const character of text) passed += one(character)
      return passed
    },
  }
}

type State = 'ground' | 'escape' | 'control' | 'string' | 'string-escape'

const ESCAPE = '\u001b'
/** Sequences of real programs have some dozen characters; colours of several parts the most. Characters. */
const LONGEST = 128
const TOO_LONG = '!'.repeat(LONGEST)
/** DCS, SOS, OSC, PM, APC (ECMA-48, 8.3), and the title of screen(1). */
const STRING_BEGINS = 'PX]^_k'
/** Horizontal tab, line feed, carriage return, backspace; vertical tab, form feed, and the shifts between character sets. */
const CONTROLS: Readonly<Record<Allowed, string>> = {
  lines: '\t\n\r\b',
  screen: '\t\n\r\b\u000b\u000c\u000e\u000f',
}
/** Bidirectional embeddings, overrides and isolates: text would read in another order than it has. */
const REORDERING = /[\u202a-\u202e\u2066-\u2069]/
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const REMARKABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/
/** SGR without a private marker: `CSI > 4 ; 2 m` would change what keys send. */
const COLOUR = /^[0-9:;]{0,128}m$/
/**
 * Cursor (A-H, a, d, e, f, `, s, u, I, Z), erase and edit (J, K, L, M, P, X, @, b), scroll (S, T, r), tabs (g), insert mode (4), cursor's form (SP q), the soft reset (!p), and
 * of the private modes: wrap, origin, reverse screen, blinking and visible cursor, alternate screens, synchronized output.
 */
const MOVES =
  /^(?:[0-9;]{0,32}[A-HJ-MPSTXZ@I`abdefgrsu]|4[hl]|[0-9]{0,2} q|!p|\?[0-3]?[JK]|\?(?:5|6|7|12|25|47|1047|1048|1049|2026)(?:;(?:5|6|7|12|25|47|1047|1048|1049|2026)){0,8}[hl])$/
/** Save and restore the cursor, index, next line, reverse index, tab stop, character sets of US-ASCII and line drawing. */
const ESCAPES = /^(?:[78DEMH]|[()][B0])$/
