import type { Cgroup } from '../../src/evidence/probes/cgroups.ts'
import type { Clock } from '../../src/evidence/probes/clock.ts'
import type { Cpu, CpuShares } from '../../src/evidence/probes/cpu.ts'
import type { Disk, Disks } from '../../src/evidence/probes/disks.ts'
import type { Filesystem, Filesystems } from '../../src/evidence/probes/filesystems.ts'
import type { NetworkInterface } from '../../src/evidence/probes/interfaces.ts'
import type { KernelLog } from '../../src/evidence/probes/kernel-log.ts'
import type { Memory } from '../../src/evidence/probes/memory.ts'
import type { NetworkCounters } from '../../src/evidence/probes/network-counters.ts'
import type { OpenCount, OpenFiles } from '../../src/evidence/probes/open-files.ts'
import type { Paging } from '../../src/evidence/probes/paging.ts'
import type { Pressure } from '../../src/evidence/probes/pressure.ts'
import type { ProcessStat, ProcessStats } from '../../src/evidence/probes/process-stat.ts'
import type { ProcessStatus } from '../../src/evidence/probes/process-status.ts'
import type { Listener, Sockets, StuckConnections } from '../../src/evidence/probes/sockets.ts'
import type { Ending, Unit, UnitDetail, Units } from '../../src/evidence/probes/units.ts'

// Readings of a quiet box; a test says only what is different.

export const KIB = 1024
export const MIB = 1024 ** 2
export const GIB = 1024 ** 3

export function processOf(more: Partial<ProcessStat> = {}): ProcessStat {
  return {
    pid: 812,
    ppid: 1,
    processGroup: 812,
    name: 'orders-api',
    state: 'S',
    stateBefore: more.state ?? 'S',
    terminal: false,
    kernelThread: false,
    threads: 4,
    threadsPerSecond: 0,
    nice: 0,
    realTimePolicy: undefined,
    cpu: undefined,
    cpuPercent: 1,
    systemPercent: 0,
    rssBytes: 200 * MIB,
    rssBytesPerSecond: 0,
    majorFaultsPerSecond: 0,
    childFaultsPerSecond: 0,
    childFaults: 0,
    childCpuPercent: 0,
    ownFaults: 500,
    waitStatus: undefined,
    startedSecondsAfterBoot: 100,
    ageSeconds: 3_600,
    cpuSeconds: 60,
    ...more,
  }
}

export function table(
  processes: readonly ProcessStat[] = [processOf()],
  more: Partial<ProcessStats> = {},
): ProcessStats {
  return {
    processes,
    byPid: new Map(processes.map((each) => [each.pid, each])),
    appeared: [],
    vanished: [],
    windowSeconds: 1,
    ...more,
  }
}

export function ownerOf(uid: number): ProcessStatus {
  return { uid, swapBytes: 0, anonymousBytes: 0, tracer: undefined }
}

export function cpuOf(shares: Partial<CpuShares> | undefined, more: Partial<Cpu> = {}): Cpu {
  const total = shares && { user: 0, nice: 0, system: 0, idle: 0, iowait: 0, irq: 0, softirq: 0, steal: 0, ...shares }
  return {
    cpus: 4,
    total,
    perCpu: [],
    contextSwitchesPerSecond: 500,
    forksPerSecond: 10,
    interruptsPerSecond: 300,
    running: more.running ?? 1,
    runningBefore: more.running ?? 1,
    blocked: 0,
    bootSeconds: 1.7e9,
    ...more,
  }
}

/** Shares of the time of a CPU that works so many percent of it. */
export function busy(percent: number): Partial<CpuShares> {
  return { user: percent, idle: 100 - percent }
}

const quiet = { avg10: 0, avg60: 0, avg300: 0, window: 0 }

/** PSI with a share of time in the window, in percent. */
export function pressureOf(window: {
  readonly cpu?: number
  readonly memory?: number
  readonly io?: number
}): Pressure {
  const of = (value = 0) => ({
    some: { ...quiet, avg10: value, window: value },
    full: { ...quiet, avg10: value, window: value },
  })
  return { cpu: of(window.cpu), memory: of(window.memory), io: of(window.io) }
}

export function memoryOf(more: Partial<Memory> = {}): Memory {
  return {
    totalBytes: 8 * GIB,
    freeBytes: GIB,
    availableBytes: 5 * GIB,
    buffersBytes: 0,
    cachedBytes: 4 * GIB,
    sharedBytes: 0,
    slabBytes: 0,
    reclaimableSlabBytes: 0,
    dirtyBytes: 0,
    writebackBytes: 0,
    swapTotalBytes: 0,
    swapFreeBytes: 0,
    committedBytes: GIB,
    commitLimitBytes: 8 * GIB,
    availableBytesPerSecond: 0,
    ...more,
  }
}

export function pagingOf(more: Partial<Paging> = {}): Paging {
  return {
    swapInBytesPerSecond: 0,
    swapOutBytesPerSecond: 0,
    majorFaultsPerSecond: 0,
    directScansPerSecond: 0,
    oomKills: 0,
    oomKillsInWindow: 0,
    ...more,
  }
}

