/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a fiber that is not running has on its stack, from its sp upwards:
 *
 *	  0	fpcr; 8 unused
 *	 16	x19 .. x28, x29, x30 (where it goes on)
 *	112	d8 .. d15; 176 bytes in all
 */
	.text

/* void otpi_arch_switch(void **save_sp, void *to_sp) */
	.globl	otpi_arch_switch
	.hidden	otpi_arch_switch
	.type	otpi_arch_switch, %function
	.p2align 4
otpi_arch_switch:
	.cfi_startproc
	hint	#34			/* bti c */
	sub	sp, sp, #176
	.cfi_def_cfa_offset 176
	mrs	x9, fpcr
	str	x9, [sp]
	stp	x19, x20, [sp, #16]
	.cfi_rel_offset x19, 16
	.cfi_rel_offset x20, 24
	stp	x21, x22, [sp, #32]
	.cfi_rel_offset x21, 32
	.cfi_rel_offset x22, 40
	stp	x23, x24, [sp, #48]
	.cfi_rel_offset x23, 48
	.cfi_rel_offset x24, 56
	stp	x25, x26, [sp, #64]
	.cfi_rel_offset x25, 64
	.cfi_rel_offset x26, 72
	stp	x27, x28, [sp, #80]
	.cfi_rel_offset x27, 80
	.cfi_rel_offset x28, 88
	stp	x29, x30, [sp, #96]
	.cfi_rel_offset x29, 96
	.cfi_rel_offset x30, 104
	stp	d8, d9, [sp, #112]
	stp	d10, d11, [sp, #128]
	stp	d12, d13, [sp, #144]
	stp	d14, d15, [sp, #160]
	mov	x10, sp
	str	x10, [x0]
	mov	sp, x1
	ldr	x10, [sp]
	cmp	x9, x10
	b.eq	1f			/* writing it is slow */
	msr	fpcr, x10
1:	ldp	d14, d15, [sp, #160]
	ldp	d12, d13, [sp, #144]
	ldp	d10, d11, [sp, #128]
	ldp	d8, d9, [sp, #112]
	ldp	x29, x30, [sp, #96]
	ldp	x27, x28, [sp, #80]
	ldp	x25, x26, [sp, #64]
	ldp	x23, x24, [sp, #48]
	ldp	x21, x22, [sp, #32]
	ldp	x19, x20, [sp, #16]
	add	sp, sp, #176
	.cfi_def_cfa_offset 0
	.cfi_restore x19
	.cfi_restore x20
	.cfi_restore x21
	.cfi_restore x22
	.cfi_restore x23
	.cfi_restore x24
	.cfi_restore x25
	.cfi_restore x26
	.cfi_restore x27
	.cfi_restore x28
	.cfi_restore x29
	.cfi_restore x30
	ret
	.cfi_endproc
	.size	otpi_arch_switch, . - otpi_arch_switch

/*
 * The base of every fiber: x19 is the fiber, the stack is empty. Unwinders
 * stop here; they look before a return address, hence the nop.
 */
	.globl	otpi_arch_base
	.hidden	otpi_arch_base
	.type	otpi_arch_base, %function
	.p2align 4
	.cfi_startproc
	.cfi_undefined x30
	nop
otpi_arch_base:
	mov	x29, xzr
	mov	x30, xzr
	mov	x0, x19
	bl	otpi_fiber_main
	brk	#0
	.cfi_endproc
	.size	otpi_arch_base, . - otpi_arch_base

/* void otpi_arch_restart(fiber, void *base, uint64_t control) */
	.globl	otpi_arch_restart
	.hidden	otpi_arch_restart
	.type	otpi_arch_restart, %function
	.p2align 4
otpi_arch_restart:
	.cfi_startproc
	.cfi_undefined x30
	hint	#34			/* bti c */
	mov	x19, x0
	mov	sp, x1
	msr	fpcr, x2
	b	otpi_arch_base
	.cfi_endproc
	.size	otpi_arch_restart, . - otpi_arch_restart

	.section .note.GNU-stack, "", %progbits
