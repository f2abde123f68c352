/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for the answer of one of several requests, and collections of them. */
#include "core/requests.h"
#include "core/run.h"
#include "core/timer.h"

#define ENTRY_CLASS otpi_cell_class(sizeof(struct entry))

/* A request in a collection. */
struct entry {
	struct list on; /* waiting, or answered */
	uint64_t id;
	uint64_t label;
	struct otp_msg *answer;
	struct collection *of;
};

struct collection {
	struct list waiting;
	struct list answered; /* oldest answer first */
	size_t count;
};

static struct entry *
entry_of(uint64_t value)
{
	return (struct entry *)(uintptr_t)(value & ~(uint64_t)1);
}

static uint64_t
value_of(const struct entry *entry)
{
	return (uint64_t)(uintptr_t)entry | 1;
}

static void
answered(struct entry *entry, struct otp_msg *m)
{
	entry->answer = m;
	list_remove(&entry->on);
	list_push_back(&entry->of->answered, &entry->on);
}

/* Has the request that has this value its answer? */
static bool
is_answered(uint64_t value)
{
	if (otpi_is_collected(value))
		return entry_of(value)->answer != NULL;
	return value != 0;
}

static void
tell(struct thread *t, struct process *p, uint64_t id)
{
	otpi_queue_push(p, otpi_signal_new(t, SIGNAL_RESPONSE, 0, id));
}

void
otpi_request_answered(
	struct thread *t, struct process *p, uint64_t value, struct otp_msg *m)
{
	uint64_t id = m->id;

	if (is_answered(value)) {
		otpi_signal_free(t, m);
		return;
	}
	if (otpi_is_collected(value))
		answered(entry_of(value), m);
	else
		otpi_table_put_ptr(&p->extras->rare->requests, id, m);
	if (p->flags & PROCESS_RESPONSES)
		tell(t, p, id);
}

bool
otpi_has_answer(const struct process *p, uint64_t id)
{
	uint64_t value;

	return p->extras &&
		otpi_table_get(&p->extras->rare->requests, id, &value) &&
		is_answered(value);
}

/* Of those that are answered already, too. */
static void
tell_all(struct thread *t, struct process *p)
{
	struct table_iter it;

	if (p->extras == NULL || p->extras->rare == &otpi_rare_none)
		return;
	otpi_table_iter_begin(&it, &p->extras->rare->requests);
	while (otpi_table_iter_next(&it))
		if (is_answered(it.value))
			tell(t, p, it.key);
	otpi_table_iter_end(&it);
}

bool
otp_responses_set(bool on)
{
	struct thread *t = otpi_enter();
	struct process *p = t->runner->process;
	bool before = p->flags & PROCESS_RESPONSES;

	if (on && !before)
		tell_all(t, p);
	if (on)
		p->flags |= PROCESS_RESPONSES;
	else
		p->flags &= (uint16_t)~PROCESS_RESPONSES;
	otpi_leave(t);
	return before;
}

void
otpi_request_drop(struct thread *t, uint64_t value)
{
	struct otp_msg *answer = (struct otp_msg *)(uintptr_t)value;
	struct entry *entry = entry_of(value);

	if (otpi_is_collected(value)) {
		answer = entry->answer;
		otpi_cell_free(t, entry, ENTRY_CLASS);
	}
	if (answer)
		otpi_signal_free(t, answer);
}

/* Is it a request of the process, in no collection? What it has to *value. */
static bool
find(const struct process *p, uint64_t id, uint64_t *value)
{
	return p->extras &&
		otpi_table_get(&p->extras->rare->requests, id, value) &&
		!otpi_is_collected(*value);
}

/* Blocks until it is done, or the time is over. */
static otp_err
wait_until(struct thread **t, bool (*is_done)(void *arg), void *arg,
	otp_duration timeout_ms)
{
	struct runner *r = (*t)->runner;
	int64_t deadline = -1;

	if (timeout_ms != OTP_INFINITY)
		deadline = otpi_deadline(timeout_ms);
	otpi_receive_signals(*t, r->process);
	otpi_check_end(*t);
	for (r->timed_out = timeout_ms == 0; !is_done(arg) && !r->timed_out;)
		*t = otpi_block(*t, deadline);
	otpi_wait_disarm(*t, r);
	return is_done(arg) ? OTP_OK : OTP_TIMEOUT;
}

/* --- some ----------------------------------------------------------------- */

struct some {
	const struct process *p;
	const uint64_t *ids; /* a copy: the caller's may be anywhere */
	size_t count;
	size_t which;
};

static bool
are_requests(const struct some *some)
{
	uint64_t value;

	for (size_t i = 0; i < some->count; i++)
		if (!find(some->p, some->ids[i], &value))
			return false;
	return some->count > 0;
}

static bool
is_one_answered(void *arg)
{
	struct some *some = arg;
	uint64_t value;

	for (some->which = 0; some->which < some->count; some->which++)
		if (find(some->p, some->ids[some->which], &value) && value)
			return true;
	return false;
}

otp_err
otp_request_wait(const otp_request *requests, size_t count,
	otp_duration timeout_ms, size_t *which)
{
	otp_mark mark = otp_mark_set();
	uint64_t *ids = otp_tmp(count * sizeof *ids);
	struct some some = {.ids = ids, .count = count};
	otp_err err = OTP_BADARG;
	struct thread *t;

	for (size_t i = 0; i < count; i++)
		ids[i] = requests[i].id;
	t = otpi_enter();
	some.p = t->runner->process;
	if (timeout_ms >= 0 && are_requests(&some))
		err = wait_until(&t, is_one_answered, &some, timeout_ms);
	otpi_leave(t);
	otp_release(mark);
	if (err == OTP_OK)
		*which = some.which;
	return err;
}

