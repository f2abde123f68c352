%% SPDX-License-Identifier: Apache-2.0
%% A supervisor's child is killed; the new one tells so from its init, already
%% registered under its name, and is killed, too. Twenty times, as its
%% supervisor allows twenty-five in five seconds; then the same with a new
%% supervisor, whose start and stop do not count: a supervisor remembers
%% restarts, and in Erlang each that it remembers makes the next one take
%% longer. One operation is one restart, from the kill to the message. The
%% logger is off.
-module(restart).
-behaviour(supervisor).
-export([main/1, start_child/1, init/1, handle_call/3, handle_cast/2]).
-define(KILLS, 20).

main(Args) ->
    bench:main(Args, fun(Scale) ->
        bench:quiet(),
        process_flag(trap_exit, true),
        Bursts = bench:times(Scale, 5000),
        play(100, 0),
        [{restart_us, play(Bursts, 0) / (Bursts * ?KILLS) / 1000}]
    end).

play(0, Ns) -> Ns;
play(Left, Ns) ->
    {ok, Supervisor} = supervisor:start_link(?MODULE, {supervisor, self()}),
    First = up(),
    Start = bench:now_ns(),
    kill(First, ?KILLS),
    Took = bench:now_ns() - Start,
    exit(Supervisor, shutdown),
    receive {'EXIT', Supervisor, shutdown} -> play(Left - 1, Ns + Took) end.

kill(_, 0) -> ok;
kill(Pid, Left) ->
    exit(Pid, kill),
    Next = up(),
    true = Next =/= Pid,
    kill(Next, Left - 1).

up() -> receive {up, Pid} -> Pid end.

start_child(Main) ->
    gen_server:start_link({local, victim}, ?MODULE, {server, Main}, []).

init({supervisor, Main}) ->
    {ok, {#{intensity => 25, period => 5},
          [#{id => victim, start => {?MODULE, start_child, [Main]}}]}};
init({server, Main}) ->
    Main ! {up, self()},
    {ok, Main}.
handle_call(_, _, State) -> {reply, ok, State}.
handle_cast(_, State) -> {noreply, State}.
