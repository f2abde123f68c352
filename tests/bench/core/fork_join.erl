%% SPDX-License-Identifier: Apache-2.0
%% A process starts others, as many as there are to be, and each sends it a
%% number and ends; it adds up what arrives. One operation is one process with
%% its message. fresh: the first time in this runtime; reused: the same once
%% more, with memory that is there already.
-module(fork_join).
-export([main/1]).

main(Args) ->
    bench:main(Args, fun(Scale) ->
        Many = bench:times(Scale, 500000),
        run(1000),
        Fresh = bench:each(Many, fun() -> run(Many) end),
        Reused = bench:each(Many, fun() -> run(Many) end),
        [{fresh_ns, Fresh}, {reused_ns, Reused}]
    end).

run(Many) ->
    Main = self(),
    [spawn(fun() -> Main ! {done, N} end) || N <- lists:seq(1, Many)],
    Sum = Many * (Many + 1) div 2,
    Sum = bench:gather(done, Many).
