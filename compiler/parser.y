/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The grammar of .otp files, LALR(1) without conflicts. Keywords are names
 * wherever the grammar does not ask for them (%fallback). A list whose items
 * end in `;` or `}` has an `error` item, so that one mistake costs one item.
 * parse.c decides what is fed and reports what cannot be.
 */

%name syntax
%token_prefix TK_
%token_type {struct token}
%default_type {struct token}
%extra_argument {struct parser *parser}
%stack_size 200
%token BAD.

%include {
#include "parse.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
}

%stack_overflow {
	report(parser->program, DIAG_nested_too_deeply, parser->previous);
	parser->has_failed = true;
}

%fallback ID MODULE WIRE IMPORT CONST ENUM RECORD UNION MESSAGE GEN_SERVER
	SUPERVISOR APPLICATION AS STRUCT LIST MAP TUPLE SERVER TRUE FALSE
	INFINITY INIT STATE OPAQUE CALL CAST INFO CONTINUE TIMEOUT DEFERRED
	TRAP_EXIT TERMINATE FORMAT_STATUS MAILBOX MAX_HEAP BLOCKING PRIORITY STACK CALLS
	STRATEGY INTENSITY IN AUTO_SHUTDOWN CHILD DYNAMIC RESTART SHUTDOWN
	REGISTER MAX_CHILDREN SIGNIFICANT BACKOFF TO JITTER VERSION ROOT DEPENDS ENV PREP_STOP STOP.

file ::= items.

items ::= .
items ::= items item.

item ::= MODULE(K) name(N) wire_form(W) SEMI. {
	add_module_line(parser, K, N, W);
}
item ::= IMPORT(K) STRING(P) SEMI(E). {
	add_import(parser, K, P, E);
}
item ::= decl(D). {
	add_decl(parser, D);
}
item ::= error SEMI. {
	add_lost_decl(parser);
}

%type wire_form {struct name}
wire_form(A) ::= . {
	A = (struct name){0};
}
wire_form(A) ::= WIRE name(N). {
	A = N;
}

/* ------------------------------------------------------------ declarations */

%type decl {struct decl *}
decl(A) ::= CONST(K) name(N) EQ expr(V) SEMI(E). {
	A = make_const(parser, K, N, V, E);
}
decl(A) ::= ENUM(K) name(N) LB enum_body(L) RB(E). {
	A = make_enum(parser, K, N, L, E);
}
decl(A) ::= RECORD(K) name(N) record_form(F) LB fields(L) RB(E). {
	A = make_record(parser, K, N, F, L, E);
}
decl(A) ::= UNION(K) name(N) LB variants(L) RB(E). {
	A = make_union(parser, K, N, L, E);
}
decl(A) ::= MESSAGE(K) name(N) maybe_params(P) wire(W) SEMI(E). {
	A = make_message(parser, K, N, P, W, E);
}
decl(A) ::= GEN_SERVER(K) name(N) LB members(L) RB(E). {
	A = make_server(parser, K, N, L, E);
}
decl(A) ::= SUPERVISOR(K) name(N) maybe_params(P) LB settings(L) RB(E). {
	A = make_supervisor(parser, K, N, P, L, E);
}
decl(A) ::= APPLICATION(K) name(N) LB app_items(L) RB(E). {
	A = make_application(parser, K, N, L, E);
}

%type enum_body {struct enum_list}
enum_body(A) ::= . {
	A = (struct enum_list){0};
}
enum_body(A) ::= enum_members(L). {
	A = L;
}
enum_body(A) ::= enum_members(L) COMMA. {
	A = L;
}

%type enum_members {struct enum_list}
enum_members(A) ::= enum_name(N) wire(W). {
	A = add_enum_member(parser, (struct enum_list){0}, N, W);
}
enum_members(A) ::= enum_members(L) COMMA enum_name(N) wire(W). {
	A = add_enum_member(parser, L, N, W);
}

enum_name(A) ::= ID(N). {
	A = N;
}
enum_name(A) ::= ATOM(N). {
	A = N;
}

%type record_form {struct record_head}
record_form(A) ::= . {
	A = (struct record_head){0};
}
record_form(A) ::= AS TUPLE(K). {
	A = (struct record_head){RECORD_TUPLE, K.span, {0}};
}
record_form(A) ::= AS STRUCT(K) STRING(S). {
	A = (struct record_head){
		RECORD_STRUCT, span_join(K.span, S.span), S.text};
}

