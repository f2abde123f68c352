/* --- enum $name$ */

const char *
$c$_name(enum $c$ value)
{
	switch (value) {
$for members$
	case $member$:
		return $wire$;
$end$
	}
	return "?";
}

bool
$c$_equal(enum $c$ a, enum $c$ b)
{
	return a == b;
}

void
$c$_encode_term(otp_term_builder *builder, enum $c$ value)
{
	otp_build_atom(builder, otp_atom_of($c$_name(value)));
}

otp_term
$c$_to_term(enum $c$ value)
{
	otp_term_builder builder = {0};

	$c$_encode_term(&builder, value);
	return otp_tmp_term(&builder);
}

size_t
$c$_print(enum $c$ value, char *text, size_t size)
{
	otp_term_builder builder = {0};

	$c$_encode_term(&builder, value);
	return otp_print_built(&builder, text, size);
}

$for lists$
$include list.c.tpl$

$end$
$for opts$
$include optional.c.tpl$
$end$
