%% SPDX-License-Identifier: Apache-2.0
%% A supervisor's child raises an error in a handler; the new one tells so from
%% its init, and is sent the same. Twenty times, then with a new supervisor, as
%% in restart. One operation is one error: the message, the end of the process,
%% its restart, the message of the new one. The logger is off. It is an
%% exception of the language that the machine never sees: code in Erlang has no
%% SIGSEGV to survive.
-module(fault).
-behaviour(supervisor).
-export([main/1, start_child/1, init/1, handle_call/3, handle_cast/2]).
-define(FAULTS, 20).

main(Args) ->
    bench:main(Args, fun(Scale) ->
        bench:quiet(),
        process_flag(trap_exit, true),
        Bursts = bench:times(Scale, 3000),
        play(50, 0),
        [{fault_us, play(Bursts, 0) / (Bursts * ?FAULTS) / 1000}]
    end).

play(0, Ns) -> Ns;
play(Left, Ns) ->
    {ok, Supervisor} = supervisor:start_link(?MODULE, {supervisor, self()}),
    First = up(),
    Start = bench:now_ns(),
    poke(First, ?FAULTS),
    Took = bench:now_ns() - Start,
    exit(Supervisor, shutdown),
    receive {'EXIT', Supervisor, shutdown} -> play(Left - 1, Ns + Took) end.

poke(_, 0) -> ok;
poke(Pid, Left) ->
    gen_server:cast(Pid, {poke, nowhere}),
    Next = up(),
    true = Next =/= Pid,
    poke(Next, Left - 1).

up() -> receive {up, Pid} -> Pid end.

start_child(Main) -> gen_server:start_link(?MODULE, {server, Main}, []).

init({supervisor, Main}) ->
    {ok, {#{intensity => 25, period => 5},
          [#{id => victim, start => {?MODULE, start_child, [Main]}}]}};
init({server, Main}) ->
    Main ! {up, self()},
    {ok, 0}.
handle_call(_, _, State) -> {reply, ok, State}.
handle_cast({poke, At}, State) -> {noreply, State + element(1, At)}.
