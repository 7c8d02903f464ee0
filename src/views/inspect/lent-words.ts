import { bytes } from '../../base/format.ts'

const FOLDER: Readonly<Record<string, string>> = {
  gone: 'taken away again, as the box said',
  left: 'STILL THERE when the box was asked (/dev/shm/.halligan-tools.* or the same below /run, /tmp, /var/tmp)',
  'not-seen':
    'the line was lost before the box could say that they are gone; it removes them by itself within some 20 s',
}

/** `lent eu-stack (1.2 MiB), taken away again`. */
export function lentWords({
  tools,
  folder,
}: {
  readonly tools: readonly { readonly name: string; readonly bytes: number }[]
  readonly folder: string
}): string {
  return `lent ${tools.map((each) => `${each.name} (${bytes(each.bytes)})`).join(', ')}: ${FOLDER[folder] ?? folder}`
}
