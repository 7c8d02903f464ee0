import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBox } from '../../src/boxes/open.ts'
import type { Finding, Subject } from '../../src/findings/finding.ts'
import { lookAt, type BoxLook } from '../../src/steps/look.ts'
import { redact } from '../redact.ts'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { compileSick } from '../sick/compile.ts'

interface Illness {
  /** Check that must find it. */
  readonly check: string
  /** Told apart from another scene of the same check by this word. */
  readonly kind?: string
  /** Shell text run inside the box; ends by itself or runs on. */
  readonly light: string
  /** Seconds until it shows. */
  readonly wait: number
  /** So many at most until it is found; 5 where it is not said. */
  readonly looks?: number
  /** Left out where it depends on how fast this machine is. */
  readonly state?: 'critical' | 'warning'
  readonly title: RegExp
  readonly why?: RegExp
  readonly subject: Partial<Subject>
  /** Another check that may come first, since the kernel is shared by all boxes of this machine. */
  readonly first?: false
  readonly flavour?: 'systemd'
}

const CGROUP = '/sys/fs/cgroup'

const LOOP_DEVICES =
  'mknod /dev/loop-control c 10 237; i=0; while [ $i -lt 32 ]; do mknod /dev/loop$i b 7 $i; i=$((i+1)); done; '

/** An ext4 of 8 MiB in a file in memory, and the error that its `abort` option simulates. It goes with the box. */
const BREAK_A_FILE_SYSTEM =
  LOOP_DEVICES +
  'truncate -s 8M /data/disk && mkfs.ext4 -q /data/disk && mount -o loop,errors=remount-ro /data/disk /mnt && mount -o remount,abort /mnt'

