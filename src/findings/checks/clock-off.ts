import { duration } from '../../base/format.ts'
import { check, grade, verdict } from '../check.ts'
import { next } from '../next.ts'

export const clockOff = check({
  id: 'clock-off',
  title: 'The clock of the box is off',
  resource: 'time',
  about:
    'Compared with the console. A clock that is off breaks TLS (certificates not yet or no longer valid), Kerberos (five minutes), one-time passwords (thirty seconds), signatures of cloud APIs, and every comparison of logs. It may be the console that is wrong: compare with a third one.',
  needs: ['clock'],
  limits: {
    warningSeconds: {
      value: 2,
      unit: 's',
      why: 'NTP holds milliseconds; logs of two boxes cannot be put in order any more',
    },
    criticalSeconds: {
      value: 60,
      unit: 's',
      why: 'one-time passwords fail: a step is 30 s, and servers take one before and one after (RFC 6238); signed requests of cloud APIs fail from 5 to 15 minutes on',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: ({ clock }, { warningSeconds, criticalSeconds }, { box }) => {
    // What the reading itself may be wrong by is not held against the box.
    const off = Math.max(0, Math.abs(clock.skewMs) - clock.precisionMs) / 1000
    const graded = grade(off, warningSeconds, criticalSeconds, 3_600)
    const words = `${duration(Math.abs(clock.skewMs) / 1000)} ${clock.skewMs > 0 ? 'ahead of' : 'behind'}`
    if (!graded)
      return verdict(
        [],
        `its clock is within ${Math.max(1, Math.ceil(off + clock.precisionMs / 1000))} s of the console's`,
      )
    return verdict(
      [
        {
          ...graded,
          title: `The clock of the box is ${words} the console's`,
          why: 'Certificates, tokens and signatures may be refused, and times in its logs cannot be compared with others. One of the two is wrong: compare with a third.',
          subject: { kind: 'box', name: box },
          measured: [
            {
              what: 'clock of the box minus clock of the console',
              value: clock.skewMs / 1000,
              unit: 's',
              source: 'date +%s.%N',
            },
          ],
          next: [next(box, 'timedatectl status; chronyc tracking 2>/dev/null', 'see whether it is synchronised')],
        },
      ],
      '',
    )
  },
})
