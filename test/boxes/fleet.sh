#!/bin/bash
# Throw-away boxes for tests, made of namespaces on this machine: each has its own network, processes, mounts, host name, IPC,
# root file system, machine-id, host key and sshd. Needs root, Debian's debootstrap, iproute2 and util-linux.
#
#   fleet.sh root FLAVOUR                    builds (once) the root file system that boxes of a flavour share, read only
#   fleet.sh up FLEET FLAVOUR BOX...         starts boxes; prints the path of an ssh configuration for them
#   fleet.sh down FLEET                      ends them and removes every trace
#   fleet.sh run FLEET BOX COMMAND...        runs a command inside a box, without ssh
#   fleet.sh link FLEET BOX up|down          restores or cuts its cable
#   fleet.sh kill|start FLEET BOX            power off, power on
#   fleet.sh new-host-key FLEET BOX          what a reinstalled box looks like
#
# Flavours: sshd (bash, dash; sshd is PID 1), systemd (the same with systemd as PID 1), busybox (busybox ash and dropbear).
# Environment: CHATTY=1 a talkative and slow login; STARVED=1 little CPU, memory, descriptors, processes, and a full disk;
# SSHD_EXTRA lines for sshd_config; HOOK program run as HOOK ROOT BOX before the box starts (fakes over /proc, users, files).
# Global, since one kernel serves all: time since boot (a time namespace would part it from the kernel log), load average, /proc/stat, meminfo, vmstat, diskstats, pressure, dmesg.
set -eu
STATE=/run/halligan-test
CACHE=${HALLIGAN_TEST_CACHE:-/var/cache/halligan-test}
ROOT_VERSION=1
SELF=$(readlink -f "$0")

die() { echo "fleet.sh: $*" >&2; exit 1; }

# --- root file systems -------------------------------------------------------------------------------------------------------

build_root() {
  local flavour=$1 target
  target=$CACHE/$(root_name "$flavour")-$ROOT_VERSION
  [ -e "$target/.complete" ] && return
  mkdir -p "$CACHE"
  exec 8>"$CACHE/.lock"; flock 8
  [ -e "$target/.complete" ] && return
  rm -rf "$target"; mkdir -p "$target"
  "build_$(root_name "$flavour")" "$target" >"$target.log" 2>&1 || { tail -n 5 "$target.log" >&2; die "the root file system for $flavour could not be built ($target.log)"; }
  touch "$target/.complete"
  exec 8>&-
}

root_name() { case $1 in sshd|systemd) echo debian;; busybox) echo busybox;; *) die "no such flavour: $1";; esac; }

