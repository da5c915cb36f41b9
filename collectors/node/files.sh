#!/bin/sh
# kubecase: reads what one node says of itself, changes nothing there, and writes an archive for `kubecase analyze`.
#
#   sh files.sh --output FILE.tar.gz     by hand, as root on the node
#   sh files.sh --stream                 for the collector: each file as a frame on standard output
#
# Options: --node NAME (as the cluster calls it), --peers 'NAME=ADDRESS:PORT,PORT …', --registries 'HOST[:PORT] …',
# --no-outside (no registry and no package source is tried).
# Environment: ROOT is where the root of the host is mounted (default /); its programs are run by chroot.
# Certificates are read as CERTIFICATE blocks; keys, tokens and passwords are left out.
set -u
LC_ALL=C TZ=UTC
PATH="${PATH:-}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin:/var/lib/rancher/rke2/bin:/var/lib/rancher/k3s/data/current/bin"
SYSTEMD_IGNORE_CHROOT=1 SYSTEMD_COLORS=0 SYSTEMD_PAGER=''
export LC_ALL TZ PATH SYSTEMD_IGNORE_CHROOT SYSTEMD_COLORS SYSTEMD_PAGER
umask 077

HOST_DIRS='/usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin /opt/bin /var/lib/rancher/rke2/bin /var/lib/rancher/k3s/data/current/bin'
MAX_DOCUMENT=4194304   # bytes of one document
MAX_LOG=2097152        # bytes of one log, its newest
MAX_TOTAL=25165824     # bytes of all entries
MAX_SECONDS=150        # for everything; what is not begun by then is recorded as timed out
LOG_LINES=30000        # newest lines asked of the journal

ROOT=${ROOT:-/}
ROOT=${ROOT%/}
node='' output='' stream='' outside=yes peers=${PEERS:-} registries=${REGISTRIES:-}
while [ $# -gt 0 ]; do
  case $1 in
    --stream) stream=yes ;;
    --no-outside) outside='' ;;
    --output | --node | --peers | --registries)
      [ $# -gt 1 ] || { echo "$1 needs a value" >&2; exit 2; }
      case $1 in
        --output) output=$2 ;;
        --node) node=$2 ;;
        --peers) peers=$2 ;;
        --registries) registries=$2 ;;
      esac
      shift ;;
    *) echo "unknown argument: $1 (give --output FILE or --stream)" >&2; exit 2 ;;
  esac
  shift
done
[ -n "$stream$output" ] || { echo 'give --output FILE or --stream' >&2; exit 2; }

work=$(mktemp -d "${TMPDIR:-/tmp}/kubecase-node.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT PIPE TERM
scratch=$work/scratch
tree=$work/tree
mkdir "$scratch" "$tree"
renice -n 19 -p $$ >/dev/null 2>&1
ionice -c 3 -p $$ >/dev/null 2>&1

# --- programs -------------------------------------------------------------------------------------------------

# Text tools this side lacks are borrowed from the host.
for tool in awk sed base64 gzip tr tail head sort; do
  command -v "$tool" >/dev/null 2>&1 || eval "$tool() { chroot \"\$ROOT/\" $tool \"\$@\"; }"
done
if timeout -s KILL 5 true 2>/dev/null; then timeout_form=new
elif timeout -t 5 -s KILL true 2>/dev/null; then timeout_form=old
else timeout_form=none; fi

# limit SECONDS COMMAND…: ends a command that takes too long.
limit() {
  seconds=$1
  shift
  case $timeout_form in
    new) timeout -s KILL "$seconds" "$@" ;;
    old) timeout -t "$seconds" -s KILL "$@" ;;
    none)
      "$@" &
      limited=$!
      (sleep "$seconds"; kill -9 "$limited") >/dev/null 2>&1 &
      watcher=$!
      wait "$limited" 2>/dev/null
      ended=$?
      kill "$watcher" 2>/dev/null
      return "$ended" ;;
  esac
}

# Whether the host has a program; a link leads somewhere within the host, whatever it looks like from here.
has() {
  for dir in $HOST_DIRS; do
    if [ -x "$ROOT$dir/$1" ] || [ -L "$ROOT$dir/$1" ]; then
      found=$dir/$1
      return 0
    fi
  done
  return 1
}

# host SECONDS COMMAND…: runs a program of the host.
host() {
  allowed=$1
  shift
  if [ -n "$ROOT" ]; then limit "$allowed" chroot "$ROOT" "$@"; else limit "$allowed" "$@"; fi
}

# either SECONDS COMMAND…: a program of the host, else one of this image.
either() {
  if has "$2"; then host "$@"; else limit "$@"; fi
}

