%% SPDX-License-Identifier: Apache-2.0
%% A process links itself to a server and unlinks again. One operation is both;
%% after each thousand it calls the server, so that what that one has to do for
%% them is done, too, and counts.
-module(link).
-behaviour(gen_server).
-export([main/1, init/1, handle_call/3, handle_cast/2]).

main(Args) ->
    bench:main(Args, fun(Scale) ->
        Times = bench:times(Scale, 2000000, 1000),
        [{ns, bench:measure(Times, 1000, fun run/1)}]
    end).

run(Times) ->
    {ok, Server} = gen_server:start(?MODULE, [], []),
    Calls = Times div 1000,
    Calls = lists:last([batch(Server, 1000) || _ <- lists:seq(1, Calls)]),
    {links, []} = process_info(self(), links),
    ok = gen_server:stop(Server).

batch(Server, 0) -> gen_server:call(Server, sync);
batch(Server, Left) ->
    true = erlang:link(Server),
    true = unlink(Server),
    batch(Server, Left - 1).

init([]) -> {ok, 0}.
handle_call(sync, _, Calls) -> {reply, Calls + 1, Calls + 1}.
handle_cast(_, Calls) -> {noreply, Calls}.
