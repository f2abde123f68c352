/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "otpc.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * What the back end relies on: after a check without errors everything is
 * resolved, converted to the type of its place, and filled in.
 */

static const char spec[] =
	"/// The module.\n"
	"module bank;\n"
	"const patience = 3s;\n"
	"const alias = patience;\n"
	"enum Mode { fast, slow }\n"
	"record A { x : list<int64?>; y : list<int64?>; m : Mode = slow; }\n"
	"message changed(a: A);\n"
	"gen_server Empty { }\n"
	"gen_server S {\n"
	"    init(a: string, b: int16 = -1, c: uint8? = 5);\n"
	"    call get() -> A ! Mode timeout alias;\n"
	"    call put(a: A);\n"
	"    info changed; info down; info tick();\n"
	"}\n"
	"supervisor T(p: string, q: int8) {\n"
	"    strategy rest_for_one; intensity 3 in 10s;\n"
	"    /// The first.\n"
	"    child one = S(p, q) { register; restart transient; }\n"
	"    child two = S(\"x\") { shutdown alias; }\n"
	"    child many = dynamic S(p) { max_children 7; backoff 1s; }\n"
	"    child sub = U { shutdown brutal_kill; }\n"
	"    child sub2 = U { backoff 10ms to alias jitter 20; }\n"
	"    child any = dynamic;\n"
	"}\n"
	"supervisor U { }\n"
	"application a {\n"
	"    version \"1.0\"; root T(env.path, 5); env { path: string = "
	"\"p\"; }\n"
	"    stop;\n"
	"}\n";

static struct program program;

static struct module *
checked(void)
{
	char path[] = "/tmp/otpc_ast_XXXXXX";
	static struct options options;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(
		write(fd, spec, sizeof(spec) - 1), (ssize_t)sizeof(spec) - 1);
	close(fd);
	program_init(&program, &options);
	load(&program, text_of(path));
	unlink(path);
	resolve(&program, program.modules);
	check(&program, program.modules);
	assert_int_equal(program.diags.n_errors, 0);
	assert_true(program.modules->is_root);
	return program.modules;
}

static struct decl *
named(struct module *module, const char *name)
{
	struct decl *decl = table_get(&module->names, text_of(name));

	assert_non_null(decl);
	assert_ptr_equal(decl->module, module);
	return decl;
}

static void
types_are_canonical(void **state)
{
	struct decl *a = named(checked(), "A");
	struct field *x = a->u.record.fields.first;

	(void)state;
	assert_ptr_equal(x->type, x->next->type);
	assert_int_equal(x->type->kind, TYPE_LIST);
	assert_int_equal(x->type->element->kind, TYPE_OPTIONAL);
	assert_true(text_is(x->type->spelling, "list<int64?>"));
	assert_int_equal(x->next->next->value->kind, VALUE_ENUM);
	assert_int_equal(x->next->next->value->u.member->index, 1);
}

static void
servers_are_complete(void **state)
{
	struct module *module = checked();
	struct server_decl *empty = &named(module, "Empty")->u.server;
	struct server_decl *s = &named(module, "S")->u.server;
	struct member *get = s->init->next;
	const struct value *b = s->init->params.first->next->value;
	const struct value *c = s->init->params.last->value;

	(void)state;
	assert_int_equal(empty->init->params.count, 0);
	assert_int_equal(empty->state->params.count, 0);
	assert_int_equal(b->type->kind, TYPE_INT16);
	assert_true(b->u.integer.negative);
	assert_int_equal(c->type->kind, TYPE_OPTIONAL);
	assert_int_equal(c->kind, VALUE_INTEGER);
	assert_int_equal(get->timeout.ms, 3000);
	assert_int_equal(get->refusal->kind, TYPE_ENUM);
	assert_int_equal(get->next->timeout.ms, 5000);
	assert_null(get->next->reply);
	assert_int_equal(get->next->next->info, INFO_DECLARED);
	assert_ptr_equal(get->next->next->message, named(module, "changed"));
	assert_int_equal(get->next->next->next->info, INFO_DOWN);
	assert_int_equal(get->next->next->next->next->info, INFO_OWN);
}

static void
children_are_complete(void **state)
{
	struct module *module = checked();
	struct supervisor_decl *t = &named(module, "T")->u.supervisor;
	struct child *one = t->children;
	struct child *two = one->next;
	struct child *many = two->next;
	struct child *sub = many->next;

	(void)state;
	assert_int_equal(t->strategy, STRATEGY_REST_FOR_ONE);
	assert_int_equal(t->intensity, 3);
	assert_int_equal(t->period_ms, 10000);
	assert_true(text_is(one->doc, "The first."));
	assert_int_equal(one->restart, RESTART_TRANSIENT);
	assert_true(text_is(one->registered_name, "one"));
	assert_int_equal(one->start.n_values, 3);
	assert_int_equal(one->start.values[0]->kind, VALUE_PARAM);
	assert_ptr_equal(one->start.values[1]->u.field, t->params.last);
	assert_int_equal(one->start.values[2]->kind, VALUE_INTEGER);
	assert_int_equal(two->start.values[1]->kind, VALUE_INTEGER);
	assert_int_equal(two->shutdown.after.ms, 3000);
	assert_int_equal(many->max_children, 7);
	assert_int_equal(many->start.n_values, 1);
	assert_ptr_equal(many->start.values[0]->u.field, t->params.first);
	assert_int_equal(many->backoff.first_ms, 1000);
	assert_int_equal(many->backoff.most_ms, 0);
	assert_int_equal(one->backoff.first_ms, 0);
	assert_int_equal(sub->shutdown.kind, SHUTDOWN_BRUTAL_KILL);
	assert_true(sub->next->shutdown.after.is_infinite);
	assert_int_equal(sub->next->backoff.first_ms, 10);
	assert_int_equal(sub->next->backoff.most_ms, 3000);
	assert_int_equal(sub->next->backoff.jitter, 20);
	assert_true(sub->next->next->any && sub->next->next->dynamic);
	assert_null(sub->next->next->start.decl);
	assert_false(many->any);
}

static void
application_is_complete(void **state)
{
	struct module *module = checked();
	struct application_decl *a = &module->application->u.application;
	const struct value *path = a->root->values[0];

	(void)state;
	assert_true(text_is(module->doc, "The module."));
	assert_true(text_is(a->version, "1.0"));
	assert_ptr_equal(a->root->decl, named(module, "T"));
	assert_non_null(a->stop);
	assert_null(a->prep_stop);
	assert_int_equal(path->kind, VALUE_ENV);
	assert_ptr_equal(path->u.field, a->env.first);
	assert_true(text_is(a->env.first->value->u.text, "p"));
	assert_true(text_is(named(module, "alias")->name.text, "alias"));
	assert_int_equal(
		named(module, "alias")->u.constant.value->u.duration.ms, 3000);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_are_canonical),
		cmocka_unit_test(servers_are_complete),
		cmocka_unit_test(children_are_complete),
		cmocka_unit_test(application_is_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