# Follows links of the host; sets `real` to the path below ROOT.
real_path() {
  real=$1
  hops=0
  while [ -L "$ROOT$real" ] && [ "$hops" -lt 10 ]; do
    target=$(readlink "$ROOT$real")
    case $target in /*) real=$target ;; *) real=${real%/*}/$target ;; esac
    hops=$((hops + 1))
  done
}

# One line that fits a table.
one_line() { tr '\t\r\n' '   ' | tr -cd '[:print:]' | head -c 300; }

# Keys never leave the machine, and values that look like credentials do not either.
masked() {
  awk '/-----BEGIN [A-Z ]*PRIVATE KEY-----/ { match($0, /^[ \t]*/); print substr($0, 1, RLENGTH) "(a private key was left out)"; inside = 1 }
    !inside { print }
    /-----END [A-Z ]*PRIVATE KEY-----/ { inside = 0 }' |
    sed -e 's/\(client-key-data"\{0,1\} *[:=] *\).*/\1(left out)/' \
      -e 's/\([Bb]earer \)[A-Za-z0-9._~+\/=-]\{8,\}/\1(left out)/g' \
      -e 's/\([Pp]assword"\{0,1\} *[:=] *\)[^ ,;"&]\{1,\}/\1(left out)/g' \
      -e 's/\([Ss]ecret"\{0,1\}=\)[^ ,;"&]\{1,\}/\1(left out)/g' \
      -e 's/\([Tt]oken"\{0,1\}[:=] *\)[A-Za-z0-9._-]\{16,\}/\1(left out)/g' \
      -e 's#\(://[^:/@ ]\{1,\}:\)[^@/ ]\{1,\}@#\1(left out)@#g'
}

# --- entries --------------------------------------------------------------------------------------------------

began=$(date +%s)
total=0
now() { date -u +%Y-%m-%dT%H:%M:%SZ; }
late() { [ $(($(date +%s) - began)) -ge "$MAX_SECONDS" ]; }

# row ARTIFACT OUTCOME REASON
row() { printf '%s\t%s\t%s\n' "$1" "$2" "$(printf '%s' "$3" | one_line)" >>"$work/coverage.tsv"; }

