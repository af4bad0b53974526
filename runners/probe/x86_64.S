/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest of the accelerator probe (runners/accel.c): what a kernel needs of a machine, in the least code.
 * QEMU's firmware loads it by Multiboot 1 (https://www.gnu.org/software/grub/manual/multiboot/). It says on the
 * debug console how far it got, one letter a stage, and leaves through isa-debug-exit with a status that
 * nothing else gives.
 *
 *   P  the firmware started it, in protected mode
 *   L  long mode with paging
 *   C  the processor named itself, its clock ran, and 120 million instructions came out right: a machine that
 *      only interprets its guests starts a kernel too, but never ends it
 *   T  three interrupts of the timer woke it from hlt
 *   W  instead of one of these: something came out wrong
 */
#define MULTIBOOT_HEADER	0x1badb002
#define MULTIBOOT_LOADER	0x2badb002

#define DEBUG_CONSOLE		0xe9
#define DEBUG_EXIT		0xf4
#define EXIT			0x2a		/* QEMU ends with status 2 * 0x2a + 1 = 85 */

#define CR0_PG			(1 << 31)
#define CR4_PAE			(1 << 5)
#define MSR_EFER		0xc0000080
#define EFER_LME		(1 << 8)
#define PTE_TABLE		0x03		/* present, writable */
#define PTE_2MIB		0x83		/* present, writable, a page of 2 MiB */

#define CODE64			0x08
#define DATA64			0x10
#define GATE_INTERRUPT		0x8e00

#define PIC			0x20
#define PIC_SLAVE		0xa0
#define TIMER_VECTOR		0x20
#define PIT			0x40
#define PIT_DIVISOR		11932		/* of 1193182 Hz: 10 ms */
#define TICKS			3

#define ROUNDS			20000000
#define ROUNDS_RESULT		0xfa06ce80	/* see compute */

.macro stage letter
	mov	$\letter, %al
	out	%al, $DEBUG_CONSOLE
.endm

.macro outb value, port
	mov	$\value, %al
	out	%al, $\port
.endm

	.text
	.balign 4
	.long	MULTIBOOT_HEADER, 0, -MULTIBOOT_HEADER

	.code32
	.globl	_start
_start:
	cli
	cld
	cmp	$MULTIBOOT_LOADER, %eax
	jne	wrong
	mov	$stack_end, %esp
	stage	'P'

	/* The first 2 MiB, mapped to themselves, hold all there is. */
	movl	$directory + PTE_TABLE, pointers
	movl	$pointers + PTE_TABLE, root
	movl	$PTE_2MIB, directory
	mov	$root, %eax
	mov	%eax, %cr3
	mov	%cr4, %eax
	or	$CR4_PAE, %eax
	mov	%eax, %cr4
	mov	$MSR_EFER, %ecx
	rdmsr
	or	$EFER_LME, %eax
	wrmsr
	mov	%cr0, %eax
	or	$CR0_PG, %eax
	mov	%eax, %cr0
	lgdt	gdt_pointer
	ljmp	$CODE64, $long_mode

wrong:
	stage	'W'
	outb	EXIT, DEBUG_EXIT
	hlt
	jmp	wrong

	.code64
long_mode:
	mov	$DATA64, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	stage	'L'

	xor	%eax, %eax
	cpuid
	test	%ebx, %ebx
	jz	wrong64
	rdtsc
	shl	$32, %rdx
	lea	(%rdx, %rax), %rsi

	/* x = 5 x + i for i = ROUNDS .. 1, from x = 0, modulo 2^64; each step goes through memory. */
compute:
	mov	$ROUNDS, %ecx
	movq	$0, number(%rip)
1:	mov	number(%rip), %rax
	lea	(%rax, %rax, 4), %rax
	add	%rcx, %rax
	mov	%rax, number(%rip)
	dec	%ecx
	jnz	1b
	mov	number(%rip), %eax
	cmp	$ROUNDS_RESULT, %eax
	jne	wrong64

	rdtsc
	shl	$32, %rdx
	add	%rdx, %rax
	cmp	%rsi, %rax
	jbe	wrong64
	stage	'C'

	mov	$timer, %eax
	mov	%ax, gate(%rip)
	movw	$CODE64, gate + 2(%rip)
	movw	$GATE_INTERRUPT, gate + 4(%rip)
	shr	$16, %eax
	mov	%ax, gate + 6(%rip)
	lidt	idt_pointer(%rip)

	/* Both controllers: edge triggered, cascaded at line 2, 8086 mode; only the timer's line open. */
	outb	0x11, PIC
	outb	TIMER_VECTOR, PIC + 1
	outb	0x04, PIC + 1
	outb	0x01, PIC + 1
	outb	0xfe, PIC + 1
	outb	0xff, PIC_SLAVE + 1
	outb	0x34, PIT + 3
	outb	PIT_DIVISOR & 0xff, PIT
	outb	PIT_DIVISOR >> 8, PIT
1:	sti
	hlt
	cli
	cmpl	$TICKS, ticks(%rip)
	jb	1b
	stage	'T'
	outb	EXIT, DEBUG_EXIT
2:	hlt
	jmp	2b

wrong64:
	stage	'W'
	outb	EXIT, DEBUG_EXIT
	hlt
	jmp	wrong64

timer:
	push	%rax
	incl	ticks(%rip)
	outb	0x20, PIC
	pop	%rax
	iretq

	.data
	.balign	8
gdt:
	.quad	0
	.quad	0x00af9a000000ffff
	.quad	0x00cf92000000ffff
gdt_pointer:
	.word	. - gdt - 1
	.long	gdt
idt_pointer:
	.word	gates_end - gates - 1
	.long	gates, 0

	.bss
	.balign	4096
root:		.skip	4096
pointers:	.skip	4096
directory:	.skip	4096
gates:		.skip	16 * TIMER_VECTOR
gate:		.skip	16
gates_end:
number:		.skip	8
ticks:		.skip	8
stack:		.skip	4096
stack_end:

	.section .note.GNU-stack, "", @progbits
