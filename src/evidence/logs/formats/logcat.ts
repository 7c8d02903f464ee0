import type { BoxTime } from '../time/box-time.ts'
import { eventOf, headOf, saidOf } from '../reading/event.ts'
import type { LogEvent, LogFormat } from '../format.ts'
import { severityOf } from '../reading/severity.ts'
import { timeAt } from '../time/time-in-text.ts'

/** Android's logcat, format threadtime: `mm-dd hh:mm:ss.mmm pid tid L tag: text`. Source: developer.android.com/tools/logcat. */
export const logcat: LogFormat = {
  id: 'logcat',
  title: 'Android logcat',
  samples: [
    {
      text: '01-05 10:15:42.120   812  2395 E Orders  : order failed for acme',
      origin: 'logcat, format threadtime, developer.android.com/tools/logcat',
    },
    { text: '12-31 23:59:59.120  1702  2113 V WindowManager: going to hide', origin: 'logcat, format threadtime' },
  ],
  read: (text, time) => logcatEvent(text, time),
}

function logcatEvent(text: string, time: BoxTime): LogEvent | undefined {
  const [line, others] = headOf(text)
  const [whole, pid, thread, letter = '', logger = ''] =
    /^(?:\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} {1,6}(\d{1,10}) {1,6}(\d{1,10}) ([VDIWEFA]) ([^:]{1,80}?) {0,40}: ?/.exec(
      line.slice(0, 256),
    ) ?? []
  if (whole === undefined) return undefined
  return eventOf({
    atMs: timeAt(line, 0, time)?.atMs,
    severity: letter === 'A' ? 'fatal' : severityOf(letter),
    ...saidOf(line.slice(whole.length) + others),
    logger: logger.trim(),
    pid: Number(pid),
    thread,
  })
}
