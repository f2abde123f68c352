%% SPDX-License-Identifier: Apache-2.0
%% Idle gen_servers with a small state, unnamed, unlinked, each called once:
%% bytes of one, the rise of resident memory with page tables. supervised: the
%% same, children of a supervisor that starts them as it is told. hibernated:
%% as the first, asleep in hibernation, where they keep the least memory and
%% take longer for the next message.
-module(idle).
-behaviour(supervisor).
-export([main/1, start_child/0, init/1, handle_call/3, handle_cast/2]).

main(Args) ->
    bench:main(Args, fun(Scale) ->
        Many = bench:times(Scale, 100000),
        {ok, Supervisor} = supervisor:start_link(?MODULE, supervisor),
        %% What the first of all loads and allocates is not theirs.
        Warm = [use(server(awake)), use(server(asleep)),
                use(child(Supervisor))],
        {Bytes, Pids} = rise(Many, fun() -> server(awake) end),
        {Supervised, Children} = rise(Many, fun() -> child(Supervisor) end),
        {Hibernated, Asleep} = rise(Many, fun() -> server(asleep) end),
        All = Warm ++ Pids ++ Children ++ Asleep,
        [true = is_process_alive(Pid) || Pid <- All],
        [{bytes, Bytes}, {supervised_bytes, Supervised},
         {hibernated_bytes, Hibernated}]
    end).

rise(Many, Start) ->
    Before = resident(),
    Pids = [use(Start()) || _ <- lists:seq(1, Many)],
    {(resident() - Before) / Many, Pids}.

use(Pid) ->
    1 = gen_server:call(Pid, {add, 1}),
    Pid.

server(How) ->
    {ok, Pid} = gen_server:start(?MODULE, How, []),
    Pid.

child(Supervisor) ->
    {ok, Pid} = supervisor:start_child(Supervisor, []),
    Pid.

start_child() -> gen_server:start_link(?MODULE, awake, []).

resident() ->
    {ok, Status} = file:read_file("/proc/self/status"),
    1024 * lists:sum([kib(Status, Key) || Key <- ["VmRSS", "VmPTE"]]).

kib(Status, Key) ->
    {match, [Number]} = re:run(Status, Key ++ ":\\s*(\\d+) kB",
                               [{capture, all_but_first, list}]),
    list_to_integer(Number).

init(supervisor) ->
    {ok, {#{strategy => simple_one_for_one},
          [#{id => child, start => {?MODULE, start_child, []}}]}};
init(How) -> {ok, {How, 0}}.
handle_call({add, N}, _, {awake, Sum}) ->
    {reply, Sum + N, {awake, Sum + N}};
handle_call({add, N}, _, {asleep, Sum}) ->
    {reply, Sum + N, {asleep, Sum + N}, hibernate}.
handle_cast(_, State) -> {noreply, State}.
