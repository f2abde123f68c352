%% SPDX-License-Identifier: Apache-2.0
%% A gen_server under a supervisor is killed; the one started in its place says
%% that it is there. One operation is from one to the other, logger off. A
%% supervisor remembers restarts: with every restart of its window, Erlang's
%% takes longer. So each restarts 40 times, 20 on average in its history, and
%% is followed by a new one; starting and stopping those is not measured.
-module(restart).
-behaviour(supervisor).
-export([main/1, start_child/1, init/1, handle_call/3, handle_cast/2]).

main(Args) ->
    bench:main(Args, fun(Scale) ->
        bench:quiet(),
        process_flag(trap_exit, true),
        Supervisors = bench:times(Scale, 2500),
        run(bench:times(0.1, Supervisors), 0),
        [{restart_us, run(Supervisors, 0) / (Supervisors * 40) / 1000}]
    end).

run(0, Ns) -> Ns;
run(Left, Ns) ->
    {ok, Supervisor} = supervisor:start_link(?MODULE, {supervisor, self()}),
    First = up(),
    Start = bench:now_ns(),
    restarts(First, 40),
    Took = bench:now_ns() - Start,
    exit(Supervisor, shutdown),
    receive {'EXIT', Supervisor, shutdown} -> run(Left - 1, Ns + Took) end.

restarts(_, 0) -> ok;
restarts(Pid, Left) ->
    exit(Pid, kill),
    Next = up(),
    true = Next =/= Pid,
    restarts(Next, Left - 1).

up() -> receive {up, Pid} -> Pid end.

start_child(Main) -> gen_server:start_link(?MODULE, {server, Main}, []).

init({supervisor, Main}) ->
    {ok, {#{intensity => 1000, period => 3600},
          [#{id => child, start => {?MODULE, start_child, [Main]}}]}};
init({server, Main}) ->
    Main ! {up, self()},
    {ok, 0}.
handle_call(get, _, State) -> {reply, State, State}.
handle_cast(_, State) -> {noreply, State}.