# keep PATH FILE: makes a file an entry.
keep() {
  size=$(($(wc -c <"$2")))
  total=$((total + size))
  if [ -n "$stream" ]; then
    printf 'kubecase-entry %s %s\n' "$1" "$size"
    cat "$2"
  else
    case $1 in */*) mkdir -p "$tree/${1%/*}" ;; esac
    cat "$2" >"$tree/$1"
  fi
}

# open ARTIFACT EXTENSION: begins a document; false when there is no time left.
open() {
  artifact=$1
  entry=documents/$1/_node/$segment.$2
  parts=0 problem='' cut=''
  : >"$scratch/document"
  late || return 0
  row "$artifact" timed-out "not read: $MAX_SECONDS s were over"
  return 1
}

# capture SECONDS COMMAND…: standard output into scratch/out; sets `code` and `why`.
capture() {
  printf '1\n' >"$scratch/code"
  { "$caller" "$@" 2>"$scratch/err"; echo $? >"$scratch/code"; } | head -c "$MAX_DOCUMENT" >"$scratch/out"
  read -r code <"$scratch/code"
  why="$2: $(head -n 1 "$scratch/err" | one_line)"
  [ "$(($(wc -c <"$scratch/out")))" -lt "$MAX_DOCUMENT" ] || { cut=yes; code=0; }
  case $code in 124 | 137 | 143) why="$2 did not end within $1 s" ;; esac
}
caller=host

# part NAME SECONDS COMMAND…: adds what a command wrote when it succeeded; an empty name adds no heading.
part() {
  name=$1
  shift
  has "$2" || [ "$caller" != host ] || return 1
  capture "$@"
  if [ "$code" -ne 0 ]; then
    problem=${problem:-$why}
    return 1
  fi
  heading "$name"
  cat "$scratch/out" >>"$scratch/document"
}

# heading NAME: begins a part of a document.
heading() {
  parts=$((parts + 1))
  [ -z "$1" ] || printf '==> %s <==\n' "$1" >>"$scratch/document"
}

# part_file NAME PATH: adds a file of the host.
part_file() {
  real_path "$2"
  [ -r "$ROOT$real" ] || return 1
  heading "$1"
  head -c "$MAX_DOCUMENT" <"$ROOT$real" >>"$scratch/document"
}

# close REASON: ends a document; the reason is for one nothing was found for.
close() {
  if [ "$parts" -eq 0 ]; then
    case $problem in
      '') row "$artifact" not-found "$1" ;;
      *'did not end'*) row "$artifact" timed-out "$problem" ;;
      *) row "$artifact" error "$problem" ;;
    esac
    return
  fi
  if [ "$(($(wc -c <"$scratch/document") + total))" -gt "$MAX_TOTAL" ]; then
    row "$artifact" truncated "left out: all files together are larger than $MAX_TOTAL bytes"
    return
  fi
  keep "$entry" "$scratch/document"
  if [ -n "$cut" ]; then row "$artifact" truncated "cut at $MAX_DOCUMENT bytes"
  elif [ -n "$problem" ]; then row "$artifact" partial "$problem"
  else row "$artifact" collected ''; fi
}

# --- where we are ---------------------------------------------------------------------------------------------

file_has() { [ -r "$1" ] && grep -q "$2" "$1"; }

# The name the kubelet registers: by flag, else the host name in lower case.
if [ -z "$node" ] && [ -r "$ROOT/var/lib/kubelet/kubeadm-flags.env" ]; then
  node=$(sed -n 's/.*--hostname-override=\([^ "]*\).*/\1/p' <"$ROOT/var/lib/kubelet/kubeadm-flags.env" | head -n 1)
fi
[ -n "$node" ] || { [ -n "$ROOT" ] && [ -r "$ROOT/etc/hostname" ] && node=$(head -n 1 <"$ROOT/etc/hostname"); }
[ -n "$node" ] || node=$(uname -n)
node=$(printf '%s' "$node" | tr 'A-Z' 'a-z' | tr -cd 'a-z0-9.-')
[ -n "$node" ] || node=node
# The last part of a path must not look like a number of a snapshot.
segment=$(printf '%s' "$node" | sed -e 's/\.\([0-9]\{1,\}\)$/%2E\1/' -e 's/\.previous$/%2Eprevious/')

kubelet_config=/var/lib/kubelet/config.yaml
manifests=''
if [ -r "$ROOT$kubelet_config" ]; then
  manifests=$(sed -n 's/^staticPodPath: *"\{0,1\}\([^" ]*\)"\{0,1\} *$/\1/p' <"$ROOT$kubelet_config" | head -n 1)
fi
if [ -z "$manifests" ]; then
  manifests=/etc/kubernetes/manifests
  [ -d "$ROOT/var/lib/rancher/rke2/agent/pod-manifests" ] && manifests=/var/lib/rancher/rke2/agent/pod-manifests
fi
real_path "$manifests"
manifest_folder=$ROOT$real

# runs NAME…: whether a process of one of these names runs, as the kernel cuts names at 15 bytes.
cat "$ROOT"/proc/[0-9]*/comm >"$scratch/processes" 2>/dev/null
runs() { grep -qx "$1" "$scratch/processes"; }
# component NAME: whether the node is to run a component of the control plane.
component() {
  [ -e "$manifest_folder/$1.yaml" ] || runs "$(printf '%s' "$1" | head -c 15)" ||
    [ -d "$ROOT/var/lib/rancher/rke2/server" ] || [ -d "$ROOT/var/lib/rancher/k3s/server" ]
}

socket=''
for candidate in /run/containerd/containerd.sock /run/crio/crio.sock /run/cri-dockerd.sock /run/k3s/containerd/containerd.sock; do
  [ -S "$ROOT$candidate" ] && { socket=$candidate; break; }
done

printf '{"format":"kubecase-node-archive","formatVersion":1,"node":"%s","time":"%s","root":"%s"}\n' \
  "$node" "$(now)" "$([ -n "$ROOT" ] && echo mounted || echo own)" >"$scratch/archive"
keep node-archive.json "$scratch/archive"
printf '#node\t%s\n' "$node" >"$work/coverage.tsv"

# --- documents ------------------------------------------------------------------------------------------------

system() {
  open node-system txt || return
  part_file os-release /etc/os-release || part_file os-release /usr/lib/os-release
  caller=either
  part uname 5 uname -a
  caller=host
  part_file uptime /proc/uptime
  part_file boot-id /proc/sys/kernel/random/boot_id
  processors=$(grep -c '^processor' "$ROOT/proc/cpuinfo" 2>/dev/null)
  if [ "${processors:-0}" -gt 0 ]; then
    heading nproc
    echo "$processors" >>"$scratch/document"
  fi
  part_file meminfo /proc/meminfo
  close 'nothing tells of the system'
}

UNITS='kubelet containerd docker crio cri-docker etcd kube-apiserver kube-controller-manager kube-scheduler kube-proxy k3s k3s-agent rke2-server rke2-agent'
services() {
  open node-services txt || return
  set --
  for unit in $UNITS systemd-timesyncd chronyd chrony ntpd ntp firewalld ufw nftables iptables systemd-resolved NetworkManager systemd-networkd haproxy keepalived; do
    set -- "$@" "$unit.service"
  done
  part '' 20 systemctl show --no-pager -p Id,LoadState,UnitFileState,ActiveState,SubState,Result,NRestarts,ExecMainStatus,StateChangeTimestamp "$@"
  echo >>"$scratch/document"
  cat "$scratch/document" >"$scratch/units"
  part '' 20 systemctl list-units --failed --plain --no-legend --no-pager
  close 'systemd does not run this machine'
}

time_service() {
  open node-time txt || return
  part '' 10 timedatectl
  part '' 10 chronyc -n tracking
  close 'neither timedatectl nor chronyc is there'
}

filesystems() {
  open node-filesystems txt || return
  # A file system that cannot be asked makes df fail, with all others in its output.
  for flags in '-k -P -T' '-P -i'; do
    has df || [ -z "$ROOT" ] || continue
    # shellcheck disable=SC2086
    capture 15 df $flags
    if file_has "$scratch/out" '[%-] */'; then
      heading ''
      cat "$scratch/out" >>"$scratch/document"
      [ "$code" -eq 0 ] || problem=$why
    else problem=$why; fi
  done
  [ "$parts" -eq 0 ] || part_file mounts /proc/1/mounts || part_file mounts /proc/mounts
  close 'df is not there'
}

kernel_settings() {
  open node-kernel-settings txt || return
  if has sysctl; then
    capture 15 sysctl -a
    if [ -s "$scratch/out" ]; then
      heading sysctl
      grep -v -e '^kernel\.random\.' -e '^fs\.binfmt' <"$scratch/out" >>"$scratch/document"
    fi
  elif [ -d "$ROOT/proc/sys/net" ]; then
    heading sysctl
    for key in $SYSCTL; do
      [ -r "$ROOT/proc/sys/$key" ] && echo "$key = $(cat "$ROOT/proc/sys/$key")" >>"$scratch/document"
    done
  fi
  part_file modules /proc/modules
  part_file modules-builtin "/lib/modules/$(uname -r)/modules.builtin"
  part_file swaps /proc/swaps
  part_file loadavg /proc/loadavg
  if [ -e "$ROOT/sys/fs/cgroup/cgroup.controllers" ]; then
    heading cgroup
    echo cgroup2fs >>"$scratch/document"
  elif [ -d "$ROOT/sys/fs/cgroup/memory" ]; then
    heading cgroup
    echo tmpfs >>"$scratch/document"
  fi
  close 'no setting of the kernel can be read'
}
SYSCTL='net/ipv4/ip_forward net/ipv6/conf/all/forwarding net/bridge/bridge-nf-call-iptables net/bridge/bridge-nf-call-ip6tables net/ipv4/conf/all/rp_filter net/ipv4/conf/default/rp_filter net/netfilter/nf_conntrack_max net/netfilter/nf_conntrack_count net/core/somaxconn net/ipv4/ip_local_port_range net/ipv4/neigh/default/gc_thresh3 vm/swappiness vm/overcommit_memory vm/panic_on_oom vm/max_map_count fs/file-max fs/file-nr fs/inotify/max_user_watches fs/inotify/max_user_instances kernel/pid_max kernel/threads-max kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys user/max_user_namespaces'

sockets() {
  open node-sockets txt || return
  caller=either
  part '' 15 ss -H -l -n -t -u -p || { problem='' && part '' 15 ss -lntup; } || kernel_sockets
  caller=host
  close 'neither ss nor /proc/net can be read'
}

# Listening sockets as the kernel lists them: hexadecimal, address words in the order of the machine.
kernel_sockets() {
  for table in tcp tcp6 udp udp6; do
    source=$ROOT/proc/1/net/$table
    [ -r "$source" ] || source=$ROOT/proc/net/$table
    [ -r "$source" ] || continue
    problem=''
    [ "$parts" -gt 0 ] || heading ''
    awk -v protocol="${table%6}" '
      function digit(text, at) { return index("0123456789ABCDEF", substr(text, at, 1)) - 1 }
      function byte(text, at) { return digit(text, at) * 16 + digit(text, at + 1) }
      NR > 1 && ($4 == "0A" || (protocol == "udp" && $4 == "07")) {
        split($2, part, ":"); hex = part[1]
        port = byte(part[2], 1) * 256 + byte(part[2], 3)
        if (length(hex) == 8) address = byte(hex, 7) "." byte(hex, 5) "." byte(hex, 3) "." byte(hex, 1)
        else if (hex ~ /^0+$/) address = "[::]"
        else if (hex == "00000000000000000000000001000000") address = "[::1]"
        else if (hex ~ /^0000000000000000FFFF0000/) address = byte(hex, 31) "." byte(hex, 29) "." byte(hex, 27) "." byte(hex, 25)
        else address = "[" tolower(hex) "]"
        print protocol, (protocol == "tcp" ? "LISTEN" : "UNCONN"), 0, 0, address ":" port, "*:*"
      }' <"$source" >>"$scratch/document"
  done
  [ "$parts" -gt 0 ]
}

network() {
  open node-network txt || return
  resolver=$(sed -n 's/^resolvConf: *"\{0,1\}\([^" ]*\)"\{0,1\} *$/\1/p' "$ROOT$kubelet_config" 2>/dev/null | head -n 1)
  part_file resolv.conf "${resolver:-/etc/resolv.conf}"
  caller=either
  part ip-route 10 ip route
  part ip-addr 10 ip -o addr
  caller=host
  for folder in /etc/cni/net.d /var/lib/rancher/k3s/agent/etc/cni/net.d; do
    real_path "$folder"
    [ -d "$ROOT$real" ] || continue
    heading cni-files
    ls -1 "$ROOT$real" >>"$scratch/document"
  done
  close 'nothing about the network can be read'
}

runtime() {
  open node-runtime txt || return
  # What they say when the daemon does not answer is wanted too.
  both ctr 10 ctr version
  [ -z "$socket" ] || both crictl 10 crictl --runtime-endpoint "unix://$socket" version
  part containerd 5 containerd --version
  part runc 5 runc --version
  problem=''
  close 'no container runtime is installed'
}
both() {
  has "$3" || return
  name=$1
  shift
  capture "$@"
  heading "$name"
  cat "$scratch/out" "$scratch/err" >>"$scratch/document"
}

containers() {
  open node-containers json || return
  if [ -z "$socket" ]; then
    row "$artifact" not-found 'no socket of a container runtime is there'
    return
  fi
  part '' 20 crictl --runtime-endpoint "unix://$socket" ps -a -o json
  if [ -n "$cut" ]; then
    row "$artifact" truncated "larger than $MAX_DOCUMENT bytes"
    return
  fi
  close 'crictl is not installed'
}

manifest_files() {
  open node-manifests yaml || return
  if [ ! -d "$manifest_folder" ]; then
    row "$artifact" not-found "$manifests is not there"
    return
  fi
  heading ''
  echo "# Static pods of $manifests" >>"$scratch/document"
  for file in "$manifest_folder"/*; do
    [ -f "$file" ] || continue
    case ${file##*/} in .* | *' '*) continue ;; esac
    printf -- '---\n# Source: %s\n' "$manifests/${file##*/}" >>"$scratch/document"
    head -c 262144 <"$file" | masked >>"$scratch/document"
    echo >>"$scratch/document"
  done
  close ''
}

