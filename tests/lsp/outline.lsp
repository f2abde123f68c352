# Symbols, folds, tokens, format.
initialize
open bank.otp
	module bank;
	const max_owners = 16;
	enum Refusal { closed, 'not there' }
	record Receipt {
		account : string;
		why : Refusal? = closed;
	}
	union Event {
		opened(owner: string, n: int8);
		closed;
	}
	message changed(cents: int64);
	gen_server Account {
		init(owner: string,
			n: int64 = max_owners);
		state {
			balance : int64;
		}
		call deposit(amount: uint64)
			-> Receipt;
		cast rename(owner: string);
		info changed;
		info down;
		trap_exit;
	}
	supervisor Bank(path: string) {
		strategy one_for_all;
		child acct = Account(path) {
			restart transient;
		}
		child many = dynamic Account;
		child any = dynamic;
	}
	application bank {
		root Bank(env.path);
		env { path: string = "x"; }
	}
symbols bank.otp
folding bank.otp
tokens bank.otp
format bank.otp
open fine.otp
	module fine;
	
	const a = 1;
format fine.otp
open wrong.otp
	module wrong;
	const = 1;
	record R { a : int32; b : }
format wrong.otp
symbols wrong.otp
request shutdown
notify exit
end
initialize {"capabilities": {}}
open bank.otp
	module bank;
	gen_server Account {
		state { balance : int64; }
	}
symbols bank.otp
request shutdown
notify exit
end
