/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>

#include <otp/report.h>
#include <stdlib.h>

#define WATCHED_MOST (NODES_MOST * (DYNAMIC_MOST + 1))

struct world world;

/* Monitors of all that ran at the last look. */
struct watched {
	otp_ref ref;
	otp_pid pid;
	int node, number; /* 0: a supervisor */
};

static struct watched watched[WATCHED_MOST];
static int watched_count;
static otp_pid sups[NODES_MOST], sups_before[NODES_MOST];
static struct seen seen;
static int first_line; /* of the step */
static uint64_t others; /* processes that are no part of the tree */

static _Atomic int told[TOLD_KINDS];

static void
take_report(const struct otp_report *report)
{
	static const int kinds[] = {[OTP_REPORT_CHILD] = TOLD_ENDED,
		[OTP_REPORT_START] = TOLD_NOT_STARTED,
		[OTP_REPORT_SHUTDOWN] = TOLD_STOPPED_OTHERWISE,
		[OTP_REPORT_INTENSITY] = TOLD_GIVES_UP};

	if (report->kind >= OTP_REPORT_CHILD &&
		report->kind <= OTP_REPORT_INTENSITY)
		atomic_fetch_add(&told[kinds[report->kind]], 1);
}

static uint64_t
alive(void)
{
	struct otp_counters counters;

	otp_counters_get(&counters);
	return counters.processes;
}

/* --- what is there --------------------------------------------------------------- */

static const struct line *
line_of(otp_pid pid)
{
	for (int i = 0; i < world.line_count && i < LOG_MOST; i++)
		if (atomic_load(&world.lines[i].sign) == '+' &&
			otp_pid_equal(world.lines[i].pid, pid))
			return &world.lines[i];
	return NULL;
}

static otp_pid
worker_pid(int node, int number)
{
	for (int i = 0; i < world.line_count && i < LOG_MOST; i++)
		if (atomic_load(&world.lines[i].sign) == '+' &&
			world.lines[i].node == node &&
			world.lines[i].number == number)
			return world.lines[i].pid;
	return (otp_pid){0};
}

/* How child `node` is called by its supervisor. */
static const char *
id_of(int node)
{
	static char text[40];
	int parent = world.c->nodes[node].parent;

	if (parent < 0 || !world.c->nodes[parent].partition ||
		child_next(world.c, parent, -1) != node)
		return world.ids[node];
	snprintf(text, sizeof text, "%s_0", world.ids[node]);
	return text;
}

static int
node_named(int sup, otp_string id)
{
	for (int i = -1; (i = child_next(world.c, sup, i)) >= 0;)
		if (otp_string_equal(id, otp_str(id_of(i))))
			return i;
	return -1;
}

static struct row
row_of(int sup, const struct otp_child_info *info)
{
	static const int states[] = {[OTP_CHILD_RUNNING] = RUNNING,
		[OTP_CHILD_STOPPED] = NONE,
		[OTP_CHILD_RESTARTING] = RESTARTING};
	const struct line *line = line_of(info->pid);
	struct row row = {.supervisor = sup, .state = states[info->state]};

	row.node = world.c->nodes[sup].strategy == SIMPLE
		? child_next(world.c, sup, -1)
		: node_named(sup, info->id);
	row.is_supervisor = info->type == OTP_SUPERVISOR;
	if (row.state != RUNNING || row.node < 0)
		return row;
	if (row.is_supervisor) {
		sups[row.node] = info->pid;
		row.same = otp_pid_equal(info->pid, sups_before[row.node]);
	} else {
		row.number = line && line->node == row.node ? line->number : -1;
		row.arg = line ? line->arg : 0;
	}
	return row;
}

static void
rows_sort(struct row *rows, int count)
{
	for (int i = 1; i < count; i++)
		for (int j = i; j > 0 && rows[j - 1].arg > rows[j].arg; j--) {
			struct row row = rows[j];

			rows[j] = rows[j - 1];
			rows[j - 1] = row;
		}
}

