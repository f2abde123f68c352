%% SPDX-License-Identifier: Apache-2.0
%% Reads each value, compares it with the text that was printed of it, and
%% writes it back in all the ways there are.
-module(peers).
-export([main/1]).

main([In, Out]) ->
    {ok, Bin} = file:read_file(In),
    {ok, Fd} = file:open(Out, [write, raw, delayed_write]),
    Texts = each(Bin, Fd, 0),
    Long = binary:copy(<<"compressible">>, 1000),
    <<131, 80, _/binary>> = Compressed = term_to_binary(Long, [compressed]),
    put_part(Fd, Compressed),
    ok = file:close(Fd),
    io:format("texts ~b~n", [Texts]),
    halt(0).

each(<<>>, _, Texts) -> Texts;
each(<<N:32, B:N/binary, M:32, Text:M/binary, Rest/binary>>, Fd, Texts) ->
    Term = binary_to_term(B),
    Texts1 = Texts + compare(Term, Text),
    [put_part(Fd, term_to_binary(Term, Options)) || Options <- ways()],
    each(Rest, Fd, Texts1).

ways() ->
    [[], [{minor_version, 2}], [{minor_version, 1}], [deterministic]].

put_part(Fd, Bin) ->
    ok = file:write(Fd, <<(byte_size(Bin)):32, Bin/binary>>).

compare(_, <<>>) -> 0;
compare(Term, Text) ->
    List = unicode:characters_to_list(Text) ++ ".",
    {ok, Tokens, _} = erl_scan:string(List),
    {ok, Parsed} = erl_parse:parse_term(Tokens),
    Term =:= Parsed orelse begin
        io:format(standard_error, "~p is not ~ts~n", [Term, Text]),
        halt(1)
    end,
    1.
