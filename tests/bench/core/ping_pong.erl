%% SPDX-License-Identifier: Apache-2.0
%% Two processes that send to each other, one message under way at a time. One
%% operation is one message. A ping carries its sender, a pong nothing. Plain
%% processes and messages, which is less than the servers that ours are.
-module(ping_pong).
-export([main/1]).

main(Args) ->
    bench:main(Args, fun(Scale) ->
        Rounds = bench:times(Scale, 1500000),
        [{ns, bench:measure(Rounds, 1, fun run/1) / 2}]
    end).

run(Rounds) ->
    Main = self(),
    Pong = spawn_link(fun() -> pong(0) end),
    spawn_link(fun() -> Main ! {pongs, ping(Pong, Rounds, 0)} end),
    Rounds = bench:gather(pongs, 1),
    Pong ! {stop, Main},
    Rounds = bench:gather(pings, 1).

ping(_, 0, Pongs) -> Pongs;
ping(Pong, Left, Pongs) ->
    Pong ! {ping, self()},
    receive pong -> ping(Pong, Left - 1, Pongs + 1) end.

pong(Pings) ->
    receive
        {ping, From} ->
            From ! pong,
            pong(Pings + 1);
        {stop, From} ->
            From ! {pings, Pings}
    end.
