#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vmapbench attach on the kernel that runs this test: what it says, and that nothing of it stays. VMAPBENCH names the program.

vmapbench=$(command -v "${VMAPBENCH:-vmapbench}")
. "$(dirname "$0")/../tap.sh"
PATH=$PATH:/usr/sbin:/sbin

says() # STATUS TEXT COMMAND...: the command ends so, and its outputs have that text
{
	local status=$1 text=$2 got

	shift 2
	"$@" >"$scratch/out" 2>"$scratch/err" </dev/null
	got=$?
	grep -qF -- "$text" "$scratch/out" "$scratch/err" && [ "$got" = "$status" ] && return
	echo "status $got, expected $status and: $text" >>"$scratch/err"
	return 1
}

check "an interval that is none is refused" says 2 '--interval: "0" is no time' "$vmapbench" attach --interval 0
check "so is a duration with a unit" says 2 '--for: "1h" is no time' "$vmapbench" attach --for 1h
check "so is a backend that there is not" says 2 'there are fsession, fentry' "$vmapbench" attach --backend nosuch
check "so is such a source" says 2 '--source: there is no "nosuch"' "$vmapbench" attach --source nosuch
check "so is an argument" says 2 '0 expected' "$vmapbench" attach all

if setpriv --bounding-set=-all true 2>"$scratch/err"; then
	check "without the rights it says which" says 1 'CAP_BPF and CAP_PERFMON' \
		setpriv --bounding-set=-all "$vmapbench" attach
else
	skip "without the rights it says which" "setpriv: $(tail -n 1 "$scratch/err")"
fi

"$vmapbench" attach --list >"$scratch/list" 2>"$scratch/err"
status=$?
lists_all()
{
	local name

	for name in fsession fentry kprobe.session kprobe tp_btf raw_tp tracepoint; do
		grep -qE "^(latency|locks) +$name +(works|does not work here)$" "$scratch/list" || return
	done
	# Whatever does not work has a sentence below it.
	awk '/does not work here$/ { open = 1; next } open && !/^ +[^ ].*\.$/ { bad = 1 } { open = 0 } END { exit open || bad }' \
		"$scratch/list"
}
check "--list has every backend, and why it does not work" lists_all
if [ "$status" != 0 ]; then
	echo "1..$((count + 1))"
	skip "attach to the running kernel" "$(tail -n 1 "$scratch/err")"
	exit
fi

# Something to be seen, while the tests run.
"$vmapbench" load --for 600 --rate 2000 >/dev/null 2>&1 &
load=$!
trap 'kill "$load" 2>/dev/null; rm -rf "$scratch"' EXIT

text_has_blocks()
{
	"$vmapbench" attach --interval 0.5 --for 1.7 >"$scratch/out" 2>"$scratch/err" || return
	[ "$(grep -c '^vmapbench attach  Linux ' "$scratch/out")" = 4 ] &&
		[ "$(grep -c '^FUNCTION ' "$scratch/out")" = 4 ] &&
		grep -q '2 s of 2 s  total$' "$scratch/out" &&
		! grep -q $'\033' "$scratch/out" && ! grep -qi 'nan\|inf' "$scratch/out"
}
check "into a pipe: a block at each interval, and the total" text_has_blocks
names_refused()
{
	local line

	for line in $(awk '/does not work here$/ && $1 == "latency" { print $2 } /works$/ && $1 == "latency" { exit }' "$scratch/list"); do
		grep -qF "latency: $line does not work here: " "$scratch/err" || return
	done
	grep -qE '^vmapbench: latency: [a-z_.]+: time ' "$scratch/err"
}
check "what was refused is said, and what is measured instead" names_refused
only_what_is_asked()
{
	"$vmapbench" attach --locks --for 0.3 >"$scratch/out" 2>"$scratch/err" || return
	! grep -q '^FUNCTION' "$scratch/out" && ! grep -q 'latency' "$scratch/err"
}
check "--locks are the locks only" only_what_is_asked

