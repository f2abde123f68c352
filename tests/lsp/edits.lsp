# Edits as clients send them: ranges in units of UTF-16, or of UTF-8.
initialize
open bank.otp
	module bank;
	/// é 😀 x
	const a = "é😀$1x$2y";
	const b = $3"z"$4;
edit bank.otp $1 $2 "ww"
hover bank.otp $1
edit bank.otp $3 $4 "\"😀😀\" "
symbols bank.otp
# several changes in one message, each upon the one before
notify textDocument/didChange {"textDocument": {"uri": "untitled:x", "version": 2}, "contentChanges": [{"text": "nowhere"}]}
open untitled:x
	module x;
notify textDocument/didChange {"textDocument": {"uri": "untitled:x", "version": 2}, "contentChanges": [{"text": "module x;\r\nconst b = 1;\r\n"}, {"range": {"start": {"line": 1, "character": 6}, "end": {"line": 1, "character": 7}}, "text": "abc"}, {"range": {"start": {"line": 1, "character": 99}, "end": {"line": 1, "character": 99}}, "text": " const d = 2;"}, {"range": {"start": {"line": 99, "character": 0}, "end": {"line": 99, "character": 9}}, "text": "const e = 3;\rconst f = 4;"}]}
symbols untitled:x
# what is no change changes nothing
notify textDocument/didChange {"textDocument": {"uri": "untitled:x", "version": 3}, "contentChanges": [{"range": {"start": {"line": 2, "character": 0}, "end": {"line": 1, "character": 0}}, "text": "x"}, {"range": {"start": 5}, "text": "x"}, {"text": 7}, 8]}
notify textDocument/didChange {"textDocument": {"uri": "untitled:x", "version": 3}, "contentChanges": 1}
symbols untitled:x
request textDocument/hover {"textDocument": {"uri": "untitled:x"}, "position": {"line": 1, "character": 7}}
request textDocument/hover {"textDocument": {"uri": "untitled:x"}, "position": {"line": -1, "character": -7}}
request textDocument/hover {"textDocument": {"uri": "untitled:x"}, "position": {"line": 9223372036854775807, "character": 9223372036854775807}}
request textDocument/hover {"textDocument": {"uri": "untitled:x"}, "position": {"line": "1"}}
request textDocument/hover {"textDocument": {"uri": "untitled:x"}}
request shutdown
notify exit
end
initialize {"capabilities": {"general": {"positionEncodings": ["utf-8"]}}}
open bank.otp
	module bank;
	const a = "é😀$1x$2y"; const c = 1;
edit bank.otp $1 $2 "ww"
symbols bank.otp
request shutdown
notify exit
end
