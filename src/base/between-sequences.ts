/**
 * Follows the output of a terminal's program, byte for byte, and knows when something else may be written in between without spoiling it: not within a character of UTF-8 or
 * an escape sequence (ECMA-48, xterm's ctlseqs), nor between the saving and the restoring of the cursor, of which there is one place only.
 */
export interface BetweenSequences {
  push(chunk: Uint8Array): void
  isBetween(): boolean
  /** A full-screen program has the screen. */
  isAlternate(): boolean
  /** Since it was asked last, something was erased, or the scrolling region was set: what had been written beside may be gone. */
  wasCleared(): boolean
}

type State = 'ground' | 'escape' | 'control' | 'string' | 'string-escape'

export function betweenSequences(): BetweenSequences {
  let state: State = 'ground'
  let collected = ''
  /** Bytes of a character that are still to come. */
  let missing = 0
  let isSaved = false
  let alternate = false
  let cleared = false

  function one(byte: number): void {
    if (state === 'string') return inString(byte)
    if (byte === ESC) return start('escape')
    if (byte === CAN || byte === SUB) return start('ground')
    if (state === 'ground') inGround(byte)
    else if (state === 'escape' || state === 'string-escape') inEscape(byte)
    else inControl(byte)
  }

  function inGround(byte: number): void {
    if (byte >= 0xf0) missing = 3
    else if (byte >= 0xe0) missing = 2
    else if (byte >= 0xc0) missing = 1
    else missing = byte >= 0x80 && missing > 0 ? missing - 1 : 0
  }

  function inEscape(byte: number): void {
    if (byte === 0x5b) return start('control')
    if (STRINGS.has(byte)) return start('string')
    // Intermediate bytes of a sequence such as ESC ( B.
    if (byte >= 0x20 && byte < 0x30) return
    if (byte === 0x37) isSaved = true
    if (byte === 0x38) isSaved = false
    if (byte === 0x63) cleared = true
    start('ground')
  }

  function inControl(byte: number): void {
    if (byte < 0x40 || byte > 0x7e) {
      if (collected.length < LONGEST) collected += String.fromCharCode(byte)
      return
    }
    const final = String.fromCharCode(byte)
    if ((final === 'h' || final === 'l') && ALTERNATE.test(collected)) {
      alternate = final === 'h'
      cleared = true
    }
    if (final === 'J' || final === 'r') cleared = true
    if (final === 's') isSaved = true
    if (final === 'u') isSaved = false
    start('ground')
  }

  function inString(byte: number): void {
    if (byte === BEL || byte === CAN || byte === SUB) start('ground')
    else if (byte === ESC) start('string-escape')
  }

  function start(next: State): void {
    state = next
    collected = ''
    missing = 0
  }

  return {
    push: (chunk) => {
      for (const byte of chunk) one(byte)
    },
    isBetween: () => state === 'ground' && missing === 0 && !isSaved,
    isAlternate: () => alternate,
    wasCleared: () => {
      const was = cleared
      cleared = false
      return was
    },
  }
}

const [ESC, CAN, SUB, BEL] = [0x1b, 0x18, 0x1a, 0x07]
/** DCS, SOS, OSC, PM, APC, and the title of screen(1). */
const STRINGS: ReadonlySet<number> = new Set([0x50, 0x58, 0x5d, 0x5e, 0x5f, 0x6b])
const ALTERNATE = /^\?(?:47|1047|1049)$/
/** Characters. */
const LONGEST = 64
