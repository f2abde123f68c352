%% SPDX-License-Identifier: Apache-2.0
%% A gen_server under a supervisor fails in its handler; the one started in its
%% place says that it is there. One operation is from the cast that makes it
%% fail to that, logger off. Here it is an exception of the language: a process
%% in Erlang has no SIGSEGV to contain. Supervisors as in restart.erl.
-module(fault).
-behaviour(supervisor).
-export([main/1, start_child/1, init/1, handle_call/3, handle_cast/2]).

main(Args) ->
    bench:main(Args, fun(Scale) ->
        bench:quiet(),
        process_flag(trap_exit, true),
        Supervisors = bench:times(Scale, 1200),
        run(bench:times(0.1, Supervisors), 0),
        [{fault_us, run(Supervisors, 0) / (Supervisors * 40) / 1000}]
    end).

run(0, Ns) -> Ns;
run(Left, Ns) ->
    {ok, Supervisor} = supervisor:start_link(?MODULE, {supervisor, self()}),
    First = up(),
    Start = bench:now_ns(),
    faults(First, 40),
    Took = bench:now_ns() - Start,
    exit(Supervisor, shutdown),
    receive {'EXIT', Supervisor, shutdown} -> run(Left - 1, Ns + Took) end.

faults(_, 0) -> ok;
faults(Pid, Left) ->
    gen_server:cast(Pid, {fail, list_to_atom("nothing")}),
    Next = up(),
    true = Next =/= Pid,
    faults(Next, Left - 1).

up() -> receive {up, Pid} -> Pid end.

start_child(Main) -> gen_server:start_link(?MODULE, {server, Main}, []).

init({supervisor, Main}) ->
    {ok, {#{intensity => 1000, period => 3600},
          [#{id => child, start => {?MODULE, start_child, [Main]}}]}};
init({server, Main}) ->
    Main ! {up, self()},
    {ok, 0}.
handle_call(get, _, State) -> {reply, State, State}.
handle_cast({fail, Number}, State) -> {noreply, State + Number}.
