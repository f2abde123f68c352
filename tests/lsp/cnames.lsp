# The names in C of all that has one; run.sh looks for them in the C.
initialize
open names.otp
< tests/lsp/cnames.otp
cnames names.otp
request shutdown
notify exit
end
