/** Of the text of a query. Characters. */
const MOST_SHOWN = 300

/**
 * So much of a query as a person knows it by. It comes redacted, and is cut only here: of a secret that was cut nobody can tell that it is one. What a server has cut itself may end within a
 * string, of which nothing is shown then.
 */
export function queryShown(text: string): string {
  const isOpen = text.split("'").length % 2 === 0
  const whole = isOpen ? text.slice(0, text.lastIndexOf("'")) : text
  return whole.length > MOST_SHOWN || isOpen ? `${whole.slice(0, MOST_SHOWN)}…` : whole
}
