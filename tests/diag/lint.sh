# SPDX-License-Identifier: Apache-2.0
# What only `otpc lint` and -Wall look for.
cat > Style.otp << 'END'
module MyStyle;

const MAX_OWNERS = 16;
const already_fine2 = 1;
enum refusal { NoMoney, account_closed, 'Quoted Atom' }
record HTTPServer_state { theOwner : string; _hidden : int64; default_ : bool; two__parts : bool; }
message PriceChanged(newCents: int64);
gen_server account_holder {
    init(Owner: string);
    state { Balance : int64; }
    call getBalance(ofWhom: string) -> int64;
    cast Rename();
    info PriceChanged;
    info Tick();
    info down;
    continue Load();
}
supervisor TOP_LEVEL(Path: string) { child MyChild = account_holder(Path); }
application Bank { root TOP_LEVEL(env.Path); env { Path : string = ""; } }
END
cat > messages.otp << 'END'
module messages;
message handled();
message forgotten();
// otpc: allow unhandled-message
message for_plain_processes();
gen_server S { info handled; }
supervisor Top { child s = S; }
application messages { root Top; }
END
cat > library.otp << 'END'
module library;
message for_others();
END
cat > user.otp << 'END'
module user;
import "Style.otp";
import "library.otp";
record R { a : MyStyle.HTTPServer_state; }
gen_server S { info library.for_others; }
END
"$OTPC" lint Style.otp
"$OTPC" lint messages.otp
"$OTPC" lint library.otp user.otp # the style of what is imported is not ours
"$OTPC" check Style.otp messages.otp && "$OTPC" Style.otp && # nothing
	echo "-Wall" >&2 && "$OTPC" check -Wall messages.otp &&
	echo "-Wmissing-doc" >&2 && "$OTPC" check -Wmissing-doc messages.otp
