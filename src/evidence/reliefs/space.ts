import { bytes, percent } from '../../base/format.ts'
import { numberIn, valueOf, type Answer, type Before } from './relief.ts'

/** Device and number of a file, as stat(1) says them: `29:7`. */
export const INODE = /^\d{1,20}:\d{1,20}$/

/** What a file takes, of `name BLOCKS SIZE` as stat(1) says it (`%b %B`). Bytes; undefined where the box did not say it. */
export function allocated(answer: Answer, name = 'blocks'): number | undefined {
  const [blocks, size] = valueOf(answer, name).split(' ').map(numberIn)
  return blocks === undefined || size === undefined ? undefined : blocks * size
}

/** What is free on its file system. Bytes. */
export function roomIn(answer: Answer): number | undefined {
  const [free, , block] = valueOf(answer, 'space').split(' ').map(numberIn)
  return free === undefined || block === undefined ? undefined : free * block
}

/** As `spaceOf` of `shell.ts` has the box say it: free blocks, all blocks, the size of one; empty where it did not. */
export const SPACE_FORM = /^(?:\d{1,15} \d{1,15} \d{1,15})?$/

/** What is kept of it. */
export function spaceIn(answer: Answer): string {
  const space = valueOf(answer, 'space')
  return SPACE_FORM.test(space) ? space : ''
}

/** For a plan, behind other words: `; its file system is 98 % full (1.2 GiB free)`; empty where the box did not say it. */
export function spaceNow(answer: Answer): string {
  const words = spaceWords(valueOf(answer, 'space'))
  return words === '' ? '' : `; its file system is ${words}`
}

/** For a verdict; none where one of both was not said. */
export function spaceChange(before: Before, answer: Answer): readonly string[] {
  const [was, is] = [spaceWords(before['space'] ?? ''), spaceWords(valueOf(answer, 'space'))]
  return was === '' || is === '' ? [] : [`the file system was ${was}, and is ${is}`]
}

function spaceWords(space: string): string {
  const [free, all, block] = space.split(' ').map(numberIn)
  if (free === undefined || all === undefined || block === undefined || all === 0) return ''
  return `${percent((100 * (all - free)) / all)} full (${bytes(free * block)} free)`
}
