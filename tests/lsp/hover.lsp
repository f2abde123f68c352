# What is shown about a name: its declaration, its doc comment, its C.
file money.otp
	/// All about money.
	module money;
	/// Cents.
	///
	/// Never a float.
	record Amount { cents : int64; }
	const most = 5;
	message ping(n: int32);
initialize
open bank.otp
	module ba$0nk;
	import "mo$1ney.otp";
	const max_ow$2ners = 16;
	/// Why not.
	enum Refusal { insufficient_funds, /// gone
		account_closed }
	record Receipt {
		/// Whose.
		account : str$3ing;
		why : Refu$4sal = account_$5closed;
		amount : list<mon$6ey.Amo$7unt?>;
		n : int32 = money.mo$8st;
	}
	message price_$9changed(cents: int64);
	gen_server Account {
		init(owner: string, n: int32 = max_owners);
		state { at : Receipt; }
	}
hover bank.otp $0
hover bank.otp $1
hover bank.otp $2
hover bank.otp $3
hover bank.otp $4
hover bank.otp $5
hover bank.otp $6
hover bank.otp $7
hover bank.otp $8
hover bank.otp $9
open acc.otp
	module acc;
	import "money.otp";
	enum No { closed }
	/// One account.
	gen_server Acc$0ount {
		in$1it(owner: string, n: int32 = 3);
		state { bal$2ance : int64; name : string; last : money.Amount; }
		/// Puts money in.
		call dep$3osit(amount: uint64) -> money.Amount ! No timeout 1s;
		call rep$4ort() -> string deferred;
		cast re$5name(owner: string);
		info money.pi$6ng;
		info tic$7k(n: int8);
		info do$8wn;
		continue lo$9ad(path: string);
	}
hover acc.otp $0
hover acc.otp $1
hover acc.otp $2
hover acc.otp $3
hover acc.otp $4
hover acc.otp $5
hover acc.otp $6
hover acc.otp $7
hover acc.otp $8
hover acc.otp $9
open tree.otp
	module tree;
	gen_server A { init(p: string); }
	supervisor To$0p(path: string) {
		strategy one_$1for_all;
		child on$2ly = A(pa$3th) { restart tran$4sient; register; }
		child ma$5ny = dyn$6amic A;
	}
	appl$7ication tr$8ee {
		root Top(env.pa$9th);
		env { path: string = "x"; }
	}
hover tree.otp $0
hover tree.otp $1
hover tree.otp $2
hover tree.otp $3
hover tree.otp $4
hover tree.otp $5
hover tree.otp $6
hover tree.otp $7
hover tree.otp $8
hover tree.otp $9
open kept.otp
	module kept;
	record Cell { next : list<Ce$0ll>; }
	union Event { ope$1ned(owner$2: string); clo$3sed; }
	gen_server A {
		state { name$4 : string; cell$5 : Cell; n$6 : int8?; }
		call x(cell$7: Cell, e$8: Event) -> tuple<int8, int8>;
	}
hover kept.otp $0
hover kept.otp $1
hover kept.otp $2
hover kept.otp $3
hover kept.otp $4
hover kept.otp $5
hover kept.otp $6
hover kept.otp $7
hover kept.otp $8
# Words in comments and strings are no words; what is wrong elsewhere is no
# matter, and what is wrong here is shown as it stands.
open wrong.otp
	module wrong;
	// rec$0ord
	const a = "rec$1ord";
	record R { a : in$2t32; b : Nowhe$3re; c : ; }
	gen_server { call lost(); }
	gen_server S { call x(r: R$4, n: Nowhere); call y$5(a: R) -> ; call z$6(a: Nowhere) -> R; }
	union U { v$7(a: R); w }
	record Wide { a : U$8; b : Wide; c : ma$9p<int8, R>
hover wrong.otp $0
hover wrong.otp $1
hover wrong.otp $2
hover wrong.otp $3
hover wrong.otp $4
hover wrong.otp $5
hover wrong.otp $6
hover wrong.otp $7
hover wrong.otp $8
hover wrong.otp $9
request shutdown
notify exit
end
initialize {"capabilities": {}}
open a.otp
	module a;
	const x$1 = 1;
hover a.otp $1
request shutdown
notify exit
end
