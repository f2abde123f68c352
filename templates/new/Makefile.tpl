# `make`, `make test`, `make run`. Needs otpc and libotp, which pkg-config
# finds: set PKG_CONFIG_PATH when they are not where it looks.

PKG_CONFIG ?= pkg-config
OTPC ?= $$(shell $$(PKG_CONFIG) --variable=otpc otp)
OTP_CFLAGS ?= $$(shell $$(PKG_CONFIG) --cflags otp)
OTP_LIBS ?= $$(shell $$(PKG_CONFIG) --libs otp)

CFLAGS ?= -O2 -g
WARN := -std=gnu11 -Wall -Wextra
COMPILE = $$(CC) $$(WARN) $$(CFLAGS) $$(CPPFLAGS) $$(OTP_CFLAGS) -Ibuild -MMD -MP
LINK = $$(CC) $$(CFLAGS) $$(LDFLAGS)

SPEC := build/$module$.otp
OBJECTS := $$(SPEC).o build/$module$.o

.DELETE_ON_ERROR:
.PHONY: all test run clean

all: build/$module$

# The program's main is generated, too.
build/$module$: $$(OBJECTS) build/$module$_main.o
	$$(LINK) -o $$@ $$^ $$(OTP_LIBS)

build/$module$_test: $$(OBJECTS) build/$module$_test.o
	$$(LINK) -o $$@ $$^ $$(OTP_LIBS)

$$(SPEC).h $$(SPEC).c build/$module$_main.c &: $module$.otp
	@mkdir -p build
	$$(OTPC) --main -MD -o build $$<

build/%.o: build/%.c $$(SPEC).h
	$$(COMPILE) -c -o $$@ $$<

build/%.o: %.c $$(SPEC).h
	$$(COMPILE) -c -o $$@ $$<

test: build/$module$_test
	build/$module$_test

run: build/$module$
	build/$module$

clean:
	rm -rf build

-include $$(wildcard build/*.d)