/* False: somebody went away meanwhile. */
static bool
look_at(int sup)
{
	otp_to to = otp_to_pid(sups[sup]);
	struct otp_child_info_list list;
	struct otp_child_counts counts;
	int first = seen.row_count;

	if (otp_supervisor_which_children(to, &list) != OTP_OK ||
		otp_supervisor_count_children(to, &counts) != OTP_OK)
		return false;
	seen.counts[sup] =
		(struct counts){(int)counts.specs, (int)counts.active,
			(int)counts.supervisors, (int)counts.workers};
	for (size_t i = 0; i < list.len && seen.row_count < ROWS_MOST; i++)
		seen.rows[seen.row_count++] = row_of(sup, &list.ptr[i]);
	if (world.c->nodes[sup].strategy == SIMPLE)
		rows_sort(&seen.rows[first], seen.row_count - first);
	for (int i = first, last = seen.row_count; i < last; i++)
		if (seen.rows[i].is_supervisor && seen.rows[i].node >= 0 &&
			seen.rows[i].state == RUNNING &&
			!look_at(seen.rows[i].node))
			return false;
	return true;
}

static bool
look(void)
{
	otp_mark mark = otp_mark_set();
	bool well;

	seen.row_count = 0;
	memset(seen.counts, 0, sizeof seen.counts);
	memset(sups, 0, sizeof sups);
	sups[0] = world.root;
	seen.root_runs = otp_is_alive(world.root);
	if (!seen.root_runs)
		sups[0] = (otp_pid){0};
	well = !seen.root_runs || look_at(0);
	otp_release(mark);
	return well;
}

/* --- ends ------------------------------------------------------------------------- */

static void
watch(otp_pid pid, int node, int number)
{
	for (int i = 0; i < watched_count; i++)
		if (otp_pid_equal(watched[i].pid, pid))
			return;
	if (watched_count < WATCHED_MOST)
		watched[watched_count++] =
			(struct watched){otp_monitor(pid), pid, node, number};
}

static void
watch_all(void)
{
	if (seen.root_runs)
		watch(world.root, 0, 0);
	for (int i = 0; i < seen.row_count; i++) {
		const struct row *row = &seen.rows[i];

		if (row->state != RUNNING || row->node < 0)
			continue;
		if (row->is_supervisor)
			watch(sups[row->node], row->node, 0);
		else if (row->number > 0)
			watch(worker_pid(row->node, row->number), row->node,
				row->number);
	}
}

static void
take_down(const struct otp_received *r)
{
	for (int i = 0; i < watched_count; i++) {
		struct watched w = watched[i];
		int reason = reason_of_term(r->reason);
		if (!otp_ref_equal(w.ref, r->ref))
			continue;
		watched[i] = watched[--watched_count];
		if (w.number == 0)
			seen.downs[w.node] = reason;
		for (int j = first_line; w.number && j < world.line_count; j++)
			if (world.lines[j].sign == '-' &&
				world.lines[j].node == w.node &&
				world.lines[j].number == w.number)
				world.lines[j].reason = reason;
		return;
	}
	seen.trouble = "an unknown DOWN";
}

static void
take_messages(void)
{
	otp_mark mark = otp_mark_set();
	struct otp_received r;

	while (otp_receive(&r, 0) == OTP_OK)
		if (r.kind == OTP_RECEIVED_DOWN)
			take_down(&r);
		else if (r.kind != OTP_RECEIVED_EXIT)
			seen.trouble = "an unknown message";
	otp_release(mark);
}

static int
running(void)
{
	int count = seen.root_runs;

	for (int i = 0; i < seen.row_count; i++)
		count += seen.rows[i].state == RUNNING;
	return count;
}

static bool
is_listed(const struct watched *w)
{
	if (w->number == 0)
		return otp_pid_equal(sups[w->node], w->pid);
	for (int i = 0; i < seen.row_count; i++)
		if (seen.rows[i].node == w->node &&
			seen.rows[i].number == w->number)
			return true;
	return false;
}

/* Of those that were watched: the DOWN of each that ended was taken. */
static bool
none_is_dead(void)
{
	for (int i = 0; i < watched_count; i++)
		if (!is_listed(&watched[i]) || !otp_is_alive(watched[i].pid))
			return false;
	return true;
}

static bool
rows_equal(const struct row *before, int count)
{
	for (int i = 0; i < count; i++)
		if (!row_equal(&before[i], &seen.rows[i]))
			return false;
	return true;
}