%type fields {struct field_list}
fields(A) ::= . {
	A = (struct field_list){0};
}
fields(A) ::= fields(L) field(F) SEMI. {
	A = add_field(L, F);
}
fields(A) ::= fields(L) error SEMI. {
	A = L;
	A.lost = true;
}

%type field {struct field *}
field(A) ::= ID(N) COLON type(T) wire(W) initial(V). {
	A = make_field(parser, N, T, W, V);
}

%type initial {struct expr *}
initial(A) ::= . {
	A = NULL;
}
initial(A) ::= EQ expr(V). {
	A = V;
}

%type wire {struct name}
wire(A) ::= . {
	A = (struct name){0};
}
wire(A) ::= AS ATOM(N). {
	A = make_atom(N);
}

%type variants {struct variant_list}
variants(A) ::= . {
	A = (struct variant_list){0};
}
variants(A) ::= variants(L) ID(N) maybe_params(P) wire(W) SEMI. {
	A = add_variant(parser, L, N, P, W);
}
variants(A) ::= variants(L) error SEMI. {
	A = L;
	A.lost = true;
}

%type maybe_params {struct params}
maybe_params(A) ::= . {
	A = (struct params){0};
}
maybe_params(A) ::= params(P). {
	A = P;
}

%type params {struct params}
params(A) ::= LP(O) RP(C). {
	A = (struct params){{0}, span_join(O.span, C.span), true};
}
params(A) ::= LP(O) param_list(L) RP(C). {
	A = (struct params){L, span_join(O.span, C.span), true};
}

%type param_list {struct field_list}
param_list(A) ::= field(F). {
	A = add_field((struct field_list){0}, F);
}
param_list(A) ::= param_list(L) COMMA field(F). {
	A = add_field(L, F);
}

/* ------------------------------------------------------------- gen_server */

%type members {struct member_list}
members(A) ::= . {
	A = (struct member_list){0};
}
members(A) ::= members(L) member(M). {
	A = add_member(L, M);
}
members(A) ::= members(L) error SEMI. {
	A = L;
	A.lost = true;
}

%type member {struct member *}
member(A) ::= INIT(K) params(P) SEMI(E). {
	A = make_message_member(parser, MEMBER_INIT, K, make_name(K), P,
		(struct call_suffix){0}, E);
}
member(A) ::= STATE(K) LB fields(L) RB(E). {
	A = make_state(parser, K, L, false, E);
}
member(A) ::= STATE(K) OPAQUE SEMI(E). {
	A = make_state(parser, K, (struct field_list){0}, true, E);
}
member(A) ::= CALL(K) name(N) maybe_params(P) suffix(S) SEMI(E). {
	A = make_message_member(parser, MEMBER_CALL, K, N, P, S, E);
}
member(A) ::= CAST(K) name(N) maybe_params(P) wire(W) SEMI(E). {
	A = make_message_member(parser, MEMBER_CAST, K, N, P,
		(struct call_suffix){.wire = W}, E);
}
member(A) ::= INFO(K) name(N) params(P) wire(W) SEMI(E). {
	A = make_message_member(parser, MEMBER_INFO, K, N, P,
		(struct call_suffix){.wire = W}, E);
}
member(A) ::= INFO(K) path(P) SEMI(E). {
	A = make_info_reference(parser, K, P, E);
}
member(A) ::= CONTINUE(K) name(N) maybe_params(P) SEMI(E). {
	A = make_message_member(parser, MEMBER_CONTINUE, K, N, P,
		(struct call_suffix){0}, E);
}
member(A) ::= TRAP_EXIT(K) SEMI(E). {
	A = make_member(parser, MEMBER_TRAP_EXIT, K, E);
}
member(A) ::= TERMINATE(K) SEMI(E). {
	A = make_member(parser, MEMBER_TERMINATE, K, E);
}
member(A) ::= FORMAT_STATUS(K) SEMI(E). {
	A = make_member(parser, MEMBER_FORMAT_STATUS, K, E);
}
member(A) ::= MAILBOX(K) expr(V) name(N) SEMI(E). {
	A = make_amount(parser, MEMBER_MAILBOX, K, V, N, E);
}
member(A) ::= MAX_HEAP(K) expr(V) SEMI(E). {
	A = make_amount(
		parser, MEMBER_MAX_HEAP, K, V, (struct name){0}, E);
}
member(A) ::= BLOCKING(K) SEMI(E). {
	A = make_member(parser, MEMBER_BLOCKING, K, E);
}
member(A) ::= PRIORITY(K) name(N) SEMI(E). {
	A = make_amount(parser, MEMBER_PRIORITY, K, NULL, N, E);
}
member(A) ::= STACK(K) expr(V) SEMI(E). {
	A = make_amount(parser, MEMBER_STACK, K, V, (struct name){0}, E);
}
member(A) ::= CALLS(K) references(L) SEMI(E). {
	A = make_calls(parser, K, L, E);
}

