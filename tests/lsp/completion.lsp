# What is offered where: what the grammar takes, and names of the right sort.
file lib/money.otp
	module money;
	/// Cents.
	record Amount { cents : int64; }
	const most = 5;
	message ping(n: int32);
	gen_server Mint { init(x: int32); }
file near.otp
	module near;
initialize {"initializationOptions": {"includePaths": ["lib"]}}
open top.otp
	module top;
	import "$0";
	import "lib/mo$1";
	re$2
	const a = $3
	// rec$4
	const b = "rec$5";
complete top.otp $0
complete top.otp $1
complete top.otp $2
complete top.otp $3
complete top.otp $4
complete top.otp $5
open module.otp
	module m wire $0;
complete module.otp $0
open types.otp
	module types;
	import "money.otp";
	enum Colour { red, 'light green' }
	record Receipt {
		a : $0;
		b : money.A$1m;
		c : Colour? = $2;
		d : map<string, $3>;
		e : bool = $4;
		f : int32 = money.$5;
		g : int32 $6;
	}
	gen_server A {
		call foo() -> list<$7>;
		call goo() -> int8 ! $8;
		call bar() -> server<$9>;
	}
complete types.otp $0
complete types.otp $1
complete types.otp $2
complete types.otp $3
complete types.otp $4
complete types.otp $5
complete types.otp $6
complete types.otp $7
complete types.otp $8
complete types.otp $9
open server.otp
	module server;
	import "money.otp";
	gen_server A {
		ca$0
		call a() -> int8 ti$1;
		call b() -> int8 timeout $2;
		info $3;
		info money.$4;
		calls A, $5;
		mailbox 10 $6;
		priority $7;
		stack $8;
		call c() -> server<money.$9>;
	}
complete server.otp $0
complete server.otp $1
complete server.otp $2
complete server.otp $3
complete server.otp $4
complete server.otp $5
complete server.otp $6
complete server.otp $7
complete server.otp $8
complete server.otp $9
open tree.otp
	module tree;
	import "money.otp";
	enum Colour { red, green }
	gen_server A { init(o: string, n: bool, d: duration?, c: Colour = red); }
	supervisor Top(path: string) {
		strategy $0;
		intensity 3 in $1;
		auto_shutdown $2;
		child a = $3;
		child b = dynamic $4;
		child c = money.$5;
		child d = A($6);
		child e = A("o", $7);
		child f = A("o", true, $8);
		child g = A(path, true, 5s, $9);
	}
complete tree.otp $0
complete tree.otp $1
complete tree.otp $2
complete tree.otp $3
complete tree.otp $4
complete tree.otp $5
complete tree.otp $6
complete tree.otp $7
complete tree.otp $8
complete tree.otp $9
open waits.otp
	module waits;
	const long = 30s;
	gen_server A { init(o: string, n: bool); for$0 }
	supervisor Top(path: string) {
		child h = dynamic A($1);
		child i = A("o", true) { backoff $2; }
		child j = A("o", true) { backoff 1s $3; }
		child k = dynamic { ma$4 }
	}
complete waits.otp $0
complete waits.otp $1
complete waits.otp $2
complete waits.otp $3
complete waits.otp $4
open app.otp
	module app;
	gen_server A { }
	supervisor Top(path: string) {
		child a = A { restart $0; shutdown $1; re$2 }
	}
	application app {
		root $3;
		$4
	}
	application b {
		root Top(en$5);
		root Top(env.$6);
		env { path: string = "x"; }
	}
	$7
complete app.otp $0
complete app.otp $1
complete app.otp $2
complete app.otp $3
complete app.otp $4
complete app.otp $5
complete app.otp $6
complete app.otp $7
# an item as it is sent
request textDocument/completion {"textDocument": {"uri": "untitled:x"}, "position": {"line": 2, "character": 2}}
open untitled:x
	module x;
	/// What for.
	record R { a : R; }
request textDocument/completion {"textDocument": {"uri": "untitled:x"}, "position": {"line": 2, "character": 16}}
request shutdown
notify exit
end
