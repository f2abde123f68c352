$if is_tuple$
$include helper_codec.h.tpl$
$else$
$include named_codec.h.tpl$
$end$
