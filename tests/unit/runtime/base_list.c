/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/list.h"

struct item {
	int value;
	struct list link;
	struct fifo_node node;
};

static struct item *
item_at(struct list *link)
{
	return container_of(link, struct item, link);
}

static int
list_values(struct list *head)
{
	int digits = 0;

	list_for_each (it, head)
		digits = digits * 10 + item_at(it)->value;
	return digits;
}

static void
list_keeps_order(void **state)
{
	struct item items[4] = {{.value = 1}, {.value = 2}, {.value = 3}};
	struct list head;

	(void)state;
	list_init(&head);
	assert_true(list_is_empty(&head));
	assert_null(list_pop_front(&head));
	list_push_back(&head, &items[1].link);
	list_push_back(&head, &items[2].link);
	list_push_front(&head, &items[0].link);
	assert_int_equal(list_values(&head), 123);
	list_remove(&items[1].link);
	list_remove(&items[1].link);
	assert_int_equal(list_values(&head), 13);
	list_insert_before(&items[2].link, &items[1].link);
	assert_int_equal(list_values(&head), 123);
	assert_ptr_equal(list_pop_front(&head), &items[0].link);
	assert_int_equal(list_values(&head), 23);
}

static void
list_is_changed_while_walked(void **state)
{
	struct item items[5];
	struct list head;

	(void)state;
	list_init(&head);
	for (int i = 0; i < 5; i++) {
		items[i].value = i + 1;
		list_push_back(&head, &items[i].link);
	}
	list_for_each_safe (it, after, &head)
		if (item_at(it)->value % 2)
			list_remove(it);
	assert_int_equal(list_values(&head), 24);
}

static void
list_splices(void **state)
{
	struct item items[4];
	struct list a, b;

	(void)state;
	list_init(&a);
	list_init(&b);
	list_splice_back(&a, &b);
	assert_true(list_is_empty(&a));
	for (int i = 0; i < 4; i++) {
		items[i].value = i + 1;
		list_push_back(i < 2 ? &a : &b, &items[i].link);
	}
	list_splice_back(&a, &b);
	assert_int_equal(list_values(&a), 1234);
	assert_true(list_is_empty(&b));
	list_splice_back(&b, &a);
	assert_int_equal(list_values(&b), 1234);
}

static int
fifo_values(struct fifo *fifo)
{
	int digits = 0;
	struct fifo_node *node;

	while ((node = fifo_pop(fifo)))
		digits = digits * 10 +
			container_of(node, struct item, node)->value;
	return digits;
}

static void
fifo_keeps_order(void **state)
{
	struct item items[4];
	struct fifo fifo = {0};

	(void)state;
	assert_true(fifo_is_empty(&fifo));
	assert_null(fifo_pop(&fifo));
	for (int round = 0; round < 2; round++) {
		for (int i = 1; i < 4; i++) {
			items[i].value = i + 1;
			fifo_push(&fifo, &items[i].node);
		}
		items[0].value = 1;
		fifo_push_front(&fifo, &items[0].node);
		assert_int_equal(fifo_values(&fifo), 1234);
	}
	fifo_push_front(&fifo, &items[0].node);
	fifo_push(&fifo, &items[1].node);
	assert_int_equal(fifo_values(&fifo), 12);
}

static void
fifo_removes_anywhere(void **state)
{
	struct item items[3];

	(void)state;
	for (int gone = 0; gone < 3; gone++) {
		struct fifo fifo = {0};

		for (int i = 0; i < 3; i++) {
			items[i].value = i + 1;
			fifo_push(&fifo, &items[i].node);
		}
		fifo_remove_after(&fifo, gone ? &items[gone - 1].node : NULL,
			&items[gone].node);
		items[gone].value = 9;
		fifo_push(&fifo, &items[gone].node);
		assert_int_equal(fifo_values(&fifo),
			gone == 0           ? 239
				: gone == 1 ? 139
					    : 129);
	}
}

static void
fifo_splices(void **state)
{
	struct item items[4];
	struct fifo a = {0}, b = {0};

	(void)state;
	fifo_splice(&a, &b);
	assert_true(fifo_is_empty(&a));
	for (int i = 0; i < 4; i++) {
		items[i].value = i + 1;
		fifo_push(i < 2 ? &a : &b, &items[i].node);
	}
	fifo_splice(&a, &b);
	assert_true(fifo_is_empty(&b));
	fifo_splice(&b, &a);
	assert_int_equal(fifo_values(&b), 1234);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(list_keeps_order),
		cmocka_unit_test(list_is_changed_while_walked),
		cmocka_unit_test(list_splices),
		cmocka_unit_test(fifo_keeps_order),
		cmocka_unit_test(fifo_removes_anywhere),
		cmocka_unit_test(fifo_splices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
