#!/bin/bash
# What becomes PID 1 of a test box; fleet.sh starts it in the box's network.
#
#   box.sh enter FLEET BOX     joins the control groups of the box, then makes its namespaces
#   box.sh init FLEET BOX      in them: mounts the root file system, gives the box its identity, and starts sshd, dropbear or systemd
set -eu
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=root.sh
. "$here/root.sh"
fleet=$2 box=$3
folder=$(box_folder "$fleet" "$box")
flavour=$(cat "$STATE/$fleet/flavour")
root=$folder/mount

enter() {
  join_cgroups "$fleet" "$box"
  local pids='--pid --fork --kill-child'
  [ ! -e "$STATE/$fleet/shared-pids" ] || pids=
  # No time namespace: it would part the time since boot from the times of the kernel log, which all boxes share.
  # shellcheck disable=SC2086 # several words
  exec unshare --uts --ipc --mount --cgroup $pids \
    bash "$here/box.sh" init "$fleet" "$box"
}

init() {
  hostname "$box"
  mount --make-rprivate /
  mount -t overlay overlay -o "lowerdir=$(root_folder "$flavour"),upperdir=$folder/upper,workdir=$folder/work" "$root"
  mkdir -p "$root"/{proc,sys,dev,run,tmp,data,etc/ssh,old}
  mount_kernel_files
  mount_memory_files
  mount_cgroups
  identity
  accounts
  sshd_configuration
  [ -z "${CHATTY:-}" ] || chatty
  [ -z "${HOOK:-}" ] || "$HOOK" "$root" "$box"
  [ -z "${STARVED:-}" ] || fill_up
  cd "$root"
  pivot_root . old
  umount -l /old
  rmdir /old 2>/dev/null || :
  hash -r
  [ -z "${STARVED:-}" ] || ulimit -n 64
  case $flavour in
    sshd | trixie) exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin /usr/sbin/sshd -D -e ;;
    busybox) exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root /usr/sbin/dropbear -F -E -s -r /etc/dropbear/host_key ;;
    systemd) start_systemd ;;
  esac
}

mount_kernel_files() {
  local file
  mount -t proc proc "$root/proc"
  mount -t sysfs -o ro sysfs "$root/sys"
  [ ! -e "$STATE/$fleet/shared-pids" ] || mount -t tracefs tracefs "$root/sys/kernel/tracing"
  mount -t tmpfs -o mode=755 dev "$root/dev"
  mkdir "$root/dev/pts" "$root/dev/shm"
  for file in null zero full random urandom tty kmsg; do
    : >"$root/dev/$file"
    mount --bind "/dev/$file" "$root/dev/$file"
  done
  mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts "$root/dev/pts"
  ln -s pts/ptmx "$root/dev/ptmx"
  ln -s /proc/self/fd "$root/dev/fd"
  ln -s fd/0 "$root/dev/stdin"
  ln -s fd/1 "$root/dev/stdout"
  ln -s fd/2 "$root/dev/stderr"
}

# Small ones, so that tests can fill them.
mount_memory_files() {
  local size=64m
  [ -z "${STARVED:-}" ] || size=8m
  mount -t tmpfs -o "mode=1777,size=$size" shm "$root/dev/shm"
  mount -t tmpfs -o "mode=1777,size=$size" tmp "$root/tmp"
  mount -t tmpfs -o "mode=1777,size=$size" data "$root/data"
  mount -t tmpfs -o mode=755,size=64m run "$root/run"
  mkdir -p "$root/run/sshd"
}

# What the box sees of its control groups: its own alone, since it has a namespace of them.
mount_cgroups() {
  local target=$root/sys/fs/cgroup controller
  [ -d "$target" ] || return 0
  if [ "$flavour" = systemd ] || [ ! -e /sys/fs/cgroup/cpu/cgroup.procs ]; then
    mount -t cgroup2 cgroup2 "$target"
    return
  fi
  mount -t tmpfs -o mode=755 cgroup "$target"
  for controller in $CONTROLLERS; do
    [ -e "/sys/fs/cgroup/$controller/cgroup.procs" ] || continue
    mkdir "$target/$controller"
    mount -t cgroup -o "$controller" cgroup "$target/$controller" || rmdir "$target/$controller"
  done
}

