#!/bin/sh
# Hosts for tests on one Linux machine, as root: each has its own network, processes, host name, home folder and sshd.
#
#   ssh-hosts.sh up FOLDER COUNT    starts COUNT hosts named host1..; FOLDER/config is the ssh configuration
#   ssh-hosts.sh detour FOLDER N    leads the link of host N through bad_link.py; `direct` ends that
#   ssh-hosts.sh down FOLDER        ends every process of the hosts and removes their interfaces
#
# FOLDER/id is the number of the laboratory, from 1 to 250: it names the bridge and the network.
set -eu
action=$1 folder=$2 port=2222

use_id() {
  id=$1 bridge=pwbr$1 net=10.88.$1
}

# Only one laboratory can create the bridge of a number: two that start at once take different ones.
claim_id() {
  tries=0 number=$(($$ % 250 + 1))
  until ip link add "pwbr$number" type bridge 2>/dev/null; do
    tries=$((tries + 1)) number=$((number % 250 + 1))
    [ "$tries" -lt 250 ] || { ip link add "pwbr$number" type bridge; exit 1; }
  done
  echo "$number" >"$folder/id"
  use_id "$number"
}

down() {
  [ -e "$folder/id" ] || return 0
  use_id "$(cat "$folder/id")"
  for file in "$folder"/init*.pid; do
    # A host that was powered off has no process any more.
    if [ -e "$file" ]; then kill -9 "$(cat "$file")" 2>/dev/null || true; fi
    rm -f "$file"
  done
  for name in $(ip netns list | awk -v prefix="pw$id-" 'index($1, prefix) == 1 {print $1}'); do
    ip netns del "$name"
  done
  for name in $(ip -o link | grep -o "pwx$id-[0-9]*" | sort -u); do ip link del "$name" 2>/dev/null || true; done
  ip link del "$bridge" 2>/dev/null || true
}

start_host() {
  n=$1 ns=pw$id-$1 link=pwv$id-$1
  ip netns add "$ns"
  ip link add "$link" type veth peer name eth0 netns "$ns"
  ip link set "$link" master "$bridge" up
  ip -n "$ns" addr add "$net.$n/24" dev eth0
  ip -n "$ns" link set eth0 up
  ip -n "$ns" link set lo up
  ssh-keygen -q -t ed25519 -N '' -f "$folder/key-host$n" -C "host$n"
  mkdir -p "$folder/home$n"
  cat >"$folder/sshd$n.conf" <<CONF
Port $port
ListenAddress $net.$n
HostKey $folder/key-host$n
PidFile none
AuthorizedKeysFile $folder/authorized_keys
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
PrintMotd no
MaxStartups 200
MaxSessions 100
SetEnv HOME=$folder/home$n
Subsystem sftp internal-sftp
CONF
  # The first process of the host: killing it kills all others there.
  ip netns exec "$ns" unshare --uts --pid --mount --fork --kill-child --mount-proc sh -c "
    hostname host$n
    mount --bind '$folder/hosts' /etc/hosts
    exec $(command -v sshd) -D -f '$folder/sshd$n.conf' -E '$folder/sshd$n.log'
  " </dev/null >"$folder/init$n.log" 2>&1 &
  echo $! >"$folder/init$n.pid"
  printf '[%s]:%s %s\n' "$net.$n" "$port" "$(cut -d' ' -f1,2 "$folder/key-host$n.pub")" >>"$folder/known_hosts"
  printf 'Host host%s\n  HostName %s\n' "$n" "$net.$n" >>"$folder/config"
}

up() {
  count=$1
  mkdir -p "$folder" /run/sshd
  claim_id
  ssh-keygen -q -t ed25519 -N '' -f "$folder/key" -C laboratory
  cp "$folder/key.pub" "$folder/authorized_keys"
  ip addr add "$net.254/24" dev "$bridge"
  ip link set "$bridge" up
  echo 127.0.0.1 localhost >"$folder/hosts"
  for n in $(seq 1 "$count"); do echo "$net.$n host$n" >>"$folder/hosts"; done
  : >"$folder/config"
  : >"$folder/known_hosts"
  for n in $(seq 1 "$count"); do start_host "$n"; done
  cat >>"$folder/config" <<CONF
Host host*
  User root
  Port $port
  IdentityFile $folder/key
  IdentitiesOnly yes
  UserKnownHostsFile $folder/known_hosts
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
CONF
  for n in $(seq 1 "$count"); do
    tries=0
    until timeout 5 ssh -F "$folder/config" "host$n" true 2>/dev/null; do
      tries=$((tries + 1))
      [ "$tries" -lt 50 ] || { echo "host$n does not answer" >&2; cat "$folder/sshd$n.log" >&2; exit 1; }
      sleep 0.1
    done
  done
}

# The link of a host leads through two interfaces that nothing connects, except a program that forwards between them.
detour() {
  use_id "$(cat "$folder/id")"
  ip link add "pwx$id-$1" type veth peer name "pwy$id-$1"
  ip link set "pwv$id-$1" nomaster
  ip link set "pwx$id-$1" up
  ip link set "pwy$id-$1" master "$bridge" up
  for name in "pwv$id-$1" "pwx$id-$1" "pwy$id-$1"; do python3 "$(dirname "$0")/bad_link.py" plain "$name"; done
  ip netns exec "pw$id-$1" python3 "$(dirname "$0")/bad_link.py" plain eth0
}

direct() {
  use_id "$(cat "$folder/id")"
  ip link del "pwx$id-$1" 2>/dev/null || true
  ip link set "pwv$id-$1" master "$bridge"
}

case $action in
  up) up "$3" ;;
  detour) detour "$3" ;;
  direct) direct "$3" ;;
  down) down ;;
esac
