import type { BoxTime } from '../time/box-time.ts'
import { eventOf } from '../reading/event.ts'
import type { LogEvent, LogFormat } from '../format.ts'
import { severityOf, severityOfKernel, severityOfSyslog } from '../reading/severity.ts'
import { timeAt } from '../time/time-in-text.ts'

/**
 * Messages of the kernel: `dmesg`, `dmesg -r` (with the priority), `dmesg -T` (with a date), `dmesg -x` (with facility and level), and records of `/dev/kmsg`.
 * Source: dmesg(1); Documentation/ABI/testing/dev-kmsg of the kernel.
 */
export const kernel: LogFormat = {
  id: 'kernel',
  title: 'kernel messages',
  samples: [
    {
      text: '<3>[   12.345678] EXT4-fs error (device sda1): ext4_find_entry:1682: inode #2',
      origin: 'dmesg(1), --raw',
    },
    { text: '[   12.345678] eth0: link becomes ready', origin: 'dmesg(1), its usual form' },
    {
      text: '[Thu Jan 15 07:00:12 2026] Out of memory: Killed process 812 (orders) total-vm:1024kB',
      origin: 'dmesg(1), --ctime',
    },
    { text: 'kern  :warn  : [   12.345678] CPU0: Core temperature is above threshold', origin: 'dmesg(1), --decode' },
    {
      text: '6,1234,12345678,-;usb 1-1: new high-speed USB device number 2',
      origin: 'Documentation/ABI/testing/dev-kmsg',
    },
  ],
  read: (text, time) => kernelEvent(text, time),
}

function kernelEvent(text: string, time: BoxTime): LogEvent | undefined {
  return kmsgEvent(text, time) ?? dmesgEvent(text, time)
}

function dmesgEvent(text: string, time: BoxTime): LogEvent | undefined {
  const [whole = '', figure, level] = /^(?:<(\d{1,3})>|[a-z]{3,8} {0,6}:([a-z]{3,6}) {0,6}: )/.exec(text) ?? []
  const at = whole.length
  if (
    !/^\[ {0,12}(?:\d{1,9}\.\d{6}|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:,.]{8,15} \d{4})\]/.test(
      text.slice(at, at + 64),
    )
  )
    return undefined
  const dated = /[A-Z]/.test(text.charAt(at + 1))
  const found = timeAt(text, dated ? at + 1 : at, time)
  if (found === undefined) return undefined
  const message = text.slice(found.end + (dated ? 1 : 0)).trimStart()
  // Apache's error log bears the same time, and a level in brackets behind it.
  if (dated && message.startsWith('[')) return undefined
  const severity =
    figure === undefined
      ? level === undefined
        ? severityOfKernel(message)
        : severityOf(level)
      : severityOfSyslog(Number(figure) % 8)
  return eventOf({ atMs: found.atMs, severity, message, program: 'kernel' })
}

/** `priority,sequence,microseconds since boot,flags;text` */
function kmsgEvent(text: string, time: BoxTime): LogEvent | undefined {
  const [whole, priority, microseconds] = /^(\d{1,3}),\d{1,19},(\d{1,16}),[^;,]{1,16}(?:,[^;]{1,64})?;/.exec(text) ?? []
  if (whole === undefined) return undefined
  const atMs = time.bootedAtMs === undefined ? undefined : time.bootedAtMs + Math.floor(Number(microseconds) / 1000)
  return eventOf({
    atMs,
    severity: severityOfSyslog(Number(priority) % 8),
    message: text.slice(whole.length),
    program: 'kernel',
  })
}
