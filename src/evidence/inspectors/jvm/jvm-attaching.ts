import { blind, garbled, type Reading } from '../../reading.ts'
import type { Able, Target } from '../../inspect/inspector.ts'
import { NO_QUIT } from './jcmd-script.ts'

/** SIGQUIT is signal 3 everywhere (signal(7)). */
const SIGQUIT_BIT = 1n << 2n

export const JVM_RESIDUE = 'a thread "Attach Listener" in the JVM, and its socket .java_pid in /tmp, until it ends'

/** What SIGQUIT would kill is never sent it. */
export function jvmAble({ process, box }: Target): Able {
  if (box.uid !== 0 && box.uid !== process.uid)
    return { able: false, why: `it belongs to user ${process.uid}`, hint: 'run with --sudo' }
  if (process.state === 'T' || process.state === 't')
    return { able: false, why: 'it is stopped, and would not answer', hint: '' }
  if ((process.signals.caught & SIGQUIT_BIT) === 0n)
    return {
      able: false,
      why: 'it does not catch SIGQUIT (-Xrs, or it is still starting), which would kill it',
      hint: 'its native stack can be seen',
    }
  if (process.argv.includes('-XX:+DisableAttachMechanism'))
    return { able: false, why: 'it was started with -XX:+DisableAttachMechanism', hint: 'its native stack can be seen' }
  return { able: true }
}

/** jcmd's own words, of a JVM that does not let it in or does not answer. */
export function jvmRefusal(text: string): Reading<never> {
  if (/^halligan-no-jcmd$/m.test(text))
    return blind(
      'there is no jcmd for it on the box',
      'a JDK has it (Debian: openjdk-17-jdk-headless); a JRE alone has not',
    )
  if (new RegExp(`^${NO_QUIT}$`, 'm').test(text))
    return blind(
      'it does not catch SIGQUIT any more, which would have killed it: it has become another program, or begins anew',
    )
  const why =
    /^(?:.*(?:Exception|Error): .*|.*not (?:be )?(?:responding|supported).*|.*Operation not permitted.*)$/m.exec(text)
  return why
    ? blind(`jcmd: ${why[0].slice(0, 300)}`, 'its native stack can be seen')
    : garbled('jcmd printed nothing of what was asked for', text)
}

/** Whether a class, or a method with its class before it, is of the program itself, by its package. */
export function ownClass(name: string): boolean {
  return !LIBRARIES.test(name)
}

/** Of the JDK before it had modules, and of what most services are built with. */
const LIBRARIES =
  /^(?:javax?|jdk|sun|com\.sun|kotlin|kotlinx|scala|clojure|groovy|org\.(?:apache|springframework|hibernate|eclipse|jboss|glassfish|postgresql|slf4j|junit)|io\.(?:netty|undertow|micrometer|grpc|vertx)|reactor|com\.(?:zaxxer|fasterxml|google|mysql|mongodb))\./
