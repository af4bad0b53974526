/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest of the accelerator probe (runners/accel.c) for arm64, on QEMU's machine "virt", which starts it at EL1
 * without any firmware. It says on the serial port how far it got, one letter a stage, and has the machine
 * powered off by PSCI, through which no status can be given: the letters alone tell that all went well.
 *
 *   P  it was started
 *   M  its page tables and caches are on
 *   C  the processor named itself, its clock ran, and 120 million instructions came out right
 *   T  three interrupts of the virtual timer woke it from wfi, through whichever interrupt controller there is
 *   W  instead of one of these: something came out wrong
 */
#define UART			0x09000000	/* PL011 */
#define UART_DATA		0x00
#define UART_CONTROL		0x30
#define UART_ENABLE		0x301		/* the port, both directions */

#define PSCI_SYSTEM_OFF		0x84000008

/* Both maps begin with what holds the machine's devices and with its memory, 1 GiB each. */
#define BLOCK_DEVICE		0x0060000000000401	/* never executed */
#define BLOCK_MEMORY		0x0000000040000705	/* write-back, inner shareable */
#define MEMORY_TYPES		0xff00			/* 0: device, 1: write-back */
#define TRANSLATION		(25 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23)	/* 39 bits, 4 KiB pages, low half */
#define SCTLR_ON		(1 | 1 << 2 | 1 << 12)	/* translation, data cache, instruction cache */

#define GICD			0x08000000
#define GICC			0x08010000
#define GICR			0x080a0000
#define GICR_SGI		0x080b0000
#define TIMER_LINE		27		/* the virtual timer's, on every virt */
#define ICC_PMR_EL1		S3_0_C4_C6_0
#define ICC_IAR1_EL1		S3_0_C12_C12_0
#define ICC_EOIR1_EL1		S3_0_C12_C12_1
#define ICC_SRE_EL1		S3_0_C12_C12_5
#define ICC_IGRPEN1_EL1		S3_0_C12_C12_7

#define TICKS			3
#define ROUNDS			20000000
#define ROUNDS_RESULT		0xfa06ce80	/* see compute */

.macro stage letter
	mov	w0, #\letter
	bl	say
.endm

/* To a register of a device: x28 holds the address of its block. */
.macro put value, offset
	ldr	w0, =\value
	str	w0, [x28, #\offset]
.endm

	.text
	.globl	_start
_start:
	ldr	x28, =UART
	put	UART_ENABLE, UART_CONTROL
	stage	'P'

	adrp	x0, map
	msr	ttbr0_el1, x0
	ldr	x0, =MEMORY_TYPES
	msr	mair_el1, x0
	ldr	x0, =TRANSLATION
	msr	tcr_el1, x0
	adr	x0, vectors
	msr	vbar_el1, x0
	tlbi	vmalle1
	dsb	sy
	isb
	mrs	x0, sctlr_el1
	ldr	x1, =SCTLR_ON
	orr	x0, x0, x1
	msr	sctlr_el1, x0
	isb
	stage	'M'

	mrs	x0, midr_el1
	cbz	x0, wrong
	mrs	x20, cntvct_el0

	/* x = 5 x + i for i = ROUNDS .. 1, from x = 0, modulo 2^64; each step goes through memory. */
compute:
	ldr	x1, =ROUNDS
	ldr	x2, =number
	str	xzr, [x2]
1:	ldr	x0, [x2]
	add	x0, x0, x0, lsl #2
	add	x0, x0, x1
	str	x0, [x2]
	subs	x1, x1, #1
	b.ne	1b
	ldr	w1, =ROUNDS_RESULT
	cmp	w0, w1
	b.ne	wrong

	isb
	mrs	x0, cntvct_el0
	cmp	x0, x20
	b.ls	wrong
	stage	'C'

	/* x21: whether this is a GICv3 or newer, which is reached by system registers. x22: ticks. */
	mrs	x21, id_aa64pfr0_el1
	ubfx	x21, x21, #24, #4
	mov	x22, #0
	cbz	x21, gic2

	ldr	x28, =GICD
	put	0x13, 0			/* GICD_CTLR: affinity routing, group 1 */
	ldr	x28, =GICR
	put	0, 0x14			/* GICR_WAKER */
1:	ldr	w0, [x28, #0x14]
	tbnz	w0, #2, 1b		/* until its children are awake */
	ldr	x28, =GICR_SGI
	put	0xffffffff, 0x80	/* GICR_IGROUPR0 */
	put	1 << TIMER_LINE, 0x100	/* GICR_ISENABLER0 */
	mov	x0, #1
	msr	ICC_SRE_EL1, x0
	isb
	mov	x0, #0xf0
	msr	ICC_PMR_EL1, x0
	mov	x0, #1
	msr	ICC_IGRPEN1_EL1, x0
	b	arm

gic2:
	ldr	x28, =GICD
	put	1 << TIMER_LINE, 0x100	/* GICD_ISENABLER0 */
	put	1, 0			/* GICD_CTLR */
	ldr	x28, =GICC
	put	0xf0, 0x04		/* GICC_PMR */
	put	1, 0x00			/* GICC_CTLR */

arm:
	isb
	bl	set_timer
	/* An interrupt that is masked wakes as well, and none can come between the look and the sleep. */
2:	wfi
	msr	daifclr, #2
	isb
	msr	daifset, #2
	cmp	x22, #TICKS
	b.lo	2b
	msr	cntv_ctl_el0, xzr
	stage	'T'

off:
	ldr	w0, =PSCI_SYSTEM_OFF
	hvc	#0
3:	wfi
	b	3b

wrong:
	stage	'W'
	b	off

say:
	ldr	x1, =UART
	str	w0, [x1, #UART_DATA]
	ret

/* 10 ms from now. */
set_timer:
	mrs	x0, cntfrq_el0
	mov	x1, #100
	udiv	x0, x0, x1
	msr	cntv_tval_el0, x0
	mov	x0, #1
	msr	cntv_ctl_el0, x0
	isb
	ret

/* Nothing that it changes is in use where interrupts are let in. */
timer:
	add	x22, x22, #1
	bl	set_timer
	cbz	x21, 4f
	mrs	x0, ICC_IAR1_EL1
	msr	ICC_EOIR1_EL1, x0
	isb
	eret
4:	ldr	x28, =GICC
	ldr	w0, [x28, #0x0c]	/* GICC_IAR */
	str	w0, [x28, #0x10]	/* GICC_EOIR */
	eret

	.ltorg

/* Sixteen entries of 128 bytes; the sixth is for interrupts where we run. */
	.balign	2048
vectors:
	.rept	5
	b	wrong
	.balign	128
	.endr
	b	timer
	.balign	128
	.rept	10
	b	wrong
	.balign	128
	.endr

	.data
	.balign	4096
map:
	.quad	BLOCK_DEVICE, BLOCK_MEMORY
	.skip	4096 - 16

	.bss
	.balign	8
number:	.skip	8

	.section .note.GNU-stack, "", %progbits
