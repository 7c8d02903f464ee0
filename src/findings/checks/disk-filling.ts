import { bytes, duration, percent } from '../../base/format.ts'
import { check, unknown, verdict, type FindingDraft } from '../check.ts'
import { next, nextRelieve, quoted } from '../next.ts'
import { writtenWords } from '../found-on-disk.ts'
import { processSubject, processWords } from '../subject.ts'
import { mostIo } from './disk-saturated.ts'

export const diskFilling = check({
  id: 'disk-filling',
  title: 'A file system fills up while one watches',
  resource: 'filesystem',
  about:
    'What is used grows so fast that, going on like this, the file system is full within minutes: a log in a loop, a dump, an upload that is not limited. One window is a short look, and a job may write much and be done: so this is a warning, and only where little room is left or the end is very near.',
  needs: ['filesystems'],
  wants: ['clock', 'process-io', 'process-stat', 'process-command', 'process-cgroup'],
  limits: {
    secondsLeft: {
      value: 300,
      unit: 's until it is full',
      why: 'five minutes: just enough to find the writer and stop it',
    },
    usedPercent: {
      value: 60,
      unit: '% used',
      why: 'a file system that is half empty takes a burst of writes in its stride',
    },
    secondsLeftAnyway: {
      value: 120,
      unit: 's until it is full, whatever is used',
      why: 'what fills the whole of its room within two minutes is no burst that it takes in its stride: who reads this has that long to stop it',
    },
    roomBytes: {
      value: 512 * 1024 ** 2,
      unit: 'bytes left, where less is used',
      why: 'a copy or a backup at the full speed of a disk is done before it fills a large one; less room than this a single log, dump or core takes up',
    },
    burstBytesPerSecond: {
      value: 1024 * 1024,
      unit: 'bytes/s, where less is used',
      why: 'one small file that is written within the window would fill a tiny, nearly empty file system at that rate, and is done',
    },
    writerShare: {
      value: 0.3,
      unit: 'of the growth',
      why: 'who writes less than a third of it is not the one who fills it',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (
    seen,
    { secondsLeft, usedPercent, secondsLeftAnyway, roomBytes, burstBytesPerSecond, writerShare },
    { box },
  ) => {
    const { filesystems } = seen.filesystems
    const rated = filesystems.filter(({ usedBytesPerSecond }) => usedBytesPerSecond !== undefined)
    if (rated.length === 0 && filesystems.length > 0) return unknown('there is no second sample')
    const findings = rated.flatMap((fs): FindingDraft[] => {
      const rate = fs.usedBytesPerSecond ?? 0
      // One that is full already is said by disk-full.
      if (fs.readOnly || rate <= 0 || fs.availableBytes === 0) return []
      const seconds = fs.availableBytes / rate
      const soon = seconds <= secondsLeftAnyway && fs.availableBytes < roomBytes && rate >= burstBytesPerSecond
      if (!soon && (fs.usedPercent < usedPercent || seconds > secondsLeft)) return []
      const writer = mostIo(seen, 'writeBytesPerSecond')
      const open = fs.openFiles[0]
      const pid = writer && writer.rate >= writerShare * rate ? writer.pid : open?.pid
      const subject = pid === undefined ? undefined : processSubject(pid, seen)
      return [
        {
          state: 'warning',
          severity: 1 - seconds / secondsLeft,
          title: `${fs.mount} grows by ${bytes(rate)} a second and is full ${seconds < 1 ? 'within a second' : `in ${duration(seconds)}`}${
            subject
              ? writer && pid === writer.pid
                ? `; ${processWords(subject)} writes ${bytes(writer.rate)} a second`
                : `; ${processWords(subject)} has ${open?.path} open`
              : writtenWords(fs, seen.clock)
          }`,
          why: `${percent(fs.usedPercent)} are used, ${bytes(fs.availableBytes)} are left. Then writes fail with ENOSPC.`,
          subject: { kind: 'filesystem', name: fs.mount, ...(pid === undefined ? {} : { pid }) },
          measured: [
            { what: 'growth of what is used', value: rate, unit: 'bytes/s', source: `df -P ${fs.mount}` },
            { what: 'available', value: fs.availableBytes, unit: 'bytes', source: `df -P ${fs.mount}` },
          ],
          next: [
            next(
              box,
              `find ${quoted(fs.mount)} -xdev -type f -mmin -2 -size +1M -exec ls -l {} +`,
              'see which large files were written within two minutes',
            ),
            ...(pid === undefined
              ? []
              : nextRelieve(box, ['end', String(pid)], 'end who writes it, if it is of no use to anybody')),
          ],
        },
      ]
    })
    const fastest = rated.toSorted((a, b) => (b.usedBytesPerSecond ?? 0) - (a.usedBytesPerSecond ?? 0))[0]
    return verdict(
      findings,
      fastest
        ? `fastest growth is ${bytes(Math.max(0, fastest.usedBytesPerSecond ?? 0))} a second on ${fastest.mount}`
        : 'no local file system to fill',
    )
  },
})