%type suffix {struct call_suffix}
suffix(A) ::= wire(W) reply(R) refusal(F) timeout(D) deferred(T). {
	A = (struct call_suffix){W, R, F, D, T.span};
}

%type reply {struct type_ref *}
reply(A) ::= . {
	A = NULL;
}
reply(A) ::= ARROW type(T). {
	A = T;
}

%type refusal {struct type_ref *}
refusal(A) ::= . {
	A = NULL;
}
refusal(A) ::= BANG type(T). {
	A = T;
}

%type timeout {struct expr *}
timeout(A) ::= . {
	A = NULL;
}
timeout(A) ::= TIMEOUT expr(V). {
	A = V;
}

deferred(A) ::= . {
	A = (struct token){0};
}
deferred(A) ::= DEFERRED(K). {
	A = K;
}

/* ------------------------------------------------------------- supervisor */

%type settings {struct setting_list}
settings(A) ::= . {
	A = (struct setting_list){0};
}
settings(A) ::= settings(L) STRATEGY(K) name(N) SEMI(E). {
	A = add_setting(
		parser, L, SETTING_STRATEGY, K, N, NULL, NULL, E);
}
settings(A) ::= settings(L) INTENSITY(K) expr(V) IN expr(D) SEMI(E). {
	A = add_setting(parser, L, SETTING_INTENSITY, K, (struct name){0}, V,
		D, E);
}
settings(A) ::= settings(L) AUTO_SHUTDOWN(K) name(N) SEMI(E). {
	A = add_setting(
		parser, L, SETTING_AUTO_SHUTDOWN, K, N, NULL, NULL, E);
}
settings(A) ::= settings(L) INIT(K) SEMI(E). {
	A = add_setting(parser, L, SETTING_INIT, K, (struct name){0}, NULL,
		NULL, E);
}
settings(A) ::= settings(L) child(C). {
	A = add_child(L, C);
}
settings(A) ::= settings(L) error SEMI. {
	A = L;
	A.lost = true;
}

%type child {struct child *}
child(A) ::= CHILD(K) name(N) partition(P) EQ start(S) options(O). {
	A = make_child(parser, K, N, P, false, S, O);
}
child(A) ::= CHILD(K) name(N) partition(P) EQ DYNAMIC start(S) options(O). {
	A = make_child(parser, K, N, P, true, S, O);
}
child(A) ::= CHILD(K) name(N) partition(P) EQ DYNAMIC options(O). {
	A = make_child(parser, K, N, P, true, (struct start){0}, O);
	A->any = true;
}

%type partition {struct expr *}
partition(A) ::= . {
	A = NULL;
}
partition(A) ::= LSQ expr(V) RSQ. {
	A = V;
}

%type start {struct start}
start(A) ::= path(P) args(V). {
	A = make_start(P, V);
}

%type args {struct args}
args(A) ::= . {
	A = (struct args){0};
}
args(A) ::= LP(O) RP(C). {
	A = (struct args){{0}, span_join(O.span, C.span), true};
}
args(A) ::= LP(O) exprs(L) RP(C). {
	A = (struct args){L, span_join(O.span, C.span), true};
}

%type exprs {struct expr_list}
exprs(A) ::= expr(V). {
	A = add_expr((struct expr_list){0}, V);
}
exprs(A) ::= exprs(L) COMMA expr(V). {
	A = add_expr(L, V);
}

%type options {struct option_list}
options(A) ::= SEMI(E). {
	A = (struct option_list){.close = E.span};
}
options(A) ::= LB option_list(L) RB(E). {
	A = L;
	A.close = E.span;
}

