%% SPDX-License-Identifier: Apache-2.0
%% A token goes round a ring of 100 processes. One operation is one hop. Plain
%% processes and messages, which is less than the servers that ours are.
-module(thread_ring).
-export([main/1]).

main(Args) ->
    bench:main(Args, fun(Scale) ->
        Hops = bench:times(Scale, 3000000),
        [{ns, bench:measure(Hops, 1, fun run/1)}]
    end).

run(Hops) ->
    Main = self(),
    First = spawn_link(fun() -> first(Main) end),
    Second = lists:foldl(fun(_, Next) ->
        spawn_link(fun() -> hop(Next, Main, 0) end)
    end, First, lists:seq(2, 100)),
    First ! {next, Second},
    First ! {token, Hops},
    ended = receive Ended -> Ended end,
    First ! stop,
    Hops = bench:gather(hops, 100).

first(Main) -> receive {next, Next} -> hop(Next, Main, 0) end.

hop(Next, Main, Hops) ->
    receive
        {token, 0} ->
            Main ! ended,
            hop(Next, Main, Hops);
        {token, Left} ->
            Next ! {token, Left - 1},
            hop(Next, Main, Hops + 1);
        stop ->
            Next ! stop,
            Main ! {hops, Hops}
    end.
