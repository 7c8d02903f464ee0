const CANNOT: Readonly<Record<string, string>> = {
  folder: 'it is a folder',
  gone: 'it is not there (any more)',
  dangling: 'it is a link to what is not there (any more)',
  special: 'it is a pipe, a socket or a device, which are not opened',
  unreadable: 'no permission to read it; run with --sudo',
}

/** Why a file cannot be read, of the word that the script says (`cannot WHY`). */
export function cannotRead(word: string, packed = 'tool for it'): string {
  if (word === 'unpacker') return `it is packed, and there is no ${packed} on this box`
  if (word === 'unpacker-broken') return `it is packed, and ${packed} does not work on this box`
  return CANNOT[word] ?? word
}

/** What the script of a program's log says beside the log, for a person. */
export function sentenceOf(id: string, [word = '', what = '', ...rest]: readonly string[]): string {
  const said = rest.join(' ')
  if (word === 'note' && what === 'hidden')
    return `${id}: this user sees only their own part of the journal; run with --sudo, or have them join the group systemd-journal`
  if (word === 'note' && what === 'no-journal') return `${id}: no journal is kept on this box`
  if (what === 'fields') return `${id}: there is no journal on this box, so its fields cannot be asked for`
  if (what === 'kernel') return `${id}: ${said || 'dmesg gave nothing'}; run with --sudo`
  if (what === 'engine') return `${id}: ${said || 'the engine handed out nothing'}`
  return `${id}: there is no ${what} on this box`
}
