%% SPDX-License-Identifier: Apache-2.0
%% How long a call takes under load: eight clients call one server in a loop,
%% and for each core there is a process that computes for 20 us, lets others
%% run, and so on. Given are the times below which are 50, 99 and 99.9 percent
%% of the calls; the clock is read before and after each call. Erlang would also
%% interrupt a process that computes for longer, which nobody does here.
-module(latency).
-behaviour(gen_server).
-export([main/1, init/1, handle_call/3, handle_cast/2]).
-define(CLIENTS, 8).

main(Args) ->
    bench:main(Args, fun(Scale) ->
        Each = bench:times(Scale, 10000),
        {ok, Server} = gen_server:start(?MODULE, [], []),
        [spawn_link(fun hog/0)
         || _ <- lists:seq(1, erlang:system_info(schedulers_online))],
        run(Server, 1000),
        Times = list_to_tuple(lists:sort(run(Server, Each))),
        Sum = ?CLIENTS * (Each + 1000),
        Sum = gen_server:call(Server, {add, 0}, infinity),
        [{p50_ns, at(0.5, Times)}, {p99_ns, at(0.99, Times)},
         {p999_ns, at(0.999, Times)}]
    end).

at(Share, Times) -> element(ceil(Share * tuple_size(Times)), Times).

hog() ->
    bench:spin(20000),
    erlang:yield(),
    hog().

run(Server, Each) ->
    Main = self(),
    [spawn_link(fun() -> Main ! {times, calls(Server, Each, [])} end)
     || _ <- lists:seq(1, ?CLIENTS)],
    lists:append([receive {times, Times} -> Times end
                  || _ <- lists:seq(1, ?CLIENTS)]).

calls(_, 0, Times) -> Times;
calls(Server, Left, Times) ->
    Start = bench:now_ns(),
    _ = gen_server:call(Server, {add, 1}),
    calls(Server, Left - 1, [bench:now_ns() - Start | Times]).

init([]) -> {ok, 0}.
handle_call({add, N}, _, Sum) -> {reply, Sum + N, Sum + N}.
handle_cast(_, Sum) -> {noreply, Sum}.
