import { bytes } from '../../base/format.ts'
import { wrap } from '../../base/safe-text.ts'
import { quoted } from '../../findings/next.ts'
import type { ShownCore } from '../../steps/inspect/inspection.ts'
import { shown, type Style } from '../style.ts'
import { titled } from './titled.ts'

/** A core that was taken: where it lies, and what to do with it. */
export function takenCoreLines({ taken, title }: ShownCore, box: string, style: Style): readonly string[] {
  const arrow = style.unicode ? '→' : '->'
  const folder = taken.file.slice(0, taken.file.lastIndexOf('/'))
  return [
    ...titled(
      'core',
      shown(style, `${title}: ${taken.file}, ${bytes(taken.bytes)}, for its owner alone (mode 0600)`),
      style,
    ),
    ...wrap(
      'All secrets of the memory of the process are in it. It stays until somebody removes it.',
      style.columns - 2,
    ).map((line) => `  ${line}`),
    `    ${arrow} halligan inspect ${shown(style, quoted(box))} ${shown(style, quoted(`core:${taken.file}`))}`,
    `    ${arrow} halligan run ${shown(style, quoted(box))} --price change -- rm -r ${shown(style, quoted(folder))}`,
  ]
}
