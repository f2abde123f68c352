$include helper_codec.h.tpl$
