import type { ProbeId } from '../../src/evidence/evidence.ts'

/** What is played on a test box so that probes have something to answer (`npm run record -- probes NAME`). */
export interface Scene {
  /** Name of the cases that come of it. */
  readonly name: string
  readonly says: string
  readonly flavour?: 'systemd' | 'busybox'
  readonly user?: 'amy'
  /** Shell text run inside the box as root; it ends with the box. */
  readonly light?: string
  /** Seconds until it shows. */
  readonly wait?: number
  readonly probes: readonly ProbeId[]
  /** Lines that must not be left out. */
  readonly keep?: RegExp
}

const FILES_OF_THE_KERNEL: readonly ProbeId[] = [
  'load',
  'cpu',
  'pressure',
  'memory',
  'paging',
  'disks',
  'interfaces',
  'network-counters',
  'kernel-limits',
]
const PROCESSES: readonly ProbeId[] = [
  'process-stat',
  'process-status',
  'process-io',
  'process-command',
  'process-wait',
  'process-cgroup',
  'process-executable',
  'process-memory',
  'open-files',
]
const OTHERS: readonly ProbeId[] = [
  'identity',
  'clock',
  'hot-threads',
  'filesystems',
  'sockets',
  'units',
  'unit-restarts',
  'cgroups',
]
const CGROUP = '/sys/fs/cgroup'

/** A process that says of itself what it wants: its name and its arguments. */
const POSING = String.raw`perl -e '$0 = "a) R (b c"; sleep 60' &
perl -e '$0 = "new\nline\\n"; sleep 60' &
perl -e 'sleep 60' "two words" "$(printf 'line\n1/cmdline:/sbin/posing')" "$(printf 'return\r1/cmdline:/sbin/posing')" "$(printf 'separator\342\200\2501/cmdline:/sbin/posing')" &
perl -e 'sleep 60' "$(head -c 2000 /dev/zero | tr '\000' x)" &
d="/data/$(printf 'new\n1')"; mkdir -p "$d" "/data/two words"; cp /bin/sleep "/data/two words/7"; cp /bin/sleep "$d/exe -> (deleted)"
"/data/two words/7" 60 & "$d/exe -> (deleted)" 60 &
cp /bin/sleep /data/gone; /data/gone 60 & sleep 0.3; rm /data/gone
exec 7>"$d/fd:" 8>"$(printf '/data/separator\342\200\2501')" 9>"/data/two words -> (deleted)" 6>/data/plain
echo some >&6; echo some >&7; echo some >&8; echo some >&9
rm "$d/fd:" "$(printf '/data/separator\342\200\2501')" "/data/two words -> (deleted)" /data/plain
sleep 60`

const MOUNTS = String.raw`mkdir -p "/mnt/two words" "$(printf '/mnt/tab\there')" '/mnt/back\slash' "$(printf '/mnt/no-break\302\240space')" "$(printf '/mnt/new\nline')" /mnt/hidden /mnt/read-only /mnt/bind /mnt/closed/inner /mnt/over /srv/lower /srv/upper /srv/work
for each in "/mnt/two words" "$(printf '/mnt/tab\there')" '/mnt/back\slash' "$(printf '/mnt/no-break\302\240space')" "$(printf '/mnt/new\nline')" /mnt/hidden; do mount -t tmpfs -o size=1m small "$each"; done
mount -t tmpfs -o size=8m top /mnt/hidden
mount --bind /data /mnt/bind; mount --bind /data /mnt/read-only; mount -o remount,bind,ro /mnt/read-only
mount -t tmpfs -o size=1m inner /mnt/closed/inner; chmod 700 /mnt/closed
mount -t tmpfs -o ro,nr_inodes=20 full-of-inodes /srv
mount -t tmpfs area /opt; mkdir /opt/lower /opt/upper /opt/work; mount -t overlay -o lowerdir=/opt/lower,upperdir=/opt/upper,workdir=/opt/work over /mnt/over
head -c 70M /dev/zero >/data/full`

