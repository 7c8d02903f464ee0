/** A text as an expression of TypeScript that is the text, byte for byte. Throws for one with a backtick or `${`, which String.raw cannot hold. */
export function rawText(text: string): string {
  if (/`|\$\{/.test(text)) throw new Error('the program has a backtick or ${: String.raw cannot hold it')
  return `String.raw\`${text}\``
}