const ILLNESSES: readonly Illness[] = [
  {
    check: 'cpu-saturated',
    light: 'cpu-spin 60 6',
    wait: 2,
    state: 'critical',
    title: /6 processes named cpu-spin use/,
    subject: { kind: 'process', name: 'cpu-spin' },
  },
  {
    check: 'hot-thread',
    light: 'hot-thread 60',
    wait: 5,
    state: 'warning',
    title: /Thread hot-loop .* of hot-thread/,
    subject: { kind: 'thread', name: 'hot-thread' },
    first: false,
  },
  {
    check: 'cpu-saturated',
    kind: 'alone',
    light: 'cpu-spin 60 2',
    wait: 5,
    title: /2 processes named cpu-spin use|cpu-spin .* uses|All \d+ CPUs are \d+ % busy/,
    subject: {},
    first: false,
  },
  {
    check: 'one-cpu-full',
    light: 'exec taskset -c 0 cpu-spin 60 6',
    wait: 3,
    state: 'warning',
    // The other CPU has to be idle for a moment, whatever other tests do.
    looks: 15,
    title: /CPU 0 is full while the others are \d+ % idle: 6 processes named cpu-spin share it/,
    subject: { name: 'cpu-spin' },
    first: false,
  },
  {
    check: 'memory-leak',
    light: 'memory-leak 60 100 1200',
    wait: 6,
    title: /memory-leak .* grows by/,
    subject: { name: 'memory-leak' },
  },
  {
    check: 'fd-exhaustion',
    light: 'fd-leak 60',
    wait: 1,
    state: 'critical',
    title: /fd-leak .* holds 1019 of its 1024 file descriptors; \d+ of them are /,
    subject: { name: 'fd-leak' },
  },
  {
    check: 'descriptor-leak',
    light: `perl -e 'for (;;) { open $next, "<", "/dev/null"; push @all, $next; undef $next; select undef, undef, undef, 0.025 }'`,
    wait: 7,
    state: 'warning',
    title:
      /perl \(\d+\) opens \d\d descriptors a second more than it closes: it holds \d+ of \d+, and is at the limit in/,
    subject: { name: 'perl' },
    first: false,
  },
  {
    check: 'descriptor-leak',
    kind: 'soon',
    light: `ulimit -n 1024; exec perl -MSocket -e 'socket($at, PF_INET, SOCK_STREAM, 0); bind($at, pack_sockaddr_in(7005, INADDR_LOOPBACK)); listen($at, 64); for (1 .. 40, 1 .. 10000) { socket($next, PF_INET, SOCK_STREAM, 0); connect($next, pack_sockaddr_in(7005, INADDR_LOOPBACK)); accept($one, $at); push @all, $next, $one; undef $next; undef $one; select undef, undef, undef, 0.04 }'`,
    wait: 11,
    state: 'warning',
    title: /perl \(\d+\) opens \d\d descriptors a second more than it closes: it holds \d+ of 1024/,
    why: /It has just been started/,
    subject: { name: 'perl' },
    first: false,
  },
  {
    check: 'blocked-writer',
    kind: 'pipe',
    light: `cp /usr/bin/perl /usr/local/bin/import-job; perl -e 'open $out, "-|", "import-job", "-e", q(for (;;) { syswrite STDOUT, "x" x 4096 }); wait'`,
    wait: 2,
    state: 'warning',
    title: /^import-job \(\d+\) waits for somebody to read the pipe that it writes to/,
    subject: { name: 'import-job' },
    first: false,
  },
  {
    check: 'blocked-writer',
    kind: 'unix',
    light: `cp /usr/bin/perl /usr/local/bin/import-job; perl -MSocket -e 'socket($at, PF_UNIX, SOCK_DGRAM, 0); bind($at, pack_sockaddr_un("/run/log")); sleep 60' & sleep 0.5
for job in 1 2 3; do import-job -MSocket -e 'socket($to, PF_UNIX, SOCK_DGRAM, 0); connect($to, pack_sockaddr_un("/run/log")); for (;;) { send($to, "x" x 100, 0) }' & done; wait`,
    wait: 2,
    state: 'warning',
    title: /^import-job \(\d+\) and 2 other processes \(import-job\) wait for the program behind a Unix socket/,
    subject: { name: 'import-job' },
    first: false,
  },
  {
    check: 'blocked-writer',
    kind: 'connect',
    light: `cp /usr/bin/perl /usr/local/bin/import-job; perl -MSocket -e 'socket($at, PF_UNIX, SOCK_STREAM, 0); bind($at, pack_sockaddr_un("/run/api")); listen($at, 2); sleep 60' & sleep 0.5
import-job -MSocket -e 'for (;;) { socket($to, PF_UNIX, SOCK_STREAM, 0); connect($to, pack_sockaddr_un("/run/api")); push @all, $to; undef $to }' & wait`,
    wait: 2,
    state: 'warning',
    title: /^import-job \(\d+\) waits for the program behind a Unix socket/,
    subject: { name: 'import-job' },
    first: false,
  },
  {
    check: 'blocked-writer',
    kind: 'tcp',
    light: `cp /usr/bin/perl /usr/local/bin/feed-server; perl -MSocket -e 'select undef, undef, undef, 0.5; socket($to, PF_INET, SOCK_STREAM, 0); connect($to, pack_sockaddr_in(7006, INADDR_LOOPBACK)); sleep 60' &
exec feed-server -MSocket -e 'socket($at, PF_INET, SOCK_STREAM, 0); bind($at, pack_sockaddr_in(7006, INADDR_LOOPBACK)); listen($at, 5); accept($one, $at); for (;;) { syswrite($one, "x" x 65536) }'`,
    wait: 6,
    state: 'warning',
    title: /^feed-server \(\d+\) waits for a client on its port 7006, which takes nothing/,
    subject: { name: 'feed-server' },
    first: false,
  },
  {
    check: 'zombie-pile-up',
    light: 'zombie-pile-up 60 200',
    wait: 1,
    state: 'warning',
    title: /zombie-pile-up .* has 200 zombies/,
    subject: { name: 'zombie-pile-up' },
    first: false,
  },
  {
    check: 'crash-loop',
    light: 'crash-loop 60 20',
    wait: 3,
    state: 'warning',
    title: /crash-loop .* starts children that end at once/,
    subject: { name: 'crash-loop' },
    first: false,
  },
  {
    check: 'crash-loop',
    kind: 'script',
    light: `mkdir -p /opt/pay; printf 'import time\\ntime.sleep(0.4)\\nopen("/etc/payment.yaml")\\n' >/opt/pay/payment.py; printf '#!/bin/sh\\nwhile :; do python3 /opt/pay/payment.py 2>/dev/null; sleep 0.2; done\\n' >/opt/pay/supervise.sh; exec sh /opt/pay/supervise.sh`,
    wait: 4,
    state: 'warning',
    title: /supervise\.sh \(\d+, sh\) starts children that end at once \((?:payment\.py|python3)\)/,
    subject: { name: 'sh' },
    first: false,
  },
  {
    check: 'fork-storm',
    light: 'fork-storm 60 80',
    wait: 2,
    title: /processes are started a second, most of them by fork-storm/,
    subject: { name: 'fork-storm' },
    first: false,
  },
  {
    check: 'd-state-pile-up',
    light: 'd-state 60 30',
    wait: 1,
    state: 'critical',
    title: /30 processes are stuck in uninterruptible sleep: 30 d-state/,
    subject: { name: 'd-state' },
  },
  {
    check: 'd-state-pile-up',
    kind: 'hung-mount',
    // A file system in user space whose program answers nothing, not even the greeting of the kernel. It goes with the box.
    light:
      '[ -e /dev/fuse ] || mknod /dev/fuse c 10 229; exec 3<>/dev/fuse; mkdir -p /mnt/remote; mount -i -t fuse.remote -o fd=3,rootmode=40000,user_id=0,group_id=0,allow_other filer /mnt/remote; ls -l /mnt/remote/a & ls -l /mnt/remote/b & sleep 60',
    wait: 2,
    state: 'warning',
    title: /2 processes are stuck in uninterruptible sleep: 2 ls, on \/mnt\/remote \(fuse\.remote\)/,
    subject: { kind: 'process', name: 'ls' },
  },
  {
    check: 'accept-queue-overflow',
    light: 'accept-queue-overflow 60 8080 8',
    wait: 2,
    state: 'critical',
    title: /accept-queue-overflow .* on port 8080 does not accept: 9 connections wait, the limit is 8/,
    subject: { kind: 'process', peer: '127.0.0.1:8080' },
  },
  {
    check: 'accept-queue-overflow',
    kind: 'lock',
    light: `printf 'import socket, threading\\nat = socket.socket(); at.bind(("127.0.0.1", 8089)); at.listen(2)\\nall = [socket.create_connection(("127.0.0.1", 8089)) for n in range(3)]\\nlock = threading.Lock(); lock.acquire()\\nfor n in range(4): threading.Thread(target=lock.acquire).start()\\nlock.acquire()\\n' >/opt/pay.py; exec python3 /opt/pay.py`,
    wait: 2,
    state: 'critical',
    title: /pay\.py \(\d+, python3\) on port 8089 does not accept: 3 connections wait, the limit is 2/,
    why: /All its 5 threads wait for a lock or a condition \(futex\)/,
    subject: { kind: 'process', peer: '127.0.0.1:8089' },
  },
  {
    check: 'close-wait-leak',
    light: 'close-wait-leak 60 8081 400',
    wait: 1,
    state: 'warning',
    title: /close-wait-leak .* has not closed 400 connections/,
    subject: { name: 'close-wait-leak' },
    first: false,
  },
  {
    check: 'ephemeral-ports',
    light:
      'echo 40000 40999 >/proc/sys/net/ipv4/ip_local_port_range; echo 0 >/proc/sys/net/ipv4/tcp_tw_reuse; time-wait-flood 60 8082 500',
    wait: 5,
    state: 'critical',
    title: /of 1000 local ports are in use towards 127\.0\.0\.1:8082/,
    subject: { kind: 'socket', peer: '127.0.0.1:8082' },
  },
  {
    check: 'lock-pile-up',
    light:
      'flock /run/import.lock sleep 60 & sleep 0.5; for job in 1 2 3 4 5 6; do flock /run/import.lock report-gen & done; wait',
    wait: 2,
    state: 'warning',
    title: /6 processes wait for the lock on \/run\/import\.lock, which (?:flock|sleep) \(\d+\) holds/,
    subject: { kind: 'process' },
  },
  {
    check: 'process-pile-up',
    kind: 'script',
    light: `printf '#!/bin/sh\\nexec 9>/run/sync.lock; flock 9; sleep 300\\n' >/opt/sync-orders.sh; for job in 1 2 3 4 5 6 7 8 9 10 11 12; do sh /opt/sync-orders.sh & done; wait`,
    wait: 2,
    state: 'warning',
    title: /12 copies of sh \/opt\/sync-orders\.sh run at once/,
    subject: { name: 'sh' },
    first: false,
  },
  {
    check: 'process-pile-up',
    light:
      'cp /bin/sleep /usr/local/bin/report-gen; for job in 1 2 3 4 5 6 7 8 9 10 11 12; do report-gen 60 & sleep 0.3; done; wait',
    wait: 5,
    state: 'warning',
    title: /12 copies of report-gen 60 run at once/,
    subject: { name: 'report-gen' },
  },
  {
    check: 'process-pile-up',
    kind: 'spawner',
    light: `cp /usr/bin/perl /usr/local/bin/dispatcher; exec dispatcher -e 'for (1 .. 120) { unless (fork) { sleep 90; exit } select undef, undef, undef, 0.4 }'`,
    wait: 25,
    state: 'warning',
    title: /^dispatcher \(\d+\) starts one more dispatcher every 0\.4 s, and none ends: there are \d\d/,
    subject: { name: 'dispatcher' },
    first: false,
  },
  {
    check: 'memory-leak',
    kind: 'worker',
    light: `cp /usr/bin/perl /usr/local/bin/prefork; exec prefork -e '$base = "x" x 80_000_000; for $worker (1 .. 8) { unless (fork) { sleep 90 if $worker > 1; for (;;) { push @kept, "x" x 1_048_576; select undef, undef, undef, 0.5 } } } wait'`,
    wait: 24,
    state: 'warning',
    title: /^prefork \(\d+\) grows by \d\.\d MiB a second/,
    why: /7 others of this name and parent hold .* each and do not grow/,
    subject: { name: 'prefork' },
    first: false,
  },
  {
    check: 'name-servers',
    light:
      'net=$(ip -4 -o addr show eth0 | sed "s/.*inet \\([0-9]*\\.[0-9]*\\.[0-9]*\\)\\..*/\\1/"); ip neigh add $net.200 lladdr 02:00:00:00:00:01 dev eth0 nud permanent; echo "nameserver $net.200" >/etc/resolv.conf',
    wait: 1,
    state: 'warning',
    title: /No name server answers within \d+ ms, slow or dead \(10\.\d+\.\d+\.200\)/,
    subject: { kind: 'box' },
  },
  {
    check: 'name-servers',
    kind: 'refused',
    light:
      'net=$(ip -4 -o addr show eth0 | sed "s/.*inet \\([0-9]*\\.[0-9]*\\.[0-9]*\\)\\..*/\\1/"); echo "nameserver $net.2" >/etc/resolv.conf',
    wait: 1,
    state: 'warning',
    title: /The name servers refuse what they are asked \(10\.\d+\.\d+\.2\)/,
    subject: { kind: 'box' },
  },
  {
    check: 'no-default-route',
    light: 'ip route del default',
    wait: 1,
    state: 'warning',
    title: /no default route/,
    subject: { kind: 'box' },
    first: false,
  },
  {
    check: 'no-default-route',
    kind: 'rejects',
    light: 'ip route del default; ip route add blackhole default; ip route add unreachable 192.0.2.0/24',
    wait: 1,
    state: 'warning',
    title: /no default route/,
    subject: { kind: 'box' },
    first: false,
  },
  {
    check: 'no-default-route',
    kind: 'gateway',
    light: `set -- $(hostname -I); ip route replace default via \${1%.*}.77
perl -MSocket -e 'socket($to, PF_INET, SOCK_DGRAM, 0); for (1..30) { send($to, "x", 0, pack_sockaddr_in(9, inet_aton("192.0.2.1"))); sleep 1 }'`,
    wait: 4,
    state: 'warning',
    title: /The gateway 10\.\d+\.\d+\.77 does not answer on eth0/,
    subject: { kind: 'interface', name: 'eth0' },
    first: false,
  },
  {
    check: 'interface-down',
    light:
      'ip link add eth1 type veth peer name far1; ip addr add 192.0.2.1/24 dev eth1; ip link set eth1 up; ip link set far1 up; sleep 0.3; ip link set far1 down',
    wait: 1,
    state: 'critical',
    title: /eth1 has no link/,
    subject: { kind: 'interface', name: 'eth1' },
  },
  {
    check: 'connections-refused',
    light: 'connection-refused 60 8085 20',
    wait: 1,
    state: 'warning',
    title: /\d+ of \d+ connections a second that are opened on this box are refused/,
    subject: { kind: 'box' },
    first: false,
  },
  {
    check: 'connections-refused',
    kind: 'here',
    // The client has a network of its own: what it counts is not counted by the box.
    light: `ip link add v0 type veth peer name v1; unshare -n sleep 60 & client=$!; sleep 0.3; ip link set v1 netns $client
ip addr add 10.99.0.1/24 dev v0; ip link set v0 up; nsenter -t $client -n ip addr add 10.99.0.2/24 dev v1; nsenter -t $client -n ip link set v1 up
exec nsenter -t $client -n perl -MSocket -e 'for (;;) { socket($to, PF_INET, SOCK_STREAM, 0); connect($to, pack_sockaddr_in(8088, inet_aton("10.99.0.1"))); select(undef, undef, undef, 0.02) }'`,
    wait: 2,
    state: 'warning',
    title: /^\d+ requests a second to this box are answered by a reset: nothing listens where they ask/,
    subject: { kind: 'box' },
    first: false,
  },
  {
    check: 'login-queue',
    light:
      '/usr/sbin/sshd -p 2222 -o MaxStartups=4:1:100; sleep 1; bash -c "for n in 1 2 3 4 5 6; do exec {fd}<>/dev/tcp/127.0.0.1/2222; done; sleep 60"',
    wait: 2,
    state: 'warning',
    title: /sshd \(\d+\) turns logins away: [4-6] connections have not logged in, from 4 on/,
    subject: { name: 'sshd' },
    first: false,
  },
  {
    check: 'inotify-instances',
    // Root shares its instances with the systemd of every other box of this machine.
    light: 'su -s /bin/bash amy -c "exec inotify-leak 60"',
    wait: 1,
    title: /User \S+ has \d+ of \d+ inotify instances .*; inotify-leak \(\d+\) holds/,
    subject: { name: 'inotify-leak' },
    first: false,
  },
  {
    check: 'user-process-limit',
    light: 'su -s /bin/bash amy -c "ulimit -u 60; exec thread-leak 60 59"',
    wait: 2,
    state: 'critical',
    title: /User 1000 has \d+ of at most 60 threads .* thread-leak \(\d+\) has \d+/,
    subject: { name: 'thread-leak' },
  },
  {
    check: 'thread-leak',
    kind: 'growing',
    light: 'exec thread-leak 60 4000 10',
    wait: 6,
    state: 'warning',
    title: /thread-leak \(\d+\) has \d+ threads, and \d+ more each second/,
    subject: { name: 'thread-leak' },
    first: false,
  },
  {
    check: 'thread-leak',
    light: 'thread-leak 20 4200',
    wait: 3,
    state: 'warning',
    title: /thread-leak \(\d+\) has 42\d\d threads/,
    subject: { name: 'thread-leak' },
  },
  {
    check: 'deleted-folder',
    light: 'mkdir /data/release-41; cd /data/release-41; sleep 60 & rmdir /data/release-41; wait',
    wait: 4,
    state: 'warning',
    title: /works in \/data\/release-41, which was deleted/,
    subject: { kind: 'process' },
  },
  {
    check: 'not-reading',
    light: 'not-reading 60 8084 60',
    wait: 2,
    state: 'critical',
    title: /not-reading .* does not read: .* wait in 60 of its connections on its port 8084/,
    subject: { name: 'not-reading' },
  },
  {
    check: 'silent-peer',
    light:
      'net=$(ip -4 -o addr show eth0 | sed "s/.*inet \\([0-9]*\\.[0-9]*\\.[0-9]*\\)\\..*/\\1/"); ip neigh add $net.200 lladdr 02:00:00:00:00:01 dev eth0 nud permanent; silent-peer 60 $net.200 5432 20',
    wait: 3,
    state: 'critical',
    title: /\.200:5432 does not answer: 20 requests to connect of silent-peer/,
    subject: { name: 'silent-peer' },
  },
  {
    check: 'silent-peer',
    kind: 'closed-window',
    light: `perl -MSocket -e 'socket($at, PF_INET, SOCK_STREAM, 0); bind($at, pack_sockaddr_in(7001, INADDR_LOOPBACK)); listen($at, 5); accept($one, $at); sleep 60' &
sleep 0.3; cp /usr/bin/perl /usr/local/bin/replicate; replicate -MSocket -e 'socket($to, PF_INET, SOCK_STREAM, 0); connect($to, pack_sockaddr_in(7001, INADDR_LOOPBACK)); for (;;) { syswrite($to, "x" x 65536) }'`,
    wait: 9,
    state: 'warning',
    title: /^127\.0\.0\.1:7001 takes nothing: 1 connection of replicate \(\d+\) cannot send on, .* wait/,
    subject: { name: 'replicate', peer: '127.0.0.1:7001' },
    first: false,
  },
  {
    check: 'shared-memory-orphans',
    // A little more than a twentieth of the memory of this machine; it goes with the box.
    light: `perl -ne 'if (/^MemTotal: +(\\d+)/) { $left = $1 * 1024 * 0.055; $mib = "x" x (1 << 20); while ($left > 0) { $id = shmget(0, 64 << 20, 0600 | 01000); shmwrite($id, $mib, $_ << 20, 1 << 20) for 0 .. 63; $left -= 64 << 20 } }' /proc/meminfo`,
    wait: 4,
    state: 'warning',
    title: /^\d+ segments of System V shared memory that nobody uses take .*, 5\.\d % of the memory/,
    subject: { kind: 'box' },
    first: false,
  },
  {
    check: 'semaphores-exhausted',
    light: `echo '250 32000 32 20' >/proc/sys/kernel/sem; perl -e 'semget(0, 1, 0600 | 01000) for 1 .. 21'`,
    wait: 1,
    state: 'critical',
    title: /^20 of at most 20 System V arrays of semaphores are in use/,
    subject: { kind: 'box' },
  },
  {
    check: 'udp-receive-errors',
    light: 'udp-overflow 60 8083',
    wait: 2,
    state: 'critical',
    title: /UDP packets a second are dropped at full receive buffers: port 8083 of udp-overflow/,
    subject: { name: 'udp-overflow' },
  },
  {
    check: 'tcp-retransmits',
    light: 'accept-queue-overflow 60 8080 1',
    wait: 3,
    state: 'critical',
    title: /of TCP segments are sent again/,
    subject: { kind: 'box' },
    first: false,
  },
  {
    check: 'interface-errors',
    light: 'full-tap 60',
    wait: 1,
    state: 'warning',
    title: /tap-vpn loses packets: 0 errors and \d+ drops a second/,
    subject: { kind: 'interface', name: 'tap-vpn' },
  },
  {
    check: 'syn-flood',
    // Answers to the names that are asked in end at a bridge without a port, in the box itself.
    light:
      'set -- $(hostname -I); ip link add nowhere type bridge; ip link set nowhere arp off up; ip route add ${1%.*}.200/29 dev nowhere; syn-flood $1 60 8084 1100',
    wait: 2,
    state: 'critical',
    title: /1101 connections are half-open on port 8084 of syn-flood \(\d+\), \d\d SYN cookies a second are sent/,
    subject: { name: 'syn-flood', peer: 'port 8084' },
  },
  {
    check: 'disk-full',
    light:
      'cp /bin/sleep /usr/local/bin/orders-api; exec 3>/data/orders.log; head -c 70M /dev/zero >&3; exec orders-api 60',
    wait: 1,
    state: 'critical',
    title: /\/data is 100 % full, .* orders-api \(\d+\) has \/data\/orders\.log open, 64\.0 MiB/,
    subject: { kind: 'filesystem', name: '/data' },
  },
  {
    check: 'disk-full',
    kind: 'closed',
    light:
      'mkdir -p /data/log; head -c 40M /dev/zero >/data/log/debug.log; head -c 24M /dev/zero >/data/dump; exec sleep 60',
    wait: 1,
    state: 'critical',
    title: /\/data is 100 % full, .* available; \/data\/log\/debug\.log has 40\.0 MiB, written (?:\d+ s ago|just now)$/,
    subject: { kind: 'filesystem', name: '/data' },
  },
  {
    check: 'disk-filling',
    light:
      'exec 3>/data/orders.log; head -c 45M /dev/zero >&3; while :; do head -c 200000 /dev/zero >&3; sleep 0.1; done',
    wait: 1,
    state: 'warning',
    title: /\/data grows by .* a second and is full in \d+ s/,
    subject: { kind: 'filesystem', name: '/data' },
  },
  {
    check: 'disk-filling',
    kind: 'empty',
    light: 'exec 3>/data/orders.log; while :; do head -c 150000 /dev/zero >&3; sleep 0.1; done',
    wait: 1,
    state: 'warning',
    title: /\/data grows by .* a second and is full in \d+ s/,
    subject: { kind: 'filesystem', name: '/data' },
  },
  {
    check: 'mount-missing',
    light: "echo 'UUID=3e6be9de-8139-4a11-9106-a43f08d823a6 /srv/data ext4 defaults 0 2' >>/etc/fstab",
    wait: 1,
    state: 'warning',
    title: /\/srv\/data is not mounted, and \/etc\/fstab says that it should be/,
    subject: { kind: 'filesystem', name: '/srv/data' },
  },
  {
    check: 'deleted-open-file',
    light: 'deleted-open-file 60 /data/app.log 62',
    wait: 1,
    state: 'critical',
    title: /deleted-open-file .* holds 62\.0 MiB of \/data\/app\.log, which was deleted/,
    subject: { name: 'deleted-open-file' },
  },
  {
    check: 'inodes-exhausted',
    light:
      'mount -t tmpfs -o nr_inodes=200,size=16m tmpfs /mnt && mkdir /mnt/s && cd /mnt/s && i=0; while [ $i -lt 197 ]; do : >f$i; i=$((i+1)); done',
    wait: 1,
    state: 'critical',
    title: /\/mnt has used (?:99|100) % of its inodes, 1 are left; 197 files below \/mnt\/s/,
    subject: { name: '/mnt' },
  },
  {
    check: 'disk-saturated',
    light: 'saturated-disk 60',
    wait: 2,
    state: 'critical',
    title: /Disk loop\d+ is \d+ % busy and each request takes \d+ ms; saturated-disk .* reads/,
    subject: { kind: 'process', name: 'saturated-disk' },
  },
  {
    check: 'iowait',
    light: 'saturated-disk 60',
    wait: 2,
    state: 'critical',
    title: /Work waits for disks \d+ % of the time; saturated-disk .* reads/,
    subject: { kind: 'process', name: 'saturated-disk' },
    first: false,
  },
  {
    check: 'read-only-remount',
    light: BREAK_A_FILE_SYSTEM,
    wait: 2,
    state: 'critical',
    title: /\/mnt has become read-only \d+ s ago/,
    subject: { kind: 'filesystem', name: '/mnt' },
  },
  {
    check: 'io-errors',
    light: BREAK_A_FILE_SYSTEM,
    wait: 2,
    state: 'critical',
    title: /loop\d+ reports errors: .* in the kernel log/,
    subject: { kind: 'device' },
    first: false,
  },
  {
    check: 'stale-binary',
    light: 'cp /bin/sleep /data/orders-api; /data/orders-api 60 & sleep 0.5; rm /data/orders-api',
    wait: 6,
    state: 'warning',
    title: /orders-api .* runs \/data\/orders-api, which was replaced or deleted/,
    subject: { name: 'orders-api' },
    first: false,
  },
  {
    check: 'stopped-process',
    light: 'python3 -m http.server 8099 & sleep 1.5; kill -STOP $!',
    wait: 3,
    state: 'critical',
    title: /http\.server \(\d+, python3\) is stopped/,
    subject: { name: 'python3' },
  },
  {
    check: 'stopped-process',
    kind: 'alone',
    light: 'sleep 60 & sleep 1.5; kill -STOP $!',
    wait: 3,
    state: 'warning',
    title: /sleep .* is stopped/,
    subject: { name: 'sleep' },
  },
  {
    check: 'stopped-process',
    kind: 'traced',
    light: `printf 'import time\\nwhile True: time.sleep(1)\\n' >/opt/billing.py; printf 'import ctypes, sys, time\\nctypes.CDLL(None).ptrace(16, int(sys.argv[1]), 0, 0); time.sleep(60)\\n' >/opt/tracer.py; python3 /opt/billing.py & sleep 1; exec python3 /opt/tracer.py $!`,
    wait: 4,
    state: 'warning',
    title: /billing\.py \(\d+, python3\) is held by tracer\.py \(\d+, python3\), which traces it/,
    subject: { name: 'python3' },
  },
  {
    check: 'cgroup-throttled',
    light: `mkdir ${CGROUP}/cpu/shop; echo 10000 >${CGROUP}/cpu/shop/cpu.cfs_quota_us; echo $$ >${CGROUP}/cpu/shop/cgroup.procs; exec cpu-spin 60`,
    wait: 2,
    state: 'critical',
    title: /^Control group \/shop may use 0\.10 CPUs and was held back/,
    subject: { kind: 'container' },
  },
  {
    check: 'cgroup-memory',
    light: `mkdir ${CGROUP}/memory/shop; echo 60M >${CGROUP}/memory/shop/memory.limit_in_bytes; echo $$ >${CGROUP}/memory/shop/cgroup.procs; exec memory-leak 60 100 57`,
    wait: 3,
    state: 'critical',
    title: /^Control group \/shop uses .* of its memory limit of 60\.0 MiB; most is memory-leak/,
    subject: { kind: 'container' },
  },
  {
    check: 'cgroup-memory',
    kind: 'box',
    light: `echo 400M >${CGROUP}/memory/memory.limit_in_bytes; exec memory-leak 60 200 350`,
    wait: 3,
    title: /The box as a whole uses .* of its memory limit of 400 MiB; most is memory-leak/,
    subject: { kind: 'box' },
    first: false,
  },
  {
    check: 'process-limit',
    light: `mkdir ${CGROUP}/pids/shop; echo 60 >${CGROUP}/pids/shop/pids.max; echo $$ >${CGROUP}/pids/shop/cgroup.procs; exec zombie-pile-up 60 57`,
    wait: 1,
    state: 'critical',
    title: /^Control group \/shop has 5\d of at most 60 threads/,
    subject: { kind: 'container' },
  },
  {
    check: 'oom-kills',
    light: `mkdir ${CGROUP}/memory/shop; echo 30M >${CGROUP}/memory/shop/memory.limit_in_bytes; echo $$ >${CGROUP}/memory/shop/cgroup.procs; exec memory-leak 60 200 100`,
    wait: 3,
    state: 'critical',
    title: /The kernel killed memory-leak/,
    subject: { name: 'memory-leak' },
    first: false,
  },
  {
    check: 'segmentation-faults',
    light: 'segmentation-fault 6',
    wait: 2,
    state: 'critical',
    title: /segmentation-fa crashed \d+ times on bad memory accesses/,
    subject: { name: 'segmentation-fa' },
    first: false,
  },
  {
    check: 'clock-off',
    light: `printf '#!/bin/sh\\necho $(($(/usr/bin/date +%%s) + 90)).000000000\\n' >/usr/local/bin/date; chmod +x /usr/local/bin/date`,
    wait: 1,
    state: 'critical',
    title: /The clock of the box is 1 min \d+ s ahead of the console's/,
    subject: { kind: 'box' },
    first: false,
  },
  {
    check: 'cgroup-io-limit',
    light:
      `${LOOP_DEVICES}truncate -s 60M /data/disk; loop=$(losetup -f --show /data/disk); exec 3<$loop; losetup -d $loop; ` +
      `for part in memory blkio; do mkdir ${CGROUP}/$part/slow; echo $$ >${CGROUP}/$part/slow/cgroup.procs; done; ` +
      `echo "7:\${loop#/dev/loop} 1048576" >${CGROUP}/blkio/slow/blkio.throttle.read_bps_device; exec dd of=/dev/null bs=256k iflag=direct <&3`,
    wait: 3,
    state: 'warning',
    title: /dd \(\d+\) waits for the I\/O limit of its control group .*\/slow: it may read 1\.0 MiB a second/,
    subject: { name: 'dd' },
    first: false,
  },
  {
    check: 'address-space-limit',
    light: `ulimit -v 120000; exec python3 -c 'import time
kept = []
try:
  while True: kept.append(bytearray(1 << 20))
except MemoryError: time.sleep(60)'`,
    wait: 2,
    state: 'critical',
    title: /python3 \(\d+\) uses 11\d MiB of the 117 MiB of address space that it may have/,
    subject: { name: 'python3' },
  },
  {
    check: 'failed-units',
    flavour: 'systemd',
    light: 'systemd-run --unit=orders-api -p Restart=on-failure -p RestartSec=10ms /bin/false',
    wait: 3,
    state: 'critical',
    title:
      /orders-api\.service has failed: it ended again and again until systemd gave up|orders-api\.service has failed: it ended \(status 1\), after \d restarts/,
    subject: { kind: 'unit', name: 'orders-api.service' },
    first: false,
  },
  {
    check: 'unit-restarting',
    flavour: 'systemd',
    light: 'systemd-run --unit=basket-api -p Restart=always -p RestartSec=30 /bin/false',
    wait: 2,
    state: 'critical',
    title: /basket-api\.service does not stay up: it ended \(status 1\)/,
    subject: { kind: 'unit', name: 'basket-api.service' },
  },
  {
    check: 'failed-units',
    kind: 'port',
    flavour: 'systemd',
    light:
      'python3 -m http.server 8080 >/dev/null 2>&1 & sleep 1; systemd-run --unit=web -p Restart=on-failure -p RestartSec=10ms python3 -m http.server 8080; wait',
    wait: 4,
    state: 'critical',
    title:
      /web\.service has failed: .*"OSError: \[Errno 98\] Address already in use"; port 8080 is held by http\.server \(\d+, python3\)/,
    subject: { kind: 'unit', name: 'web.service' },
    first: false,
  },
  {
    check: 'unit-stuck',
    flavour: 'systemd',
    light: 'systemd-run --no-block --unit=never-ready -p Type=notify sleep 80',
    wait: 11,
    title: /never-ready\.service has been starting for \d+ s and is not up \(start\)/,
    subject: { kind: 'unit', name: 'never-ready.service' },
  },
  {
    check: 'service-stopped',
    flavour: 'systemd',
    light: `cd /etc/systemd/system; mkdir -p multi-user.target.wants; printf '[Service]\\nExecStart=/usr/bin/sleep 80\\n' >payments.service; ln -s ../payments.service multi-user.target.wants/; systemctl daemon-reload; systemctl start payments; sleep 1; systemctl stop payments`,
    wait: 3,
    state: 'warning',
    title: /payments\.service is enabled, yet stopped for \d+ s: somebody or another unit had systemd stop it/,
    subject: { kind: 'unit', name: 'payments.service' },
  },
  {
    check: 'unit-not-reloaded',
    flavour: 'systemd',
    light: `cd /etc/systemd/system; printf '[Service]\\nExecStart=/usr/bin/sleep 80\\n' >edited.service; systemctl daemon-reload; systemctl start edited; sleep 1; echo '#' >>edited.service`,
    wait: 3,
    state: 'warning',
    title: /^edited\.service changed on disk/,
    subject: { kind: 'unit', name: 'edited.service' },
  },
]