identity() {
  echo "$box" >"$root/etc/hostname"
  printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$box" >"$root/etc/hosts"
  printf 'halligan test box %s' "$box" | md5sum | cut -c1-32 >"$root/etc/machine-id"
  cp "$folder/host_key" "$root/etc/ssh/ssh_host_ed25519_key"
  chmod 600 "$root/etc/ssh/ssh_host_ed25519_key"
  if [ "$flavour" = busybox ]; then dropbearconvert openssh dropbear "$folder/host_key" "$root/etc/dropbear/host_key" 2>/dev/null; fi
}

accounts() {
  local user home
  for user in root amy bob carl gone restricted forced; do
    home=$root/home/$user
    [ "$user" != root ] || home=$root/root
    [ -d "$home" ] || continue
    mkdir -p "$home/.ssh"
    cp "$STATE/$fleet/id.pub" "$home/.ssh/authorized_keys"
    chmod 700 "$home/.ssh"
    if [ "$user" = forced ]; then sed -i 's/^/command="echo only this" /' "$home/.ssh/authorized_keys"; fi
    if [ "$user" != root ]; then chown -R --reference="$home" "$home/.ssh"; fi
  done
}

sshd_configuration() {
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

chatty() { # what a login meets on some real boxes: a banner, a talkative and slow profile
  echo 'AUTHORISED USE ONLY' >"$root/etc/issue.net"
  echo 'Banner /etc/issue.net' >>"$root/etc/ssh/sshd_config"
  cat >"$root/root/.bashrc" <<'END'
echo "Welcome to $(hostname)!"
echo "You have 3 new mails."
sleep 1
printf "no newline at the end"
END
}

fill_up() {
  head -c 100M /dev/zero >"$root/data/full" 2>/dev/null || :
  head -c 100M /dev/zero >"$root/tmp/full" 2>/dev/null || :
}

# Units that would touch the machine that runs the box, or that wait for hardware that it has not.
MASKED='systemd-udevd.service systemd-udev-trigger.service systemd-udevd-kernel.socket systemd-udevd-control.socket
systemd-modules-load.service systemd-sysctl.service systemd-binfmt.service systemd-remount-fs.service systemd-random-seed.service
systemd-hwdb-update.service systemd-machine-id-commit.service systemd-firstboot.service systemd-sysusers.service
systemd-update-done.service systemd-pcrphase.service systemd-resolved.service systemd-networkd.service systemd-timesyncd.service
kmod-static-nodes.service ldconfig.service getty@tty1.service console-getty.service dev-hugepages.mount dev-mqueue.mount
sys-kernel-debug.mount sys-kernel-tracing.mount sys-fs-fuse-connections.mount proc-sys-fs-binfmt_misc.automount'

start_systemd() {
  local unit
  mkdir -p /run/systemd/system /var/log/journal
  rm -rf /etc/systemd/system/*.wants
  for unit in $MASKED; do ln -sf /dev/null "/run/systemd/system/$unit"; done
  printf '[Unit]\nDescription=sshd\n[Service]\nRuntimeDirectory=sshd\nExecStart=/usr/sbin/sshd -D -e\nRestart=always\n' \
    >/run/systemd/system/test-sshd.service
  printf '[Unit]\nDescription=test box\nRequires=basic.target\nAfter=basic.target\n%s\nAllowIsolate=yes\n' \
    'Wants=test-sshd.service systemd-journald.service dbus.service' >/run/systemd/system/test-box.target
  exec env -i container=test-box PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --unit=test-box.target --log-target=journal
}

case $1 in
  enter) enter ;;
  init) init ;;
  *) die "box.sh is run by fleet.sh" ;;
esac