%type option_list {struct option_list}
option_list(A) ::= . {
	A = (struct option_list){0};
}
option_list(A) ::= option_list(L) RESTART(K) name(N) SEMI(E). {
	A = add_option(parser, L, OPTION_RESTART, K, N, NULL, E);
}
option_list(A) ::= option_list(L) SHUTDOWN(K) expr(V) SEMI(E). {
	A = add_option(
		parser, L, OPTION_SHUTDOWN, K, (struct name){0}, V, E);
}
option_list(A) ::= option_list(L) REGISTER(K) SEMI(E). {
	A = add_option(
		parser, L, OPTION_REGISTER, K, (struct name){0}, NULL, E);
}
option_list(A) ::= option_list(L) REGISTER(K) ATOM(N) SEMI(E). {
	A = add_option(
		parser, L, OPTION_REGISTER, K, make_atom(N), NULL, E);
}
option_list(A) ::= option_list(L) MAX_CHILDREN(K) expr(V) SEMI(E). {
	A = add_option(
		parser, L, OPTION_MAX_CHILDREN, K, (struct name){0}, V, E);
}
option_list(A) ::= option_list(L) SIGNIFICANT(K) SEMI(E). {
	A = add_option(
		parser, L, OPTION_SIGNIFICANT, K, (struct name){0}, NULL, E);
}
option_list(A) ::= option_list(L) BACKOFF(K) expr(V) most(M) jitter(J) SEMI(E). {
	A = add_backoff(parser, L, K, V, M, J, E);
}
option_list(A) ::= option_list(L) error SEMI. {
	A = L;
	A.lost = true;
}

%type most {struct expr *}
most(A) ::= . {
	A = NULL;
}
most(A) ::= TO expr(V). {
	A = V;
}

%type jitter {struct expr *}
jitter(A) ::= . {
	A = NULL;
}
jitter(A) ::= JITTER expr(V). {
	A = V;
}

/* ------------------------------------------------------------ application */

%type app_items {struct app_list}
app_items(A) ::= . {
	A = (struct app_list){0};
}
app_items(A) ::= app_items(L) VERSION(K) STRING(S) SEMI(E). {
	A = add_version(parser, L, K, S, E);
}
app_items(A) ::= app_items(L) ROOT(K) start(S) SEMI(E). {
	A = add_root(parser, L, K, S, E);
}
app_items(A) ::= app_items(L) ENV(K) LB fields(F) RB(E). {
	A = add_env(parser, L, K, F, E);
}
app_items(A) ::= app_items(L) DEPENDS(K) references(R) SEMI(E). {
	A = add_depends(parser, L, K, R, E);
}
app_items(A) ::= app_items(L) PREP_STOP(K) SEMI(E). {
	A = add_hook(parser, L, APP_PREP_STOP, K, E);
}
app_items(A) ::= app_items(L) STOP(K) SEMI(E). {
	A = add_hook(parser, L, APP_STOP, K, E);
}
app_items(A) ::= app_items(L) error SEMI. {
	A = L;
	A.lost = true;
}

%type references {struct reference_list}
references(A) ::= path(P). {
	A = add_reference(parser, (struct reference_list){0}, P);
}
references(A) ::= references(L) COMMA path(P). {
	A = add_reference(parser, L, P);
}

/* -------------------------------------------------- names, types, values */

%type name {struct name}
name(A) ::= ID(N). {
	A = make_name(N);
}

%type path {struct path}
path(A) ::= name(N). {
	A = make_path((struct name){0}, N);
}
path(A) ::= name(M) DOT name(N). {
	A = make_path(M, N);
}

%type type {struct type_ref *}
type(A) ::= path(P). {
	A = make_named_type(parser, P);
}
type(A) ::= LIST(K) LT type(T) GT(E). {
	A = make_type(parser, TYPE_LIST, span_join(K.span, E.span), NULL, T);
}
type(A) ::= MAP(K) LT type(T) COMMA type(U) GT(E). {
	A = make_type(parser, TYPE_MAP, span_join(K.span, E.span), T, U);
}
type(A) ::= TUPLE(K) LT types(L) GT(E). {
	A = make_tuple(parser, span_join(K.span, E.span), L);
}
type(A) ::= SERVER(K) LT path(P) GT(E). {
	A = make_server_type(parser, span_join(K.span, E.span), P);
}
type(A) ::= type(T) QUESTION(Q). {
	A = make_type(parser, TYPE_OPTIONAL, span_join(T->span, Q.span), NULL,
		T);
}

%type types {struct type_list}
types(A) ::= type(T). {
	A = add_type((struct type_list){0}, T);
}
types(A) ::= types(L) COMMA type(T). {
	A = add_type(L, T);
}