/* Until two looks are the same, and nobody else is alive. */
static void
come_to_rest(void)
{
	struct row before[ROWS_MOST];
	int before_count = -1, lines = -1, looks = 0;
	bool is_sim = otp_sim_seed(NULL);
	int64_t end_ms =
		otp_monotonic_ms() + (is_sim ? PATIENCE_SIM_MS : PATIENCE_MS);

	for (int i = 0; i < watched_count; i++)
		if (watched[i].number)
			worker_await(watched[i].pid);
	while (otp_monotonic_ms() < end_ms) {
		otp_sleep(1 + looks++ / 16);

		bool well = look();

		take_messages();
		if (well && before_count == seen.row_count &&
			lines == world.line_count && none_is_dead() &&
			alive() == others + (uint64_t)running() &&
			rows_equal(before, before_count)) {
			watch_all();
			return;
		}
		before_count = seen.row_count;
		memcpy(before, seen.rows, sizeof before);
		lines = world.line_count;
	}
	seen.trouble = alive() == others + (uint64_t)running()
		? "it does not come to rest"
		: "processes that nobody knows of are alive, or are not";
}

/* --- deeds -------------------------------------------------------------------------- */

static int
answer_of(otp_err err)
{
	switch (err) {
	case OTP_OK:
		return DONE;
	case OTP_RUNNING:
		return WAS_RUNNING;
	case OTP_RESTARTING:
		return WAS_RESTARTING;
	case OTP_ALREADY_PRESENT:
		return WAS_PRESENT;
	case OTP_ALREADY_STARTED:
		return WAS_STARTED;
	case OTP_NOT_FOUND:
		return NOT_THERE;
	case OTP_NOT_ALLOWED:
		return FORBIDDEN;
	case OTP_MAX_CHILDREN:
		return TOO_MANY;
	case OTP_IGNORE:
		return IGNORED;
	case OTP_START_FAILED:
		return FAILED;
	case OTP_NOPROC:
	case OTP_DIED:
		return GONE;
	default:
		return ODD_ANSWER;
	}
}

/* Of a burst it goes to who starts it; else by the name of the stand-in. */
static otp_err
start_child(const struct event *e, const struct target *t, bool alone)
{
	int sup = world.c->nodes[e->node].parent;
	const struct node *n = &world.c->nodes[sup];
	struct otp_msg *m = worker_arguments(e->node, t->arg);
	otp_pid pid;

	if (n->strategy != SIMPLE)
		return otp_supervisor_start_child(
			otp_to_pid(sups[sup]), id_of(e->node), m, &pid);
	if (n->form == STAND_IN && alone)
		return otp_supervisor_start_child(
			otp_to_pid(sups[n->parent]), id_of(sup), m, &pid);
	return otp_supervisor_start_child(otp_to_pid(sups[sup]), NULL, m, &pid);
}

static int
deed_do(const struct event *e, const struct target *t, bool alone)
{
	const struct node *n = &world.c->nodes[e->node];
	otp_pid pid = n->is_supervisor ? sups[e->node]
				       : worker_pid(e->node, t->number);
	otp_to parent = otp_to_pid(sups[n->parent < 0 ? 0 : n->parent]);

	switch (e->deed) {
	case KILL:
		otp_exit_signal(pid, OTP_KILL);
		break;
	case EXIT:
		otp_exit_signal(pid, reason_term(e->reason));
		break;
	case STOP:
	case CRASH:
		worker_tell(pid, e->deed, e->reason);
		break;
	case ASK_STOP:
		return answer_of(otp_server_stop(
			otp_to_pid(pid), reason_term(e->reason), OTP_INFINITY));
	case TERMINATE:
		return answer_of(
			otp_supervisor_terminate_child(parent, id_of(e->node)));
	case RESTART:
		return answer_of(otp_supervisor_restart_child(
			parent, id_of(e->node), &pid));
	case DELETE:
		return answer_of(
			otp_supervisor_delete_child(parent, id_of(e->node)));
	case START:
		return answer_of(start_child(e, t, alone));
	case TERMINATE_PID:
		return answer_of(otp_supervisor_terminate_pid(parent, pid));
	case DOOM:
		world.doomed[e->node] =
			1 + e->pick + atomic_load(&world.starts[e->node]);
		break;
	default:
		otp_sleep(e->ms);
		break;
	}
	return NONE_ASKED;
}

/* --- steps -------------------------------------------------------------------------- */

static void
step_begin(void)
{
	memset(&seen, 0, sizeof seen);
	for (int i = 0; i < TOLD_KINDS; i++)
		atomic_store(&told[i], 0);
	for (int i = 0; i < NODES_MOST; i++)
		seen.downs[i] = NO_REASON;
	seen.now_ms = otp_monotonic_ms();
	first_line = world.line_count;
	memcpy(sups_before, sups, sizeof sups);
}

