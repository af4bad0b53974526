#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vmapbench board check: files that are refused, boards that do not answer, that refuse, that lie, and this machine as
# its own board behind a real sshd on loopback. Nothing here reboots anything. VMAPBENCH names the program.

vmapbench=$(command -v "${VMAPBENCH:-vmapbench}")
boards=$(cd "$(dirname "$0")/../data/boards" && pwd)
plan=$(cd "$(dirname "$0")/../../kernels/canary" && pwd)/plan.yaml
. "$(dirname "$0")/../tap.sh"
cd "$scratch" || exit 1
case $(uname -m) in aarch64) arch=arm64 ;; *) arch=$(uname -m) ;; esac

board() # ARGUMENT...: leaves status, out and err
{
	"$vmapbench" board "$@" >out 2>err
	status=$?
}

says() # NAME STATUS FILE TEXT
{
	[ "$status" = "$2" ] && tr -s ' \n' '  ' <"$3" | grep -qF -- "$4"
	ok $? "$1"
}

finding() # NAME ITEM MARK TEXT: of the last check --json
{
	jq -e --arg name "$2" --arg mark "$3" --arg text "$4" \
		'.checks[] | select(.name == $name) | .mark == $mark and ([.found, .remedy] | map(. // "") | join(" ") |
		contains($text))' out >/dev/null
	ok $? "$1"
}

for file in "$boards"/bad-*.yaml; do
	board check "$file"
	says "${file##*/}" 2 err "$file:$(sed -n '1s/^# expect: //p' "$file")"
done
board check nowhere.yaml
says "a file that is not there" 2 err "cannot read the board file"
board check /dev/null
says "an empty file" 2 err "/dev/null:1:1: the file is empty; a board file was expected"
board
says "no command" 2 err "such as \`vmapbench board check FILE\`"
board check
says "no file" 2 err "board check: 0 arguments given, 1 expected"

# $ssh is what stands below ssh:.
write_board() # FILE LINE...
{
	local file=$1
	shift
	printf '%s\n' "name: self" "arch: $arch" "lock: $scratch/lock" "timeouts: {connect_s: $connect_s}" \
		"boot: {method: script, script: 'case \$1 in fingerprint) echo good ;; esac'," \
		"       dir: $scratch/boot, base_cmdline: root=/dev/vda}" "ssh: {$ssh}" "$@" >"$file"
}

# What it would be built into an option of, a path of, and a command of, must not matter.
connect_s=2
ssh="target: nobody@127.0.0.1, port: 1, known_hosts: $scratch/known_hosts"
write_board dead.yaml "power: {cycle: 'touch $scratch/cycled', status: 'touch $scratch/asked; echo on'}"
board check --try-panic dead.yaml
says "a crash has to be asked for with a boot" 2 err "--try-panic crashes the kernel that --try-boot boots"
board check --kernel plan.yaml --try-boot dead.yaml
says "a plan without an arm" 2 err "--kernel PLAN and --arm NAME go together"
board check --kernel plan.yaml --arm a dead.yaml
says "a kernel that nobody boots" 2 err "--kernel PLAN is for --try-boot"
board check --try-boot --kernel nowhere.yaml --arm a dead.yaml
says "a plan that is not there" 2 err "cannot read the plan"
board check --try-boot --kernel "$plan" --arm nobody dead.yaml
case $arch in x86_64) says "an arm that is not there" 2 err 'there is no arm "nobody"' ;; esac
sed "s/arch: .*/arch: $([ "$arch" = arm64 ] && echo x86_64 || echo arm64)/" dead.yaml >other.yaml
board check --try-boot --kernel "$plan" --arm stock other.yaml
case $arch in x86_64) says "a plan for another architecture" 2 err "none of its machines is arm64, as the board self" ;; esac
board check --try-boot --try-panic --try-power-cut dead.yaml
says "nobody answers" 1 out "no answer from nobody@127.0.0.1 within 2 s"
says "and no sweep can run" 1 out "No sweep can run on it; it lacks: ssh"
check "a board that does not answer keeps its power" [ ! -e cycled ]
check "its power was asked about" [ -e asked ]
flock lock "$vmapbench" board check dead.yaml >out 2>err
status=$?
says "a board in use" 4 err "board self is in use by"

if command -v jq >/dev/null; then have_jq=yes; fi

# A board that answers everything with what a terminal would obey.
mkdir bin
printf '#!/bin/sh\nprintf "0\\033[2J\\033]0;x\\007 \\377\\n\\033[31mboot_id x\\n%%s\\n" "$(head -c 3000 /dev/zero | tr "\\0" x)"\n' >bin/ssh
chmod +x bin/ssh
PATH=$scratch/bin:$PATH "$vmapbench" board check dead.yaml >out 2>err
status=$?
says "a board that talks nonsense" 1 out "No sweep can run on it"
! LC_ALL=C grep -q "[$(printf '\001-\010\013-\037\177')]" out err
ok $? "does not reach the terminal"