kubelet_configuration() {
  open node-kubelet-config yaml || return
  real_path "$kubelet_config"
  if [ -r "$ROOT$real" ]; then
    heading ''
    head -c 1000000 <"$ROOT$real" | masked >>"$scratch/document"
  fi
  close "$kubelet_config is not there"
}

commands() {
  open node-commands txt || return
  # What kubeadm looks for before it sets up a node: the kubelet and network plugins call these.
  for program in conntrack crictl ethtool ip iptables mount nsenter tc touch umount; do
    if has "$program"; then echo "$program $found"; else echo "$program -"; fi
  done >>"$scratch/document"
  heading ''
  close ''
}

firewall() {
  open node-firewall txt || return
  part iptables-save 15 iptables-save
  part nft 15 nft list tables
  part ufw 10 ufw status
  if has firewall-cmd; then
    # It ends with an error when the service is off.
    capture 10 firewall-cmd --state
    if grep -q 'running' "$scratch/out" "$scratch/err"; then
      heading firewalld
      cat "$scratch/out" "$scratch/err" >>"$scratch/document"
    else problem=${problem:-$why}; fi
  fi
  close 'no program that lists packet filters is installed'
}

# --- certificates ---------------------------------------------------------------------------------------------

# Whole blocks of certificates and nothing else, whatever stands between and behind them.
certificate_blocks() {
  awk '{ sub(/\r$/, "") }
    /^-----BEGIN (TRUSTED )?CERTIFICATE-----$/ { block = $0; open = 1; next }
    open && /^-----END (TRUSTED )?CERTIFICATE-----$/ { print block; print; open = 0; next }
    open && /^[A-Za-z0-9+\/=]+$/ { block = block "\n" $0; next }
    { open = 0 }'
}

