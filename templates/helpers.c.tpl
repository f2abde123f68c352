$for lists$
$include list.c.tpl$

$end$
$for opts$
$include optional.c.tpl$
$end$
