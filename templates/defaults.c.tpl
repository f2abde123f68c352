$for defaults$
$if is_object$
const $object$ = $object_value$;
$end$
$end$