# certificate_file PATH: name, mode and owner of a file, and its certificates.
certificate_file() {
  real_path "$1"
  [ -f "$ROOT$real" ] || return
  if [ -n "$ROOT" ] && has stat; then stated=$(host 5 stat -L -c '%a %U:%G' "$real")
  else stated=$(stat -L -c '%a %U:%G' "$ROOT$real" | sed 's/UNKNOWN/unknown/g'); fi
  printf '==> %s %s <==\n' "$1" "$stated"
  case $1 in
    *.conf | *kubeconfig*)
      sed -n 's/^ *client-certificate-data: *"\{0,1\}\([A-Za-z0-9+\/=]*\).*/\1/p' <"$ROOT$real" | while read -r data; do
        printf '%s' "$data" | base64 -d 2>/dev/null | certificate_blocks
      done ;;
    *) head -c 1048576 <"$ROOT$real" | certificate_blocks ;;
  esac
}

certificates() {
  open node-certificates pem || return
  files=0
  for folder in /etc/kubernetes /etc/kubernetes/pki /etc/kubernetes/pki/etcd /etc/kubernetes/ssl /etc/kubernetes/ssl/etcd /var/lib/kubelet /var/lib/kubelet/pki /etc/ssl/etcd/ssl /etc/etcd /etc/etcd/pki /var/lib/rancher/k3s/server/tls /var/lib/rancher/k3s/server/tls/etcd /var/lib/rancher/k3s/agent /var/lib/rancher/rke2/server/tls /var/lib/rancher/rke2/server/tls/etcd /var/lib/rancher/rke2/agent; do
    real_path "$folder"
    below=$ROOT$real
    for file in "$below"/*; do
      case $file in
        *.crt | *.pem | *.key | *.cert | *.conf | *kubeconfig*) ;;
        *) continue ;;
      esac
      # A folder may be a link: its files are found where it leads and named as asked.
      case $folder in "${below#"$ROOT"}") ;; *) [ -f "$file" ] || continue ;; esac
      files=$((files + 1))
      [ "$files" -le 400 ] || { problem='more than 400 files'; break 2; }
      certificate_file "${below#"$ROOT"}/${file##*/}"
    done
  done >>"$scratch/document" 2>/dev/null
  [ -s "$scratch/document" ] && heading ''
  close 'no file with certificates was found in the folders of Kubernetes and etcd'
}

# --- connections ----------------------------------------------------------------------------------------------

