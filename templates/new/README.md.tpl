# $module$

A program of processes under supervision: `otpc` writes the C between its spec
and its handlers.

```
make test     # builds it and runs $module$_test.c
make run      # starts it; Ctrl-C stops it in order
build/$module$ --help
```

| file | what |
| --- | --- |
| `$module$.otp` | the processes: their messages, their state, who watches whom |
| `$module$.c` | the handlers: what they do |
| `$module$_test.c` | a test of the whole application |
| `build/` | what is generated from the spec, and the program |

After a change of `$module$.otp` the compiler and the linker say what is missing
in `$module$.c`; `otpc doc $module$.otp` writes its documentation,
`otpc graph --format svg -o tree.svg $module$.otp` draws it.
