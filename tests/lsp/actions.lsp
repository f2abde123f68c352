# Fix-its as quick fixes.
initialize
open bank.otp
	module bank;
	record Receipt {
		account : $1strin;$2
		note : string
		x : int32;$3
	}$4
actions bank.otp $1
actions bank.otp $1 $2
actions bank.otp $2 $3
actions bank.otp $4
request textDocument/codeAction {"textDocument": {"uri": "untitled:x"}}
open untitled:x
	module x;
	const a = sting;
request textDocument/codeAction {"textDocument": {"uri": "untitled:x"}}
request textDocument/codeAction {"textDocument": {"uri": "untitled:x"}, "range": {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}, "context": {"diagnostics": [], "only": ["refactor"]}}
request shutdown
notify exit
end
# Without literals there would have to be commands: there are none.
initialize {"capabilities": {}}
open bank.otp
	module bank;
	record Receipt { account : $1strin; }
actions bank.otp $1
request shutdown
notify exit
end
