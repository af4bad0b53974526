/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "record-limits.h"

/*
 * What the host and the agent say to each other: JSON, one object per line, over a channel that carries nothing
 * else (docs/protocol.md). Shared by both sides; needs no library.
 *
 * Host to agent, `q` names the request:
 *   {"q":"run","cell":"full_fit_alloc_test/8","load":0,"test":"full_fit_alloc_test","workers":8,
 *    "module":"test_vmalloc","params":"run_test_mask=2 nr_threads=8 ...","tick_ms":1000}
 *   {"q":"trace","state":"attached","latency":true,"locks":true,"backend":null,"source":"slowpath"}
 *                                           sets the probe: off, loaded or attached (bpf/trace.h)
 *   {"q":"sample","hz":997,"event":null}    samples all CPUs during each load from here on
 *   {"q":"sysrq","key":"c"}                 for drills: panics the kernel on purpose
 *   {"q":"bye"}                             powers the machine off
 * In counted mode no host event may fall into the guest's time: the same lines stand in the file WIRE_JOB_PATH
 * of the initramfs, and the agent reads them from there instead of from the port.
 *
 * Agent to host, `t` names the record:
 *   {"t":"hello","v":1,"release":"7.3.4","version":"#1
 * ...","cmdline":"...","boot_id":"...","btf":true,"taint":0,
 *    "clocksource":"tsc","cpus_online":8,"cpus_possible":8,"memory_kib":123}
 *   {"t":"tick"}                            while a load runs, every tick_ms (0: never)
 *   {"t":"load","cell":"...","load":0,"workers_us":[1,2],"wall_us":123,"taint":0,"clocksource":"tsc"}
 *                                           with "probe":"attached" in a boot that had a trace request
 *   {"t":"trace","state":"off"}             how a trace request is answered; loaded and attached as in
 * bpf/trace.h
 *   {"t":"hist","cell":"...","load":0,...}, "lock" and "events" as in bpf/trace.h, before the load record: what
 * an attached probe saw of that load
 *   {"t":"calls","cell":"...","load":0,"call":"vmalloc","count":3,"sum_ns":9,"max_ns":8,"buckets":[[2,3]]}
 *                                           before the load record: calls that the load timed itself, with its
 *                                           "probe"
 *   {"t":"memory","cell":"...","load":0,"areas":1000,"page_bytes":4096,
 *    "totals":[{"total":"Slab","kib":[1,2,1,1]}],
 *    "caches":[{"cache":"vmap_area","object_bytes":72,"slab_objects":56,"slab_pages":1,"active":[1,2,1,1],
 *               "slabs":[1,2,1,1]}]}      before the load record of WIRE_TEST_MEMORY: what the kernel said of
 *                                           its memory at WIRE_MOMENTS moments (docs/memory.md)
 *   {"t":"sampler","event":"cpu-clock","hz":997,"cpus":8,"refused":[{"event":"cycles","why":"..."}]}
 *                                           how a sample request is answered
 *   {"t":"samples","cell":"...","load":0,"event":"cpu-clock","samples":3,"lost":0,"throttled":0,
 *    "names":["[cut]","kthread","vmalloc"],"stacks":[[2,1,2],[1,0,2]]}
 *                                           before the load record: counts, and names from the oldest caller on
 *   {"t":"splat","cell":"...","load":0,"kind":"warn","text":"WARNING: CPU: 0 ...","taint":512}
 *   {"t":"error","cell":"...","load":0,"why":"a sentence"}      the load gave no result
 *   {"t":"bye"}
 * workers_us are the "avg" figures of the module, in the order of the log; wall_us is the time from the
 * call of finit_module() to its return, by CLOCK_MONOTONIC; the clocksource is read at the end of the load. A
 * test of bpf/storm.h needs no module: its params are words for storm_parse(), its figures those of struct
 * storm_result. Every run, trace or sample request is answered by one load, trace or sampler, or by one error;
 * splats may come before it, and a load with a splat ends in an error. The hello comes when the host is
 * connected; without one for 10 s the guest powers off. After a splat or an error the agent still answers; the
 * host decides.
 */
#define WIRE_VERSION 1
#define WIRE_PORT_NAME "org.vmapbench.agent"
#define WIRE_PORT_PATH "/dev/virtio-ports/" WIRE_PORT_NAME
#define WIRE_JOB_PATH "/job.jsonl"
#define WIRE_AGENT "agent"		/* the program, as a board knows it; in an initramfs it is /init */
#define WIRE_MODULE_TEST "test_vmalloc"	/* the modules: NAME.ko at the top of the initramfs */
#define WIRE_MODULE_LOAD "vmap_load"
#define WIRE_MODULE_SOAK "vmap_soak_000"	/* whose digits tell its copies apart */
#define WIRE_TEST_MEMORY "memory_load"	/* by WIRE_MODULE_SOAK, once */
#define WIRE_MOMENTS 4			/* before, held, freed, dropped */
#define WIRE_EARLY_PATH "/modules"	/* NN-name.ko: inserted in this order before the port is looked for */

/* Longest line either side accepts, newline included. 65,535 workers of 12 digits fit. */
#define WIRE_LINE_MAX (1 << 20)
#define WIRE_WORKERS_MAX 65535

/* Of a sample request. */
#define WIRE_HZ_MAX 10000

/*
 * A cell is bracketed in the kernel's log by these lines, written to /dev/kmsg: "vmapbench: begin CELL LOAD".
 */
#define WIRE_MARK_BEGIN "vmapbench: begin "
#define WIRE_MARK_END "vmapbench: end "
