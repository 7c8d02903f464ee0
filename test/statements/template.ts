/** Words that are the same in all messages; where they have no like number of words, those that they begin and end with. */
export function templateOf(messages: readonly string[]): string {
  const rows = messages.map((message) => message.split(/\s+/).filter((word) => word !== ''))
  const [first = []] = rows
  if (rows.every(({ length }) => length === first.length))
    return first.map((word, at) => (rows.every((row) => row[at] === word) ? word : '<*>')).join(' ')
  const least = Math.min(...rows.map(({ length }) => length))
  let start = 0
  while (start < least && rows.every((row) => row[start] === first[start])) start += 1
  let end = 0
  while (end < least - start && rows.every((row) => row.at(-1 - end) === first.at(-1 - end))) end += 1
  return [...first.slice(0, start), '<*>', ...first.slice(first.length - end)].join(' ')
}
