%% SPDX-License-Identifier: Apache-2.0
%% What the programs in Erlang share: STEM:main([Scale]) runs its body in a
%% process of its own, prints METRIC<TAB>VALUE lines and ends the runtime; a
%% body that fails ends it with status 1.
-module(bench).
-export([main/2, times/2, times/3, measure/3, each/2, now_ns/0, gather/2,
         quiet/0, next/1, spin/1]).

main([Text], Body) ->
    Scale = number(Text),
    {Pid, Ref} = spawn_monitor(fun() -> exit({rows, Body(Scale)}) end),
    receive
        {'DOWN', Ref, process, Pid, {rows, Rows}} ->
            [io:format("~s\t~.2f~n", [Metric, float(Value)])
             || {Metric, Value} <- Rows],
            halt(0);
        {'DOWN', Ref, process, Pid, Reason} ->
            io:format(standard_error, "wrong: ~p~n", [Reason]),
            halt(1)
    end.

number(Text) ->
    case string:to_float(Text) of
        {error, no_float} -> float(list_to_integer(Text));
        {Number, []} -> Number
    end.

%% So many times, scaled; a multiple of Unit, and not 0.
times(Scale, Times) -> times(Scale, Times, 1).
times(Scale, Times, Unit) -> max(Unit, trunc(Times * Scale) div Unit * Unit).

%% Run(Times), once to warm up with a tenth, and once measured: nanoseconds of
%% one of the times.
measure(Times, Unit, Run) ->
    Run(times(0.1, Times, Unit)),
    each(Times, fun() -> Run(Times) end).

each(Times, Run) ->
    Start = now_ns(),
    Run(),
    (now_ns() - Start) / Times.

now_ns() -> erlang:monotonic_time(nanosecond).

%% Waits for as many messages {Tag, Value}; the sum of their values.
gather(Tag, Count) -> gather(Tag, Count, 0).
gather(_, 0, Sum) -> Sum;
gather(Tag, Count, Sum) ->
    receive {Tag, Value} -> gather(Tag, Count - 1, Sum + Value) end.

quiet() -> ok = logger:set_primary_config(level, none).

%% A small generator of random numbers, 1 to 2^31 - 2.
next(Seed) -> Seed * 16807 rem 2147483647.

%% Computes until so many nanoseconds are over.
spin(Ns) -> spin_until(now_ns() + Ns).
spin_until(End) ->
    case now_ns() < End of
        true -> spin_until(End);
        false -> ok
    end.
