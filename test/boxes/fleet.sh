#!/bin/bash
# Throw-away boxes for tests, made of namespaces on this machine: each has its own network, processes, mounts, host name, IPC,
# clock since boot, control groups, root file system, machine-id, host key and sshd. Needs root, debootstrap, iproute2, util-linux.
#
#   fleet.sh up FLEET FLAVOUR BOX...         starts boxes; prints the path of an ssh configuration for them
#   fleet.sh down FLEET                      ends them and removes every trace
#   fleet.sh list                            fleets that are up, with their boxes
#   fleet.sh run FLEET BOX COMMAND...        runs a command inside a box, without ssh
#   fleet.sh link FLEET BOX up|down          restores or cuts its cable
#   fleet.sh hide FLEET BOX                  from now on it is reached through other boxes only (ProxyJump)
#   fleet.sh kill|start FLEET BOX            power off, power on
#   fleet.sh new-host-key FLEET BOX          what a reinstalled box looks like
#   fleet.sh fill-disk FLEET BOX [FOLDER]    fills a file system of the box (/data)
#   fleet.sh has FLAVOUR                     whether boxes of it can be made: of some the root file system may not be at hand
#
# Flavours: sshd (bash, dash; sshd is PID 1), systemd (the same with systemd as PID 1), busybox (busybox ash and dropbear), trixie (a newer Debian:
# sshd is PID 1, gdb, and little else; root alone).
# Environment: CHATTY=1 a talkative and slow login; STARVED=1 little CPU and memory, few descriptors and processes, full disks;
# SSHD_EXTRA lines for sshd_config; HOOK a program that is run as HOOK ROOT BOX before the box starts, and may bind fakes over
# files of ROOT/proc; OWNER a process: when it has gone, the next `up` ends the fleet; SHARED_PIDS=1 boxes see the processes of this machine, and have
# its tracefs: the kernel knows threads by the numbers of the first namespace alone, where it filters events of probes.
# Users: root, amy (sudo), bob (sudo with the password hunter2), carl (the same password, no sudo), forced (a forced command), gone
# (nologin), restricted (rbash). Global, since one kernel serves all: load average, /proc/stat, meminfo, vmstat, pressure, dmesg.
set -eu
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=root.sh
. "$here/root.sh"
# shellcheck source=machine.sh
. "$here/machine.sh"

# A bridge and a subnet of its own for each fleet, so that several run side by side.
fleet_up() {
  local fleet=$1 flavour=$2 box
  shift 2
  [[ $fleet =~ ^[a-z0-9-]{1,40}$ ]] || die "a fleet is named by lower-case letters, digits and hyphens: $fleet"
  reap
  build_root "$flavour"
  [ -e "$STATE/$fleet/number" ] || fleet_create "$fleet" "$flavour"
  for box; do box_create "$fleet" "$box"; done
  write_configuration "$fleet"
  for box; do wait_for_banner "$fleet" "$box"; done
  echo "$STATE/$fleet/ssh_config"
}

fleet_create() {
  local fleet=$1 flavour=$2 folder=$STATE/$1 number
  mkdir -p "$STATE"
  for number in $(seq 1 250) none; do
    if mkdir "$STATE/.number-$number" 2>/dev/null; then break; fi
  done
  [ "$number" != none ] || die "there are 250 fleets already (fleet.sh list)"
  mkdir -p "$folder"
  # What boxes write lands here, in memory; a box that fills its own disk must not fill this machine.
  mount -t tmpfs -o mode=755,size=3g halligan-test "$folder"
  echo "$flavour" >"$folder/flavour"
  [ -z "${SHARED_PIDS:-}" ] || : >"$folder/shared-pids"
  if [ -n "${OWNER:-}" ]; then identity_of_process "$OWNER" >"$folder/owner"; fi
  echo "$number" >"$folder/number"
  ssh-keygen -q -t ed25519 -N '' -C test-boxes -f "$folder/id"
  cut_cables "$number"
  ip link add "hal$number" type bridge
  ip addr add "10.231.$number.254/24" dev "hal$number"
  ip link set "hal$number" up
}

