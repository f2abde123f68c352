/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a fiber that is not running has on its stack, from its sp upwards:
 *
 *	 0	mxcsr, 4 bytes; x87 control word, 2 bytes; 2 unused
 *	 8	r15 r14 r13 r12 rbx rbp
 *	56	where it goes on
 *
 * One call in otpi_fiber_switch leads here, so the return address is the same
 * for every fiber that was left, and the processor predicts the ret.
 */
	.text

/* void otpi_arch_switch(void **save_sp, void *to_sp) */
	.globl	otpi_arch_switch
	.hidden	otpi_arch_switch
	.type	otpi_arch_switch, @function
	.p2align 4
otpi_arch_switch:
	.cfi_startproc
	endbr64
	pushq	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbp, 0
	pushq	%rbx
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbx, 0
	pushq	%r12
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %r12, 0
	pushq	%r13
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %r13, 0
	pushq	%r14
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %r14, 0
	pushq	%r15
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %r15, 0
	subq	$8, %rsp
	.cfi_adjust_cfa_offset 8
	stmxcsr	(%rsp)
	fnstcw	4(%rsp)
	movl	(%rsp), %eax
	movzwl	4(%rsp), %ecx
	movq	%rsp, (%rdi)
	movq	%rsi, %rsp
	/* Loading them is slow, and they are nearly always the same. */
	cmpl	%eax, (%rsp)
	jne	1f
	cmpw	%cx, 4(%rsp)
	jne	1f
2:	addq	$8, %rsp
	.cfi_adjust_cfa_offset -8
	popq	%r15
	.cfi_adjust_cfa_offset -8
	.cfi_restore %r15
	popq	%r14
	.cfi_adjust_cfa_offset -8
	.cfi_restore %r14
	popq	%r13
	.cfi_adjust_cfa_offset -8
	.cfi_restore %r13
	popq	%r12
	.cfi_adjust_cfa_offset -8
	.cfi_restore %r12
	popq	%rbx
	.cfi_adjust_cfa_offset -8
	.cfi_restore %rbx
	popq	%rbp
	.cfi_adjust_cfa_offset -8
	.cfi_restore %rbp
	ret
1:	.cfi_adjust_cfa_offset 56
	.cfi_rel_offset %rbp, 48
	.cfi_rel_offset %rbx, 40
	.cfi_rel_offset %r12, 32
	.cfi_rel_offset %r13, 24
	.cfi_rel_offset %r14, 16
	.cfi_rel_offset %r15, 8
	ldmxcsr	(%rsp)
	fldcw	4(%rsp)
	jmp	2b
	.cfi_endproc
	.size	otpi_arch_switch, . - otpi_arch_switch

/*
 * The base of every fiber: rbx is the fiber, the stack is empty. Unwinders
 * stop here; they look one byte before a return address, hence the nop.
 */
	.globl	otpi_arch_base
	.hidden	otpi_arch_base
	.type	otpi_arch_base, @function
	.p2align 4
	.cfi_startproc
	.cfi_undefined %rip
	nop
otpi_arch_base:
	endbr64
	xorl	%ebp, %ebp
	movq	%rbx, %rdi
	call	otpi_fiber_main
	ud2
	.cfi_endproc
	.size	otpi_arch_base, . - otpi_arch_base

/* void otpi_arch_restart(fiber, void *base, uint64_t control) */
	.globl	otpi_arch_restart
	.hidden	otpi_arch_restart
	.type	otpi_arch_restart, @function
	.p2align 4
otpi_arch_restart:
	.cfi_startproc
	.cfi_undefined %rip
	endbr64
	movq	%rdi, %rbx
	movq	%rsi, %rsp
	pushq	%rdx
	ldmxcsr	(%rsp)
	fldcw	4(%rsp)
	addq	$8, %rsp
	jmp	otpi_arch_base
	.cfi_endproc
	.size	otpi_arch_restart, . - otpi_arch_restart

	.section .note.GNU-stack, "", @progbits