probes() {
  open node-probes txt || return
  count=0
  : >"$scratch/targets"
  component kube-apiserver && target local 127.0.0.1:6443 https /livez
  component etcd && target local 127.0.0.1:2379 tcp && target local 127.0.0.1:2381 http /health
  { runs kubelet || [ -e "$ROOT$kubelet_config" ]; } && target local 127.0.0.1:10248 http /healthz
  component kube-controller-manager && target local 127.0.0.1:10257 https /healthz
  component kube-scheduler && target local 127.0.0.1:10259 https /healthz
  for file in /etc/kubernetes/kubelet.conf /var/lib/kubelet/kubeconfig; do
    server=$(sed -n 's#^ *server: *"\{0,1\}https://\([^/" ]*\).*#\1#p' "$ROOT$file" 2>/dev/null | head -n 1)
    [ -z "$server" ] && continue
    target api-server "$(with_port "$server")" https /livez
    break
  done
  # An IPv6 address stands in brackets, which are no pattern here.
  set -f
  for peer in $peers; do
    address=${peer#*=}
    for port in $(printf '%s' "${address##*:}" | tr ',' ' '); do
      target node "${address%:*}:$port" tcp - "${peer%%=*}"
    done
  done
  set +f
  : >"$scratch/packages"
  [ -z "$outside" ] || for registry in $(registry_hosts | sort -u | head -n 20); do target registry "$(with_port "$registry")" verified /v2/; done
  [ -z "$outside" ] || package_urls | sort -u | head -n 20 >"$scratch/packages"
  while read -r scheme origin; do target package-source "$origin" "$scheme" /; done <"$scratch/packages"
  while read -r index kind aim scheme path name; do
    probe "$kind" "$aim" "$scheme" "$path" "$name" >"$scratch/probe.$index" 2>/dev/null &
    [ $((index % 16)) -ne 0 ] || wait
  done <"$scratch/targets"
  wait
  index=1
  while [ "$index" -le "$count" ]; do
    cat "$scratch/probe.$index"
    index=$((index + 1))
  done >>"$scratch/document"
  [ "$count" -eq 0 ] || heading ''
  close 'nothing was to be tried from this node'
}

# target KIND HOST:PORT SCHEME [PATH [NODE]]
target() {
  count=$((count + 1))
  printf '%s %s %s %s %s %s\n' "$count" "$1" "$2" "$3" "${4:--}" "${5:--}" >>"$scratch/targets"
}

with_port() {
  case $1 in *:[0-9]* | *']:'*) printf '%s\n' "$1" ;; *) printf '%s:443\n' "$1" ;; esac
}

# Registries of static pods, of the runtime's configuration, and those the caller names.
registry_hosts() {
  for registry in $registries; do echo "$registry"; done
  sed -n 's#^ *image: *"\{0,1\}\([a-z0-9.-]*\.[a-z0-9.-]*\(:[0-9]*\)\{0,1\}\)/.*#\1#p' "$manifest_folder"/* 2>/dev/null
  for folder in "$ROOT"/etc/containerd/certs.d/*; do
    case ${folder##*/} in _default | '*') ;; *.*) echo "${folder##*/}" ;; esac
  done
}