# One `down` of a fleet at a time: its owner's and the one of an `up` that reaps may run at once, and the slower of two would take away the
# bridge and the cables of the fleet that was given the number after the faster had left it.
fleet_down() {
  local lock=$STATE/.down-$1
  [ -e "$STATE/$1/number" ] || return 0
  {
    flock 9
    take_down "$1"
  } 9>"$lock"
  rm -f "$lock"
}

take_down() {
  local fleet=$1 folder=$STATE/$1 number box
  [ -e "$folder/number" ] || return 0
  number=$(fleet_number "$fleet")
  for box in $(boxes_of "$fleet"); do box_kill "$fleet" "$box"; done
  for box in $(boxes_of "$fleet"); do
    [ ! -e "$(box_folder "$fleet" "$box")/hidden" ] || ip route del unreachable "$(address "$fleet" "$box")" 2>/dev/null || :
    ip netns del "$(netns "$fleet" "$box")" 2>/dev/null || :
    remove_cgroups "$fleet" "$box"
  done
  cut_cables "$number"
  ip link del "hal$number" 2>/dev/null || :
  umount -l "$folder" 2>/dev/null || :
  rmdir "$folder" "$STATE/.number-$number" 2>/dev/null || :
}

# Of a number that we hold. The kernel keeps the network of a box for minutes while a TCP socket in it still waits for an answer, and with it
# its end of the cable; the name of our end would be taken when the number is.
cut_cables() {
  local cable
  for cable in /sys/class/net/"hal$1b"[0-9]*; do
    [ ! -e "$cable" ] || ip link del "${cable##*/}" 2>/dev/null || :
  done
}

fleet_list() {
  local fleet
  for fleet in "$STATE"/*/; do
    fleet=$(basename "$fleet")
    [ ! -e "$STATE/$fleet/number" ] || echo "$fleet ($(cat "$STATE/$fleet/flavour")):" "$(boxes_of "$fleet" | tr '\n' ' ')"
  done
}

# Ends fleets whose owner was killed before it could do so.
reap() {
  local owner fleet
  for owner in "$STATE"/*/owner; do
    [ -e "$owner" ] || continue
    fleet=$(basename "$(dirname "$owner")")
    if [ "$(identity_of_process "$(cut -d' ' -f1 "$owner")")" != "$(cat "$owner")" ]; then fleet_down "$fleet"; fi
  done
}

# PID and start time in clock ticks since boot (proc_pid_stat(5), field 22): a PID alone may be another process by now.
identity_of_process() { sed "s/.*) //; s/^/$1 /" "/proc/$1/stat" 2>/dev/null | cut -d' ' -f1,21; }

write_configuration() {
  local fleet=$1 folder=$STATE/$1 box
  {
    printf 'Host *\n  User root\n  IdentityFile %s/id\n  IdentitiesOnly yes\n' "$folder"
    printf '  UserKnownHostsFile %s/known_hosts\n  GlobalKnownHostsFile /dev/null\n' "$folder"
    for box in $(boxes_of "$fleet"); do printf 'Host %s\n  HostName %s\n' "$box" "$(address "$fleet" "$box")"; done
  } >"$folder/ssh_config"
  for box in $(boxes_of "$fleet"); do
    echo "$(address "$fleet" "$box") $(cut -d' ' -f1,2 "$folder/boxes/$box/host_key.pub")"
  done >"$folder/known_hosts"
}

command=${1:-}
[ $# -eq 0 ] || shift
case $command in
  up) fleet_up "$@" ;;
  down) fleet_down "$1" ;;
  list) fleet_list ;;
  has) has_root "$1" ;;
  run) box_run "$@" ;;
  link) ip link set "$(cable "$1" "$2")" "$3" ;;
  hide) box_hide "$1" "$2" ;;
  kill) box_kill "$1" "$2" ;;
  start) box_start "$1" "$2" && wait_for_banner "$1" "$2" ;;
  new-host-key) new_host_key "$1" "$2" ;;
  fill-disk) fill_disk "$1" "$2" "${3:-/data}" ;;
  *) sed -n '2,/^set -eu/p' "$0" | sed '$d; s/^# \{0,1\}//' && exit 2 ;;
esac
