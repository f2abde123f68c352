%% SPDX-License-Identifier: Apache-2.0
%% A process starts ten, each of these ten, and so on, until there are a million
%% at the end of the tree, each of which sends its number to its parent, which
%% sends the sum to its own. One operation is one process. A scale of 0.1 is a
%% tree of 100,000.
-module(skynet).
-export([main/1]).

main(Args) ->
    bench:main(Args, fun(Scale) ->
        Leaves = leaves(Scale, 1000000),
        run(max(10, Leaves div 100)),
        Processes = (Leaves * 10 - 1) div 9,
        [{ns, bench:each(Processes, fun() -> run(Leaves) end)}]
    end).

leaves(Scale, Leaves) when Scale >= 1; Leaves =:= 10 -> Leaves;
leaves(Scale, Leaves) -> leaves(Scale * 10, Leaves div 10).

run(Leaves) ->
    Main = self(),
    spawn(fun() -> node(Main, 0, Leaves) end),
    Sum = Leaves * (Leaves - 1) div 2,
    Sum = bench:gather(sum, 1).

node(Parent, Number, 1) -> Parent ! {sum, Number};
node(Parent, Number, Size) ->
    Self = self(),
    Part = Size div 10,
    [spawn(fun() -> node(Self, Number + I * Part, Part) end)
     || I <- lists:seq(0, 9)],
    Parent ! {sum, bench:gather(sum, 10)}.