start_sshd()
{
	local port

	sshd=$(command -v sshd || command -v /usr/sbin/sshd) || return 1
	ssh-keygen -q -t ed25519 -N '' -f host && ssh-keygen -q -t ed25519 -N '' -f id &&
		ssh-keygen -q -t ed25519 -N '' -f stranger || return 1
	cp id.pub authorized && chmod 600 authorized
	for port in $(seq 22410 22419); do
		printf '%s\n' "ListenAddress 127.0.0.1" "Port $port" "HostKey $scratch/host" "PidFile none" "UsePAM no" \
			"AuthorizedKeysFile $scratch/authorized" "StrictModes no" "PermitRootLogin yes" >sshd_config
		"$sshd" -D -e -f "$scratch/sshd_config" 2>sshd.log &
		sshd_pid=$!
		trap 'kill $sshd_pid; rm -rf "$scratch"' EXIT
		for _ in $(seq 50); do
			grep -q "Server listening" sshd.log && break
			kill -0 $sshd_pid 2>/dev/null || break
			sleep 0.1
		done
		grep -q "Server listening" sshd.log || continue
		printf '[127.0.0.1]:%s %s\n' "$port" "$(cut -d' ' -f1,2 host.pub)" >known_hosts
		printf '[127.0.0.1]:%s %s\n' "$port" "$(cut -d' ' -f1,2 stranger.pub)" >wrong_hosts
		ssh="target: $(id -un)@127.0.0.1, port: $port, identity: $scratch/id, known_hosts: $scratch/known_hosts"
		return
	done
	return 1
}

connect_s=60
mkdir -p /run/sshd 2>/dev/null
if [ "$(id -u)" != 0 ]; then
	skip "this machine as its own board" "root is needed"
elif [ -z "$have_jq" ]; then
	skip "this machine as its own board" "jq is not installed"
elif ! start_sshd; then
	skip "this machine as its own board" "no sshd can be started: $(tail -n 1 sshd.log 2>/dev/null)"
else
	write_board self.yaml "power: {cycle: 'touch $scratch/cycled', status: echo Chassis Power is on}"
	board check --json self.yaml
	check "what was found is said in JSON" jq -e '.v == 1 and .board == "self" and .can_sweep' out
	check "a board that has all ends with 0" [ "$status" = 0 ]
	finding "ssh" ssh ok "its host key and our key are accepted"
	finding "root" root ok "user 0"
	finding "its kernel" kernel ok "$(uname -r)"
	finding "its architecture" arch ok "$(uname -m)"
	finding "our agent runs on it" agent ok "starts there, and is removed again"
	finding "what boots by default" default ok "noted"
	finding "the boot method" method ok "script has all that it needs"
	finding "power that is on" power ok "power.status says that it is on"
	finding "no console" console missing "there is no console.command"
	finding "its clock" clock ok "it does not step"
	finding "no reboot without leave" one-shot skipped "--try-boot allows it"
	finding "no crash without leave" fallback skipped "--try-panic allows it"
	finding "no power cut without leave" "power cut" skipped "--try-power-cut allows it"
	check "nothing stays on it" [ ! -e boot ]
	check "its power was left alone" [ ! -e cycled ]
	board check self.yaml
	says "a summary for people" 0 out "This board can: answer over ssh; be changed by us"
	says "and what it cannot" 0 out "It cannot: show its console"

	write_board off.yaml "power: {cycle: 'true', status: echo off}"
	board check --json off.yaml
	finding "power of another board" power missing "power.status says off, while the board answers"
	sed -i "s/arch: .*/arch: $([ "$arch" = arm64 ] && echo x86_64 || echo arm64)/" off.yaml
	board check --json off.yaml
	finding "a board of another architecture" arch missing "the board says $(uname -m)"
	check "is none for a sweep" [ "$status" = 1 ]

	ssh=${ssh/$scratch\/id,/$scratch\/stranger,} write_board refused.yaml
	board check --json refused.yaml
	finding "a key that it does not know" ssh missing "ssh-copy-id -i $scratch/stranger"
	ssh=${ssh/known_hosts: *known_hosts/known_hosts: $scratch/wrong_hosts} write_board changed.yaml
	board check --json changed.yaml
	finding "another host key than before" ssh missing "ssh-keyscan"
	check "refused at once" [ "$status" = 1 ]
fi

done_testing
