%% SPDX-License-Identifier: Apache-2.0
%% One process sends, another counts. One operation is one message. unbounded:
%% the producer sends a million in one go, then asks for the count; several
%% times over. window: it has credit for 1000, in halves; the last message of
%% each half has the counter give that half back. Plain processes and messages,
%% which is less than the servers that ours are.
-module(counting).
-export([main/1]).
-define(BATCH, 1000000).
-define(HALF, 500).

main(Args) ->
    bench:main(Args, fun(Scale) ->
        Batch = bench:times(min(Scale, 1), ?BATCH),
        Floods = bench:times(Scale, 5 * ?BATCH, Batch),
        Windows = bench:times(Scale, 5000000, 2 * ?HALF),
        Counter = spawn_link(fun() -> count(0) end),
        flood(Counter, Batch, Batch),
        Unbounded = bench:each(Floods, fun() ->
            flood(Counter, Floods, Batch)
        end),
        [{unbounded_ns, Unbounded},
         {window_ns, bench:measure(Windows, 2 * ?HALF, fun(Times) ->
            window(Counter, Times)
         end)}]
    end).

flood(_, 0, _) -> ok;
flood(Counter, Left, Batch) ->
    send(Counter, Batch),
    Batch = take(Counter),
    flood(Counter, Left - Batch, Batch).

send(_, 0) -> ok;
send(Counter, Left) ->
    Counter ! add,
    send(Counter, Left - 1).

window(Counter, Times) ->
    half(Counter),
    half(Counter),
    window(Counter, Times, Times - 2 * ?HALF, 2).

window(Counter, Times, 0, 0) ->
    Times = take(Counter);
window(Counter, Times, 0, Unacknowledged) ->
    receive ack -> window(Counter, Times, 0, Unacknowledged - 1) end;
window(Counter, Times, Left, Unacknowledged) ->
    receive ack -> half(Counter) end,
    window(Counter, Times, Left - ?HALF, Unacknowledged).

half(Counter) ->
    send(Counter, ?HALF - 1),
    Counter ! {add_and_ack, self()}.

take(Counter) ->
    Counter ! {take, self()},
    bench:gather(count, 1).

count(Count) ->
    receive
        add ->
            count(Count + 1);
        {add_and_ack, From} ->
            From ! ack,
            count(Count + 1);
        {take, From} ->
            From ! {count, Count},
            count(0)
    end.
