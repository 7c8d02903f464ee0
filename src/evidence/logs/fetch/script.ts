import { shellQuoted } from '../../../base/shell-quoted.ts'
import { limitedHead } from './head.ts'

export interface FileScript {
  /** Random: what the script says is told from what the files hold by it. Hex digits. */
  readonly boundary: string
  readonly paths: readonly string[]
  /** Orders that are known beforehand, up to those of one file: they are followed before any is read, a round trip earlier. */
  readonly first: string
  /** Shell text that defines `wanted`; undefined: all lines are (`filterScript`). */
  readonly filter: string | undefined
  /** After so long the box ends it, whatever hangs. Whole seconds. */
  readonly seconds: number
}

/**
 * The script of a side session that reads pieces of files as it is told, line by line on its standard input (`fileOrder`). POSIX sh: dash, bash, busybox
 * ash, mksh, ksh93. It knows nothing of times: which pieces to read the console finds out from what they hold (`search.ts`).
 *
 * - A file is opened once and read by its descriptor (`/proc/PID/fd`), so that it stays the same one when it is rotated meanwhile. Only regular files
 *   are opened.
 * - It counts blocks, never bytes: mksh has 32 bits for a number.
 * - Pieces are read by dd, which seeks: `tail -c +N` of busybox reads all before it, and what is piped into `head -c` reads on until its pipe is full.
 *
 * It says marks (`frames.ts`), bytes in between: `opened AT DEVICE:INODE SIZE MODIFIED` or `cannot AT WHY`; `block NUMBER BYTES` (of so many bytes each, the first is 0) and the bytes,
 * `asked`; `data CODEC`, the bytes, `sent` (of what is packed: and how the unpacker ended); `closed DEVICE:INODE SIZE LINKS` (of what was open) and `named DEVICE:INODE SIZE` (of what has its name now);
 * `done`.
 */
export function fileScript({ boundary, paths, first, filter, seconds }: FileScript): string {
  const cases = paths.map((path, at) => `${at}) f=${shellQuoted(path)};;`).join('\n    ')
  const filtered = (limit: string): string => (filter === undefined ? '' : ` | wanted | head -c ${limit}`)
  return `${limitedHead(boundary, seconds)}
full=; dd iflag=fullblock count=0 </dev/null >/dev/null 2>&1 && full=iflag=fullblock
start=
trust dd stat
${filter ?? ''}
piece() { dd if=$P bs=$1 skip=$2 count=$3 2>/dev/null; }
unpacked() { $pack -dc <$P; }
# Blocks of what is packed: the first one, and a further one after so many each; what is between them is read and thrown away.
samples() {
  n=0 skip=0; exec 4>&1
  while [ $n -lt $3 ]; do
    said=$({ say block $((n * ($2 + 1))) $1 >&4; dd bs=$1 skip=$skip count=1 $full 2>&1 >&4; }) || break
    case $said in *'0+0 records out'*) break;; esac
    n=$((n + 1)) skip=$2
  done
}
tried_unpackers=' ' queue=${shellQuoted(first)}
order() {
  [ -n "$queue" ] || { read -r word a b c d e; return; }
  set -- \${queue%%"$nl"*}; queue=\${queue#*"$nl"}
  word=$1 a=\${2-} b=\${3-} c=\${4-} d=\${5-} e=; [ $# -le 5 ] || { shift 5; e=$*; }
}
serve() {
  while order; do
    case $word in
      probe) for at in $b $c $d $e; do say block $at $a; piece $a $at 1; done </dev/null; say asked;;
      index) unpacked </dev/null | samples $a $b $c; say asked;;
      fold) start=$a;;
      all) wanted() { cat; };;
      send) packer $a; say data \${Z%% *}; piece $b $c $d </dev/null${filtered('$e')} | $Z; say sent;;
      unpack)
        packer $a; say data \${Z%% *}; exec 4>&1
        bad=$({ { unpacked </dev/null; echo $? >&3; } | tail -c +$b | head -c $c${filtered('$d')} | $Z >&4; } 3>&1)
        say sent $bad;;
      close) return;;
    esac
  done
}
look_at() {
  at=$1 pack=$2 f= why=
  case $at in
    ${cases}
  esac
  if [ -d "$f" ]; then why=folder
  elif [ ! -e "$f" ]; then if [ -h "$f" ]; then why=dangling; else why=gone; fi
  elif [ ! -f "$f" ]; then why=special
  elif [ ! -r "$f" ]; then why=unreadable
  elif [ $pack != none ] && ! have $pack; then why=unpacker
  elif [ $pack != none ]; then
    case $tried_unpackers in *" $pack "*) ;; *) trust $pack; tried_unpackers="$tried_unpackers$pack ";; esac
    works $pack || why=unpacker-broken
  fi
  if [ -z "$why" ]; then
    ( exec 5<"$f" || exit
      read -r me rest </proc/self/stat; P=/proc/$me/fd/5
      say opened $at $(stat -L -c '%d:%i %s %Y' $P)
      serve
      say closed $(stat -L -c '%d:%i %s %h' $P); say named $(stat -L -c '%d:%i %s' "$f" 2>/dev/null) )
    return
  fi
  say cannot $at $why
  # What is asked of it all the same has no answer.
  while order; do [ "$word" != close ] || break; done
}
while order; do
  case $word in
    open) look_at $a $b; queue=; say done;;
    end) break;;
  esac
done
over
`
}

/** How a piece comes: packed where the box can, or as it is. */
export type Codec = 'auto' | 'none'

/** The orders that the script takes. Offsets and lengths are in blocks where `blockBytes` is given, else in bytes. */
export const fileOrder = {
  open: (at: number, packed: 'gzip' | 'zstd' | 'xz' | 'bzip2' | undefined) => `open ${at} ${packed ?? 'none'}\n`,
  probe: (blockBytes: number, blocks: readonly number[]) => `probe ${blockBytes} ${blocks.join(' ')}\n`,
  /** Of what is packed: a block, then one after each `between` blocks, `most` at the most. */
  index: (blockBytes: number, between: number, most: number) => `index ${blockBytes} ${between} ${most}\n`,
  /** Records begin like this from now on (`recordStartOf`). */
  fold: (recordStart: string) => `fold ${recordStart}\n`,
  /** All lines are wanted from now on: the console filters. */
  all: 'all\n',
  send: (codec: Codec, blockBytes: number, from: number, count: number, mostBytes: number) =>
    `send ${codec} ${blockBytes} ${from} ${count} ${mostBytes}\n`,
  unpack: (codec: Codec, from: number, count: number, mostBytes: number) =>
    `unpack ${codec} ${from + 1} ${count} ${mostBytes}\n`,
  close: 'close\n',
  end: 'end\n',
} as const
