import { probe, Unreadable } from '../probe.ts'

export interface OpenFiles {
  /** Processes whose descriptors could be listed. */
  readonly byPid: ReadonlyMap<
    number,
    { readonly open: number; readonly sockets: number; readonly softLimit: number | undefined }
  >
  /** How many processes did not let us list theirs (another user's, without root). */
  readonly unreadable: number
  /** Files without a name any more that are still held open, largest first; regular files only (memfd, /dev/shm, SysV and /dev/zero left out). */
  readonly deleted: readonly {
    readonly pid: number
    readonly descriptor: number
    readonly path: string
    readonly bytes: number
  }[]
  /** TCP sockets of one process in one state to one peer; largest counts first, at most 200 rows. Peer of a listener is empty. */
  readonly sockets: readonly {
    readonly pid: number
    /** ESTABLISHED, CLOSE_WAIT, … as in tcp(7) and ss(8). */
    readonly state: string
    readonly localPort: number
    readonly peer: string
    readonly count: number
  }[]
}

export const openFiles = probe({
  id: 'open-files',
  title: 'Open files',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 2,
  script: 'blind UNWRITTEN',
  parse: (): OpenFiles => {
    throw new Unreadable('UNWRITTEN')
  },
})
