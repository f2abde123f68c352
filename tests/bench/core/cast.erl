%% SPDX-License-Identifier: Apache-2.0
%% A process casts a number to a gen_server, which adds it up; after each
%% thousand it calls for the sum, so that no more wait. One operation is one
%% cast; the call is part of it, a thousandth.
-module(cast).
-behaviour(gen_server).
-export([main/1, init/1, handle_call/3, handle_cast/2]).

main(Args) ->
    bench:main(Args, fun(Scale) ->
        Casts = bench:times(Scale, 4000000, 1000),
        [{ns, bench:measure(Casts, 1000, fun run/1)}]
    end).

run(Casts) ->
    {ok, Server} = gen_server:start(?MODULE, [], []),
    Sum = 3 * Casts,
    Sum = lists:last([batch(Server, 1000)
                      || _ <- lists:seq(1, Casts div 1000)]),
    ok = gen_server:stop(Server).

batch(Server, 0) -> gen_server:call(Server, sum);
batch(Server, Left) ->
    gen_server:cast(Server, {add, 3}),
    batch(Server, Left - 1).

init([]) -> {ok, 0}.
handle_call(sum, _, Sum) -> {reply, Sum, Sum}.
handle_cast({add, N}, Sum) -> {noreply, Sum + N}.
