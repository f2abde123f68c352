$for defaults$
$if is_object$
extern const $object$;
$end$
#define $macro$ $default$
$end$
