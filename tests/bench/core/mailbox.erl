%% SPDX-License-Identifier: Apache-2.0
%% A hundred processes send numbers to one, which adds up: ten thousand messages
%% each, a million in all, and that several times over. One operation is one
%% message. Plain processes and messages, which is less than the servers that
%% ours are.
-module(mailbox).
-export([main/1]).
-define(SENDERS, 100).
-define(EACH, 10000).

main(Args) ->
    bench:main(Args, fun(Scale) ->
        Each = bench:times(min(1, Scale), ?EACH),
        Million = ?SENDERS * Each,
        Many = bench:times(Scale, 4 * ?SENDERS * ?EACH, Million),
        flood(Each),
        [{ns, bench:each(Many, fun() ->
            [flood(Each) || _ <- lists:seq(1, Many div Million)]
        end)}]
    end).

flood(Each) ->
    Main = self(),
    Many = ?SENDERS * Each,
    Sink = spawn_link(fun() -> Main ! {sum, sink(Many, 0)} end),
    [spawn_link(fun() -> send(Sink, Each) end)
     || _ <- lists:seq(1, ?SENDERS)],
    Sum = 3 * Many,
    Sum = bench:gather(sum, 1).

send(_, 0) -> ok;
send(Sink, Left) ->
    Sink ! {add, 3},
    send(Sink, Left - 1).

sink(0, Sum) -> Sum;
sink(Left, Sum) -> receive {add, N} -> sink(Left - 1, Sum + N) end.
