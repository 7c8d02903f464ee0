# shellcheck shell=bash
# Root file systems that the boxes of a flavour share, read only. They are built once a machine and show nothing of it. Sourced by fleet.sh.
ROOT_VERSION=5

# sshd: the server of most boxes. sudo, zstd, mksh: what boxes have or lack. sysstat, python3, vim: what people type by hand on a burning box,
# and Ansible. systemd: for the flavour of that name. nginx: the server of scenes. gdb, elfutils, strace: what attaches to processes (debootstrap does
# not find the boost library of gdb by itself: it has another name there).
DEBIAN_PACKAGES=openssh-server,procps,iproute2,sudo,zstd,mksh,systemd,systemd-sysv,dbus,sysstat,python3-minimal,libpython3-stdlib,vim-tiny,nginx,gdb,libboost-regex1.74.0,elfutils,strace

root_folder() { echo "$CACHE/$(root_name "$1")-$ROOT_VERSION"; }

root_name() {
  case $1 in
    sshd | systemd) echo debian ;;
    trixie | busybox) echo "$1" ;;
    *) die "no such flavour: $1 (there are sshd, systemd, busybox, trixie)" ;;
  esac
}

build_root() {
  local flavour=$1 name target building
  name=$(root_name "$flavour")
  target=$(root_folder "$flavour")
  [ ! -d "$target" ] || return 0
  mkdir -p "$CACHE"
  # Test files that run side by side wait for the first that needs this one.
  exec 8>"$CACHE/.lock-$name"
  flock 8
  if [ ! -d "$target" ]; then
    building=$target.building
    rm -rf "$building"
    mkdir "$building"
    echo "fleet.sh: building the root file system of $name boxes, once; it takes a minute or two ($target)" >&2
    "build_$name" "$building" >"$target.log" 2>&1 || {
      tail -n 5 "$target.log" >&2
      die "the root file system of $name boxes could not be built; the whole log is $target.log"
    }
    mv "$building" "$target"
  fi
  exec 8>&-
}

build_debian() {
  local root=$1 user
  # What a power cut would break is built again: dpkg need not wait for the disk after each file.
  mkdir -p "$root/etc/dpkg/dpkg.cfg.d"
  echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/test-boxes"
  # In namespaces of its own, so that what debootstrap mounts does not stay when it is ended.
  http_proxy=${http_proxy:-$(apt_proxy)} unshare --mount --pid --fork --kill-child \
    debootstrap --variant=minbase --include="$DEBIAN_PACKAGES" bookworm "$root" "$(debian_mirror)" || return
  rm -rf "$root"/etc/dpkg/dpkg.cfg.d/test-boxes "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* \
    "$root"/etc/apt/sources.list* "$root"/etc/apt/apt.conf.d/* "$root"/etc/ssh/ssh_host_* "$root"/var/log/*.log "$root"/etc/resolv.conf "$root"/etc/machine-id
  for user in amy bob carl forced gone restricted; do
    chroot "$root" useradd -m -s /bin/bash "$user" || return
    # "*": no password, but not locked either; sshd without PAM refuses a locked account even by key.
    chroot "$root" usermod -p '*' "$user" || return
  done
  chroot "$root" usermod -s /usr/sbin/nologin gone || return
  chroot "$root" usermod -s /bin/rbash restricted || return
  # Passwords of the test boxes only: sudo asks bob and carl for theirs.
  printf 'bob:hunter2\ncarl:hunter2\n' | chroot "$root" chpasswd || return
  printf 'amy ALL=(ALL) NOPASSWD: ALL\nbob ALL=(ALL) ALL\n' >"$root/etc/sudoers.d/test-boxes"
  chmod 440 "$root/etc/sudoers.d/test-boxes"
}

# A newer Debian, for what a newer gdb can do: sshd, procps and gdb alone. Nothing of its packages is run (dpkg would take twice the time): they are laid out, and what a
# box needs of their scripts is done here.
build_trixie() {
  local root=$1 package
  # The first stage unpacks what every Debian has, and fetches the rest.
  http_proxy=${http_proxy:-$(apt_proxy)} unshare --mount --pid --fork --kill-child \
    debootstrap --foreign --variant=minbase --include=openssh-server,procps,gdb trixie "$root" "$(debian_mirror)" || return
  for package in "$root"/var/cache/apt/archives/*.deb; do
    grep -qx "$(basename "${package%%_*}")" "$root/debootstrap/required" || dpkg-deb --extract "$package" "$root" || return
  done
  rm -rf "$root"/debootstrap "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/doc "$root"/usr/share/locale
  cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd" && cp "$root/usr/share/base-passwd/group.master" "$root/etc/group" || return
  echo 'sshd:x:101:65534::/run/sshd:/usr/sbin/nologin' >>"$root/etc/passwd"
  # In a container debootstrap leaves a link to the /proc of the machine.
  rm -rf "$root/proc" && mkdir "$root/proc" && ln -s mawk "$root/usr/bin/awk" && chroot "$root" ldconfig
}

# The suite may be missing from a mirror that keeps some alone.
has_root() {
  [ -d "$(root_folder "$1")" ] || [ "$1" != trixie ] ||
    http_proxy=${http_proxy:-$(apt_proxy)} wget -q -T 10 -t 2 -O /dev/null "$(debian_mirror)dists/trixie/InRelease"
}

# The mirror that this machine's own apt uses, which may be the only one that it reaches; elsewhere Debian's.
debian_mirror() {
  local mirror
  # shellcheck disable=SC2016 # apt-get expands it
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Codename: bookworm' 'Origin: Debian' 'Created-By: Packages' 2>/dev/null | head -n 1)
  echo "${mirror:-http://deb.debian.org/debian/}"
}

apt_proxy() {
  local proxy=
  eval "$(apt-config shell proxy Acquire::http::Proxy)"
  echo "$proxy"
}

build_busybox() {
  local root=$1 applet library
  mkdir -p "$root"/{bin,sbin,usr/bin,usr/sbin,lib,lib64,etc/dropbear,proc,sys,dev,run,tmp,root,var/log,var/tmp,old,data,home} || return
  cp "$(command -v busybox)" "$root/bin/busybox" || return
  for applet in $("$root/bin/busybox" --list); do
    [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet" || return
  done
  cp "$(command -v dropbear)" "$root/usr/sbin/dropbear" || return
  for library in $(ldd "$root/usr/sbin/dropbear" | grep -o '/[^ ]*'); do
    mkdir -p "$root${library%/*}"
    cp -L "$library" "$root$library" || return
  done
  echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
  echo 'root::0:0:99999:7:::' >"$root/etc/shadow"
  echo 'root:x:0:' >"$root/etc/group"
  echo /bin/sh >"$root/etc/shells"
}