export function cgroupOf(more: Partial<Cgroup> = {}): Cgroup {
  return {
    path: '/shop',
    cpuLimit: undefined,
    throttledPeriodsPercent: undefined,
    throttledMsPerSecond: undefined,
    memoryBytes: undefined,
    memoryLimitBytes: undefined,
    anonymousBytes: undefined,
    sharedBytes: undefined,
    oomKills: undefined,
    pids: undefined,
    pidsLimit: undefined,
    ...more,
  }
}

export const clockAt: Clock = { skewMs: 0, precisionMs: 1, boxMs: 1.8e12, uptimeSeconds: 1_000_000 }

/** Kernel messages, each so many seconds ago. */
export function logOf(...messages: readonly (readonly [agoSeconds: number, text: string])[]): KernelLog {
  return { readAtSeconds: 1_000_000, lines: messages.map(([ago, text]) => ({ atSeconds: 1_000_000 - ago, text })) }
}

export function filesOf(more: Partial<OpenFiles> = {}): OpenFiles {
  return {
    atSeconds: 1_000,
    byPid: new Map(),
    unreadable: 0,
    deleted: [],
    sockets: [],
    holders: new Map(),
    threadWaits: new Map(),
    ...more,
  }
}

/** What the one process has open. */
export function opened(more: Partial<OpenCount>): Partial<OpenFiles> {
  return {
    byPid: new Map([
      [
        812,
        { open: 200, sockets: 0, softLimit: 1_024, mostly: undefined, inotify: 0, threadsLimit: undefined, ...more },
      ],
    ]),
  }
}

export function filesystemOf(more: Partial<Filesystem> = {}): Filesystem {
  return {
    mount: '/data',
    device: '/dev/sda1',
    type: 'ext4',
    readOnly: false,
    stoppedByError: false,
    remountsOnError: false,
    totalBytes: 100 * GIB,
    usedBytes: 50 * GIB,
    availableBytes: 50 * GIB,
    usedPercent: 50,
    inodes: 1e6,
    inodesFree: 9e5,
    inodesUsedPercent: 10,
    usedBytesPerSecond: 0,
    meantWritable: false,
    openFiles: [],
    ...more,
  }
}

export function filesystemsOf(...filesystems: readonly Partial<Filesystem>[]): Filesystems {
  return { filesystems: filesystems.map(filesystemOf), notAsked: [], unanswered: [], missing: [] }
}

export function disksOf(more: Partial<Disk>): Disks {
  const disk = {
    name: 'sda',
    readsPerSecond: 0,
    writesPerSecond: 100,
    readBytesPerSecond: 0,
    writeBytesPerSecond: MIB,
    busyPercent: 10,
    awaitMs: 1,
    queueLength: 0.1,
    inFlight: 0,
  }
  return { disks: [{ ...disk, ...more }], windowSeconds: 1 }
}

/** Counters by rate a second. */
export function countersOf(rates: Readonly<Record<string, number | undefined>>): NetworkCounters {
  return new Map(Object.entries(rates).map(([name, perSecond]) => [name, { total: 1_000, perSecond }]))
}

export function socketsOf(more: Partial<Sockets> = {}): Sockets {
  return {
    byState: new Map(),
    listeners: [],
    ephemeralPorts: { low: 32_768, high: 60_999 },
    portsByPeer: [],
    orphans: 0,
    stuck: [],
    udpDrops: [],
    halfOpen: [],
    ...more,
  }
}

export function stuckGroup(more: Partial<StuckConnections>): StuckConnections {
  return {
    held: 'unread',
    state: 'ESTABLISHED',
    localPort: 8080,
    peer: undefined,
    count: 60,
    bytes: 9_000,
    inode: 4_711,
    nextProbeSeconds: undefined,
    ...more,
  }
}

export function listenerOf(more: Partial<Listener>): Listener {
  return { address: '0.0.0.0', port: 8080, queue: 0, backlog: 128, inode: 4_711, ...more }
}

export function interfaceOf(more: Partial<NetworkInterface>): NetworkInterface {
  return {
    name: 'eth0',
    receivedBytesPerSecond: 0,
    sentBytesPerSecond: 0,
    receivedPacketsPerSecond: 0,
    sentPacketsPerSecond: 0,
    errorsPerSecond: 0,
    dropsPerSecond: 0,
    errors: 0,
    drops: 0,
    speedMbit: 1_000,
    operState: 'up',
    switchedOn: true,
    receivedPackets: 5_000,
    bridge: false,
    ...more,
  }
}

/** A service that was up for ten minutes, until systemd was told to stop it. */
export function detailOf(more: Partial<UnitDetail> = {}): UnitDetail {
  return {
    load: 'loaded',
    active: 'active',
    type: 'simple',
    changedAtSeconds: clockAt.uptimeSeconds - 120,
    startedAtSeconds: clockAt.uptimeSeconds - 720,
    upSeconds: 600,
    toldToStop: true,
    exit: { how: 'killed', status: 15 },
    conditionMet: true,
    triggeredBy: [],
    needsReload: false,
    command: undefined,
    ...more,
  }
}

export function unit(name: string, active: string, sub: string, ending?: Ending): Unit {
  return { name, active, sub, description: 'Orders API', ending }
}

export function unitsOf(...units: readonly Unit[]): { readonly units: Units } {
  return { units: { systemd: true, units } }
}
