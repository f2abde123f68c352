%% SPDX-License-Identifier: Apache-2.0
%% A process starts gen_servers, each as soon as the init of the one before has
%% returned: a thousand, which are then asked for their number and stopped. One
%% operation is one start; asking and stopping do not count.
-module(server_start).
-behaviour(gen_server).
-export([main/1, init/1, handle_call/3, handle_cast/2]).
-define(SERVERS, 1000).

main(Args) ->
    bench:main(Args, fun(Scale) ->
        Rounds = bench:times(Scale, 100),
        round(),
        Ns = lists:sum([round() || _ <- lists:seq(1, Rounds)]),
        [{ns, Ns / (Rounds * ?SERVERS)}]
    end).

round() ->
    Start = bench:now_ns(),
    Pids = start(?SERVERS, []),
    Took = bench:now_ns() - Start,
    [N = gen_server:call(Pid, get)
     || {N, Pid} <- lists:zip(lists:seq(1, ?SERVERS), Pids)],
    [ok = gen_server:stop(Pid) || Pid <- Pids],
    Took.

start(0, Pids) -> Pids;
start(N, Pids) ->
    {ok, Pid} = gen_server:start(?MODULE, N, []),
    start(N - 1, [Pid | Pids]).

init(N) -> {ok, N}.
handle_call(get, _, N) -> {reply, N, N}.
handle_cast(_, N) -> {noreply, N}.