void
otp_request_abandon(otp_request *request)
{
	uint64_t id = request->id, value;
	struct thread *t = otpi_enter();
	struct process *p = t->runner->process;

	if (find(p, id, &value)) {
		otpi_table_remove(&p->extras->rare->requests, id, NULL);
		otpi_request_drop(t, value);
	}
	otpi_leave(t);
	request->id = 0;
}

/* --- collections ---------------------------------------------------------- */

static struct collection *
collection_new(void)
{
	struct collection *c = otp_alloc(sizeof *c);

	list_init(&c->waiting);
	list_init(&c->answered);
	return c;
}

/* An empty one holds no memory, and is nobody's. */
static void
collection_settle(otp_requests *all, struct collection *c)
{
	if (c->count) {
		all->owner = pid_key(otp_self());
		all->items = c;
	} else {
		*all = (otp_requests){0};
		otp_free(c);
	}
}

/* One that is another process's is not looked into: that may be dead. */
static bool
is_foreign(const otp_requests *all)
{
	return all->owner != 0 && all->owner != pid_key(otp_self());
}

static void
collect(struct thread *t, struct collection *c, uint64_t id, uint64_t label,
	uint64_t value)
{
	struct process *p = t->runner->process;
	struct entry *entry = otpi_cell_new(t, ENTRY_CLASS);

	*entry = (struct entry){.id = id, .label = label, .of = c};
	list_push_back(&c->waiting, &entry->on);
	if (value)
		answered(entry, (struct otp_msg *)(uintptr_t)value);
	otpi_table_put(&p->extras->rare->requests, id, value_of(entry));
	c->count++;
}

otp_err
otp_requests_add(otp_requests *all, otp_request *request, uint64_t label)
{
	uint64_t id = request->id, value;
	otp_err err = OTP_BADARG;
	struct collection *c;
	struct thread *t;

	if (is_foreign(all))
		return OTP_BADARG;
	c = all->items ? all->items : collection_new();
	t = otpi_enter();
	if (find(t->runner->process, id, &value)) {
		collect(t, c, id, label, value);
		err = OTP_OK;
	}
	otpi_leave(t);
	if (err == OTP_OK)
		request->id = 0;
	collection_settle(all, c);
	return err;
}

size_t
otp_requests_count(const otp_requests *all)
{
	const struct collection *c = is_foreign(all) ? NULL : all->items;

	return c ? c->count : 0;
}

static bool
has_answer(void *arg)
{
	return !list_is_empty(&((struct collection *)arg)->answered);
}

/* The answer of the entry is its request's own again; gives its label. */
static uint64_t
take(struct thread *t, struct collection *c, struct entry *entry)
{
	struct table *requests = &t->runner->process->extras->rare->requests;
	uint64_t label = entry->label;

	list_remove(&entry->on);
	otpi_table_put_ptr(requests, entry->id, entry->answer);
	otpi_cell_free(t, entry, ENTRY_CLASS);
	c->count--;
	return label;
}

otp_err
otp_requests_next(otp_requests *all, otp_duration timeout_ms,
	otp_request *request, uint64_t *label)
{
	struct collection *c = all->items;
	uint64_t id = 0, its_label = 0;
	struct entry *entry;
	struct thread *t;
	otp_err err;

	if (timeout_ms < 0 || is_foreign(all))
		return OTP_BADARG;
	if (c == NULL)
		return OTP_NOT_FOUND;
	t = otpi_enter();
	err = wait_until(&t, has_answer, c, timeout_ms);
	if (err == OTP_OK) { /* the caller's memory is not touched in here */
		entry = container_of(c->answered.next, struct entry, on);
		id = entry->id;
		its_label = take(t, c, entry);
	}
	otpi_leave(t);
	if (err != OTP_OK)
		return err;
	request->id = id;
	*label = its_label;
	collection_settle(all, c);
	return OTP_OK;
}

otp_err
otp_requests_check(otp_requests *all, otp_request response, uint64_t *label)
{
	struct collection *c = all->items;
	uint64_t value, its_label = 0;
	otp_err err = OTP_NOT_FOUND;
	struct process *p;
	struct thread *t;

	if (is_foreign(all))
		return OTP_BADARG;
	if (c == NULL)
		return OTP_NOT_FOUND;
	t = otpi_enter();
	p = t->runner->process;
	if (otpi_table_get(&p->extras->rare->requests, response.id, &value) &&
		otpi_is_collected(value) && entry_of(value)->of == c &&
		entry_of(value)->answer) {
		its_label = take(t, c, entry_of(value));
		err = OTP_OK;
	}
	otpi_leave(t);
	if (err != OTP_OK)
		return err;
	*label = its_label;
	collection_settle(all, c);
	return OTP_OK;
}

static void
abandon(struct thread *t, struct list *entries)
{
	struct table *requests = &t->runner->process->extras->rare->requests;
	struct list *node;

	while ((node = list_pop_front(entries))) {
		struct entry *entry = container_of(node, struct entry, on);

		otpi_table_remove(requests, entry->id, NULL);
		otpi_request_drop(t, value_of(entry));
	}
}

void
otp_requests_abandon(otp_requests *all)
{
	struct collection *c = all->items;
	struct thread *t;

	if (c == NULL || is_foreign(all))
		return;
	t = otpi_enter();
	abandon(t, &c->waiting);
	abandon(t, &c->answered);
	c->count = 0;
	otpi_leave(t);
	collection_settle(all, c);
}