static void
step_do(const struct step *step)
{
	if (step->is_end) {
		otp_exit_signal(world.root, reason_term(world.c->end));
	} else if (step->count == 0) {
		otp_err err = otp_supervisor_start(&world.classes[0],
			OTP_START_LINK, NULL, NULL, &world.root, NULL);

		seen.root_start = err == OTP_OK ? WELL : FAILS;
		if (err != OTP_OK)
			world.root = (otp_pid){0};
	}
	for (int i = 0; i < step->count; i++) {
		/* So that it may come later. */
		for (int j = 0; i > 0 && j < step->events[i].late; j++)
			otp_yield();
		if (step->targets[i].number)
			seen.answer = deed_do(&step->events[i],
				&step->targets[i], step->count == 1);
	}
}

static void
take_lines(void)
{
	int last = world.line_count < LOG_MOST ? world.line_count : LOG_MOST;

	for (int i = 0; i < TOLD_KINDS; i++)
		seen.told[i] = atomic_load(&told[i]);
	if (last - first_line > ENTRIES_MOST || world.line_count > LOG_MOST) {
		seen.trouble = "too much happens";
		last = first_line;
	}
	for (int i = first_line; i < last; i++) {
		const struct line *line = &world.lines[i];

		if (line->sign)
			seen.entries[seen.entry_count++] =
				(struct entry){line->sign, line->node,
					line->number, line->arg, line->reason};
	}
}

static void
step_print(const struct step *step)
{
	printf("--- %" PRId64 " ms: ", seen.now_ms);
	if (step->count == 0)
		printf(step->is_end ? "end\n" : "start: %d\n", seen.root_start);
	for (int i = 0; i < step->count; i++) {
		if (step->targets[i].number)
			printf("(#%d) ", step->targets[i].number);
		else
			printf("(nobody) ");
		event_print(&step->events[i], stdout);
	}
	for (int i = 0; i < seen.entry_count; i++)
		printf("    %c%d#%d %s\n", seen.entries[i].sign,
			seen.entries[i].node, seen.entries[i].number,
			seen.entries[i].sign == '~' ||
					seen.entries[i].sign == '-'
				? reason_names[seen.entries[i].reason]
				: "");
	fflush(stdout);
}

static bool
step_run(struct checker *k, const struct step *step, bool verbose, char *why,
	size_t size)
{
	otp_mark mark = otp_mark_set();
	bool well = true;

	step_begin();
	step_do(step);
	come_to_rest();
	take_lines();
	if (verbose)
		step_print(step);
	if (seen.trouble) {
		snprintf(why, size, "%s", seen.trouble);
		well = false;
	}
	well = well && checker_step(k, step, &seen, why, size);
	otp_release(mark);
	return well;
}

static bool
events_run(struct checker *k, const struct test_case *c, bool verbose,
	char *why, size_t size)
{
	const struct step start = {.count = 0};
	const struct step end = {.is_end = true};

	for (int i = 0; i < c->event_count;) {
		struct step step = {.events = &c->events[i]};

		if (!model_root_runs(checker_model(k)) &&
			!step_run(k, &start, verbose, why, size))
			return false;
		do {
			step.targets[step.count++] =
				model_target(checker_model(k), &c->events[i]);
		} while (c->events[i++].burst && i < c->event_count &&
			step.count < BURST_MOST);
		if (!step_run(k, &step, verbose, why, size)) {
			size_t len = strlen(why);

			snprintf(why + len, size - len, " (event %d)", i);
			return false;
		}
	}
	return !model_root_runs(checker_model(k)) ||
		step_run(k, &end, verbose, why, size);
}

bool
world_run(const struct test_case *c, bool threads, bool verbose, char *why,
	size_t size)
{
	const struct otp_runtime_opts opts = {
		.sim = !threads, .sim_seed = c->seed, .stuck_ms = 2000};
	struct checker *k = checker_new(c);
	bool well;

	world_build(c);
	otp_logger_level(OTP_LOG_EMERGENCY);
	if (otp_core_start(&opts) != OTP_OK) {
		snprintf(why, size, "the runtime does not start");
		return false;
	}
	otp_report_set_handler(take_report);
	others = threads ? 2 : 1; /* this thread's, and the watchdog's */
	while (alive() < others)
		otp_sleep(1);
	well = events_run(k, c, verbose, why, size);
	checker_free(k);
	if (otp_core_stop(PATIENCE_MS) != OTP_OK && well) {
		snprintf(why, size, "the runtime does not stop");
		well = false;
	}
	return well;
}
