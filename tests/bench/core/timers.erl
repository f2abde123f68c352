%% SPDX-License-Identifier: Apache-2.0
%% start_cancel: starts a timer and cancels it; one operation is both.
%% million_start, million_cancel: while a million timers are running, starts
%% more, and then cancels these. None goes off: they are of one to two hours.
-module(timers).
-export([main/1]).

main(Args) ->
    bench:main(Args, fun(Scale) ->
        Times = bench:times(Scale, 1500000),
        Both = bench:measure(Times, 1, fun both/1),
        Live = start(bench:times(Scale, 1000000), 1, []),
        Main = self(),
        More = bench:times(Scale, 200000),
        Start = bench:each(More, fun() -> Main ! start(More, 2, []) end),
        Refs = receive List -> List end,
        Cancel = bench:each(More, fun() -> cancel(Refs) end),
        cancel(Live),
        [{start_cancel_ns, Both}, {million_start_ns, Start},
         {million_cancel_ns, Cancel}]
    end).

both(0) -> ok;
both(Left) ->
    Ref = erlang:start_timer(3600000, self(), late),
    true = is_integer(erlang:cancel_timer(Ref)),
    both(Left - 1).

start(0, _, Refs) -> Refs;
start(Left, Seed, Refs) ->
    Ref = erlang:start_timer(3600000 + Seed rem 3600000, self(), late),
    start(Left - 1, bench:next(Seed), [Ref | Refs]).

cancel(Refs) -> [true = is_integer(erlang:cancel_timer(Ref)) || Ref <- Refs].
