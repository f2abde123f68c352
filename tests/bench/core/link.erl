%% SPDX-License-Identifier: Apache-2.0
%% Links another process and takes the link off. One operation is both.
-module(link).
-export([main/1]).

main(Args) ->
    bench:main(Args, fun(Scale) ->
        Times = bench:times(Scale, 2000000),
        [{ns, bench:measure(Times, 1, fun run/1)}]
    end).

run(Times) ->
    Other = spawn(fun() -> receive stop -> ok end end),
    links(Other, Times),
    {links, []} = process_info(self(), links),
    Other ! stop.

links(_, 0) -> ok;
links(Other, Left) ->
    true = erlang:link(Other),
    true = unlink(Other),
    links(Other, Left - 1).
