# What is no request: answered when it is a message, the end when it is not.
start
raw Content-Length: 8\r\n\r\n{"id":1,
receive
raw Content-Length: 1\r\n\r\n[
receive
send [1, 2]
receive
send 7
receive
send {"id": 1}
receive
send {"id": {"x": 1}, "method": "initialize"}
receive
send {"id": 3, "method": 5}
receive
raw Content-Type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length: 2\r\n\r\n{}
receive
raw Content-Length: 26\r\n\r\n{"id":1,"method":"\u0000x"}
receive
raw Content-Length: 4\n\n\xff\xfe\x00{
receive
raw Content-Length: 0\r\n\r\n
receive
request initialize {"capabilities": 5, "rootUri": 7, "workspaceFolders": {"a": 1}}
request textDocument/hover
request textDocument/hover [1]
request textDocument/hover {"textDocument": {"uri": 5}}
request textDocument/hover {"textDocument": {"uri": "file:///not/open.otp"}}
notify textDocument/didOpen {"textDocument": {"uri": "file:///x.otp"}}
notify textDocument/didChange {"textDocument": {"uri": "file:///x.otp"}}
notify textDocument/didClose {"textDocument": {"uri": "file:///x.otp"}}
notify textDocument/didSave {}
open a.otp
	module a;
request textDocument/hover {"textDocument": {"uri": "file:///x.otp"}}
notify exit
end
start
raw Content-Length: 99999999999\r\n\r\n
end
start
raw Content-Length: 99999999999999999999999999\r\n\r\n
end
start
raw Content-Length: -1\r\n\r\n
end
start
raw Content-Length: 5x\r\n\r\n
end
start
raw Content-Type: x\r\n\r\n
end
start
raw {"id": 1, "method": "initialize"}\n
end
start
raw Content-Length: 50\r\n\r\n{"id": 1}
end
start
raw Content-Len
end
start
raw A:1\nA:1\nA:1\nA:1\nA:1\nA:1\nA:1\nA:1\nA:1\nA:1\nA:1\nA:1\nA:1\nA:1\nA:1\nA:1\nA:1\nA:1\nA:1\nA:1\nA:1\nA:1\nA:1\nA:1\nA:1\nA:1\nA:1\nA:1\nA:1\nA:1\nA:1\nA:1\nA:1\n
end
