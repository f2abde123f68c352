%% SPDX-License-Identifier: Apache-2.0
%% Starts gen_servers, unnamed and unlinked, which stay. One operation is one
%% start, until the server has run init and its starter knows.
-module(server_start).
-behaviour(gen_server).
-export([main/1, init/1, handle_call/3, handle_cast/2]).

main(Args) ->
    bench:main(Args, fun(Scale) ->
        Times = bench:times(Scale, 100000),
        stop(start(bench:times(0.1, Times), [])),
        Main = self(),
        Ns = bench:each(Times, fun() -> Main ! start(Times, []) end),
        Pids = receive All -> All end,
        Times = lists:sum([gen_server:call(Pid, get) || Pid <- Pids]),
        stop(Pids),
        [{ns, Ns}]
    end).

start(0, Pids) -> Pids;
start(Left, Pids) ->
    {ok, Pid} = gen_server:start(?MODULE, 1, []),
    start(Left - 1, [Pid | Pids]).

stop(Pids) -> [ok = gen_server:stop(Pid) || Pid <- Pids].

init(State) -> {ok, State}.
handle_call(get, _, State) -> {reply, State, State}.
handle_cast(_, State) -> {noreply, State}.
