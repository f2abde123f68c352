%% SPDX-License-Identifier: Apache-2.0
%% Monitors another process and takes the monitor off. One operation is both.
-module(monitor).
-export([main/1]).

main(Args) ->
    bench:main(Args, fun(Scale) ->
        Times = bench:times(Scale, 3000000),
        [{ns, bench:measure(Times, 1, fun run/1)}]
    end).

run(Times) ->
    Other = spawn(fun() -> receive stop -> ok end end),
    monitors(Other, Times),
    {monitors, []} = process_info(self(), monitors),
    Other ! stop.

monitors(_, 0) -> ok;
monitors(Other, Left) ->
    true = demonitor(erlang:monitor(process, Other)),
    monitors(Other, Left - 1).
