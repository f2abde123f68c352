# Definitions, references and new names, in the file and across files.
file lib/money.otp
	module money;
	record Amount { cents : int64; }
	const most = 5;
file shop/shop.otp
	module shop;
	import "../lib/money.otp";
	record Item { price : money.Amount; }
file .hidden/x.otp
	module x;
	import "../lib/money.otp";
	record Item { price : money.Amount; }
initialize {"initializationOptions": {"includePaths": ["lib"]}}
open bank.otp
	module bank;
	import "money.otp"$0;
	enum Refusal { closed, 'not there' }
	record Receipt {
		why : Ref$1usal = clo$2sed;
		how : Refusal = 'not th$3ere';
		amount : list<mon$4ey.Amo$5unt>;
		n : int64 = money.mo$6st;
	}
	message chan$7ged(a: Receipt);
	gen_server Account {
		init(owner: string, n: Refusal);
		call a() -> Receipt ! Refusal;
		info change$8d;
		info dow$9n;
	}
definition bank.otp $0
definition bank.otp $1
definition bank.otp $2
definition bank.otp $3
definition bank.otp $4
definition bank.otp $5
definition bank.otp $6
definition bank.otp $8
definition bank.otp $9
references bank.otp $1
references bank.otp $2
references bank.otp $5
references bank.otp $7
highlight bank.otp $8
prepare bank.otp $0
prepare bank.otp $5
prepare bank.otp $9
rename bank.otp $1 Reason
rename bank.otp $3 gone
rename bank.otp $4 cash
rename bank.otp $5 Money
rename bank.otp $5 9
rename bank.otp $5 a-b
rename bank.otp $1 Receipt
rename bank.otp $9 up
open tree.otp
	module tree;
	import "bank.otp";
	supervisor Top(own$0er: string) {
		child one = bank.Acc$1ount(own$2er, clo$3sed);
		child two = Mi$4d(owner);
	}
	supervisor Mid(x: string) { child a = dynamic bank.Account; }
	application tree {
		root To$5p(env.pa$6th);
		env { path: string = "x"; }
	}
definition tree.otp $1
definition tree.otp $2
definition tree.otp $3
definition tree.otp $4
definition tree.otp $5
definition tree.otp $6
references tree.otp $0
references tree.otp $1
references tree.otp $3
rename tree.otp $2 name
open waits.otp
	module waits;
	const first = 100ms;
	const lo$0ng = 30s;
	const percent = 20;
	gen_server S { init(path: string, n: int32); format_status; }
	supervisor Top(pa$1th: string) {
		child a = S("x", 1) { backoff fi$2rst to lo$3ng jitter perc$4ent; }
		child b = dynamic S(pa$5th);
		child c = dynamic;
	}
	application waits { root Top("x"); prep_stop; stop; }
definition waits.otp $2
definition waits.otp $3
definition waits.otp $4
definition waits.otp $5
references waits.otp $0
references waits.otp $1
rename waits.otp $4 share
# The declaration is open now, and has moved.
open lib/money.otp
	module money;
	
	
	record Amo$1unt { cents : int64; }
	const most = 5;
definition bank.otp $5
references lib/money.otp $1
# An import that takes another way to an open file finds it, in memory.
open shop/way.otp
	module way;
	import "../shop/../lib/./money.otp";
	record Item { price : money.Amo$1unt; }
definition shop/way.otp $1
# Another include path finds another file.
file other/money.otp
	module money;
	const most = 1;
notify workspace/didChangeConfiguration {"settings": {"otpc": {"includePaths": ["other"]}}}
definition bank.otp $6
definition bank.otp $5
notify workspace/didChangeConfiguration {"settings": null}
definition bank.otp $6
notify workspace/didChangeConfiguration {"settings": {"includePaths": [5, "nowhere"]}}
definition bank.otp $6
request shutdown
notify exit
end
