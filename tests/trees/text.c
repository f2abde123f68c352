/* SPDX-License-Identifier: Apache-2.0 */
/* A case as text: a line a node, a line an event. */
#include "trees.h"

#include <inttypes.h>
#include <string.h>

const char *const reason_names[] = {
	"normal", "shutdown", "{shutdown,x}", "odd", "crash", "killed", "any"};
const char *const answer_names[] = {"none", "ok", "running", "restarting",
	"already_present", "already_started", "not_found", "not allowed",
	"max_children", "ignore", "failed", "gone", "something odd"};
static const char *const deeds[DEEDS] = {"kill", "exit", "stop", "crash",
	"ask_stop", "terminate_child", "restart_child", "delete_child",
	"start_child", "terminate_pid", "doom", "pause"};
static const char *const strategies[] = {"one_for_one", "one_for_all",
	"rest_for_one", "simple_one_for_one", NULL};
static const char *const restarts[] = {
	"permanent", "transient", "temporary", NULL};
static const char *const automatics[] = {
	"never", "any_significant", "all_significant", NULL};
static const char *const outcomes[] = {"ok", "ignore", "fail", "crash", NULL};

static void
number_print(const char *key, int value, FILE *file)
{
	if (value != 0)
		fprintf(file, " %s=%d", key, value);
}

static void
node_print(const struct node *n, int number, FILE *file)
{
	fprintf(file, "%s %d parent=%d", n->is_supervisor ? "sup" : "worker",
		number, n->parent);
	if (n->parent >= 0)
		fprintf(file, " restart=%s shutdown=%d", restarts[n->restart],
			n->shutdown_ms);
	number_print("significant", n->significant, file);
	if (n->is_supervisor) {
		fprintf(file, " strategy=%s intensity=%d period=%d",
			strategies[n->strategy], n->intensity, n->period_ms);
		if (n->automatic)
			fprintf(file, " auto_shutdown=%s",
				automatics[n->automatic]);
		number_print("max_children", n->max_children, file);
		number_print("partition", n->partition, file);
		number_print("stand_in", n->form, file);
	} else {
		number_print("traps", n->traps, file);
		number_print("delay", n->delay_ms, file);
		number_print("from", n->from, file);
		number_print("until", n->until, file);
		if (n->outcome != WELL)
			fprintf(file, " outcome=%s", outcomes[n->outcome]);
	}
	fputc('\n', file);
}

void
event_print(const struct event *e, FILE *file)
{
	fprintf(file, "%s", deeds[e->deed]);
	if (e->deed == PAUSE) {
		fprintf(file, " ms=%d", e->ms);
	} else {
		fprintf(file, " node=%d", e->node);
		number_print("pick", e->pick, file);
	}
	if (e->deed == EXIT || e->deed == STOP || e->deed == ASK_STOP)
		fprintf(file, " reason=%s", reason_names[e->reason]);
	number_print("burst", e->burst, file);
	number_print("late", e->late, file);
	fputc('\n', file);
}

void
case_print(const struct test_case *c, FILE *file)
{
	fprintf(file, "seed %" PRIu64 "\n", c->seed);
	for (int i = 0; i < c->node_count; i++)
		node_print(&c->nodes[i], i, file);
	for (int i = 0; i < c->event_count; i++)
		event_print(&c->events[i], file);
	fprintf(file, "end %s\n", reason_names[c->end]);
}

/* --- reading ---------------------------------------------------------------- */

