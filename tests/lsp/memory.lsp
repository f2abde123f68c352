# Memory does not grow with the number of edits.
initialize
memory 3000
< examples/bank/bank.otp
request shutdown
notify exit
end
