import { describeCheck } from '../../../test/checks/examples.ts'
import { interfaceOf } from '../../../test/checks/quiet-box.ts'
import { interfaceErrors } from './interface-errors.ts'

describeCheck(interfaceErrors, [
  {
    when: '1.05 errors a second',
    seen: { interfaces: [interfaceOf({ errorsPerSecond: 1.05 })] },
    then: { state: 'warning', title: /eth0 loses packets/, subject: { kind: 'interface', name: 'eth0' } },
  },
  {
    when: '0.95 errors a second',
    seen: { interfaces: [interfaceOf({ errorsPerSecond: 0.95 })] },
    then: { state: 'ok', why: /eth0/ },
  },
  {
    when: '52 drops a second',
    seen: { interfaces: [interfaceOf({ dropsPerSecond: 52 })] },
    then: { state: 'warning', title: /52 drops/ },
  },
  {
    when: '48 drops a second',
    seen: { interfaces: [interfaceOf({ dropsPerSecond: 48 })] },
    then: { state: 'ok', why: /48\.0 drops/ },
  },
  {
    when: 'packets for protocols that nobody listens to, https://github.com/netdata/netdata/issues/988',
    seen: { interfaces: [interfaceOf({ dropsPerSecond: 13 })] },
    then: { state: 'ok', why: /13\.0 drops/ },
  },
  { when: 'no interface', seen: { interfaces: [] }, then: { state: 'unknown', why: /no interface/ } },
])
