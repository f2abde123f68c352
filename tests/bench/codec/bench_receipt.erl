%% SPDX-License-Identifier: Apache-2.0
%% The same record as a map: nanoseconds for each way.
-module(bench_receipt).
-export([main/0]).

-define(N, 300000).

main() ->
    M = #{account => <<"alice@example.org">>, at => 1700000000123456,
          balance => 123456789, note => <<"lunch and coffee">>,
          open => true, rate => 1.25},
    B = term_to_binary(M, [{minor_version, 2}]),
    encode(M, ?N),
    decode(B, ?N),
    {E, _} = timer:tc(fun() -> encode(M, ?N) end),
    {D, _} = timer:tc(fun() -> decode(B, ?N) end),
    io:format("erlang encode ~.2f~nerlang decode ~.2f~n",
              [E * 1000 / ?N, D * 1000 / ?N]),
    halt().

encode(_, 0) -> ok;
encode(M, N) -> term_to_binary(M, [{minor_version, 2}]), encode(M, N - 1).

decode(_, 0) -> ok;
decode(B, N) -> binary_to_term(B), decode(B, N - 1).