build_debian() {
  local root=$1 mirror
  mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | sed -n 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\) .*/\2/p; s/^URIs: *//p' | head -n 1)
  debootstrap --variant=minbase --include=openssh-server,procps,iproute2,sudo,zstd,mksh,systemd,systemd-sysv,dbus,sysstat,python3-minimal,libpython3-stdlib \
    bookworm "$root" "$mirror"
  rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/etc/apt/sources.list* "$root"/etc/ssh/ssh_host_* "$root"/var/log/*.log "$root"/etc/resolv.conf
  local user
  for user in amy bob carl forced gone restricted; do chroot "$root" useradd -m -s /bin/bash "$user"; done
  chroot "$root" usermod -s /usr/sbin/nologin gone; chroot "$root" usermod -s /bin/rbash restricted
  # A password of the test boxes only: bob's sudo asks for it.
  echo 'bob:hunter2' | chroot "$root" chpasswd
  printf 'amy ALL=(ALL) NOPASSWD: ALL\nbob ALL=(ALL) ALL\n' >"$root/etc/sudoers.d/test-boxes"; chmod 440 "$root/etc/sudoers.d/test-boxes"
}

build_busybox() {
  local root=$1 applet library
  mkdir -p "$root"/{bin,sbin,usr/bin,usr/sbin,lib,lib64,etc/dropbear,proc,sys,dev,run,tmp,root,var/log,var/tmp,old,data,home}
  cp "$(command -v busybox)" "$root/bin/busybox"
  for applet in $("$root/bin/busybox" --list); do [ "$applet" = busybox ] || ln -sf busybox "$root/bin/$applet"; done
  cp "$(command -v dropbear)" "$root/usr/sbin/dropbear"
  ldd "$root/usr/sbin/dropbear" | grep -o '/[^ ]*' | while read -r library; do
    mkdir -p "$root$(dirname "$library")"; cp -L "$library" "$root$library"
  done
  printf 'root:x:0:0:root:/root:/bin/sh\n' >"$root/etc/passwd"; printf 'root::0:0:99999:7:::\n' >"$root/etc/shadow"
  printf 'root:x:0:\n' >"$root/etc/group"; printf '/bin/sh\n' >"$root/etc/shells"
}

# --- fleet: a bridge and a subnet of its own, so that several fleets run side by side ----------------------------------------

fleet_up() {
  local fleet=$1 flavour=$2 number box; shift 2
  [[ $fleet =~ ^[a-z0-9-]{1,40}$ ]] || die "a fleet is named by lower-case letters, digits and hyphens: $fleet"
  build_root "$flavour"
  local folder=$STATE/$fleet
  mkdir -p "$STATE"
  if [ ! -e "$folder/number" ]; then
    for number in $(seq 1 250); do mkdir "$STATE/.number-$number" 2>/dev/null && break; done
    mkdir -p "$folder"; mount -t tmpfs -o mode=755 halligan-test "$folder"
    echo "$number" >"$folder/number"; echo "$flavour" >"$folder/flavour"
    ssh-keygen -q -t ed25519 -N '' -C test-boxes -f "$folder/id"
    ip link add "hal$number" type bridge; ip addr add "10.231.$number.254/24" dev "hal$number"; ip link set "hal$number" up
  fi
  for box; do box_create "$fleet" "$box"; done
  write_configuration "$fleet"
  for box; do wait_for_banner "$fleet" "$box"; done
  echo "$folder/ssh_config"
}

fleet_down() {
  local fleet=$1 folder=$STATE/$1 number box
  [ -e "$folder/number" ] || return 0
  number=$(cat "$folder/number")
  for box in "$folder"/boxes/*/; do [ -d "$box" ] && box_kill "$fleet" "$(basename "$box")"; done
  for box in "$folder"/boxes/*/; do
    [ -d "$box" ] || continue
    box=$(basename "$box"); ip netns del "$(netns "$fleet" "$box")" 2>/dev/null || :
    remove_cgroups "$fleet" "$box"
  done
  ip link del "hal$number" 2>/dev/null || :
  umount -l "$folder" 2>/dev/null || :
  rmdir "$folder" "$STATE/.number-$number" 2>/dev/null || :
}

write_configuration() {
  local fleet=$1 folder=$STATE/$1 box
  {
    printf 'Host *\n  User root\n  IdentityFile %s/id\n  IdentitiesOnly yes\n  UserKnownHostsFile %s/known_hosts\n  GlobalKnownHostsFile /dev/null\n' "$folder" "$folder"
    for box in "$folder"/boxes/*/; do box=$(basename "$box"); printf 'Host %s\n  HostName %s\n' "$box" "$(address "$fleet" "$box")"; done
  } >"$folder/ssh_config"
  for box in "$folder"/boxes/*/; do
    box=$(basename "$box"); echo "$(address "$fleet" "$box") $(cut -d' ' -f1,2 "$folder/boxes/$box/host_key.pub")"
  done >"$folder/known_hosts"
}

# --- boxes -------------------------------------------------------------------------------------------------------------------

number_of() { cat "$STATE/$1/boxes/$2/number"; }
address() { echo "10.231.$(cat "$STATE/$1/number").$(number_of "$1" "$2")"; }
netns() { echo "hal-$(cat "$STATE/$1/number")-$(number_of "$1" "$2")"; }
veth() { echo "hal$(cat "$STATE/$1/number")b$(number_of "$1" "$2")"; }

box_create() {
  local fleet=$1 box=$2 folder=$STATE/$1/boxes/$2 count
  [[ $box =~ ^[a-z][a-z0-9-]{0,30}$ ]] || die "a box is named like web-1: $box"
  [ -e "$folder" ] && die "there is a box $box already"
  count=$(find "$STATE/$fleet/boxes" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l)
  mkdir -p "$folder"/{upper,work,mount}; echo $((count + 1)) >"$folder/number"
  ssh-keygen -q -t ed25519 -N '' -C "$box" -f "$folder/host_key"
  local ns cable; ns=$(netns "$fleet" "$box"); cable=$(veth "$fleet" "$box")
  ip netns add "$ns"; ip link add "$cable" type veth peer name eth0 netns "$ns"
  ip link set "$cable" master "hal$(cat "$STATE/$fleet/number")" up
  ip -n "$ns" link set lo up; ip -n "$ns" addr add "$(address "$fleet" "$box")/24" dev eth0; ip -n "$ns" link set eth0 up
  ip -n "$ns" route add default via "10.231.$(cat "$STATE/$fleet/number").254" 2>/dev/null || :
  box_start "$fleet" "$box"
}

box_start() {
  local fleet=$1 box=$2 folder=$STATE/$1/boxes/$2 controller
  for controller in $(cgroup_folders "$fleet" "$box"); do mkdir -p "$controller"; done
  # The box must not hold the caller's pipes open, nor end with the caller's terminal.
  nsenter --net="/run/netns/$(netns "$fleet" "$box")" setsid bash "$SELF" _enter "$fleet" "$box" </dev/null >"$folder/log" 2>&1 8>&- 9>&- &
  echo $! >"$folder/pid"
  disown
}

box_enter() { # joins the box's control groups, then makes its namespaces
  local fleet=$1 box=$2 controller
  for controller in $(cgroup_folders "$fleet" "$box"); do echo $$ >"$controller/cgroup.procs" || :; done
  exec unshare --uts --ipc --mount --cgroup --pid --fork --kill-child bash "$SELF" _init "$fleet" "$box"
}

box_init() { # PID 1 of the box
  local fleet=$1 box=$2 folder=$STATE/$1/boxes/$2 flavour root file
  flavour=$(cat "$STATE/$fleet/flavour"); root=$folder/mount
  hostname "$box"; mount --make-rprivate /
  mount -t overlay overlay -o "lowerdir=$CACHE/$(root_name "$flavour")-$ROOT_VERSION,upperdir=$folder/upper,workdir=$folder/work" "$root"
  mkdir -p "$root"/{proc,sys,dev,run,tmp,data,etc/ssh,old}
  mount -t proc proc "$root/proc"; mount -t sysfs -o ro sysfs "$root/sys"
  mount -t tmpfs -o mode=755 dev "$root/dev"; mkdir "$root/dev/pts" "$root/dev/shm"
  for file in null zero full random urandom tty kmsg; do : >"$root/dev/$file"; mount --bind "/dev/$file" "$root/dev/$file"; done
  mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts "$root/dev/pts"; ln -s pts/ptmx "$root/dev/ptmx"
  ln -s /proc/self/fd "$root/dev/fd"; ln -s /proc/self/fd/0 "$root/dev/stdin"; ln -s /proc/self/fd/1 "$root/dev/stdout"; ln -s /proc/self/fd/2 "$root/dev/stderr"
  mount -t tmpfs -o mode=1777,size=64m shm "$root/dev/shm"
  mount -t tmpfs -o mode=755,size=64m run "$root/run"; mkdir -p "$root/run/sshd"
  mount -t tmpfs -o mode=1777,size=64m tmp "$root/tmp"; mount -t tmpfs -o mode=1777,size=64m data "$root/data"
  mount_cgroups "$root" "$flavour"
  identity "$root" "$box" "$folder" "$fleet"
  [ -z "${CHATTY:-}" ] || chatty "$root"
  [ -z "${HOOK:-}" ] || "$HOOK" "$root" "$box"
  [ -z "${STARVED:-}" ] || { head -c 100M /dev/zero >"$root/data/full" 2>/dev/null || :; head -c 100M /dev/zero >"$root/tmp/full" 2>/dev/null || :; }
  cd "$root"; pivot_root . old; umount -l /old; rmdir /old 2>/dev/null || :
  hash -r
  [ -z "${STARVED:-}" ] || { ulimit -n 64; ulimit -u 200; }
  case $flavour in
    busybox) exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root /usr/sbin/dropbear -F -E -s -r /etc/dropbear/host_key;;
    systemd) start_systemd;;
    *) exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin /usr/sbin/sshd -D -e;;
  esac
}

identity() {
  local root=$1 box=$2 folder=$3 fleet=$4 user
  echo "$box" >"$root/etc/hostname"; printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$box" >"$root/etc/hosts"
  printf '%s' "halligan test box $box" | md5sum | cut -c1-32 >"$root/etc/machine-id"
  cp "$folder/host_key" "$root/etc/ssh/ssh_host_ed25519_key"; chmod 600 "$root/etc/ssh/ssh_host_ed25519_key"
  [ ! -d "$root/etc/dropbear" ] || dropbearconvert openssh dropbear "$folder/host_key" "$root/etc/dropbear/host_key" 2>/dev/null
  for user in root amy bob carl gone restricted forced; do
    local home=$root/home/$user; [ "$user" != root ] || home=$root/root
    [ -d "$home" ] || continue
    mkdir -p "$home/.ssh"; cp "$STATE/$fleet/id.pub" "$home/.ssh/authorized_keys"; chmod 700 "$home/.ssh"
    [ "$user" != forced ] || sed -i 's/^/command="echo only this" /' "$home/.ssh/authorized_keys"
    [ "$user" = root ] || chown -R --reference="$home" "$home/.ssh"
  done
  cat >"$root/etc/ssh/sshd_config" <<END
HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin prohibit-password
UsePAM no
PrintMotd no
LogLevel VERBOSE
Subsystem sftp /usr/lib/openssh/sftp-server
${SSHD_EXTRA:-}
END
}

chatty() { # what a login sees on some real boxes: a banner, a talkative profile, two seconds of slowness
  printf 'AUTHORISED USE ONLY\n' >"$1/etc/issue.net"; echo 'Banner /etc/issue.net' >>"$1/etc/ssh/sshd_config"
  printf 'echo "Welcome to $(hostname)!"\necho "You have 3 new mails."\nsleep 1\nprintf "no newline at the end"\n' >"$1/root/.bashrc"
}

start_systemd() {
  local unit
  mkdir -p /run/systemd/system /var/log/journal; rm -rf /etc/systemd/system/*.wants
  for unit in systemd-udevd.service systemd-udev-trigger.service systemd-resolved.service systemd-networkd.service systemd-timesyncd.service systemd-modules-load.service \
    systemd-sysctl.service systemd-random-seed.service systemd-remount-fs.service systemd-hwdb-update.service systemd-machine-id-commit.service systemd-binfmt.service \
    getty@tty1.service console-getty.service kmod-static-nodes.service systemd-pcrphase.service systemd-firstboot.service systemd-sysusers.service ldconfig.service \
    systemd-update-done.service systemd-udevd-kernel.socket systemd-udevd-control.socket dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount \
    sys-kernel-tracing.mount sys-fs-fuse-connections.mount proc-sys-fs-binfmt_misc.automount; do ln -sf /dev/null "/run/systemd/system/$unit"; done
  printf '[Unit]\nDescription=sshd\n[Service]\nRuntimeDirectory=sshd\nExecStart=/usr/sbin/sshd -D -e\nRestart=always\n' >/run/systemd/system/test-sshd.service
  printf '[Unit]\nDescription=test box\nRequires=basic.target\nAfter=basic.target\nWants=test-sshd.service systemd-journald.service dbus.service\nAllowIsolate=yes\n' >/run/systemd/system/test-box.target
  exec env -i container=test-box PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --unit=test-box.target --log-target=journal
}

box_kill() { # SIGKILL to unshare takes PID 1 of the box, and so everything in it (--kill-child)
  local folder=$STATE/$1/boxes/$2 pid state
  pid=$(cat "$folder/pid" 2>/dev/null) || return 0
  kill -KILL "$pid" 2>/dev/null || :
  # Gone, or a zombie whose parent is slow to reap it: both are down.
  while { read -r _ _ state _ <"/proc/$pid/stat"; } 2>/dev/null && [ "$state" != Z ]; do sleep 0.02; done
}

box_run() {
  local folder=$STATE/$1/boxes/$2 unshare_pid init; shift 2
  unshare_pid=$(cat "$folder/pid"); init=$(cut -d' ' -f1 "/proc/$unshare_pid/task/$unshare_pid/children")
  [ -n "$init" ] || die "the box does not run"
  # The control groups too: what a test starts in a box is held to the box's limits, and ends with it.
  local controller
  for controller in $(cgroup_folders "$FLEET" "$BOX"); do echo $$ >"$controller/cgroup.procs" 2>/dev/null || :; done
  exec nsenter -t "$init" -m -u -i -n -p -C env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

# --- control groups: v1 hierarchies where they are mounted, else v2 ----------------------------------------------------------

cgroup_folders() {
  local name controller any=
  name=halligan-test-$(cat "$STATE/$1/number")-$2
  for controller in cpu cpuacct memory pids; do
    [ -e "/sys/fs/cgroup/$controller/cgroup.procs" ] && { any=1; echo "/sys/fs/cgroup/$controller/$name"; }
  done
  [ -e /sys/fs/cgroup/unified/cgroup.procs ] && echo "/sys/fs/cgroup/unified/$name"
  [ -n "$any" ] || [ ! -e /sys/fs/cgroup/cgroup.procs ] || echo "/sys/fs/cgroup/$name"
}

mount_cgroups() {
  local root=$1 flavour=$2 controller
  [ -d "$root/sys/fs/cgroup" ] || return 0
  if [ "$flavour" = systemd ] || [ ! -e /sys/fs/cgroup/cpu/cgroup.procs ]; then mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"; return; fi
  mount -t tmpfs -o mode=755 cgroup "$root/sys/fs/cgroup"
  for controller in cpu cpuacct memory pids; do
    [ -e "/sys/fs/cgroup/$controller/cgroup.procs" ] || continue
    mkdir "$root/sys/fs/cgroup/$controller"; mount -t cgroup -o "$controller" cgroup "$root/sys/fs/cgroup/$controller" || rmdir "$root/sys/fs/cgroup/$controller"
  done
}

remove_cgroups() {
  local folder tries
  for folder in $(cgroup_folders "$1" "$2"); do
    for tries in 1 2 3 4 5 6 7 8 9 10; do
      [ -d "$folder" ] || break
      find "$folder" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.2
    done
  done
}

wait_for_banner() {
  local where tries
  where=$(address "$1" "$2")
  for tries in $(seq 400); do
    { exec 3<>"/dev/tcp/$where/22"; } 2>/dev/null && { read -r -t 5 -u 3 _ && { exec 3>&-; return; }; exec 3>&-; }
    sleep 0.05
  done
  cat "$STATE/$1/boxes/$2/log" >&2; die "$2 did not come up ($tries tries)"
}

command=${1:-}; [ $# -eq 0 ] || shift
case $command in
  root) build_root "$1";;
  up) fleet_up "$@";;
  down) fleet_down "$1";;
  run) FLEET=$1 BOX=$2; box_run "$@";;
  link) ip link set "$(veth "$1" "$2")" "$3";;
  kill) box_kill "$1" "$2";;
  start) box_start "$1" "$2"; wait_for_banner "$1" "$2";;
  new-host-key)
    rm -f "$STATE/$1/boxes/$2/host_key" "$STATE/$1/boxes/$2/host_key.pub"
    ssh-keygen -q -t ed25519 -N '' -C "$2" -f "$STATE/$1/boxes/$2/host_key"
    box_kill "$1" "$2"; box_start "$1" "$2"; wait_for_banner "$1" "$2";;
  _enter) box_enter "$@";;
  _init) box_init "$@";;
  *) sed -n '2,20p' "$SELF"; exit 2;;
esac
