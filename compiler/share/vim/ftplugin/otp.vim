" SPDX-License-Identifier: Apache-2.0
if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

setlocal expandtab shiftwidth=4 softtabstop=4 textwidth=80
setlocal comments=:///,:// commentstring=//\ %s
setlocal formatoptions-=t formatoptions+=croql
setlocal include=^\\s*import suffixesadd=.otp
setlocal matchpairs+=<:>

" :OtpFmt puts the whole buffer into the style of otpc fmt; what is wrong in it
" is shown, and then nothing changes.
command! -buffer -bar OtpFmt call s:Fmt()

let b:undo_ftplugin = 'setlocal expandtab< shiftwidth< softtabstop< textwidth<'
      \ . ' comments< commentstring< formatoptions< include< suffixesadd<'
      \ . ' matchpairs< | delcommand -buffer OtpFmt'

if exists('*s:Fmt')
  finish
endif

function s:Fmt() abort
  let old = getline(1, '$')
  let new = systemlist(get(g:, 'otpc', 'otpc') . ' fmt -', old)
  if v:shell_error
    echohl ErrorMsg
    echo join(new, "\n")
    echohl None
    return
  endif
  if new ==# old
    return
  endif
  let view = winsaveview()
  call setline(1, new)
  if len(new) < len(old)
    call deletebufline('', len(new) + 1, '$')
  endif
  call winrestview(view)
endfunction