export const scenes: readonly Scene[] = [
  {
    name: 'debian',
    says: 'Debian box with sshd as PID 1, quiet',
    probes: [...FILES_OF_THE_KERNEL, ...PROCESSES, ...OTHERS],
  },
  {
    name: 'busybox',
    says: 'busybox box with dropbear as PID 1, quiet',
    flavour: 'busybox',
    probes: [...FILES_OF_THE_KERNEL, ...PROCESSES, ...OTHERS],
  },
  {
    name: 'ordinary-user',
    says: 'Debian box with processes of root and of another user',
    user: 'amy',
    light: 'fd-leak 60 & cpu-spin 60 & setpriv --reuid=bob --regid=bob --clear-groups sleep 60',
    probes: [...PROCESSES, 'identity', 'kernel-log', 'filesystems', 'cgroups'],
  },
  {
    name: 'systemd',
    says: 'Debian box with systemd as PID 1; a failed unit, a restarting one, and ones with odd names',
    flavour: 'systemd',
    wait: 4,
    light: String.raw`systemd-run --unit=orders-api --description='Orders ● API: "odd" \x2d name' /bin/false; systemd-run --unit=basket-api -p Restart=always -p RestartSec=30 /bin/false
systemd-run --unit='dev-disk\x2dcheck@a:b.service' sleep 60; systemd-run --unit='caf\xc3\xa9.service' /bin/false; systemd-run --unit='cpu.worker.service' sleep 60
systemd-run --unit=limited -p CPUQuota=20% -p MemoryMax=32M -p TasksMax=20 cpu-spin 60; sleep 60`,
    probes: [
      'units',
      'unit-restarts',
      'process-cgroup',
      'cgroups',
      'process-stat',
      'process-command',
      'filesystems',
      'identity',
      'open-files',
    ],
    keep: /service|slice|systemd/,
  },
  {
    name: 'system-v',
    says: 'Debian box with shared memory that nobody uses, arrays of semaphores of two users, a gateway that does not answer, and a mount of fstab that is missing',
    light: String.raw`perl -e 'for (1..3) { $id = shmget(0, 4 << 20, 0600 | 01000); shmwrite($id, "x" x (1 << 20), 0, 1 << 20) } semget(0, 3, 0600 | 01000)'
setpriv --reuid=bob --regid=bob --clear-groups perl -e 'semget(0, 2, 0600 | 01000) for 1..2'; perl -e '$id = shmget(0, 1 << 20, 0600 | 01000); shmread($id, $got, 0, 1); sleep 60' &
printf '%s\n' 'UUID=3e6be9de-8139-4a11-9106-a43f08d823a6 /srv/my\040data ext4 defaults 0 2' >>/etc/fstab
set -- $(hostname -I); ip route replace default via ${'${1%.*}'}.77; perl -MSocket -e 'socket($to, PF_INET, SOCK_DGRAM, 0); send($to, "x", 0, pack_sockaddr_in(9, inet_aton("192.0.2.1")))'; sleep 60`,
    wait: 4,
    probes: ['system-v', 'routes', 'filesystems', 'sockets'],
  },
  {
    name: 'hot-thread',
    says: 'Debian box on which hot-thread of test/sick is lit',
    light: 'hot-thread 60',
    probes: ['hot-threads', 'process-stat', 'load', 'cpu'],
    keep: /hot-/,
  },
  {
    name: 'hot-thread-busybox',
    says: 'busybox box on which hot-thread of test/sick is lit',
    flavour: 'busybox',
    light: '/usr/local/bin/hot-thread 60',
    probes: ['hot-threads', 'process-stat'],
  },
  {
    name: 'close-wait-leak',
    says: 'Debian box on which close-wait-leak of test/sick is lit',
    light: 'close-wait-leak 60 8081 400',
    probes: ['open-files', 'sockets'],
    keep: /close/,
  },
  {
    name: 'memory-leak',
    says: 'Debian box on which memory-leak of test/sick is lit',
    light: 'memory-leak 30 20 300',
    probes: ['process-stat', 'process-status', 'memory'],
    keep: /memory-leak/,
  },
  {
    name: 'fd-leak',
    says: 'Debian box on which fd-leak of test/sick is lit',
    light: 'fd-leak 60',
    probes: ['open-files', 'process-status'],
    keep: /fd-leak/,
  },
  {
    name: 'descriptor-leak',
    says: 'busybox box with processes that hold 300 and 9,995 descriptors, and others',
    flavour: 'busybox',
    light: '/usr/local/bin/fd-leak 60 1024 725 & /usr/local/bin/fd-leak 60 10000 & sleep 60',
    wait: 2,
    probes: ['open-files-again'],
  },
  {
    name: 'blocked-writers',
    says: 'Debian box with writers whose readers do not read: a pipe, a Unix socket, TCP; and one that waits for bytes',
    light: String.raw`perl -e 'pipe($r, $w); for (;;) { syswrite $w, "x" x 4096 }' &
perl -MSocket -e 'socketpair($r, $w, PF_UNIX, SOCK_STREAM, 0); for (;;) { syswrite $w, "x" x 4096 }' &
perl -MSocket -e 'socket($s, PF_UNIX, SOCK_DGRAM, 0); bind($s, pack_sockaddr_un("/run/log")); socket($t, PF_UNIX, SOCK_DGRAM, 0); connect($t, pack_sockaddr_un("/run/log")); for (;;) { send($t, "x", 0) }' &
perl -MSocket -e 'socket($at, PF_INET, SOCK_STREAM, 0); bind($at, pack_sockaddr_in(7001, INADDR_LOOPBACK)); listen($at, 5); accept($one, $at); sleep 60' & sleep 0.3
perl -MSocket -e 'socket($to, PF_INET, SOCK_STREAM, 0); connect($to, pack_sockaddr_in(7001, INADDR_LOOPBACK)); for (;;) { syswrite($to, "x" x 65536) }' & sleep 60`,
    wait: 2,
    probes: ['process-wait', 'process-wait-again'],
  },
  {
    name: 'zombies',
    says: 'Debian box on which zombie-pile-up of test/sick is lit',
    light: 'zombie-pile-up 60 20',
    probes: ['process-stat', 'process-command', 'process-executable', 'process-status'],
    keep: /\(zombie-pile-up\) S/,
  },
  {
    name: 'crash-loop',
    says: 'Debian box on which crash-loop of test/sick is lit',
    light: 'crash-loop 60 20',
    probes: ['process-stat', 'cpu'],
    keep: /crash-loop\) S/,
  },
  {
    name: 'fork-storm',
    says: 'Debian box on which fork-storm of test/sick is lit',
    light: 'fork-storm 20 80',
    probes: ['cpu', 'process-stat', 'load'],
    keep: /fork-storm\) S 84 /,
  },
  {
    name: 'cpu-spin',
    says: 'busybox box on which cpu-spin of test/sick is lit, with three processes',
    flavour: 'busybox',
    light: '/usr/local/bin/cpu-spin 20 3',
    probes: ['process-stat', 'cpu', 'pressure'],
    keep: /cpu-spin/,
  },
  {
    name: 'd-state',
    says: 'Debian box on which d-state of test/sick is lit',
    light: 'd-state 60 4',
    probes: ['process-stat', 'process-wait', 'load'],
    keep: /d-state/,
  },
  {
    name: 'accept-queue-overflow',
    says: 'Debian box on which accept-queue-overflow of test/sick is lit',
    light: 'accept-queue-overflow 60 8080 8',
    probes: ['sockets', 'network-counters'],
  },
  {
    name: 'time-wait-flood',
    says: 'Debian box on which time-wait-flood of test/sick is lit, with 1,000 local ports',
    wait: 4,
    light:
      'echo 40000 40999 >/proc/sys/net/ipv4/ip_local_port_range; echo 0 >/proc/sys/net/ipv4/tcp_tw_reuse; time-wait-flood 20 8082 500',
    probes: ['sockets', 'network-counters', 'kernel-limits'],
  },
  {
    name: 'not-reading',
    says: 'Debian box on which not-reading and udp-overflow of test/sick are lit',
    light: 'udp-overflow 20 8083 & not-reading 60 8084 20',
    probes: ['sockets', 'open-files'],
    keep: /^[KUFNRS] |^end/,
  },
  {
    name: 'silent-peer',
    says: 'Debian box on which silent-peer of test/sick is lit, with a name server that does not answer',
    light:
      'net=$(ip -4 -o addr show eth0 | sed "s/.*inet \\([0-9]*\\.[0-9]*\\.[0-9]*\\)\\..*/\\1/"); ip neigh add $net.200 lladdr 02:00:00:00:00:01 dev eth0 nud permanent; echo "nameserver $net.200" >/etc/resolv.conf; silent-peer 60 $net.200 5432 20',
    probes: ['sockets', 'resolver', 'routes'],
  },
  {
    name: 'locks',
    says: 'Debian box with a lock on a file that three others wait for, and no name server',
    light:
      'flock "/run/two words.lock" sleep 60 & sleep 0.5; for job in 1 2 3; do flock "/run/two words.lock" true & done; wait',
    probes: ['file-locks', 'resolver', 'routes'],
  },
  {
    name: 'no-resolver',
    says: 'busybox box without a lock that anybody waits for, and a name server on the box that does not run',
    flavour: 'busybox',
    light: 'echo nameserver 127.0.0.1 >/etc/resolv.conf',
    probes: ['file-locks', 'resolver', 'routes'],
  },
  {
    name: 'full-of-a-log',
    says: 'Debian box with a file system that an open file fills',
    light: 'exec 3>"/data/orders (old).log"; head -c 70M /dev/zero >&3; exec sleep 60',
    probes: ['filesystems'],
  },
  {
    name: 'full-of-closed-files',
    says: 'Debian box with a file system that files fill which nobody has open',
    wait: 4,
    light:
      'mkdir -p "/data/log (old)" /data/spool/new; head -c 40M /dev/zero >"/data/log (old)/debug.log"; for i in 1 2 3 4 5 6 7 8 9; do head -c 2M /dev/zero >/data/spool/new/$i; done; head -c 3M /dev/zero >/data/dump; sleep 60',
    probes: ['filesystems'],
  },
  {
    name: 'failed-units',
    says: 'Debian box with systemd as PID 1 and units that failed in several ways',
    flavour: 'systemd',
    wait: 4,
    light: `systemd-run --unit=no-program -p Type=oneshot --no-block /bin/sh -c 'exit 203'; systemd-run --unit=again -p Restart=on-failure -p RestartSec=10ms /bin/false
systemd-run --unit=killed sleep 60; sleep 0.3; systemctl kill -s SEGV killed; sleep 60`,
    probes: ['units'],
    keep: /service|=/,
  },
  {
    name: 'stuck-units',
    says: 'Debian box with systemd as PID 1: a unit that does not get up, an enabled one that was stopped, a file that was changed, a port that is taken',
    flavour: 'systemd',
    wait: 6,
    light: String.raw`cd /etc/systemd/system; mkdir -p multi-user.target.wants
printf '[Service]\nType=notify\nExecStart=/usr/bin/sleep 60\n' >never-ready.service
printf '[Service]\nExecStart=/usr/bin/sleep 60\n' >payments.service
printf '[Service]\nType=oneshot\nExecStart=/usr/bin/true\n' >once.service
printf '[Service]\nExecStart=/usr/bin/sleep 60\n' >edited.service
printf '[Service]\nExecStart=/usr/bin/python3 -m http.server 22\n' >web.service
ln -s ../payments.service ../once.service multi-user.target.wants/; systemctl daemon-reload
systemctl start --no-block never-ready; systemctl start payments edited web; sleep 1
systemctl stop payments; sleep 1; echo '#' >>edited.service; sleep 60`,
    probes: ['units'],
    keep: /^systemd|\.service|^log|^(?:Type|LoadState|ActiveState|StateChange.*|InactiveExit.*|Active(?:Enter|Exit).*|ExecMain.*|NeedDaemonReload|ConditionResult)=/,
  },
  {
    name: 'udp-overflow',
    says: 'Debian box on which udp-overflow of test/sick is lit',
    light: 'udp-overflow 20 8083',
    probes: ['network-counters', 'interfaces'],
  },
  {
    name: 'deleted-open-file',
    says: 'Debian box on which deleted-open-file of test/sick is lit',
    light: 'deleted-open-file 60 /data/app.log 62',
    probes: ['open-files', 'filesystems', 'process-executable'],
  },
  {
    name: 'odd-names',
    says: 'Debian box with processes, arguments and files with odd names, some of which pose as others',
    light: POSING,
    probes: PROCESSES,
  },
  {
    name: 'odd-mounts',
    says: 'Debian box with odd mount points: one mount over another, bind mounts, a read-only one, overlay',
    light: MOUNTS,
    probes: ['filesystems'],
  },
  {
    name: 'mounts-closed-to-me',
    says: 'Debian box with odd mount points, one below a closed folder',
    user: 'amy',
    light: MOUNTS,
    probes: ['filesystems'],
  },
  {
    name: 'ipv6',
    says: 'Debian box that listens on IPv6, with peers',
    light: `perl -MSocket=:DEFAULT,inet_pton,pack_sockaddr_in6 -e 'for my $port (8080, 8081) { socket(my $s, PF_INET6, SOCK_STREAM, 0); setsockopt($s, 41, 26, pack("i", $port == 8081)); bind($s, pack_sockaddr_in6($port, $port == 8081 ? inet_pton(AF_INET6, "::1") : inet_pton(AF_INET6, "::"))); listen($s, 50); push @kept, $s }
for (1..25) { for (8080, 8081) { socket(my $c, PF_INET6, SOCK_STREAM, 0); connect($c, pack_sockaddr_in6($_, inet_pton(AF_INET6, "::1"))); push @kept, $c }
socket(my $c, PF_INET, SOCK_STREAM, 0); connect($c, pack_sockaddr_in(8080, inet_aton("127.0.0.1"))); push @kept, $c } sleep 60'`,
    probes: ['sockets', 'open-files'],
  },
  {
    name: 'v1-limits',
    says: 'Debian box with groups of cgroup v1 that have limits',
    light: `for each in cpu memory pids; do mkdir -p ${CGROUP}/$each/shop/orders:api; done
echo 10000 >${CGROUP}/cpu/shop/orders:api/cpu.cfs_quota_us; echo 60M >${CGROUP}/memory/shop/orders:api/memory.limit_in_bytes; echo 4 >${CGROUP}/pids/shop/orders:api/pids.max
for each in cpu memory pids; do echo $$ >${CGROUP}/$each/shop/orders:api/cgroup.procs; done; cpu-spin 60 & sleep 60`,
    probes: ['cgroups', 'process-cgroup'],
    keep: /shop/,
  },
  {
    name: 'reads',
    says: 'Debian box that reads a file from the disk without a pause',
    light: 'while :; do dd if=/usr/bin/perl of=/dev/null bs=64k count=8 iflag=direct; sleep 0.1; done 2>/dev/null',
    probes: ['process-io', 'disks', 'pressure'],
  },
  {
    name: 'segmentation-faults',
    says: 'Debian box on which segmentation-fault of test/sick was lit, and memory-leak in a group of 30 MB',
    light: `segmentation-fault 3; mkdir ${CGROUP}/memory/shop; echo 30M >${CGROUP}/memory/shop/memory.limit_in_bytes; echo $$ >${CGROUP}/memory/shop/cgroup.procs; exec memory-leak 10 200 100`,
    wait: 4,
    probes: ['kernel-log', 'paging'],
    keep: /segmentation-fa.*segfault|memory-leak/,
  },
]
