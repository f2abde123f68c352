%% SPDX-License-Identifier: Apache-2.0
%% A hundred creatures of three colours meet in pairs at a mall. The second to
%% come is sent on to the first, which changes its colour and tells it to the
%% second, which changes, too; both come again. One operation is one meeting of
%% two, four messages.
-module(chameneos).
-export([main/1]).

main(Args) ->
    bench:main(Args, fun(Scale) ->
        Meetings = bench:times(Scale, 600000),
        [{ns, bench:measure(Meetings, 1, fun run/1)}]
    end).

run(Meetings) ->
    Main = self(),
    Mall = spawn_link(fun() -> mall(Main, Meetings, none) end),
    Colours = {blue, red, yellow},
    [spawn_link(fun() ->
        Colour = element(I rem 3 + 1, Colours),
        Mall ! {meet, self(), Colour},
        creature(Mall, Colour, 0)
    end) || I <- lists:seq(1, 100)],
    Twice = 2 * Meetings,
    Twice = bench:gather(met, 1).

mall(Main, 0, none) ->
    [receive {meet, Pid, _} -> Pid ! stop end || _ <- lists:seq(1, 100)],
    Main ! {met, bench:gather(met, 100)};
mall(Main, Left, none) ->
    receive {meet, First, _} -> mall(Main, Left, First) end;
mall(Main, Left, First) ->
    receive {meet, _, _} = Meet ->
        First ! Meet,
        mall(Main, Left - 1, none)
    end.

creature(Mall, Colour, Met) ->
    receive
        {meet, Other, OtherColour} ->
            New = complement(Colour, OtherColour),
            Other ! {change, New},
            Mall ! {meet, self(), New},
            creature(Mall, New, Met + 1);
        {change, New} ->
            Mall ! {meet, self(), New},
            creature(Mall, New, Met + 1);
        stop ->
            Mall ! {met, Met}
    end.

complement(Colour, Colour) -> Colour;
complement(blue, red) -> yellow;
complement(blue, yellow) -> red;
complement(red, blue) -> yellow;
complement(red, yellow) -> blue;
complement(yellow, blue) -> red;
complement(yellow, red) -> blue.
