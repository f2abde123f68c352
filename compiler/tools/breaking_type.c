/* SPDX-License-Identifier: Apache-2.0 */
#include "breaking.h"

static struct text
named(const struct comparison *c, const char *what, struct text name)
{
	return text_printf(
		&c->program->arena, "%s `%.*s`", what, TEXT_ARG(name));
}

/* ----------------------------------------------------------------- enums */

void
compare_enums(
	struct comparison *c, const struct decl *now, const struct decl *old)
{
	for (const struct enum_member *m = now->u.enumeration.first; m;
		m = m->next) {
		if (!member_by_wire(c, old, wire_of(&m->name, &m->wire)))
			tell(c, VERDICT_RECEIVERS_FIRST, m->name.span,
				named(c, "new member", m->name.text),
				"an old receiver refuses it");
	}
	for (const struct enum_member *m = old->u.enumeration.first; m;
		m = m->next) {
		if (!member_by_wire(c, now, wire_of(&m->name, &m->wire)))
			tell_gone(c, VERDICT_BREAKS, m->name.span,
				named(c, "member", m->name.text),
				"an old sender may still send it");
	}
}

/* ---------------------------------------------------- fields, by position */

/* Their modules are not in what types are called. */
static struct text
type_change(struct comparison *c, struct text name, const struct type *now,
	const struct type *old)
{
	struct arena *arena = &c->program->arena;

	if (text_equal(now->spelling, old->spelling))
		return text_printf(arena,
			"`%.*s` is of another type that is called `%.*s`",
			TEXT_ARG(name), TEXT_ARG(now->spelling));
	return text_printf(arena,
		"`%.*s` was of type `%.*s` and is of type `%.*s`",
		TEXT_ARG(name), TEXT_ARG(old->spelling),
		TEXT_ARG(now->spelling));
}

static void
compare_type_at(struct comparison *c, struct span at, struct text name,
	const struct type *now, const struct type *old)
{
	struct text what;
	enum verdict verdict;
	bool forward, backward;

	if (is_same_type(now, old))
		return; /* what they are named after is told where it is */
	forward = type_reads(c, now, old);
	backward = type_reads(c, old, now);
	verdict = verdict_of(forward, backward);
	what = type_change(c, name, now, old);
	if (verdict == VERDICT_OK)
		tell(c, verdict, at, what, "the wire form is the same");
	else if (verdict == VERDICT_RECEIVERS_FIRST)
		tell(c, verdict, at, what,
			"an old receiver may refuse what a new sender sends");
	else if (backward)
		tell(c, verdict, at, what,
			"a new receiver may refuse what an old sender sends");
	else
		tell(c, verdict, at, what,
			"neither version takes all that the other one sends");
}

/* Where a name is now at another place: those who go by places are misled. */
static bool
compare_order(struct comparison *c, const struct field *now,
	const struct field *old, const struct field_list *all_now,
	const struct field_list *all_old)
{
	if (text_equal(now->name.text, old->name.text))
		return true;
	if (field_by_name(c, all_old, now->name.text) ||
		field_by_name(c, all_now, old->name.text)) {
		tell(c, VERDICT_BREAKS, now->name.span,
			text_printf(&c->program->arena,
				"`%.*s` stands where `%.*s` was",
				TEXT_ARG(now->name.text),
				TEXT_ARG(old->name.text)),
			"on the wire they are told apart by their places");
		return false;
	}
	tell(c, VERDICT_OK, now->name.span,
		text_printf(&c->program->arena, "`%.*s` was called `%.*s`",
			TEXT_ARG(now->name.text), TEXT_ARG(old->name.text)),
		"its name is not on the wire");
	return true;
}

static void
compare_tail(struct comparison *c, const struct field *now,
	const struct field *old, bool defaults)
{
	for (; now; now = now->next)
		tell(c,
			now->value && defaults ? VERDICT_RECEIVERS_FIRST
					       : VERDICT_BREAKS,
			now->name.span,
			named(c, defaults ? "new parameter" : "new field",
				now->name.text),
			now->value && defaults
				? "an old receiver refuses the longer tuple, "
				  "a new one takes the shorter"
				: "neither version takes the tuple of the "
				  "other one");
	for (; old; old = old->next)
		tell_gone(c, VERDICT_BREAKS, old->name.span,
			named(c, defaults ? "parameter" : "field",
				old->name.text),
			"a new receiver refuses the longer tuple of an old "
			"sender");
}

