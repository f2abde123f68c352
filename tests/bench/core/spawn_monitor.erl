%% SPDX-License-Identifier: Apache-2.0
%% Starts a process with a monitor on it, which ends at once, and waits for the
%% DOWN message. One operation is all that.
-module(spawn_monitor).
-export([main/1]).

main(Args) ->
    bench:main(Args, fun(Scale) ->
        Times = bench:times(Scale, 500000),
        [{ns, bench:measure(Times, 1, fun run/1)}]
    end).

run(0) -> ok;
run(Left) ->
    {Pid, Ref} = erlang:spawn_monitor(fun() -> ok end),
    receive {'DOWN', Ref, process, Pid, normal} -> run(Left - 1) end.
