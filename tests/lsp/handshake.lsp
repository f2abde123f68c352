# The states of a server, and what it can do.
start
request textDocument/hover {"textDocument": {"uri": "file:///x"}}
request shutdown
notify textDocument/didOpen {"textDocument": {"uri": "file:///x"}}
request initialize {"capabilities": {}}
request initialize {"capabilities": {}}
notify initialized {}
notify $/cancelRequest {"id": 1}
notify $/whatever
notify workspace/unheardOf {"x": 1}
request workspace/unheardOf {"x": 1}
request $/unheardOf
request shutdown
request shutdown
request textDocument/hover {"textDocument": {"uri": "file:///x"}}
notify exit
end
capabilities
notify exit
end
# utf-8 is taken when it is offered; files are watched when that can be asked.
capabilities {"capabilities": {"general": {"positionEncodings": ["utf-8", "utf-16"]}, "workspace": {"didChangeWatchedFiles": {"dynamicRegistration": true}}}}
receive
send {"jsonrpc": "2.0", "id": "watch", "result": null}
request shutdown
notify exit
end
# The client goes without a word, before and after `shutdown`.
initialize
end
initialize
request shutdown
end
argument --stdio
start
notify exit
end