static int
index_of(const char *const *names, const char *name)
{
	for (int i = 0; names[i]; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

static int
reason_of(const char *name)
{
	for (int i = 0; i <= ODD; i++)
		if (strcmp(reason_names[i], name) == 0)
			return i;
	return -1;
}

/* A number, or a word of `names`. False: it is neither. */
static bool
value_read(const char *text, const char *const *names, int *value)
{
	char rest;

	if (names)
		*value = index_of(names, text);
	else if (sscanf(text, "%d%c", value, &rest) != 1)
		return false;
	return names == NULL || *value >= 0;
}

static bool
node_field(struct node *n, const char *key, const char *text)
{
	const struct {
		const char *key;
		int *value;
		const char *const *names;
	} fields[] = {{"parent", &n->parent, NULL},
		{"restart", &n->restart, restarts},
		{"shutdown", &n->shutdown_ms, NULL},
		{"significant", &n->significant, NULL},
		{"traps", &n->traps, NULL}, {"delay", &n->delay_ms, NULL},
		{"from", &n->from, NULL}, {"until", &n->until, NULL},
		{"outcome", &n->outcome, outcomes},
		{"strategy", &n->strategy, strategies},
		{"intensity", &n->intensity, NULL},
		{"period", &n->period_ms, NULL},
		{"auto_shutdown", &n->automatic, automatics},
		{"max_children", &n->max_children, NULL},
		{"partition", &n->partition, NULL},
		{"stand_in", &n->form, NULL}};

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (strcmp(fields[i].key, key) == 0)
			return value_read(
				text, fields[i].names, fields[i].value);
	return false;
}

static bool
event_field(struct event *e, const char *key, const char *text)
{
	if (strcmp(key, "reason") == 0) {
		e->reason = reason_of(text);
		return e->reason >= 0;
	}

	const struct {
		const char *key;
		int *value;
	} fields[] = {{"node", &e->node}, {"pick", &e->pick}, {"ms", &e->ms},
		{"burst", &e->burst}, {"late", &e->late}};

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (strcmp(fields[i].key, key) == 0)
			return value_read(text, NULL, fields[i].value);
	return false;
}

/* "key=value" of the rest of a line, each to node or event. */
static bool
fields_read(struct node *n, struct event *e, char **rest)
{
	char *word, *value;

	while ((word = strtok_r(NULL, " \n", rest))) {
		value = strchr(word, '=');
		if (!value)
			return false;
		*value++ = '\0';
		if (!(n ? node_field(n, word, value)
			: event_field(e, word, value)))
			return false;
	}
	return true;
}

static bool
node_is_well(const struct test_case *c, const struct node *n)
{
	int number = (int)(n - c->nodes);

	if (number == 0)
		return n->is_supervisor && n->parent == -1;
	return n->parent >= 0 && n->parent < number &&
		c->nodes[n->parent].is_supervisor && n->until < 1000000 &&
		n->intensity >= 0 && n->intensity < 10;
}

static bool
node_read(struct test_case *c, bool is_supervisor, char **rest)
{
	const char *number = strtok_r(NULL, " \n", rest);
	struct node *n = &c->nodes[c->node_count];
	int value;

	if (!number || c->node_count == NODES_MOST ||
		!value_read(number, NULL, &value) || value != c->node_count)
		return false;
	n->is_supervisor = is_supervisor;
	c->node_count++;
	return fields_read(n, NULL, rest) && node_is_well(c, n);
}

static bool
line_read(struct test_case *c, char *line)
{
	char *rest = NULL;
	const char *word = strtok_r(line, " \n", &rest);
	struct event *e = &c->events[c->event_count];

	if (!word || word[0] == '#')
		return true;
	if (strcmp(word, "seed") == 0)
		return sscanf(rest, "%" SCNu64, &c->seed) == 1;
	if (strcmp(word, "sup") == 0 || strcmp(word, "worker") == 0)
		return node_read(c, word[0] == 's', &rest);
	if (strcmp(word, "end") == 0) {
		word = strtok_r(NULL, " \n", &rest);
		c->end = word ? reason_of(word) : -1;
		return c->end >= 0;
	}
	for (e->deed = 0; e->deed < DEEDS; e->deed++)
		if (strcmp(deeds[e->deed], word) == 0)
			break;
	if (e->deed == DEEDS || c->event_count == EVENTS_MOST)
		return false;
	c->event_count++;
	return fields_read(NULL, e, &rest) && e->node >= 0 &&
		e->node < c->node_count;
}

static bool
tree_is_well(const struct test_case *c)
{
	for (int i = 0; i < c->node_count; i++)
		if ((c->nodes[i].strategy == SIMPLE || c->nodes[i].partition) &&
			child_next(c, i, -1) < 0)
			return false;
	return c->node_count > 0;
}

bool
case_read(struct test_case *c, FILE *file)
{
	char line[512], copy[512];
	int number = 0;

	memset(c, 0, sizeof *c);
	while (fgets(line, sizeof line, file)) {
		number++;
		memcpy(copy, line, sizeof copy);
		if (!line_read(c, line)) {
			fprintf(stderr, "line %d is not understood: %s", number,
				copy);
			return false;
		}
	}
	if (!tree_is_well(c)) {
		fprintf(stderr,
			"no tree, or a supervisor without the child "
			"that it must have\n");
		return false;
	}
	bursts_mend(c);
	return true;
}
