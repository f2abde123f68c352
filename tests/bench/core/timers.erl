%% SPDX-License-Identifier: Apache-2.0
%% Timers of one process. start_cancel: one operation is to start a timer of ten
%% seconds and to cancel it. million: while a million are live, of one to two
%% minutes, two hundred thousand more are started, and then cancelled in another
%% order; one operation is one start, or one cancellation.
-module(timers).
-export([main/1]).
-define(STEP, 7919). % a prime

main(Args) ->
    bench:main(Args, fun(Scale) ->
        Times = bench:times(Scale, 1500000),
        Both = bench:measure(Times, 1, fun both/1),
        More = bench:times(Scale, 200000, 1000),
        Live = start(bench:times(Scale, 1000000, 1000), 1, []),
        %% The memory that is used again has been used before.
        cancel(start(More, 2, [])),
        {StartNs, Others} = timed(fun() -> start(More, 3, []) end),
        {CancelNs, _} = timed(fun() -> cancel(Others) end),
        cancel(Live),
        [{start_cancel_ns, Both}, {million_start_ns, StartNs / More},
         {million_cancel_ns, CancelNs / More}]
    end).

timed(Run) ->
    Start = bench:now_ns(),
    Result = Run(),
    {bench:now_ns() - Start, Result}.

both(0) -> ok;
both(Left) ->
    Ref = erlang:start_timer(10000, self(), late),
    true = is_integer(erlang:cancel_timer(Ref)),
    both(Left - 1).

start(0, _, Refs) -> list_to_tuple(Refs);
start(Left, Seed, Refs) ->
    Ref = erlang:start_timer(60000 + Seed rem 60000, self(), late),
    start(Left - 1, bench:next(Seed), [Ref | Refs]).

%% In an order that visits each once and jumps about.
cancel(Refs) -> cancel(Refs, tuple_size(Refs), tuple_size(Refs)).

cancel(_, _, 0) -> ok;
cancel(Refs, Size, Left) ->
    Ref = element(Left * ?STEP rem Size + 1, Refs),
    true = is_integer(erlang:cancel_timer(Ref)),
    cancel(Refs, Size, Left - 1).