# Scheme and host:port of package sources: what stands before and behind is not asked for.
package_urls() {
  cat "$ROOT"/etc/apt/sources.list "$ROOT"/etc/apt/sources.list.d/*.list "$ROOT"/etc/apt/sources.list.d/*.sources \
    "$ROOT"/etc/yum.repos.d/*.repo "$ROOT"/etc/zypp/repos.d/*.repo 2>/dev/null |
    grep -v '^ *#' | sed -n 's#.*\(https\{0,1\}\)://\([^/@ ]*@\)\{0,1\}\([a-zA-Z0-9.-]*\(:[0-9]*\)\{0,1\}\).*#\1 \3#p' |
    while read -r scheme origin; do
      case $origin in
        '') ;;
        *:*) echo "$scheme $origin" ;;
        *) if [ "$scheme" = http ]; then echo "http $origin:80"; else echo "verified $origin:443"; fi ;;
      esac
    done
}

# probe KIND TARGET SCHEME PATH NODE: one connection, as one line of JSON.
probe() {
  id=$index
  case $3 in http) url=http://$2 ;; *) url=https://$2 ;; esac
  [ "$4" = - ] || url=$url$4
  status='' milliseconds=''
  if has curl || command -v curl >/dev/null 2>&1; then by_curl "$@"
  elif command -v wget >/dev/null 2>&1 && [ "$3" != tcp ]; then by_wget
  elif command -v nc >/dev/null 2>&1; then by_nc "$2"
  else outcome=error text='neither curl, wget nor nc is there'; fi
  printf '{"kind":"%s","target":"%s"' "$1" "$2"
  [ "$4" = - ] || printf ',"path":"%s"' "$4"
  [ "$5" = - ] || printf ',"node":"%s"' "$5"
  printf ',"outcome":"%s"' "$outcome"
  [ -z "$status" ] || printf ',"status":%s' "$status"
  [ -z "$milliseconds" ] || printf ',"milliseconds":%s' "$milliseconds"
  case $outcome in ok | http) ;; *) printf ',"error":"%s"' "$(printf '%s' "$text" | tr -d '"\\' | one_line)" ;; esac
  printf '}\n'
}

by_curl() {
  set -- "$1" "$2" "$3" -sS -o /dev/null -w '%{http_code} %{time_total}' --connect-timeout 3 --max-time 5
  case $3 in verified) ;; *) set -- "$@" -k --noproxy '*' ;; esac
  [ "$1" != package-source ] || set -- "$@" -L --max-redirs 0
  way=$3
  shift 3
  said=$(either 8 curl "$@" "$url" 2>"$scratch/error.$id")
  ended=$?
  text=$(head -n 1 "$scratch/error.$id" | sed -e 's/^curl: ([0-9]*) //' -e 's/ after [0-9]* ms//')
  status=${said%% *}
  milliseconds=$(printf '%s\n' "${said#* }" | awk '/^[0-9.]+$/ { printf "%d", $1 * 1000 }')
  case $status in [1-5][0-9][0-9]) ;; *) status='' ;; esac
  if [ "$way" = tcp ]; then status=''; fi
  case $ended in
    0 | 47) outcome=ok ;;
    5 | 6) outcome=dns ;;
    7) case $text in *'o route'*) outcome=error ;; *) outcome=refused ;; esac ;;
    28 | 124 | 137) outcome=timeout text=${text:-'no answer within 5 s'} ;;
    35 | 51 | 53 | 58 | 59 | 60 | 77 | 83 | 90 | 91) outcome=tls ;;
    *) outcome=error ;;
  esac
  # Whoever speaks at all has an open port: a certificate we do not have is asked for later.
  if [ "$way" = tcp ]; then case $outcome in tls | error) [ "$ended" -eq 7 ] || outcome=ok ;; esac; fi
  case $outcome$status in ok[45]*) outcome=http ;; esac
}

by_wget() {
  text=$(limit 8 wget -q -T 5 -O /dev/null --no-check-certificate "$url" 2>&1)
  ended=$?
  status=$(printf '%s' "$text" | sed -n 's#.*HTTP/1.[01] \([45][0-9][0-9]\).*#\1#p')
  case $ended$text in
    0*) outcome=ok ;;
    *'server returned error'*) outcome=http ;;
    *'bad address'* | *resolve*) outcome=dns ;;
    *refused*) outcome=refused ;;
    *'timed out'* | 124* | 137* | 143*) outcome=timeout ;;
    *SSL* | *TLS* | *ertificate*) outcome=tls ;;
    *) outcome=error ;;
  esac
}

by_nc() {
  text=$(limit 5 nc -z -w 3 "$(printf '%s' "${1%:*}" | tr -d '[]')" "${1##*:}" 2>&1)
  case $?$text in
    0*) outcome=ok ;;
    *refused*) outcome=refused ;;
    *'bad address'* | *resolve*) outcome=dns ;;
    *) outcome=timeout text=${text:-'no answer within 3 s'} ;;
  esac
}

# --- logs -----------------------------------------------------------------------------------------------------

# Newest bytes of a log, from the beginning of a line on; says so in scratch/cut.
newest() {
  tail -c $((MAX_LOG + 1)) >"$scratch/tail"
  if [ "$(($(wc -c <"$scratch/tail")))" -gt "$MAX_LOG" ]; then
    sed 1d "$scratch/tail"
    : >"$scratch/cut"
  else cat "$scratch/tail"; fi
}

# RFC 3339 in UTC in front of every line, as the journal (TZ=UTC) and dmesg nearly write it.
in_utc() {
  sed -e 's/^\([0-9-]*T[0-9:]*\)[.,]\([0-9]*\)+00:\{0,1\}00 /\1.\2Z /' -e 's/^\([0-9-]*T[0-9:]*\)+00:\{0,1\}00 /\1Z /'
}

# store_log ENTRY NAME REASON: keeps scratch/log, or says why there is none.
store_log() {
  if [ ! -s "$scratch/log" ]; then row "$2" not-found "$3"
  elif [ $(($(wc -c <"$scratch/log") + total)) -gt "$MAX_TOTAL" ]; then
    row "$2" truncated "left out: all files together are larger than $MAX_TOTAL bytes"
  else
    keep "$1" "$scratch/log"
    if [ -e "$scratch/cut" ]; then row "$2" truncated "only its newest $MAX_LOG bytes"; else row "$2" collected ''; fi
  fi
}

journal() {
  host 40 journalctl -q --no-pager -o "$journal_format" --utc -n "$LOG_LINES" "$@" 2>"$scratch/err" |
    grep -v '^-- ' | in_utc | masked | newest >"$scratch/log"
}

unit_logs() {
  journal_format=short-iso-precise
  host 10 journalctl -q -o "$journal_format" -n 0 >/dev/null 2>&1 || journal_format=short-iso
  for unit in $UNITS; do
    # Of units that do not exist only the kubelet is worth a word.
    [ "$unit" = kubelet ] || unit_exists "$unit" || continue
    rm -f "$scratch/cut"
    if late; then row "logs/$unit" timed-out "not read: $MAX_SECONDS s were over" && continue; fi
    if has journalctl; then journal -u "$unit.service"; else : >"$scratch/log"; fi
    store_log "logs/_node/$node/$unit.log" "logs/$unit" "the journal has no line of $unit: $(head -n 1 "$scratch/err" 2>/dev/null | one_line)"
  done
  rm -f "$scratch/cut"
  : >"$scratch/log"
  if has journalctl; then journal _TRANSPORT=kernel; fi
  if [ ! -s "$scratch/log" ]; then
    either 15 dmesg --time-format iso 2>"$scratch/err" | in_utc | masked | newest >"$scratch/log"
    [ -s "$scratch/log" ] || either 15 dmesg 2>"$scratch/err" | masked | newest >"$scratch/log"
  fi
  store_log "logs/_node/$node/kernel.log" logs/kernel "neither the journal nor dmesg has lines: $(head -n 1 "$scratch/err" | one_line)"
  has journalctl && return
  for file in messages syslog; do
    [ -r "$ROOT/var/log/$file" ] || continue
    rm -f "$scratch/cut"
    tail -c $((MAX_LOG * 2)) <"$ROOT/var/log/$file" | masked | newest >"$scratch/log"
    store_log "logs/_node/$node/$file.log" "logs/$file" "$file is empty"
  done
}

# Without an answer of systemd every unit may exist.
unit_exists() {
  [ -s "$scratch/units" ] || return 0
  awk -v id="Id=$1.service" 'BEGIN { RS = "" } index($0 "\n", id "\n") && !/LoadState=not-found/ { found = 1 } END { exit !found }' "$scratch/units"
}

# Lines of container runtimes as the kubelet shows them: time and text, parts of a long line joined.
kubelet_form() {
  awk '/^\{"log":"/ {
      time = $0; sub(/.*"time":"/, "", time); sub(/".*/, "", time)
      text = $0; sub(/^\{"log":"/, "", text); sub(/","stream":".*/, "", text); sub(/\\n$/, "", text)
      gsub(/\\"/, "\"", text); gsub(/\\t/, "\t", text); gsub(/\\u003c/, "<", text); gsub(/\\u003e/, ">", text); gsub(/\\u0026/, "\\&", text); gsub(/\\\\/, "\\", text)
      print time " " text; next
    }
    {
      time = $1; source = $2; tag = $3
      text = substr($0, length(time) + length(source) + length(tag) + 4)
      if (source != "stdout" && source != "stderr") next
      if (!(source in held)) stamp[source] = time
      held[source] = held[source] text
      if (tag ~ /^P/ && length(held[source]) < 262144) next
      print stamp[source] " " held[source]; delete held[source]
    }
    END { for (source in held) print stamp[source] " " held[source] }'
}

