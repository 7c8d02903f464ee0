import { recordAnswer } from './record-answer.ts'
import { recordGoldens } from './record-goldens.ts'
import { recordLooks } from './record-looks.ts'
import { recordProbes } from './record-probes.ts'
import { recordRecord } from './record-record.ts'

// npm run record -- probes [SCENE…]    answers of single probes, on test boxes (as root); see record-probes.ts
// npm run record -- goldens [PROBE…]   what the answers in test/fixtures/probes are read as now: look at the difference before you commit it
// npm run record -- answer             one whole answer of a test box (as root)
// npm run record -- looks              the looks of the incident that the tests of the write-up are about (as root)
// npm run record -- record             a record as this version writes it, kept for all later ones to open

const [what, ...names] = process.argv.slice(2)
if (what === 'probes') await recordProbes(names)
else if (what === 'goldens') recordGoldens(names)
else if (what === 'answer') await recordAnswer()
else if (what === 'looks') await recordLooks()
else if (what === 'record') await recordRecord()
else {
  process.stderr.write('npm run record -- probes [SCENE…] | goldens [PROBE…] | answer | looks | record\n')
  process.exitCode = 2
}