# Work items are known by the address of their function.
hides_what_it_cannot_see()
{
	setpriv --bounding-set=-syslog "$vmapbench" attach --latency --backend tp_btf --json --for 0.3 >"$scratch/out" \
		2>"$scratch/err" &&
		jq -se '(.[0].collectors[0].absent | index("drain_vmap_area_work item")) and
			all(.[]; .function != "drain_vmap_area_work item")' "$scratch/out" >"$scratch/found"
}
if setpriv --bounding-set=-syslog head -n 1 /proc/kallsyms 2>"$scratch/err" | grep -q '^00* ' &&
	grep -q '^latency  *tp_btf  *works' "$scratch/list"; then
	check "what cannot be told apart without addresses is absent, not 0" hides_what_it_cannot_see
else
	skip "what cannot be told apart without addresses is absent, not 0" "addresses are not hidden, or no tp_btf"
fi

json_is_whole()
{
	"$vmapbench" attach --json --interval 0.4 --for 1 --out "$scratch/run" >"$scratch/json" 2>"$scratch/err" || return
	head -n 1 "$scratch/json" | jq -e '.t == "trace" and .state == "attached"' >"$scratch/out" || return
	jq -se '.[-1].t == "sample" and .[-1].event == "end" and
		([.[] | select(.t == "sample")] | length == 3) and
		all(.[1:][]; .at_s > 0) and
		all(.[] | select(.t == "hist"); .count == ([.buckets[][1]] | add // 0)) and
		([.[] | select(.t == "hist") | .count] | add) > 0' "$scratch/json" >"$scratch/out"
}
check "--json: records whose buckets add up" json_is_whole
check "--out has the same records" eval \
	'diff <(jq -cS . "$scratch/json") <(jq -cS "del(.v)" "$scratch/run/journal.jsonl") >"$scratch/err"'
has_manifest()
{
	jq -e '.v == 1 and .kind == "attach" and .host.kernel == $release and .options.interval_s == 0.4 and
		.command[0:3] == ["vmapbench", "attach", "--json"]' --arg release "$(uname -r)" \
		"$scratch/run/manifest.json" >"$scratch/out"
}
check "--out has a manifest" has_manifest
check "a folder that is there is left alone" says 2 'exists already' "$vmapbench" attach --for 1 --out "$scratch/run"
two_are_compared()
{
	"$vmapbench" attach --for 0.5 --out "$scratch/run2" >"$scratch/out" 2>"$scratch/err" || return
	"$vmapbench" compare "$scratch/run" "$scratch/run2" >"$scratch/out" 2>"$scratch/err"
	[ $? = 0 ] && grep -q . "$scratch/out"
}
check "compare takes two of them" two_are_compared
check "a sweep does not go on with it" says 2 '`vmapbench attach`' "$vmapbench" sweep --resume "$scratch/run"

operations_are_counted()
{
	local pid

	"$vmapbench" attach --json --interval 60 >"$scratch/json" 2>"$scratch/err" &
	pid=$!
	wait_for "$scratch/json" '"t":"trace"' || return
	"$vmapbench" load --ops 5000 >"$scratch/out" 2>&1 || return
	kill -INT "$pid"
	wait "$pid" || return
	jq -se '[.[] | select(.t == "events") | .allocs] | last >= 5000' "$scratch/json" >"$scratch/out"
}
wait_for() # FILE TEXT: for 10 s at most
{
	for _ in {1..100}; do
		grep -qF -- "$2" "$1" 2>/dev/null && return
		sleep 0.1
	done
	return 1
}

# The ids of all BPF objects that a process holds: "prog 12".
held_by() # PID
{
	cat "/proc/$1/fdinfo/"* 2>/dev/null | sed -nE 's/^(prog|map|link)_id:[[:space:]]*/\1 /p' | sort -u
}

# Whether none of those listed in the file is left; the kernel frees them a moment after their last user.
all_gone() # FILE
{
	local kind id

	for _ in {1..50}; do
		while read -r kind id; do
			bpftool -j "$kind" show id "$id" >"$scratch/shown" 2>&1 && break
		done <"$1" || return 0
		sleep 0.1
	done
	echo "$kind $id is left: $(cat "$scratch/shown")" >>"$scratch/err"
	return 1
}

# Starts attach with these options in the background, as $pid, and waits until it measures.
start() # OPTION...
{
	: >"$scratch/out"
	"$vmapbench" attach --interval 0.2 "$@" >"$scratch/out" 2>"$scratch/err" &
	pid=$!
	wait_for "$scratch/out" 'vmapbench attach' || return
	held_by "$pid" >"$scratch/held"
	grep -q '^prog ' "$scratch/held" && grep -q '^map ' "$scratch/held"
}

ends_with() # SIGNAL STATUS
{
	local status

	start || return
	kill "-$1" "$pid"
	wait "$pid" 2>/dev/null
	status=$?
	[ "$status" = "$2" ] || { echo "status $status" >>"$scratch/err"; return 1; }
	[ "$1" = KILL ] || grep -q 's  total$' "$scratch/out" || return
	all_gone "$scratch/held"
}

if jq -se 'any(.t == "events")' "$scratch/json" >"$scratch/out" 2>&1; then
	check "the operations of a load are all counted" operations_are_counted
else
	skip "the operations of a load are all counted" "this backend counts calls, not events"
fi

if ! bpftool prog show >"$scratch/out" 2>"$scratch/err"; then
	skip "nothing is left attached" "bpftool: $(tail -n 1 "$scratch/err")"
else
	check "Ctrl-C: the total, and nothing is left" ends_with INT 0
	check "SIGTERM: likewise" ends_with TERM 0
	check "SIGHUP: likewise" ends_with HUP 0
	check "kill -9: nothing is left" ends_with KILL 137
	reader_leaves()
	{
		local status

		mkfifo "$scratch/fifo"
		"$vmapbench" attach --interval 0.2 --out "$scratch/left" >"$scratch/fifo" 2>"$scratch/err" &
		pid=$!
		grep -m 1 -q FUNCTION "$scratch/fifo"
		held_by "$pid" >"$scratch/held"
		wait "$pid"
		status=$?
		[ "$status" = 0 ] && tail -n 1 "$scratch/left/journal.jsonl" | jq -e '.event == "end"' >"$scratch/out" &&
			all_gone "$scratch/held"
	}
	check "the end of who reads is an end in order" reader_leaves
fi
stopped_early()
{
	start --for 100 || return
	kill -TERM "$pid"
	wait "$pid"
	[ $? = 1 ] && grep -q 'stopped after .* of 100.0 s' "$scratch/err"
}
check "stopped before --for is over, it says so" stopped_early
check "a full device is told of" says 4 'cannot write to standard output: No space left on device' \
	bash -c '"$0" attach --for 1 >/dev/full' "$vmapbench"
if unshare -m true 2>"$scratch/err"; then
	mkdir "$scratch/small"
	check "so is a full disk under --out" says 4 'small/run/journal.jsonl: cannot write this journal: No space left on device' \
		unshare -m bash -c 'mount -t tmpfs -o size=32k none "$1/small" &&
			"$0" attach --interval 0.1 --for 30 --out "$1/small/run"' "$vmapbench" "$scratch"
else
	skip "so is a full disk under --out" "unshare: $(tail -n 1 "$scratch/err")"
fi

# A terminal of 80 x 24, in which bash runs these commands; what they draw is in $scratch/screen.
on_terminal() # COMMANDS
{
	TERM=xterm NO_COLOR=$no_color SHELL=/bin/bash program=$vmapbench scratch=$scratch \
		script -qec "stty cols 80 rows 24; $1" /dev/null >"$scratch/screen" 2>"$scratch/err"
}
no_color=
home=$'\033[H'	# with which every picture begins

# The columns of the longest line that was drawn.
widest()
{
	sed -E 's/\x1b\[(H|\?1049l)/\n/g; s/\x1b\[[0-9;?]*[A-Za-z]//g; s/\r//g' "$scratch/screen" | wc -L
}

frames()
{
	grep -oF "$home" "$scratch/screen" | wc -l
}

draws()
{
	on_terminal 'stty -a >"$scratch/before"; "$program" attach --interval 0.3 --for 1 2>/dev/null; echo $? >"$scratch/status"
		stty -a >"$scratch/after"' </dev/null
	[ "$(cat "$scratch/status")" = 0 ] && [ "$(frames)" = 4 ] && grep -q 'FUNCTION  ' "$scratch/screen"
}
gives_back()
{
	cmp "$scratch/before" "$scratch/after" >"$scratch/err" &&
		[ "$(grep -oE $'\033\\[\\?(1049|25)[hl]' "$scratch/screen" | tail -n 2 | tr -d '\033\n')" = '[?25h[?1049l' ]
}
behind_screen() # what stands on the terminal's own screen in the end
{
	sed -n 's/.*\x1b\[?1049l//; t on; b; :on; p; n; b on' "$scratch/screen"
}
if ! script -qec true /dev/null </dev/null >/dev/null 2>"$scratch/err"; then
	skip "on a terminal" "script: $(tail -n 1 "$scratch/err")"
	done_testing
	exit
fi
check "on a terminal it draws at once and at each interval" draws
check "no line is wider than the terminal" [ "$(widest)" -le 80 ]
check "the terminal is given back: cursor, screen, modes" gives_back
check "the total stays on it" grep -q 'total' <(behind_screen)
resizes()
{
	rm -f "$scratch/screen"
	on_terminal '(until grep -q "$(printf "\033\\[H")" "$scratch/screen"; do sleep 0.1; done
			stty cols 30 rows 6 </dev/tty; sleep 0.5; kill "$(cat "$scratch/pid")") &
		sh -c "echo \$\$ >\"$scratch/pid\"; exec \"$program\" attach --interval 60 --for 20 2>/dev/null"' </dev/null
	# What was drawn last before the end; stty sets columns and rows one after the other.
	[ "$(frames)" -ge 2 ] && sed 's/\x1b\[?1049l.*//; t end; b; :end; q' "$scratch/screen" | awk 'BEGIN { RS = "\033\\[H" } { last = $0 }
		END { gsub(/\r|\033\[[0-9;?]*[A-Za-z]/, "", last); n = split(last, lines, "\n")
		      for (i = 1; i <= n; i++) if (length(lines[i]) > 30) wide = 1
		      exit wide || n > 7 }'
}
check "a terminal that shrinks is drawn anew" resizes
takes_keys()
{
	rm -f "$scratch/screen"
	(wait_for "$scratch/screen" "$home"; printf t; sleep 0.3; printf q; sleep 0.3) |
		on_terminal '"$program" attach --interval 60 --for 20 2>/dev/null; echo $? >"$scratch/status"'
	[ "$(frames)" = 2 ] && grep -q "total, t: interval" "$scratch/screen" && [ "$(cat "$scratch/status")" = 0 ]
}
check "t shows the total, q ends" takes_keys
interrupted_on_terminal()
{
	rm -f "$scratch/screen"
	(wait_for "$scratch/screen" "$home"; printf '\003'; sleep 0.3) |
		on_terminal 'trap : INT; stty -a >"$scratch/before"; "$program" attach --for 20 2>/dev/null; stty -a >"$scratch/after"'
	gives_back
}
check "Ctrl-C gives it back" interrupted_on_terminal
bold()
{
	grep -qF $'\033[1m' "$scratch/screen"
}
check "heads are bold" bold
no_color=1
draws
check "NO_COLOR: they are not" eval '! bold'
no_color=
dumb()
{
	on_terminal 'TERM=dumb "$program" attach --for 0.5 2>/dev/null' </dev/null
	[ "$(frames)" = 0 ] && grep -q total "$scratch/screen"
}
check "a terminal that knows nothing gets text" dumb

hung_up()
{
	local terminal

	on_terminal 'echo $$ >"$scratch/pid"; exec "$program" attach --interval 0.2 --out "$scratch/hung" 2>/dev/null' </dev/null &
	terminal=$!
	wait_for "$scratch/hung/journal.jsonl" '"t":"sample"' || return
	held_by "$(cat "$scratch/pid")" >"$scratch/held"
	kill -9 "$(pgrep -P "$terminal" script)" "$terminal"
	wait "$terminal" 2>/dev/null
	wait_for "$scratch/hung/journal.jsonl" '"event":"end"' || return
	[ -s "$scratch/held" ] && all_gone "$scratch/held"
}
check "its terminal goes away: the end is written, nothing is left" hung_up

done_testing
