%% SPDX-License-Identifier: Apache-2.0
%% Calls of a gen_server that adds a number to its state and answers with the
%% sum. One operation is one call with its answer: by one client; by a hundred
%% clients of one server; by fifty clients that have a server each.
-module(call).
-behaviour(gen_server).
-export([main/1, init/1, handle_call/3, handle_cast/2]).

main(Args) ->
    bench:main(Args, fun(Scale) ->
        Calls = bench:times(Scale, 600000, 100),
        [{one_client_ns, measure(Calls, 1, 1)},
         {hundred_clients_ns, measure(Calls, 100, 1)},
         {fifty_pairs_ns, measure(Calls, 50, 50)}]
    end).

measure(Calls, Clients, Servers) ->
    bench:measure(Calls, 100, fun(Times) -> run(Times, Clients, Servers) end).

run(Calls, Clients, Count) ->
    Servers = [element(2, {ok, _} = gen_server:start(?MODULE, [], []))
               || _ <- lists:seq(1, Count)],
    Each = Calls div Clients,
    Refs = [element(2, spawn_monitor(fun() -> calls(Server, Each, 0) end))
            || _ <- lists:seq(1, Clients div Count), Server <- Servers],
    [receive {'DOWN', Ref, _, _, Reason} -> normal = Reason end || Ref <- Refs],
    Calls = lists:sum([gen_server:call(Server, {add, 0}) || Server <- Servers]),
    [ok = gen_server:stop(Server) || Server <- Servers].

calls(_, 0, _) -> ok;
calls(Server, Left, Before) ->
    Value = gen_server:call(Server, {add, 1}),
    true = Value > Before,
    calls(Server, Left - 1, Value).

init([]) -> {ok, 0}.
handle_call({add, N}, _, Sum) -> {reply, Sum + N, Sum + N}.
handle_cast(_, Sum) -> {noreply, Sum}.
