# shellcheck shell=bash
# shellcheck disable=SC2154 # fleet.sh sets $here
# One box: its network, its power switch, its limits. Sourced by fleet.sh.

box_create() {
  local fleet=$1 box=$2 folder ns cable gateway
  [[ $box =~ ^[a-z][a-z0-9-]{0,30}$ ]] || die "a box is named like web-1: $box"
  folder=$(box_folder "$fleet" "$box")
  [ ! -e "$folder" ] || die "there is a box $box already"
  local number=$(($(boxes_of "$fleet" | wc -l) + 1))
  mkdir -p "$folder"/{upper,work,mount}
  echo "$number" >"$folder/number"
  ssh-keygen -q -t ed25519 -N '' -C "$box" -f "$folder/host_key"
  ns=$(netns "$fleet" "$box") cable=$(cable "$fleet" "$box") gateway=10.231.$(fleet_number "$fleet").254
  ip netns add "$ns"
  ip link add "$cable" type veth peer name eth0 netns "$ns"
  ip link set "$cable" master "hal$(fleet_number "$fleet")" up
  ip -n "$ns" link set lo up
  ip -n "$ns" addr add "$(address "$fleet" "$box")/24" dev eth0
  ip -n "$ns" link set eth0 up
  ip -n "$ns" route add default via "$gateway"
  box_start "$fleet" "$box"
}

box_start() {
  local fleet=$1 box=$2 folder control_group
  folder=$(box_folder "$fleet" "$box")
  for control_group in $(cgroup_folders "$fleet" "$box"); do
    mkdir -p "$control_group"
    [ -z "${STARVED:-}" ] || starve "$control_group"
  done
  # The box must not hold the caller's pipes open, nor end with the caller's terminal.
  nsenter --net="/run/netns/$(netns "$fleet" "$box")" setsid bash "$here/box.sh" enter "$fleet" "$box" </dev/null >"$folder/log" 2>&1 8>&- 9>&- &
  echo $! >"$folder/pid"
  disown
}

# Limits by the names of either version; a file that is not there is another controller's.
starve() {
  local control_group=$1 setting
  for setting in cpu.cfs_quota_us=30000 'cpu.max=30000 100000' memory.limit_in_bytes=100663296 memory.max=100663296 pids.max=100; do
    [ ! -e "$control_group/${setting%%=*}" ] || echo "${setting#*=}" >"$control_group/${setting%%=*}"
  done
}

box_kill() { # SIGKILL to unshare takes PID 1 of the box, and so everything in it (--kill-child)
  local pid
  pid=$(cat "$(box_folder "$1" "$2")/pid" 2>/dev/null) || return 0
  kill -KILL "$pid" 2>/dev/null || :
  while is_alive "$pid"; do sleep 0.02; done
  [ ! -e "$STATE/$1/shared-pids" ] || end_all "$1" "$2"
}

# Of a box without a PID 1 of its own, whose control group tells what belongs to it.
end_all() {
  local folder pids
  folder=$(cgroup_folders "$1" "$2" | head -n 1)
  for _ in $(seq 50); do
    pids=$(cat "$folder/cgroup.procs" 2>/dev/null)
    [ -n "$pids" ] || return 0
    # shellcheck disable=SC2086 # one word a process
    kill -KILL $pids 2>/dev/null || :
    sleep 0.1
  done
}

# A zombie whose parent is slow to reap it is not alive.
is_alive() {
  local stat
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null && [[ $stat != *') Z '* ]]
}

box_run() {
  local fleet=$1 box=$2 unshare init
  shift 2
  unshare=$(cat "$(box_folder "$fleet" "$box")/pid")
  if [ -e "$STATE/$fleet/shared-pids" ]; then
    init=$unshare
  else
    init=$(cut -d' ' -f1 "/proc/$unshare/task/$unshare/children" 2>/dev/null) || :
  fi
  [ -n "$init" ] || die "$box does not run"
  # What a test starts in a box is held to the limits of the box, and ends with it.
  join_cgroups "$fleet" "$box"
  exec nsenter -t "$init" -m -u -i -n -p -C env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

box_hide() {
  ip route add unreachable "$(address "$1" "$2")"
  touch "$(box_folder "$1" "$2")/hidden"
}

fill_disk() {
  # It ends with "no space left".
  (box_run "$1" "$2" dd if=/dev/zero "of=$3/full" bs=64k 2>/dev/null) || :
}

new_host_key() {
  local folder
  folder=$(box_folder "$1" "$2")
  rm -f "$folder/host_key" "$folder/host_key.pub"
  ssh-keygen -q -t ed25519 -N '' -C "$2" -f "$folder/host_key"
  box_kill "$1" "$2"
  box_start "$1" "$2"
  wait_for_banner "$1" "$2"
}

remove_cgroups() {
  local folder
  for folder in $(cgroup_folders "$1" "$2"); do
    # The kernel may take a moment to let go of the last processes.
    for _ in $(seq 50); do
      [ -d "$folder" ] || break
      # The end of `run` that waits outside, halted with what it started in the box, does not end with that.
      xargs -r kill -KILL <"$folder/cgroup.procs" 2>/dev/null || :
      find "$folder" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.1
    done
  done
}

wait_for_banner() {
  local where folder
  where=$(address "$1" "$2") folder=$(box_folder "$1" "$2")
  # A starved box with systemd on a busy machine takes seconds.
  for _ in $(seq 600); do
    if { exec 3<>"/dev/tcp/$where/22"; } 2>/dev/null; then
      if read -r -t 5 -u 3 _; then exec 3>&-; return; fi
      exec 3>&-
    fi
    is_alive "$(cat "$folder/pid")" || break
    sleep 0.05
  done
  cat "$folder/log" >&2
  die "$2 did not come up"
}
