# Specs as they are while somebody types them: a question about each state is
# answered.
initialize
prefixes 5
< examples/bank/bank.otp
prefixes 1
	module money;
	import "torture.otp";
	import "other.otp";
	const a = -1;
	const b = torture.a;
	enum E { x, 'a b' as 'c', y }
	record R as tuple { a : list<map<string, tuple<int8, R?>>>; e : E? = x; }
	union U { a(b: U?, c: E = x); d as 'e'; }
	message m(n: int32 = b) as 'mm';
	gen_server G {
		init(n: int32 = a, s: server<G>);
		state { a : E = 'a b'; b : U?; }
		call c(x: R) -> U ! E timeout 3s deferred;
		info m;
		info down;
		calls G, S;
		mailbox 10 reject;
	}
	supervisor S(p: int32, q: server<G>) {
		strategy one_for_all;
		intensity 3 in 5s;
		child g[3] = G(index, q) { restart transient; shutdown brutal_kill; }
		child d = dynamic G;
	}
	application money {
		version "1";
		root S(env.n, env.q);
		env { n: int32 = 7; }
		depends x, y;
	}
random 1 1500
< examples/bank/bank.otp
random 2 1500
	module torture;
	import "torture.otp";
	enum E { x, y }
	record R { a : list<R>; e : E? = x; }
	union U { a(b: U?, c: E = x); d; }
	gen_server G {
		init(n: int32 = 3, s: server<G>);
		state { a : E = x; b : U?; }
		call c(x: R) -> U ! E timeout 3s;
		info down;
	}
	supervisor S(p: int32, q: server<G>) {
		child g = G(p, q) { restart transient; }
		child d = dynamic G;
	}
	application a {
		root S(env.n);
		env { n: int32 = 7; }
	}
request shutdown
notify exit
end
