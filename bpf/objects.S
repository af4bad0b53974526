/* SPDX-License-Identifier: GPL-2.0-only */
/* The compiled BPF programs, as bytes in ours: an agent in an initramfs has no files to read. */
	.section .note.GNU-stack, "", %progbits
	.section .rodata

	.macro	image symbol, file
	.balign	8
	.global	\symbol\()_begin, \symbol\()_end
\symbol\()_begin:
	.incbin	"\file"
\symbol\()_end:
	.endm

	image	latency_fentry, "latency-fentry.bpf.o"
	image	latency_fsession, "latency-fsession.bpf.o"
	image	latency_kprobe, "latency-kprobe.bpf.o"
	image	latency_ksession, "latency-ksession.bpf.o"
	image	latency_ksession_void, "latency-ksession-void.bpf.o"
	image	latency_raw_tp, "latency-raw-tp.bpf.o"
	image	latency_tp_btf, "latency-tp-btf.bpf.o"
	image	lock_raw_tp, "lock-raw-tp.bpf.o"
	image	lock_slowpath, "lock-slowpath.bpf.o"
	image	lock_tp_btf, "lock-tp-btf.bpf.o"
	image	peek, "peek.bpf.o"