%type expr {struct expr *}
expr(A) ::= number(V). {
	A = V;
}
expr(A) ::= MINUS(M) number(V). {
	A = make_negative(parser, M, V);
}
expr(A) ::= SIZE(T). {
	A = make_literal(parser, EXPR_SIZE, T);
}
expr(A) ::= STRING(T). {
	A = make_literal(parser, EXPR_STRING, T);
}
expr(A) ::= ATOM(T). {
	A = make_literal(parser, EXPR_ATOM, T);
}
expr(A) ::= DURATION(T). {
	A = make_literal(parser, EXPR_DURATION, T);
}
expr(A) ::= INFINITY(T). {
	A = make_infinity(parser, T);
}
expr(A) ::= TRUE(T). {
	A = make_bool(parser, T, true);
}
expr(A) ::= FALSE(T). {
	A = make_bool(parser, T, false);
}
expr(A) ::= path(P). {
	A = make_name_expr(parser, P);
}

%type number {struct expr *}
number(A) ::= INTEGER(T). {
	A = make_literal(parser, EXPR_INTEGER, T);
}
number(A) ::= FLOAT(T). {
	A = make_literal(parser, EXPR_FLOAT, T);
}

/* ---------------------------------------------------------------- probing */

%code {
/*
 * Problem: a reducing LALR parser finds out late that a token is wrong, when
 * the state that knew what was possible is gone. Solution: before a token is
 * fed, it is tried on a copy of the state numbers alone, where reductions are
 * run without their actions. This is exact: the copy does what the parser
 * would do.
 */
struct trial {
	YYACTIONTYPE states[parser_depth + 2];
	size_t n;
};

static struct trial
begin_trial(const struct yyParser *yy)
{
	struct trial trial = {.n = 0};

	for (const yyStackEntry *e = yy->yystack; e <= yy->yytos; e++)
		trial.states[trial.n++] = e->stateno;
	return trial;
}

/* The action for a token as itself: no fallback. */
static YYACTIONTYPE
find_action(YYACTIONTYPE state, int kind)
{
	int i;

	if (state > YY_MAX_SHIFT)
		return state; /* a shift-reduce that waits to be reduced */
	i = yy_shift_ofst[state] + kind;
	if (i < 0 || i >= (int)YY_NLOOKAHEAD ||
		yy_lookahead[i] != (YYCODETYPE)kind)
		return yy_default[state];
	return yy_action[i];
}

/* Runs one reduction; the state after it, as a shift would leave it. */
static void
try_reduce(struct trial *trial, unsigned rule)
{
	trial->n -= (size_t)-yyRuleInfoNRhs[rule];
	trial->states[trial->n] = yy_find_reduce_action(
		trial->states[trial->n - 1], yyRuleInfoLhs[rule]);
	trial->n++;
}

static bool
try_token(struct trial *trial, int kind)
{
	for (;;) {
		YYACTIONTYPE action = find_action(
			trial->states[trial->n - 1], kind);

		if (trial->n > parser_depth)
			return true; /* the real stack overflows and says so */
		if (action >= YY_MIN_REDUCE) {
			try_reduce(trial, action - YY_MIN_REDUCE);
			continue;
		}
		if (action > YY_MAX_SHIFTREDUCE)
			return action == YY_ACCEPT_ACTION;
		if (action > YY_MAX_SHIFT)
			action = (YYACTIONTYPE)(action + YY_MIN_REDUCE -
				YY_MIN_SHIFTREDUCE);
		trial->states[trial->n++] = action;
		return true;
	}
}

bool
syntax_accepts(const struct yyParser *yy, int first, int second)
{
	struct trial trial = begin_trial(yy);

	return try_token(&trial, first) &&
		(second < 0 || try_token(&trial, second));
}

bool
syntax_takes(const struct yyParser *yy, int kind)
{
	if (syntax_accepts(yy, kind, -1))
		return true;
	return yyFallback[kind] != 0 &&
		syntax_accepts(yy, yyFallback[kind], -1);
}

size_t
syntax_open_braces(const struct yyParser *yy)
{
	size_t n = 0;

	for (const yyStackEntry *e = yy->yystack + 1; e <= yy->yytos; e++)
		n += e->major == TK_LB;
	return n;
}

bool
syntax_is_recovering(const struct yyParser *yy)
{
	return yy->yytos->major == YYERRORSYMBOL;
}

struct yyParser *
syntax_new(struct parser *parser)
{
	struct yyParser *yy =
		ARENA_NEW(&parser->program->arena, struct yyParser);

	syntaxInit(yy);
	return yy;
}

void
syntax_free(struct yyParser *yy)
{
	syntaxFinalize(yy);
}

void
syntax_feed(struct yyParser *yy, int kind, struct token token,
	struct parser *parser)
{
	syntax(yy, kind, token, parser);
}
}
