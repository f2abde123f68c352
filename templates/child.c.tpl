		.type = $type$,
		.restart = $restart$,
		.shutdown_ms = $shutdown$,
$if registered$
		.name = $registered_name$,
$end$
$if significant$
		.significant = true,
$end$
$if backoff$
		.backoff_ms = $backoff$,
$if backoff_max$
		.backoff_max_ms = $backoff_max$,
$end$
$if jitter$
		.jitter = $jitter$,
$end$
$end$
$if has_extra$
		.make = $child$_make,
$if rest$
		.rest = &$child$_rest_type,
$end$
$end$