/**
 * What takes processors or disks from its neighbours, fills the kernel log that all boxes share, or counts what a user has on the
 * whole machine: lit and looked at alone. All others wait in their own boxes, side by side.
 */
const ALONE: ReadonlySet<string> = new Set([
  'cpu-saturated',
  'hot-thread',
  'one-cpu-full',
  'crash-loop',
  'fork-storm',
  'd-state-pile-up',
  'ephemeral-ports',
  'connections-refused',
  'inotify-instances',
  'user-process-limit',
  'thread-leak',
  'shared-memory-orphans',
  'udp-receive-errors',
  'tcp-retransmits',
  'interface-errors',
  'syn-flood',
  'disk-saturated',
  'iowait',
  'read-only-remount',
  'io-errors',
  'cgroup-throttled',
  'cgroup-memory',
  'cgroup-io-limit',
  'oom-kills',
  'segmentation-faults',
])

const reason = missing('root', 'fleet', 'gcc', 'systemd')

describe.skipIf(reason)('checks, lit on test boxes', () => {
  const fleets = new Map<string, Fleet>()
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-checks-'))
  const boxOf = ({ check, flavour, kind }: Illness): string =>
    [flavour === 'systemd' ? 'sys' : 'box', check, ...(kind === undefined ? [] : [kind])].join('-')

  beforeAll(async () => {
    const programs = readdirSync(path.join(import.meta.dirname, '../sick')).filter((file) => file.endsWith('.c'))
    for (const program of programs) compileSick(program.slice(0, -2))
    const hook = path.join(import.meta.dirname, '../boxes/with-sick-programs.sh')
    const of = (systemd: boolean): readonly string[] =>
      ILLNESSES.filter(({ flavour }) => (flavour === 'systemd') === systemd).map(boxOf)
    const config = path.join(folder, 'ssh_config')
    writeFileSync(config, '')
    for (const [flavour, boxes] of [
      ['sshd', ['healthy', 'polling', ...of(false)]],
      ['systemd', ['sys-healthy', ...of(true)]],
    ] as const) {
      const fleet = await startFleet({ boxes, flavour, hook })
      fleets.set(flavour, fleet)
      // Tests that run side by side have one environment.
      appendFileSync(config, readFileSync(fleet.sshConfig, 'utf8').replace('Host *', `Host ${boxes.join(' ')}`))
    }
    process.env['HALLIGAN_SSH_CONFIG'] = config
  })
  afterAll(async () => {
    for (const fleet of fleets.values()) await fleet.down()
    rmSync(folder, { recursive: true, force: true })
  })

  async function lookInto(box: string): Promise<BoxLook> {
    const opened = openBox(box)
    const look = await lookAt(opened, { deep: false, windowSeconds: 1, compression: 'auto', redact })
    await opened.close()
    return look
  }

  it('are quiet about a healthy box, but for what the kernel log of this machine tells to all boxes', async () => {
    const look = await lookInto('healthy')
    const own = look.conclusion.findings.filter(({ check }) => !SHARED.has(check))
    expect(own.map(({ title }) => title)).toEqual([])
    expect(look.blind).toEqual([])
    expect(look.conclusion.cleared.length).toBeGreaterThan(25)
  })

  it('are quiet about a healthy box that systemd runs', async () => {
    const look = await lookInto('sys-healthy')
    const own = look.conclusion.findings.filter(({ check }) => !SHARED.has(check))
    expect(own.map(({ title }) => title)).toEqual([])
    expect(look.conclusion.cleared.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['failed-units', 'unit-stuck', 'service-stopped', 'unit-not-reloaded']),
    )
  })

  it('are quiet about scripts that poll, a pool that forks its jobs, and a reader that is slow', async () => {
    const fleet = fleets.get('sshd')!
    fleet.leave(
      'polling',
      [
        `printf '#!/bin/bash\\nwhile :; do date +%%s >/run/heartbeat; sleep 1; done\\n' >/usr/local/bin/heartbeat.sh`,
        `printf 'import subprocess, time\\nwhile True:\\n  for c in (["df"], ["ps", "-e"]): subprocess.run(c, stdout=subprocess.DEVNULL)\\n  time.sleep(1)\\n' >/opt/agent.py`,
        `printf 'import os, time\\nwhile True:\\n  p = os.fork()\\n  if p == 0: time.sleep(0.1); os._exit(0)\\n  os.waitpid(p, 0); time.sleep(0.1)\\n' >/opt/pool.py`,
        'chmod +x /usr/local/bin/heartbeat.sh',
        // A slow reader is not a dead one.
        `cp /usr/bin/perl /usr/local/bin/backup; backup -e 'for (;;) { syswrite STDOUT, "x" x 4096 }' | perl -e 'for (;;) { sysread STDIN, $read, 4096; select undef, undef, undef, 0.2 }' & :`,
        '/usr/local/bin/heartbeat.sh & python3 /opt/agent.py & exec python3 /opt/pool.py',
      ].join('; '),
    )
    await new Promise((resolve) => setTimeout(resolve, 4_000))
    for (let time = 0; time < 3; time++) {
      const look = await lookInto('polling')
      const own = look.conclusion.findings.filter(({ check }) => !SHARED.has(check))
      expect(own.map(({ title }) => title)).toEqual([])
      // They are there, and have lost children.
      expect(look.conclusion.cleared.find(({ check }) => check === 'crash-loop')?.why).toMatch(
        /[1-9]\d+ page faults a second/,
      )
    }
    await fleet.kill('polling')
  })

  const named = ILLNESSES.map((illness) => [boxOf(illness).replace(/^[a-z]+-/, ''), illness] as const)
  // The longest waits begin first.
  const together = named
    .filter(([, { check }]) => !ALONE.has(check))
    .toSorted(([, one], [, other]) => other.wait - one.wait)
  it.concurrent.each(together)('%s', (_, illness) => isFound(illness))
  it.each(named.filter(([, { check }]) => ALONE.has(check)))('%s', (_, illness) => isFound(illness))

  async function isFound(illness: Illness): Promise<void> {
    const fleet = fleets.get(illness.flavour ?? 'sshd')!
    const box = boxOf(illness)
    fleet.leave(box, illness.light)
    await new Promise((resolve) => setTimeout(resolve, illness.wait * 1000))
    // Other live tests share the CPUs: a spinning thread may not get a whole one at the first look, and journalctl has one second for the last words of
    // a unit. What is lit stays lit.
    let look = await lookInto(box)
    for (
      let again = 0;
      again < (illness.looks ?? 5) - 1 &&
      !look.conclusion.findings.some(({ check, title }) => check === illness.check && illness.title.test(title));
      again++
    ) {
      look = await lookInto(box)
    }
    await fleet.kill(box)
    const ofCheck = look.conclusion.findings.filter(({ check }) => check === illness.check)
    // The kernel log is that of all boxes: what another one lit within the hour may stand before.
    const found = ofCheck.find(({ title }) => illness.title.test(title)) ?? ofCheck[0]
    expect(found, summary(look.conclusion.findings)).toBeDefined()
    expect(found).toMatchObject({ ...(illness.state ? { state: illness.state } : {}), subject: illness.subject })
    expect(found?.title, found?.title).toMatch(illness.title)
    if (illness.why) expect(found?.why).toMatch(illness.why)
    const own = look.conclusion.findings.filter(({ check }) => check === illness.check || !SHARED.has(check))
    if (illness.first !== false) expect(own[0]?.check, summary(look.conclusion.findings)).toBe(illness.check)
  }
})

/** What the one kernel of this machine says to every box: its log, its CPUs, its disks, its forks. Other tests run meanwhile. */
const SHARED: ReadonlySet<string> = new Set([
  'io-errors',
  'oom-kills',
  'segmentation-faults',
  'kernel-trouble',
  'cpu-saturated',
  'cpu-steal',
  'iowait',
  'disk-saturated',
  'fork-storm',
  'memory-stall',
])

function summary(findings: readonly Finding[]): string {
  return findings.map(({ score, check, title }) => `${score} ${check}: ${title}`).join('\n')
}
