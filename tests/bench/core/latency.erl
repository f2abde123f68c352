%% SPDX-License-Identifier: Apache-2.0
%% How long a call takes when there is other work: one server, eight clients
%% that call it in a loop, and a process a core that does nothing but compute,
%% 20 us at a time, and then takes a message that it sent to itself. Erlang may
%% also interrupt a computation, ours does not: it need not here. p50, p99 and
%% p99.9 of all calls.
-module(latency).
-behaviour(gen_server).
-export([main/1, init/1, handle_call/3, handle_cast/2]).

main(Args) ->
    bench:main(Args, fun(Scale) ->
        Calls = bench:times(Scale, 100000, 8),
        {ok, Server} = gen_server:start(?MODULE, [], []),
        Hogs = [spawn_link(fun() -> self() ! work, hog() end)
                || _ <- lists:seq(1, erlang:system_info(schedulers_online))],
        run(Server, bench:times(0.1, Calls, 8)),
        Times = array(run(Server, Calls)),
        [Hog ! stop || Hog <- Hogs],
        [{p50_ns, at(0.5, Times)}, {p99_ns, at(0.99, Times)},
         {p999_ns, at(0.999, Times)}]
    end).

array(Times) -> list_to_tuple(lists:sort(Times)).

at(Part, Times) -> element(max(1, ceil(Part * tuple_size(Times))), Times).

hog() ->
    receive
        work ->
            bench:spin(20000),
            self() ! work,
            hog();
        stop ->
            ok
    end.

run(Server, Calls) ->
    Main = self(),
    [spawn_link(fun() -> Main ! {times, calls(Server, Calls div 8, [])} end)
     || _ <- lists:seq(1, 8)],
    Times = lists:append([receive {times, List} -> List end
                          || _ <- lists:seq(1, 8)]),
    Calls = length(Times),
    Times.

calls(_, 0, Times) -> Times;
calls(Server, Left, Times) ->
    Start = bench:now_ns(),
    1 = gen_server:call(Server, get, infinity),
    calls(Server, Left - 1, [bench:now_ns() - Start | Times]).

init([]) -> {ok, 1}.
handle_call(get, _, State) -> {reply, State, State}.
handle_cast(_, State) -> {noreply, State}.
