import { probe } from '../../probe.ts'
import { BOOT, kernelDated } from '../fetch/commands.ts'
import { JOURNAL_LINES } from '../fetch/journal-lines.ts'
import { bytesOfDump, isDump } from './bytes.ts'

export interface FoundKernelLog {
  readonly bytes: number
  /** First and last lines, as dmesg writes them. */
  readonly head: Uint8Array
  readonly tail: Uint8Array
}

/**
 * What the kernel holds of its log: size, and the first and last lines (od -An -v -tx1), with times and priorities as they come later too.
 *
 *   bytes 81220
 *    31 37 30 …
 *   tail
 *    31 37 30 …
 *
 * Sources: journalctl(1), dmesg(1).
 */
export const kernelProbe = probe({
  id: 'logs-kernel',
  title: 'Kernel log',
  set: 'deep',
  moments: ['during'],
  limitSeconds: 3,
  script: `
dump() { od -An -v -tx1; }
if have journalctl && [ -n "$(journalctl -q -k -n 1 -o cat 2>/dev/null)" ]; then
  ${JOURNAL_LINES}
  echo 'bytes 0'; journal -k 2>/dev/null | head -n 10 | head -c 4096 | dump
  echo tail; journal -k -n 20 2>/dev/null | tail -c 4096 | dump; exit 0
fi
have dmesg || blind 'there is no dmesg on the box'
log=$(dmesg -r 2>/dev/null || dmesg 2>&1) || blind "$(put "$log" | tail -n 1)"
dated() { ${kernelDated(BOOT)}; }
echo "bytes \${#log}"; put "$log" | head -n 10 | dated | head -c 4096 | dump
echo tail; put "$log" | tail -n 20 | dated | tail -c 4096 | dump`,
  hint: 'run with --sudo',
  parse: ({ during }): FoundKernelLog => {
    const lines = (during?.text ?? '').split('\n')
    const bytes = /^bytes (\d{1,9})$/.exec(lines[0] ?? '')?.[1]
    const end = lines.indexOf('tail')
    return {
      bytes: Number(bytes ?? 0),
      head: bytesOfDump(lines.slice(1, Math.max(1, end)).filter(isDump)),
      tail: end < 0 ? new Uint8Array() : bytesOfDump(lines.slice(end + 1).filter(isDump)),
    }
  },
})
