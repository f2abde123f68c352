otp_term
$c$_to_term($value_param$)
{
	return otp_type_to_term(&$c$_type, $if by_pointer$value$else$&value$end$);
}

size_t
$c$_print($value_param$, char *text, size_t size)
{
	return otp_type_print(&$c$_type, $if by_pointer$value$else$&value$end$, text, size);
}