static void
compare_places(struct comparison *c, const struct field_list *now,
	const struct field_list *old, bool defaults)
{
	const struct field *n = now->first, *o = old->first;

	for (; n && o; n = n->next, o = o->next) {
		if (!compare_order(c, n, o, now, old))
			return; /* what follows is an echo of it */
		compare_type_at(c, n->span, n->name.text, n->type, o->type);
	}
	compare_tail(c, n, o, defaults);
}

void
compare_params(struct comparison *c, struct name name,
	const struct field_list *now, const struct field_list *old)
{
	if ((now->count == 0) != (old->count == 0)) {
		bool forward = params_read(c, now, old, true);

		tell(c, verdict_of(forward, false), name.span,
			named(c,
				now->count ? "new parameters of"
					   : "no parameters of",
				name.text),
			forward ? "an old receiver knows the bare atom only"
				: "one version has a bare atom where the "
				  "other one has a tuple");
		return;
	}
	compare_places(c, now, old, true);
}

/* --------------------------------------------------------------- records */

static bool
may_miss(const struct field *field)
{
	return field->value || field->type->kind == TYPE_OPTIONAL;
}

static void
compare_keys(
	struct comparison *c, const struct decl *now, const struct decl *old)
{
	for (const struct field *f = now->u.record.fields.first; f;
		f = f->next) {
		const struct field *former =
			field_by_wire(c, old, wire_of(&f->name, &f->wire));
		struct text what = named(c, "new field", f->name.text);

		if (former)
			compare_type_at(c, f->span, f->name.text, f->type,
				former->type);
		else if (may_miss(f))
			tell(c, VERDICT_OK, f->name.span, what,
				"who does not know it skips it, who misses it "
				"has a value for it");
		else
			tell(c, VERDICT_BREAKS, f->name.span, what,
				"a new receiver misses it in what an old "
				"sender sends");
	}
	for (const struct field *f = old->u.record.fields.first; f;
		f = f->next) {
		struct text what = named(c, "field", f->name.text);

		if (field_by_wire(c, now, wire_of(&f->name, &f->wire)))
			continue;
		if (may_miss(f))
			tell_gone(c, VERDICT_OK, f->name.span, what,
				"an old receiver has a value for it, a new "
				"one skips it");
		else
			tell_gone(c, VERDICT_RECEIVERS_FIRST, f->name.span,
				what,
				"an old receiver misses it in what a new "
				"sender sends");
	}
}

void
compare_records(
	struct comparison *c, const struct decl *now, const struct decl *old)
{
	const struct record_decl *n = &now->u.record, *o = &old->u.record;

	if (n->form == RECORD_TUPLE && o->form == RECORD_TUPLE) {
		compare_places(c, &n->fields, &o->fields, false);
		return;
	}
	if (n->form == RECORD_TUPLE || o->form == RECORD_TUPLE) {
		tell(c, VERDICT_BREAKS, now->name.span,
			named(c, "the form of", now->name.text),
			"one version sends a tuple and the other one a map");
		return;
	}
	if (n->form != o->form ||
		(n->form == RECORD_STRUCT &&
			!text_equal(n->struct_name, o->struct_name)))
		tell(c,
			verdict_of(
				n->form == RECORD_MAP, o->form == RECORD_MAP),
			now->name.span, named(c, "the form of", now->name.text),
			"who reads a struct wants its `__struct__`, who reads "
			"a map skips it");
	compare_keys(c, now, old);
}

/* ---------------------------------------------------------------- unions */

void
compare_unions(
	struct comparison *c, const struct decl *now, const struct decl *old)
{
	for (const struct variant *v = now->u.choice.first; v; v = v->next) {
		const struct variant *former =
			case_by_wire(c, old, wire_of(&v->name, &v->wire));

		if (former)
			compare_params(c, v->name, &v->fields, &former->fields);
		else
			tell(c, VERDICT_RECEIVERS_FIRST, v->name.span,
				named(c, "new case", v->name.text),
				"an old receiver refuses it");
	}
	for (const struct variant *v = old->u.choice.first; v; v = v->next) {
		if (!case_by_wire(c, now, wire_of(&v->name, &v->wire)))
			tell_gone(c, VERDICT_BREAKS, v->name.span,
				named(c, "case", v->name.text),
				"an old sender may still send it");
	}
}
