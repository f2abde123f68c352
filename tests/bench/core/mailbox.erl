%% SPDX-License-Identifier: Apache-2.0
%% A hundred processes send numbers to one, as fast as they can; it adds them
%% up. One operation is one message.
-module(mailbox).
-export([main/1]).

main(Args) ->
    bench:main(Args, fun(Scale) ->
        Many = bench:times(Scale, 4000000, 100),
        [{ns, bench:measure(Many, 100, fun run/1)}]
    end).

run(Many) ->
    Main = self(),
    Sink = spawn_link(fun() -> Main ! {total, sink(Many, 0)} end),
    [spawn_link(fun() -> send(Sink, Many div 100) end)
     || _ <- lists:seq(1, 100)],
    Many = bench:gather(total, 1).

send(_, 0) -> ok;
send(Sink, Left) ->
    Sink ! {add, 1},
    send(Sink, Left - 1).

sink(0, Total) -> Total;
sink(Left, Total) -> receive {add, N} -> sink(Left - 1, Total + N) end.
