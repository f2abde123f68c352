# What is wrong is said while it is typed: with its place, related places, and
# the version it is about.
initialize
open full.otp
	module full;
	record Receipt {
		account : strin;
		account : string;
	}
diagnostics full.otp full
open bank.otp
	module bank;
	record Receipt {
		account : strin;
		account : string;
	}
	enum Unused { a, b }
	gen_server Account {
		call deposit(amount: uint64) -> Receit;
		info exit;
	}
diagnostics bank.otp
change bank.otp
	module bank;
	record Receipt {
		account : string$1;
	}
diagnostics bank.otp
edit bank.otp $1 $1 "\n\tx = "
diagnostics bank.otp
# a mistake in a file that is imported is told to both
open money.otp
	module money;
	record Amount { cents : int64; }
open shop.otp
	module shop;
	import "money.otp";
	record Item { price : money.Amount; }
diagnostics shop.otp
change money.otp
	module money;
	record Money { cents : int64; }
diagnostics money.otp
diagnostics shop.otp
# the file is written, closed and read from the disk; then it is repaired
file money.otp
	module money;
	record Amount { cents : int6; }
close money.otp
diagnostics money.otp
diagnostics shop.otp
open money.otp
	module money;
	record Amount { cents : int64; }
diagnostics money.otp
# an import that is nowhere, and then is
open late.otp
	module late;
	import "later.otp";
	const x = later.one;
diagnostics late.otp
open later.otp
	module later;
	const one = 1;
diagnostics late.otp
close later.otp
diagnostics late.otp
file later.otp
	module later;
	const one = 1;
notify workspace/didChangeWatchedFiles {"changes": []}
diagnostics late.otp
# an error in a document that is closed is taken back
open bad.otp
	module bad;
	const x = ;
diagnostics bad.otp
close bad.otp
diagnostics bad.otp
# a document of no file
open untitled:1
	module a;
	const x = y;
diagnostics untitled:1
request shutdown
notify exit
end
# A client without related places and versions.
initialize {"capabilities": {}}
open bank.otp
	module bank;
	record Receipt {
		account : string;
		account : string;
	}
diagnostics bank.otp full
request shutdown
notify exit
end
# Warnings as asked for.
argument -Werror
argument -Wno-unused-import
initialize
open bank.otp
	module bank;
	gen_server Account {
		info exit;
	}
diagnostics bank.otp
request shutdown
notify exit
end
