%% SPDX-License-Identifier: Apache-2.0
%% 120 processes; each sends a ping to one of them by chance, waits for the
%% pong, and goes on so; all at the same time. One operation is one message.
-module(big).
-export([main/1]).

main(Args) ->
    bench:main(Args, fun(Scale) ->
        Pings = bench:times(Scale, 2400000, 120),
        [{ns, bench:measure(Pings, 120, fun run/1) / 2}]
    end).

run(Pings) ->
    Main = self(),
    All = list_to_tuple([spawn_link(fun() -> start(Main, I, Pings div 120) end)
                         || I <- lists:seq(1, 120)]),
    [Pid ! {start, All} || Pid <- tuple_to_list(All)],
    Pings = bench:gather(pongs, 120),
    [Pid ! stop || Pid <- tuple_to_list(All)],
    Pings = bench:gather(pings, 120).

start(Main, I, Each) ->
    receive {start, All} -> loop(Main, All, ping(All, I), Each, Each, 0) end.

loop(Main, All, Seed, Left, Each, Pings) ->
    receive
        {ping, From} ->
            From ! pong,
            loop(Main, All, Seed, Left, Each, Pings + 1);
        pong when Left =:= 1 ->
            Main ! {pongs, Each},
            loop(Main, All, Seed, 0, Each, Pings);
        pong ->
            loop(Main, All, ping(All, Seed), Left - 1, Each, Pings);
        stop ->
            Main ! {pings, Pings}
    end.

ping(All, Seed) ->
    element(Seed rem 120 + 1, All) ! {ping, self()},
    bench:next(Seed).
