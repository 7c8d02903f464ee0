# shellcheck shell=bash
# Where boxes, fleets and their root file systems are, and what they are called. Sourced by the other scripts here.
STATE=/run/halligan-test
# shellcheck disable=SC2034 # the other scripts use it
CACHE=${HALLIGAN_TEST_CACHE:-/var/cache/halligan-test}
CONTROLLERS='cpu cpuacct memory pids blkio'

die() {
  echo "fleet.sh: $*" >&2
  exit 1
}

fleet_number() { cat "$STATE/$1/number"; }
box_folder() { echo "$STATE/$1/boxes/$2"; }
box_number() { cat "$STATE/$1/boxes/$2/number"; }
boxes_of() { find "$STATE/$1/boxes" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' 2>/dev/null | sort; }

address() { echo "10.231.$(fleet_number "$1").$(box_number "$1" "$2")"; }
netns() { echo "hal-$(fleet_number "$1")-$(box_number "$1" "$2")"; }
cable() { echo "hal$(fleet_number "$1")b$(box_number "$1" "$2")"; }

# One line each: the control groups of a box, where this machine lets us make some; v1 hierarchies if they are mounted, else v2.
cgroup_folders() {
  local name controller found=
  name=halligan-test-$(fleet_number "$1")-$2
  for controller in $CONTROLLERS; do
    if [ -w "/sys/fs/cgroup/$controller/cgroup.procs" ]; then
      found=1
      echo "/sys/fs/cgroup/$controller/$name"
    fi
  done
  if [ -w /sys/fs/cgroup/unified/cgroup.procs ]; then echo "/sys/fs/cgroup/unified/$name"; fi
  if [ -z "$found" ] && [ -w /sys/fs/cgroup/cgroup.procs ]; then echo "/sys/fs/cgroup/$name"; fi
}

join_cgroups() {
  local folder
  for folder in $(cgroup_folders "$1" "$2"); do
    echo $BASHPID >"$folder/cgroup.procs" 2>/dev/null || :
  done
}
