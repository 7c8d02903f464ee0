import { jdkHome } from '../../scripts/jvm-helper.ts'
import { TRACING } from './tracefs.ts'

/** A process that tools are let at in the fault test: how it is started in a box, when it is ready, and what it can tell of itself. All are shell text. */
export interface FaultTarget {
  /** Its command; SECONDS, EVENT and FILE are put behind it. */
  readonly start: (jdk: number) => string
  /** Gives its number in `p`. */
  readonly ready: string
  /** A line for each thing that is not as it should be, while it is there. */
  readonly wrong: (pid: string) => string
  /** The same, asked once at the end. */
  readonly wrongAtLast: (pid: string, jdk: number) => string
  /** What it leaves when it is killed. */
  readonly sweep: (pid: string) => string
}

export type FaultProgram =
  | 'order-service'
  | 'probed-service'
  | 'order-service.py'
  | 'coupon-service'
  | 'cart-service'
  | 'go-orders'

/** The user that the JVM belongs to: nobody. */
export const JVM_USER = 65_534
const AS_NOBODY = `setpriv --reuid=${JVM_USER} --regid=${JVM_USER} --clear-groups`
const SMALL = '-Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1'

const nothing = (): string => ':'

/** Where a copy of order-service lies in a box: no other box has that path, so that probes of the kernel, which all boxes share, tell whose they are. */
const OWN = '/data/probed-$(readlink /proc/self/ns/uts | tr -cd 0-9)'

export const FAULT_TARGETS: Readonly<Record<FaultProgram, FaultTarget>> = {
  'order-service': {
    start: () => 'order-service',
    ready: 'p=$(pgrep -nx order-service) && [ $(ls /proc/$p/task | wc -l) -ge 10 ]',
    wrong: nothing,
    wrongAtLast: nothing,
    sweep: nothing,
  },
  'probed-service': {
    start: () =>
      `o=${OWN}; mkdir -p $o; [ -e $o/order-service ] || cp /usr/local/bin/order-service $o; $o/order-service`,
    ready: `o=${OWN}; p=$(pgrep -nf "^$o/order-service") && [ $(ls /proc/$p/task | wc -l) -ge 10 ]`,
    wrong: probesLeft,
    wrongAtLast: nothing,
    sweep: sweepProbes,
  },
  'order-service.py': {
    start: () => 'python3 /usr/local/bin/order-service.py',
    ready: "p=$(pgrep -nf '^python3 /usr/local/bin/order-service.py') && [ $(ls /proc/$p/task | wc -l) -ge 11 ]",
    wrong: nothing,
    wrongAtLast: nothing,
    sweep: nothing,
  },
  'go-orders': {
    start: () => 'go-orders',
    ready: "p=$(pgrep -nx go-orders) && grep -q ' 0A ' /proc/$p/net/tcp",
    wrong: nothing,
    wrongAtLast: nothing,
    sweep: nothing,
  },
  'coupon-service': {
    start: () => 'COUNTED=/data/counted ROUNDS=10 node /srv/shop/coupon-service.cjs',
    ready: "p=$(pgrep -nf '^node /srv/shop/') && [ -e /data/counted ]",
    wrong: nodeWrong,
    wrongAtLast: nothing,
    sweep: () => 'rm -f /data/counted',
  },
  'cart-service': {
    start: (jdk) =>
      `cd /srv/shop && COUNTED=/data/counted ${AS_NOBODY} ${jdkHome(jdk)}/bin/java ${SMALL} --add-opens java.base/java.lang=ALL-UNNAMED -cp /srv/shop CartService >/data/said 2>&1`,
    // SIGQUIT kills one that does not catch it yet.
    ready:
      "p=$(pgrep -nf '^/usr/lib/jvm/[^ ]*/bin/java .* CartService ') && grep -qs '^[1-9]' /data/counted && grep -q '^SigCgt:.*[4-7c-f]$' /proc/$p/status",
    wrong: jvmWrong,
    wrongAtLast: jvmWrongAtLast,
    sweep: (pid) => `rm -rf /data/counted* /data/said /tmp/.java_pid* /tmp/hsperfdata_* /tmp/*_${pid}`,
  },
}

export const PROBE_IS_SET = `grep -qs "${OWN}/" ${TRACING}/uprobe_events`

/** Of this box; and instances of the tracer whose probe is gone, which are nobody's: an instance comes after its probe, and goes before it. */
function probesLeft(): string {
  return `
      grep -s "${OWN}/" ${TRACING}/uprobe_events
      for i in ${TRACING}/instances/h*; do [ ! -d $i ] || grep -q "/\${i##*/} " ${TRACING}/uprobe_events || [ ! -d $i ] || echo "instance \${i##*/}"; done`
}

/** This machine is no box that is thrown away: the next case, and all that comes after, begins with none. */
function sweepProbes(): string {
  return `for e in $(sed -n "s|^p:halligan/\\([^ ]*\\) ${OWN}/.*|\\1|p" ${TRACING}/uprobe_events); do
      { echo 0 >${TRACING}/instances/$e/events/halligan/$e/enable; rmdir ${TRACING}/instances/$e; echo "-:halligan/$e" >>${TRACING}/uprobe_events; } 2>/dev/null; done`
}

/** What JavaScript itself can tell: whether it goes on, and whether something of ours is in it; whether its inspector is open, and a client there. */
function nodeWrong(pid: string): string {
  return `
      { read -r orders symbols; } 2>/dev/null </data/counted; sleep 0.4; { read -r more symbols; } 2>/dev/null </data/counted
      [ "$orders" != "$more" ] || echo 'its JavaScript does not go on'
      [ "$symbols" = 0 ] || echo "$symbols symbols are left in it"
      ! grep -qs ':240D .* 0A ' /proc/${pid}/net/tcp || echo 'its inspector is open'
      grep -ls HALLIGAN_INSPECT= /proc/[0-9]*/environ | sed 's/^/client /'`
}

/** The same of Java: no statement is watched, nor its end, no recording runs; and no file by which jcmd asks to be let in. */
function jvmWrong(pid: string): string {
  return `
      { read -r carts going; } 2>/dev/null </data/counted; sleep 0.4; { read -r more going; } 2>/dev/null </data/counted
      [ "$carts" != "$more" ] || echo 'its Java does not go on'
      [ "$going" = nothing ] || echo "$going in it"
      ls -d /tmp/.attach_pid* /proc/${pid}/cwd/.attach_pid* /tmp/*.jfr /srv/shop/*.jfr 2>/dev/null`
}

/** Its classes call no hook any more, and the JVM itself says that no recording runs. */
function jvmWrongAtLast(pid: string, jdk: number): string {
  return `
    : >/data/counted.probe; tries=0
    until [ -s /data/counted.called ] || [ $tries -ge 100 ]; do sleep 0.1; tries=$((tries + 1)); done
    read -r called </data/counted.called; [ "$called" = 0 ] || echo "its classes called the hook \${called:-?} times"
    recordings=$(${AS_NOBODY} ${jdkHome(jdk)}/bin/jcmd -J-Xmx64m -J-XX:TieredStopAtLevel=1 ${pid} JFR.check 2>&1)
    case $recordings in *'No available recordings'*) ;; *) echo "JFR.check: $recordings";; esac`
}