# instance_files FOLDER NUMBER: files of one run of a container, oldest first, no more than the newest that fill a log.
instance_files() {
  room=$((MAX_LOG * 2))
  kept=''
  for file in "$1/$2.log" $(ls -1 "$1" 2>/dev/null | grep "^$2\.log\.[0-9-]*\(\.gz\)\{0,1\}$" | sort -r | sed "s#^#$1/#"); do
    [ "$room" -gt 0 ] || { : >"$scratch/cut"; break; }
    real_path "${file#"$ROOT"}"
    [ -f "$ROOT$real" ] || continue
    kept="$ROOT$real $kept"
    room=$((room - $(wc -c <"$ROOT$real")))
  done
}

container_log() {
  rm -f "$scratch/cut"
  name="logs/kube-system/$2/$3"
  if late; then row "$name" timed-out "not read: $MAX_SECONDS s were over" && return; fi
  instance_files "$1" "$4"
  for file in $kept; do
    case $file in *.gz) gzip -dc <"$file" ;; *) cat "$file" ;; esac
  done | kubelet_form | masked | newest >"$scratch/log"
  [ -s "$scratch/log" ] || return
  store_log "logs/kube-system/$2/$3${5:-}.log" "$name${5:+/previous}" ''
}

# Static pods are called after their node; of several folders of one pod the newest is the running one.
static_pod_logs() {
  real_path /var/log/pods
  pods=$ROOT$real
  for pod in $(ls -1t "$pods" 2>/dev/null | sed -n "s/^kube-system_\([a-z0-9.-]*-$node\)_.*/\1/p" | sort -u); do
    folder=$(ls -1t "$pods" | grep "^kube-system_${pod}_" | head -n 1)
    for container in "$pods/$folder"/*; do
      [ -d "$container" ] || continue
      last=$(ls -1 "$container" | sed -n 's/^\([0-9]*\)\.log$/\1/p' | sort -n | tail -n 1)
      [ -n "$last" ] || continue
      container_log "$container" "$pod" "${container##*/}" "$last"
      [ "$last" -gt 0 ] && container_log "$container" "$pod" "${container##*/}" $((last - 1)) .previous
    done
  done
}

system
services
runtime
filesystems
time_service
kernel_settings
network
sockets
kubelet_configuration
manifest_files
certificates
commands
firewall
containers
probes
unit_logs
static_pod_logs
keep coverage.tsv "$work/coverage.tsv"

[ -n "$output" ] || exit 0
cd "$tree" || exit 2
set -- node-archive.json coverage.tsv
for folder in documents logs; do [ -d "$folder" ] && set -- "$@" "$folder"; done
case $output in /*) ;; *) output=$OLDPWD/$output ;; esac
tar -cf "$scratch/archive.tar" "$@" && gzip -c "$scratch/archive.tar" >"$output" || { echo "$output could not be written" >&2; exit 2; }
echo "$output"
